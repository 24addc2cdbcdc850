"""Register what contacts were about."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "chat",
                "phone",
                "email",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("form_version", sa.SmallInteger(), nullable=False),
        sa.Column(
            "registration_class",
            sa.Enum(
                "help_request",
                "insufficient_information",
                "other_excluded",
                "silent",
                "wrong_number",
                "test",
                "abusive",
                "prank",
                "press",
                "internal",
                name="registration_class",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "role",
            sa.Enum(
                "not_asked",
                "self",
                "parent_carer",
                "partner",
                "other_family",
                "friend_peer",
                "school",
                "professional",
                "bystander",
                "possible_perpetrator",
                "not_known",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "gender",
            sa.Enum(
                "not_asked",
                "female",
                "male",
                "non_binary",
                "other",
                "declined",
                "not_known",
                name="gender",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("age", sa.SmallInteger(), nullable=True),
        sa.Column(
            "manipulated_image",
            sa.Enum(
                "none_known",
                "ai_generated",
                "edited",
                "suspected",
                name="manipulated_image",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "police",
            sa.Enum(
                "not_asked",
                "no_unwilling_afraid",
                "already_went",
                "plans_to",
                "doubts",
                "no_answer",
                name="police",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "further_help",
            sa.Enum(
                "not_asked",
                "none_needed",
                "needed",
                name="further_help",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "registration_class <> 'insufficient_information' OR channel = 'chat'",
            name="ck_contact_too_little_known_in_chat_only",
        ),
        sa.CheckConstraint("age BETWEEN 0 AND 110", name="ck_contact_age_range"),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
        sa.UniqueConstraint("conversation_id", name="uq_contact_conversation_id"),
    )
    op.create_index("ix_contact_at", "contact", ["at"], unique=False)
    op.create_table(
        "platform",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_platform"),
    )
    op.create_table(
        "contact_category",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "sextortion",
                "image_shared_without_consent",
                "doxing",
                "portrait_right",
                "social_media_misuse",
                "online_bullying",
                "grooming",
                "unwanted_sexting",
                "image_manipulation_bullying",
                "online_exclusion",
                "gaming_toxicity",
                "expose_group",
                "threat",
                "cyberstalking",
                "catfishing",
                "hate_discrimination",
                "defamation",
                "csam_seen",
                "information_request",
                "other",
                name="category",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name="fk_contact_category_contact_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contact_id", "category", name="pk_contact_category"),
    )
    op.create_table(
        "contact_misuse",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "hacked_account",
                "dating_fraud",
                "fake_mail",
                "phishing",
                "identity_fraud",
                "sale_fraud",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name="fk_contact_misuse_contact_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact_id", "kind", name="pk_contact_misuse"),
    )
    op.create_table(
        "contact_platform",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name="fk_contact_platform_contact_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["platform"], ["platform.name"], name="fk_contact_platform_platform"
        ),
        sa.PrimaryKeyConstraint("contact_id", "platform", name="pk_contact_platform"),
    )
    op.create_table(
        "contact_sextortion",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "financial",
                "more_imagery",
                "force_contact",
                "other",
                "not_known",
                name="form",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
            name="fk_contact_sextortion_contact_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("contact_id", "form", name="pk_contact_sextortion"),
    )
