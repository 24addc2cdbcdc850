"""Keep the wrapped keys of months and cases, and which cases were erased."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    app = op.get_context().config.attributes["app_role"]
    op.create_table(
        "month_key",
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("month", name="pk_month_key"),
    )
    op.create_table(
        "case_key",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["month"], ["month_key.month"], name="fk_case_key_month", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_key"),
    )
    op.create_index("ix_case_key_month", "case_key", ["month"])
    op.create_table(
        "erased_case",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_erased_case"),
    )
    op.execute(f'GRANT USAGE ON SCHEMA public TO "{app}"')
    op.execute(f'GRANT SELECT ON alembic_version TO "{app}"')
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON month_key, case_key TO "{app}"')
    op.execute(f'GRANT SELECT, INSERT ON erased_case TO "{app}"')
