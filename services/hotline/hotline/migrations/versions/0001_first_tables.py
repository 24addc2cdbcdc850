"""Take reports, assess what they name, have it removed."""

import sqlalchemy as sa
from alembic import op
from shared.platform.migrations import create_platform_tables
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_platform_tables(op, "hotline")
    op.create_table(
        "hosting_provider",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hosting_provider"),
        sa.UniqueConstraint("handle", name="uq_hosting_provider_handle"),
    )
    op.create_table(
        "ip_network",
        sa.Column("prefix", postgresql.CIDR(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("asn", sa.BigInteger(), nullable=False),
        sa.Column("as_name", sa.String(), nullable=False),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name="ck_ip_network_country_is_alpha_2"),
        sa.PrimaryKeyConstraint("prefix", name="pk_ip_network"),
    )
    op.create_index(
        "ix_ip_network_prefix_covers",
        "ip_network",
        ["prefix"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={"prefix": "inet_ops"},
    )
    op.create_table(
        "picture",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("sha1", sa.String(), nullable=False),
        sa.Column("md5", sa.String(), nullable=False),
        sa.Column("phash", sa.String(), nullable=False),
        sa.Column("pdq", sa.String(), nullable=False),
        sa.Column("pdq_quality", sa.SmallInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="ck_picture_sha256_is_hex"),
        sa.CheckConstraint("pdq_quality BETWEEN 0 AND 100", name="ck_picture_pdq_quality_range"),
        sa.PrimaryKeyConstraint("id", name="pk_picture"),
        sa.UniqueConstraint("sha256", name="uq_picture_sha256"),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("receipt_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "public_web",
                "police_nl",
                "inhope_iccam",
                "helpline",
                "prevention_line",
                "analyst_proactive",
                name="origin",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "in_progress",
                "processed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("child_in_danger", sa.Boolean(), nullable=False),
        sa.Column("occurrence_count", sa.Integer(), nullable=False),
        sa.Column("refused_count", sa.Integer(), nullable=False),
        sa.Column("sealed_addresses", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_contact", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'processed') = (processed_at IS NOT NULL)",
            name="ck_report_processed_has_time",
        ),
        sa.CheckConstraint("occurrence_count > 0", name="ck_report_has_occurrences"),
        sa.CheckConstraint(
            "octet_length(receipt_hash) = 32", name="ck_report_receipt_hash_is_sha256"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
        sa.UniqueConstraint("receipt_hash", name="uq_report_receipt_hash"),
        sa.UniqueConstraint("reference", name="uq_report_reference"),
    )
    op.create_index(
        "ix_report_open",
        "report",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("processed_at IS NULL"),
    )
    op.create_index("ix_report_processed_at", "report", ["processed_at"], unique=False)
    op.create_index("ix_report_received_at", "report", ["received_at"], unique=False)
    op.create_table(
        "abuse_contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "rdap",
                "manual",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_usable", sa.Boolean(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("position('@' in email) > 1", name="ck_abuse_contact_email_shape"),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["hosting_provider.id"], name="fk_abuse_contact_provider_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_abuse_contact"),
        sa.UniqueConstraint("provider_id", "email", name="uq_abuse_contact_provider_id_email"),
    )
    op.create_index("ix_abuse_contact_provider_id", "abuse_contact", ["provider_id"], unique=False)
    op.create_table(
        "hash_match",
        sa.Column("picture_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("list_name", sa.String(), nullable=False),
        sa.Column("is_same_file", sa.Boolean(), nullable=False),
        sa.Column("decision_count", sa.Integer(), nullable=False),
        sa.Column("age_min", sa.SmallInteger(), nullable=True),
        sa.Column("age_max", sa.SmallInteger(), nullable=True),
        sa.Column(
            "gender",
            sa.Enum(
                "female",
                "male",
                "both",
                "not_determined",
                name="gender",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "self_generated",
            sa.Enum(
                "no",
                "yes_voluntary_later_spread",
                "yes_coerced_or_groomed",
                "yes_covertly_recorded",
                "yes_circumstances_unknown",
                "unknown",
                name="self_generated",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "ai_involvement",
            sa.Enum(
                "not_seen",
                "ai_edited",
                "ai_generated",
                "ai_suspected",
                "cannot_tell",
                name="ai_involvement",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name="fk_hash_match_picture_id"),
        sa.PrimaryKeyConstraint("picture_id", name="pk_hash_match"),
    )
    op.create_table(
        "url",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column(
            "obstacle",
            sa.Enum(
                "none",
                "local_name",
                "not_public",
                "port_needs_exemption",
                name="obstacle",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("has_mixed_scripts", sa.Boolean(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "unknown",
                "page",
                "picture",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "to_fetch",
                "to_match",
                "follows_pictures",
                "awaiting_decision",
                "second_opinion",
                "decided",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetch_count", sa.SmallInteger(), nullable=False),
        sa.Column("fetch_code", sa.String(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ips", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("page_fingerprint", sa.String(), nullable=False),
        sa.Column("picture_id", sa.Uuid(), nullable=True),
        sa.Column("imagery_id", sa.Uuid(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "undecided",
                "illegal",
                "not_illegal",
                "ignored",
                "not_found",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "decided_by",
            sa.Enum(
                "human",
                "human_two",
                "hash_exact",
                "system_rule",
                name="decided_by",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("doubted_by", sa.Uuid(), nullable=True),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(verdict = 'undecided') = (decided_at IS NULL)", name="ck_url_decided_has_time"
        ),
        sa.CheckConstraint(
            "(claimed_by IS NULL) = (claimed_until IS NULL)", name="ck_url_claim_is_whole"
        ),
        sa.CheckConstraint("length(address) <= 8192", name="ck_url_address_length"),
        sa.CheckConstraint("octet_length(key) = 32", name="ck_url_key_is_sha256"),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name="fk_url_picture_id"),
        sa.PrimaryKeyConstraint("id", name="pk_url"),
        sa.UniqueConstraint("key", name="uq_url_key"),
    )
    op.create_index(
        "ix_url_claimed_by",
        "url",
        ["claimed_by"],
        unique=False,
        postgresql_where=sa.text("claimed_by IS NOT NULL"),
    )
    op.create_index("ix_url_decided_at", "url", ["decided_at"], unique=False)
    op.create_index("ix_url_first_seen_at", "url", ["first_seen_at"], unique=False)
    op.create_index("ix_url_host", "url", ["host"], unique=False)
    op.create_index("ix_url_picture_id", "url", ["picture_id"], unique=False)
    op.create_index(
        "ix_url_work",
        "url",
        ["priority", "queued_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('awaiting_decision', 'second_opinion')"),
    )
    op.create_table(
        "assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url_id", sa.Uuid(), nullable=False),
        sa.Column("picture_id", sa.Uuid(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "undecided",
                "illegal",
                "not_illegal",
                "ignored",
                "not_found",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "decided_by",
            sa.Enum(
                "human",
                "human_two",
                "hash_exact",
                "system_rule",
                name="decided_by",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("analyst_id", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("schema_version", sa.String(), nullable=False),
        sa.Column("law_version", sa.String(), nullable=False),
        sa.Column(
            "national_verdict",
            sa.Enum(
                "illegal",
                "not_illegal",
                "unclear",
                name="national_verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "not_illegal_reason",
            sa.Enum(
                "adult",
                "nudism_not_sexualised",
                "minor_non_sexual",
                "virtual_animation",
                "text_only",
                "link_list_only",
                "age_unclear",
                "below_threshold",
                "image_too_small",
                "already_gone",
                "temporarily_unavailable",
                "password_protected",
                "not_accessible",
                "other",
                name="not_illegal_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "difference_reason",
            sa.Enum(
                "context_of_page",
                "series_known",
                "labels_too_coarse",
                "consulted",
                name="difference_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "person_shown",
            sa.Enum(
                "child",
                "appears_child",
                "adult",
                "none",
                "unknown",
                name="person_shown",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "depiction",
            sa.Enum(
                "real",
                "real_edited",
                "synthetic_photorealistic",
                "synthetic_stylised",
                "drawing_animation",
                "text",
                "unknown",
                name="depiction",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "sexual_focus",
            sa.Enum(
                "none",
                "suggestive_posing",
                "focus_on_body_parts",
                "unknown",
                name="sexual_focus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "activity",
            sa.Enum(
                "none",
                "solo",
                "between_children",
                "with_adult",
                "unknown",
                name="activity",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("age_min", sa.SmallInteger(), nullable=True),
        sa.Column("age_max", sa.SmallInteger(), nullable=True),
        sa.Column(
            "gender",
            sa.Enum(
                "female",
                "male",
                "both",
                "not_determined",
                name="gender",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "self_generated",
            sa.Enum(
                "no",
                "yes_voluntary_later_spread",
                "yes_coerced_or_groomed",
                "yes_covertly_recorded",
                "yes_circumstances_unknown",
                "unknown",
                name="self_generated",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "ai_involvement",
            sa.Enum(
                "not_seen",
                "ai_edited",
                "ai_generated",
                "ai_suspected",
                "cannot_tell",
                name="ai_involvement",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ai_confidence", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "(decided_by = 'hash_exact') = (entry_id IS NOT NULL)",
            name="ck_assessment_copies_name_their_source",
        ),
        sa.CheckConstraint(
            "(decided_by IN ('human', 'human_two')) = (analyst_id IS NOT NULL)",
            name="ck_assessment_people_have_ids",
        ),
        sa.CheckConstraint(
            "(age_min IS NULL) = (age_max IS NULL)", name="ck_assessment_age_is_whole"
        ),
        sa.CheckConstraint("age_min <= age_max", name="ck_assessment_age_order"),
        sa.CheckConstraint(
            "ai_confidence BETWEEN 1 AND 3", name="ck_assessment_ai_confidence_range"
        ),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name="fk_assessment_picture_id"),
        sa.ForeignKeyConstraint(["url_id"], ["url.id"], name="fk_assessment_url_id"),
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
    )
    op.create_index("ix_assessment_decided_at", "assessment", ["decided_at"], unique=False)
    op.create_index("ix_assessment_picture_id", "assessment", ["picture_id"], unique=False)
    op.create_index("ix_assessment_url_id", "assessment", ["url_id"], unique=False)
    op.create_table(
        "notice_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "collecting",
                "ready",
                "sending",
                "sent",
                "uncertain",
                "refused",
                "empty",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("send_count", sa.SmallInteger(), nullable=False),
        sa.Column("repeat_count", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["abuse_contact.id"], name="fk_notice_mail_contact_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notice_mail"),
        sa.UniqueConstraint("message_id", name="uq_notice_mail_message_id"),
    )
    op.create_index("ix_notice_mail_contact_id", "notice_mail", ["contact_id"], unique=False)
    op.create_index("ix_notice_mail_state", "notice_mail", ["state"], unique=False)
    op.create_index(
        "uq_notice_mail_collecting",
        "notice_mail",
        ["contact_id"],
        unique=True,
        postgresql_where=sa.text("state = 'collecting'"),
    )
    op.create_table(
        "page_link",
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("page_id <> media_id", name="ck_page_link_no_link_to_itself"),
        sa.ForeignKeyConstraint(["media_id"], ["url.id"], name="fk_page_link_media_id"),
        sa.ForeignKeyConstraint(["page_id"], ["url.id"], name="fk_page_link_page_id"),
        sa.PrimaryKeyConstraint("page_id", "media_id", name="pk_page_link"),
    )
    op.create_index("ix_page_link_media_id", "page_link", ["media_id"], unique=False)
    op.create_table(
        "report_url",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("url_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name="fk_report_url_report_id"),
        sa.ForeignKeyConstraint(["url_id"], ["url.id"], name="fk_report_url_url_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report_url"),
    )
    op.create_index("ix_report_url_report_id", "report_url", ["report_id"], unique=False)
    op.create_index("ix_report_url_url_id", "report_url", ["url_id"], unique=False)
    op.create_table(
        "view_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("analyst_id", sa.Uuid(), nullable=False),
        sa.Column("url_id", sa.Uuid(), nullable=False),
        sa.Column("picture_id", sa.Uuid(), nullable=False),
        sa.Column(
            "profile",
            sa.Enum(
                "thumb",
                "blurred",
                "full",
                name="profile",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("closed_at >= opened_at", name="ck_view_event_view_order"),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name="fk_view_event_picture_id"),
        sa.ForeignKeyConstraint(["url_id"], ["url.id"], name="fk_view_event_url_id"),
        sa.PrimaryKeyConstraint("id", name="pk_view_event"),
    )
    op.create_index(
        "ix_view_event_analyst", "view_event", ["analyst_id", "opened_at"], unique=False
    )
    op.create_index("ix_view_event_url_id", "view_event", ["url_id"], unique=False)
    op.create_table(
        "removal_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "contact_review",
                "hosted_abroad",
                "host_unknown",
                "notice_queued",
                "notice_uncertain",
                "notice_delivered",
                "closed_removed",
                "closed_before_notice",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("first_reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missed_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "cause",
            sa.Enum(
                "file_gone",
                "page_gone",
                "site_down",
                "dns_gone",
                "moved_ip",
                "replaced",
                "access_now_restricted",
                "unknown",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('closed_removed', 'closed_before_notice')) = (closed_at IS NOT NULL)",
            name="ck_removal_case_closed_has_time",
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (cause IS NULL)", name="ck_removal_case_closed_has_cause"
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (offline_at IS NULL)",
            name="ck_removal_case_closed_has_offline_time",
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name="fk_removal_case_assessment_id"
        ),
        sa.ForeignKeyConstraint(["url_id"], ["url.id"], name="fk_removal_case_url_id"),
        sa.PrimaryKeyConstraint("id", name="pk_removal_case"),
        sa.UniqueConstraint("url_id", "round", name="uq_removal_case_url_id_round"),
    )
    op.create_index(
        "ix_removal_case_assessment_id", "removal_case", ["assessment_id"], unique=False
    )
    op.create_index("ix_removal_case_closed_at", "removal_case", ["closed_at"], unique=False)
    op.create_index(
        "ix_removal_case_due",
        "removal_case",
        ["next_check_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_removal_case_offline_at", "removal_case", ["offline_at"], unique=False)
    op.create_index("ix_removal_case_opened_at", "removal_case", ["opened_at"], unique=False)
    op.create_index("ix_removal_case_url_id", "removal_case", ["url_id"], unique=False)
    op.create_index(
        "uq_removal_case_open",
        "removal_case",
        ["url_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "hosting_fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("removal_case_id", sa.Uuid(), nullable=False),
        sa.Column("ip", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("asn", sa.BigInteger(), nullable=False),
        sa.Column("as_name", sa.String(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("looked_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["abuse_contact.id"], name="fk_hosting_fact_contact_id"
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["hosting_provider.id"], name="fk_hosting_fact_provider_id"
        ),
        sa.ForeignKeyConstraint(
            ["removal_case_id"], ["removal_case.id"], name="fk_hosting_fact_removal_case_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hosting_fact"),
    )
    op.create_index("ix_hosting_fact_contact_id", "hosting_fact", ["contact_id"], unique=False)
    op.create_index("ix_hosting_fact_provider_id", "hosting_fact", ["provider_id"], unique=False)
    op.create_index(
        "ix_hosting_fact_removal_case_id", "hosting_fact", ["removal_case_id"], unique=False
    )
    op.create_table(
        "online_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("removal_case_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("egress", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "online",
                "offline",
                "unknown",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "cause",
            sa.Enum(
                "file_gone",
                "page_gone",
                "site_down",
                "dns_gone",
                "moved_ip",
                "replaced",
                "access_now_restricted",
                "unknown",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("http_status", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["removal_case_id"], ["removal_case.id"], name="fk_online_check_removal_case_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_online_check"),
    )
    op.create_index("ix_online_check_case", "online_check", ["removal_case_id", "at"], unique=False)
    op.create_table(
        "takedown_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("removal_case_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("first", name="kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "delivered",
                "uncertain",
                "bounced",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["abuse_contact.id"], name="fk_takedown_notice_contact_id"
        ),
        sa.ForeignKeyConstraint(["mail_id"], ["notice_mail.id"], name="fk_takedown_notice_mail_id"),
        sa.ForeignKeyConstraint(
            ["removal_case_id"], ["removal_case.id"], name="fk_takedown_notice_removal_case_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_takedown_notice"),
        sa.UniqueConstraint("reference", name="uq_takedown_notice_reference"),
        sa.UniqueConstraint(
            "removal_case_id",
            "kind",
            "round",
            "contact_id",
            name="uq_takedown_notice_removal_case_id_kind_round_contact_id",
        ),
    )
    op.create_index(
        "ix_takedown_notice_contact_id", "takedown_notice", ["contact_id"], unique=False
    )
    op.create_index(
        "ix_takedown_notice_deadline_at", "takedown_notice", ["deadline_at"], unique=False
    )
    op.create_index(
        "ix_takedown_notice_delivered_at", "takedown_notice", ["delivered_at"], unique=False
    )
    op.create_index("ix_takedown_notice_mail_id", "takedown_notice", ["mail_id"], unique=False)
