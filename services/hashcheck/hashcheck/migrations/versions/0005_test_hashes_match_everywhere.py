"""List a harmless text in every environment, so that a connection can be tried.

Its hashes are of the bytes below; its PDQ and pHash are invented, for a text has none. The people
who decided are those who set the service up: nobody of the staff, and two.
"""

import hashlib
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LIST = "00000000-0000-4000-8000-7e5700000001"
ENTRY = "00000000-0000-4000-8000-7e5700000002"
FIRST, SECOND = "00000000-0000-4000-8000-7e5700000003", "00000000-0000-4000-8000-7e5700000004"
TEXT = b"This is a harmless test of the Offlimits Hash Check Service.\n"

HASHES = {
    **{kind: hashlib.new(kind, TEXT).digest() for kind in ("md5", "sha1", "sha256")},
    "pdq": hashlib.shake_256(TEXT).digest(32),
    "phash": hashlib.shake_256(TEXT).digest(8),
}


def upgrade() -> None:
    op.execute("UPDATE list_version SET version = version + 1")
    op.execute(
        "INSERT INTO hash_list (id, name, provenance, list_class, state, created_at, active_since)"
        f" SELECT '{LIST}', 'public-test', 'A harmless text, for trying a connection.', 'test',"
        " 'active', now(), version FROM list_version"
    )
    op.execute(
        "INSERT INTO entry (id, list_id, state, proposed_by, proposed_in, proposed_at,"
        " ai_involvement, gender, self_generated) VALUES"
        f" ('{ENTRY}', '{LIST}', 'proposed', '{FIRST}', 'setup', now(), 'not_seen',"
        " 'not_determined', 'unknown')"
    )
    hashes = sa.table(
        "entry_hash",
        sa.column("entry_id", sa.Uuid),
        sa.column("type", sa.String),
        sa.column("digest", sa.LargeBinary),
    )
    op.bulk_insert(
        hashes,
        [{"entry_id": UUID(ENTRY), "type": kind, "digest": digest} for kind, digest in HASHES.items()],
    )
    op.execute(
        f"UPDATE entry SET state = 'listed', decided_by = '{SECOND}', decided_at = now(),"
        f" listed_version = (SELECT version FROM list_version) WHERE id = '{ENTRY}'"
    )
    op.execute(
        "INSERT INTO list_change (version, kind, subject_id, changed_at)"
        f" SELECT version, 'entry_listed', '{ENTRY}', now() FROM list_version"
    )
