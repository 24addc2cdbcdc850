"""Follow contacts up: removal notices, referrals, addresses for the hotline."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "very_large",
                "platform",
                "small_platform",
                "hosting",
                "outside_dsa",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_usable", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_provider"),
        sa.UniqueConstraint("name", name="uq_provider_name"),
    )
    op.create_table(
        "hotline_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_addresses", sa.LargeBinary(), nullable=False),
        sa.Column("address_count", sa.SmallInteger(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "taken_at IS NULL OR refused_at IS NULL", name="ck_hotline_report_taken_or_refused"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name="fk_hotline_report_contact_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hotline_report"),
    )
    op.create_index("ix_hotline_report_contact_id", "hotline_report", ["contact_id"], unique=False)
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column(
            "destination",
            sa.Enum(
                "police",
                "csg",
                "victim_support",
                "legal_help",
                "platform",
                "hotline",
                "prevention_line",
                "hash_tool",
                "fraud_helpdesk",
                "data_protection_authority",
                "kindertelefoon",
                "s113",
                "fier",
                "veilig_thuis",
                "de_waag",
                "ehealth_recovery",
                "gp",
                "mental_health",
                "school",
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
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_referral_contact_id"),
        sa.PrimaryKeyConstraint("id", name="pk_referral"),
    )
    op.create_index("ix_referral_contact_id", "referral", ["contact_id"], unique=False)
    op.create_table(
        "removal_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column(
            "route",
            sa.Enum(
                "article_22",
                "article_16",
                "terms",
                name="route",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "drafted",
                "queued",
                "sending",
                "sent",
                "uncertain",
                "bounced",
                "answered",
                "unanswered",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sealed_reasons", sa.LargeBinary(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("send_count", sa.SmallInteger(), nullable=False),
        sa.Column("repeat_count", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('answered', 'unanswered', 'withdrawn')) = (ended_at IS NOT NULL)",
            name="ck_removal_notice_ended_has_time",
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name="fk_removal_notice_contact_id"
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name="fk_removal_notice_provider_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_removal_notice"),
        sa.UniqueConstraint("message_id", name="uq_removal_notice_message_id"),
        sa.UniqueConstraint("reference", name="uq_removal_notice_reference"),
    )
    op.create_index("ix_removal_notice_contact_id", "removal_notice", ["contact_id"], unique=False)
    op.create_index(
        "ix_removal_notice_provider_id", "removal_notice", ["provider_id"], unique=False
    )
    op.create_index("ix_removal_notice_state", "removal_notice", ["state"], unique=False)
    op.create_table(
        "notice_ground",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "aw_21",
                "aw_20",
                "sr_254ba",
                "sr_252",
                "sr_251",
                "sr_318",
                "sr_285d",
                "sr_284",
                "sr_285",
                "sr_285b",
                "sr_261",
                "sr_266",
                "sr_326",
                "sr_138ab",
                "sr_231b",
                "avg_17",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["removal_notice.id"], name="fk_notice_ground_notice_id"
        ),
        sa.PrimaryKeyConstraint("notice_id", "ground", name="pk_notice_ground"),
    )
    op.create_table(
        "notice_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "pending",
                "removed",
                "partly",
                "refused",
                "not_found",
                "not_competent",
                "no_answer",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["removal_notice.id"], name="fk_notice_item_notice_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notice_item"),
        sa.UniqueConstraint("notice_id", "position", name="uq_notice_item_notice_id_position"),
    )
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
    op.create_table(
        "item_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "pending",
                "removed",
                "partly",
                "refused",
                "not_found",
                "not_competent",
                "no_answer",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["notice_item.id"], name="fk_item_answer_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_item_answer"),
    )
    op.create_index("ix_item_answer_item_id", "item_answer", ["item_id"], unique=False)
