"""Keep that the hash check service took a handed-over picture off its list."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('entry_withdrawal',
    sa.Column('assessment_id', sa.Uuid(), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.Enum('false_positive', 'decision_reversed', 'source_withdrew', name='ck_entry_withdrawal_reason', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name='fk_entry_withdrawal_assessment_id'),
    sa.PrimaryKeyConstraint('assessment_id', name='pk_entry_withdrawal')
    )
