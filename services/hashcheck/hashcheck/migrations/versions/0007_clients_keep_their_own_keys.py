"""Keys get quotas and addresses, clients a page of their own, probing an alarm, tests pictures.

The pictures are those of `imaging.sample`: harmless, computed, listed as `public-test`.
"""

from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LIST = "00000000-0000-4000-8000-7e5700000001"
FIRST, SECOND = "00000000-0000-4000-8000-7e5700000003", "00000000-0000-4000-8000-7e5700000004"
# Entries ...11, ...12 and ...13.
ENTRY = "00000000-0000-4000-8000-7e570000001{number}"
PICTURES = (
    {
        "md5": "80e69617c1860880a4e04140ce098c02",
        "sha1": "4c89c8eb267e0ad9336bd52a48d25b5b391dc688",
        "sha256": "bb7282c3d22f77b864aba29f940cf221814b8f75fe9e1f0c14b4dcea6b2f432f",
        "pdq": "7116ccc9f7061dd9ce0ef7793c86dde9a0063fe1001fff8641792006ffa60079",
        "phash": "cf4f32b0cf30dc03",
    },
    {
        "md5": "ea3550f77e770f042a1098ac2ec5b3ab",
        "sha1": "8092e544dcd3357f2f9aa1a01d49f6406fa01859",
        "sha256": "121d53930b5db17361bc973125e158986589eff5963adce0f7e526b2bd8d63ee",
        "pdq": "910cdb8f49874dec2c24aeac13865bac6ea6baa4fab76817a851555925aeda17",
        "phash": "89f41acdc5f47612",
    },
    {
        "md5": "54705183690be3daeb6c34f2c02580e1",
        "sha1": "35e542da92005044223d4f50bb1efb009183d7b6",
        "sha256": "90e2e66b19a4ee08b94156ed539b6e2a2e60556a3183ffbd9c87677a7981648e",
        "pdq": "ff6bfea3fe63fea3f864f0a0f162029055238acbf8a300038007080fe2bdfafc",
        "phash": "e09fde7871606269",
    },
)


def upgrade() -> None:
    _add_key_tables()
    _add_alarm_tables()
    _add_page_tables()
    for number, hashes in enumerate(PICTURES, start=1):
        _list_picture(ENTRY.format(number=number), hashes)


def _add_key_tables() -> None:
    op.create_table('key_terms',
    sa.Column('key_id', sa.String(), nullable=False),
    sa.Column('networks', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('per_day', sa.BigInteger(), nullable=False),
    sa.Column('per_minute', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('per_day > 0 AND per_minute > 0', name='ck_key_terms_quota_allows_something'),
    sa.PrimaryKeyConstraint('key_id', name='pk_key_terms')
    )
    op.create_table('key_use',
    sa.Column('key_id', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.Column('minute', sa.BigInteger(), nullable=False),
    sa.Column('minute_count', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('key_id', 'day', name='pk_key_use')
    )


def _add_alarm_tables() -> None:
    counts = ('checked', 'matched', 'invalid', 'sampled', 'variants')
    op.create_table('watched_hour',
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('hour', sa.DateTime(timezone=True), nullable=False),
    *(sa.Column(name, sa.BigInteger(), nullable=False) for name in counts),
    sa.PrimaryKeyConstraint('client_id', name='pk_watched_hour')
    )
    op.create_table('probe_alarm',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('variants', 'border', 'matches', 'invalid', name='ck_probe_alarm_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    *(sa.Column(name, sa.BigInteger(), nullable=False) for name in (*counts, 'distances')),
    sa.Column('acknowledged_by', sa.Uuid(), nullable=True),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.Enum('explained', 'own_test', 'quota_lowered', 'key_stopped', name='ck_probe_alarm_answer', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.CheckConstraint('(acknowledged_by IS NULL) = (answer IS NULL)', name='ck_probe_alarm_answered_by_somebody'),
    sa.CheckConstraint('(acknowledged_by IS NULL) = (acknowledged_at IS NULL)', name='ck_probe_alarm_answered_once'),
    sa.PrimaryKeyConstraint('id', name='pk_probe_alarm')
    )
    op.create_index('ix_probe_alarm_raised_at', 'probe_alarm', ['raised_at'], unique=False)
    op.create_index('uq_probe_alarm_open', 'probe_alarm', ['client_id', 'kind'], unique=True, postgresql_where=sa.text('acknowledged_at IS NULL'))
    op.execute("REVOKE DELETE ON probe_alarm FROM hashcheck_app")


def _add_page_tables() -> None:
    op.create_table('client_contact',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('mailbox', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name='pk_client_contact'),
    sa.UniqueConstraint('mailbox', name='uq_client_contact_mailbox')
    )
    op.create_index('ix_client_contact_client_id', 'client_contact', ['client_id'], unique=False)
    op.create_table('access_link',
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('mailbox', sa.String(), nullable=False),
    sa.Column('company', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('token_hash', name='pk_access_link')
    )
    op.create_index('ix_access_link_created_at', 'access_link', ['created_at'], unique=False)
    op.create_index('ix_access_link_mailbox', 'access_link', ['mailbox'], unique=False)
    op.create_table('client_session',
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('contact_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['client_contact.id'], name='fk_client_session_contact_id', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name='pk_client_session')
    )
    op.create_index('ix_client_session_contact_id', 'client_session', ['contact_id'], unique=False)
    op.create_index('ix_client_session_expires_at', 'client_session', ['expires_at'], unique=False)


def _list_picture(entry: str, hashes: dict[str, str]) -> None:
    """As two people of those who set the service up; as in 0005."""
    op.execute("UPDATE list_version SET version = version + 1")
    op.execute(
        "INSERT INTO entry (id, list_id, state, proposed_by, proposed_in, proposed_at,"
        " ai_involvement, gender, self_generated) VALUES"
        f" ('{entry}', '{LIST}', 'proposed', '{FIRST}', 'setup', now(), 'not_seen',"
        " 'not_determined', 'unknown')"
    )
    table = sa.table(
        "entry_hash",
        sa.column("entry_id", sa.Uuid),
        sa.column("type", sa.String),
        sa.column("digest", sa.LargeBinary),
    )
    op.bulk_insert(
        table,
        [
            {"entry_id": UUID(entry), "type": kind, "digest": bytes.fromhex(value)}
            for kind, value in hashes.items()
        ],
    )
    op.execute(
        f"UPDATE entry SET state = 'listed', decided_by = '{SECOND}', decided_at = now(),"
        f" listed_version = (SELECT version FROM list_version) WHERE id = '{entry}'"
    )
    op.execute(
        "INSERT INTO list_change (version, kind, subject_id, changed_at)"
        f" SELECT version, 'entry_listed', '{entry}', now() FROM list_version"
    )
