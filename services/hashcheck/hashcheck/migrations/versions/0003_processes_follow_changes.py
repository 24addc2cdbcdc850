"""Number every change of what is listed, so that processes follow changes and not whole lists."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (("hash_list", "active_since"), ("entry", "listed_version")):
        op.add_column(
            table,
            sa.Column(column, sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        )
    # What is listed already counts as listed by the newest change.
    op.execute(
        "UPDATE entry SET listed_version = (SELECT version FROM list_version)"
        " WHERE state IN ('listed', 'withdrawn')"
    )
    op.create_table('list_change',
    sa.Column('version', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.Enum('entry_listed', 'entry_withdrawn', 'list_changed', name='ck_list_change_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('version', name='pk_list_change')
    )
    op.execute("REVOKE UPDATE, DELETE ON list_change FROM hashcheck_app")
