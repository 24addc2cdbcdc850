"""Keep what clients did with a hit, and review what they call false."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('hit_report',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('caller', sa.String(), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('outcome', sa.Enum('removed', 'blocked', 'already_gone', 'false', name='ck_hit_report_outcome', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('because', sa.Enum('other_picture', 'not_illegal', 'other', name='ck_hit_report_because', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('review', sa.Enum('open', 'kept', 'withdrawn', name='ck_hit_report_review', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('reviewed_by', sa.Uuid(), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(outcome = 'false') = (because IS NOT NULL)", name='ck_hit_report_false_for_a_reason'),
    sa.CheckConstraint("(outcome = 'false') = (review IS NOT NULL)", name='ck_hit_report_false_is_reviewed'),
    sa.CheckConstraint("(reviewed_by IS NULL) = (review IS NULL OR review = 'open')", name='ck_hit_report_reviewed_by_somebody'),
    sa.CheckConstraint('(reviewed_by IS NULL) = (reviewed_at IS NULL)', name='ck_hit_report_reviewed_at_some_time'),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name='fk_hit_report_entry_id'),
    sa.PrimaryKeyConstraint('id', name='pk_hit_report')
    )
    op.create_index('ix_hit_report_caller', 'hit_report', ['caller', 'reported_at'], unique=False)
    op.create_index('ix_hit_report_open', 'hit_report', ['entry_id'], unique=False, postgresql_where=sa.text("review = 'open'"))
    # Whether a client had a hit of an entry is asked at every report.
    op.create_index('ix_hit_caller_entry', 'hit', ['caller', 'entry_id'], unique=False)
    op.execute("REVOKE DELETE ON hit_report FROM hashcheck_app")
