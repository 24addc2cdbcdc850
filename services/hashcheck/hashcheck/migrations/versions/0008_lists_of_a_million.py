"""Keep the hashes of an entry in one row, so that a list of a million comes in within a minute.

Of every hash a row with two indexes and a foreign key was most of the time of an import; the
trigger of 0006 sees that there is the entry, and now entries are never deleted, by nobody.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BYTES = {"md5": 16, "sha1": 20, "sha256": 32, "phash": 8, "pdq": 32}
KEEP_ALL_ENTRIES = """
CREATE FUNCTION keep_all_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'entries are withdrawn, never deleted'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_is_kept';
END $$
"""


def upgrade() -> None:
    op.create_table('entry_hashes',
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    *(sa.Column(kind, sa.LargeBinary(), nullable=True) for kind in BYTES),
    sa.CheckConstraint('num_nonnulls(md5, sha1, sha256, phash, pdq) > 0', name='ck_entry_hashes_say_something'),
    *(sa.CheckConstraint(f'octet_length({kind}) = {size}', name=f'ck_entry_hashes_{kind}_has_its_length') for kind, size in BYTES.items()),
    sa.PrimaryKeyConstraint('entry_id', name='pk_entry_hashes')
    )
    each = ", ".join(f"(array_agg(digest) FILTER (WHERE type = '{kind}'))[1]" for kind in BYTES)
    op.execute(
        f"INSERT INTO entry_hashes (entry_id, {', '.join(BYTES)})"  # noqa: S608  our own names
        f" SELECT entry_id, {each} FROM entry_hash GROUP BY entry_id ORDER BY entry_id"
    )
    op.drop_table("entry_hash")
    op.create_index('ix_entry_hashes_sha256', 'entry_hashes', ['sha256'], unique=False, postgresql_where=sa.text('sha256 IS NOT NULL'))
    op.execute(
        "CREATE TRIGGER keep_entry_hashes AFTER INSERT ON entry_hashes"
        " REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION keep_entry_hashes()"
    )
    op.execute("REVOKE UPDATE, DELETE ON entry_hashes FROM hashcheck_app")
    op.execute(KEEP_ALL_ENTRIES)
    op.execute(
        "CREATE TRIGGER keep_all_entries BEFORE DELETE OR TRUNCATE ON entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION keep_all_entries()"
    )
    # Nobody looks for one entry by its partner's name, and most entries have no source here.
    op.drop_index("ix_entry_source_ref", "entry")
    op.drop_constraint("uq_entry_source_id", "entry")
    op.create_index('uq_entry_source_id', 'entry', ['source_id'], unique=True, postgresql_where=sa.text('source_id IS NOT NULL'))
    op.alter_column("incoming", "entry_id", server_default=sa.text("gen_random_uuid()"))
