"""Refer people to others, and follow what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("moment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "destination",
            sa.Enum(
                "other_forensic",
                "sexologist",
                "gp",
                "mental_health",
                "s113",
                "helpline",
                "veilig_thuis",
                "legal_help",
                "police",
                "other",
                name="destination",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "offered",
                "declined",
                "details_given",
                "warm_transferred",
                "contact_made",
                "no_contact",
                "not_known",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["moment_id"], ["contact_moment.id"], name="fk_referral_moment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_referral"),
    )
    op.create_index("ix_referral_moment_id", "referral", ["moment_id"], unique=False)
    op.create_table(
        "referral_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "offered",
                "declined",
                "details_given",
                "warm_transferred",
                "contact_made",
                "no_contact",
                "not_known",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name="fk_referral_step_referral_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_referral_step"),
    )
    op.create_index("ix_referral_step_referral_id", "referral_step", ["referral_id"], unique=False)
