"""Hold a client back that probes far beyond an alarm, until a person lets it check again."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('held_client',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('variants', 'border', 'matches', 'invalid', name='ck_held_client_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('released_by', sa.Uuid(), nullable=True),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.Enum('explained', 'own_test', 'quota_lowered', 'key_stopped', name='ck_held_client_answer', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.CheckConstraint('(released_by IS NULL) = (answer IS NULL)', name='ck_held_client_released_for_a_reason'),
    sa.CheckConstraint('(released_by IS NULL) = (released_at IS NULL)', name='ck_held_client_released_once'),
    sa.PrimaryKeyConstraint('id', name='pk_held_client')
    )
    op.create_index('uq_held_client_open', 'held_client', ['client_id'], unique=True, postgresql_where=sa.text('released_at IS NULL'))
    op.create_index('ix_held_client_released', 'held_client', ['client_id', 'released_at'], unique=False)
    op.execute("REVOKE DELETE ON held_client FROM hashcheck_app")
