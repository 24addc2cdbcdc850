"""Take signed lists of partners, know what is harmless, and set a flood aside.

An entry of a partner's list has no two people: it has an import that was signed with a key on which
two people agreed. The database holds that: such an entry begins with an import that is under way,
its hashes are added within it, and it comes back only when its own list had taken it off.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OUTCOMES = "'match', 'test_match', 'no_match', 'low_quality', 'invalid'"
STATES = "'proposed', 'listed', 'quarantined', 'refused', 'withdrawn'"
WITHDRAWALS = "'false_positive', 'decision_reversed', 'source_withdrew', 'import_rolled_back'"
KINDS = "'entry_listed', 'entry_withdrawn', 'list_changed', 'list_imported'"
HASH_TYPES = ("md5", "sha1", "sha256", "phash", "pdq")

KEEP_ENTRY = """
CREATE OR REPLACE FUNCTION keep_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> (CASE WHEN NEW.import_id IS NULL THEN 'proposed' ELSE 'listed' END) THEN
      RAISE EXCEPTION 'an entry begins as a proposal'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_begins_as_proposal';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.list_id, NEW.source_id, NEW.proposed_by, NEW.proposed_in, NEW.proposed_at,
      NEW.import_id, NEW.source_ref, NEW.content)
     IS DISTINCT FROM
     (OLD.id, OLD.list_id, OLD.source_id, OLD.proposed_by, OLD.proposed_in, OLD.proposed_at,
      OLD.import_id, OLD.source_ref, OLD.content)
     OR OLD.state <> 'proposed'
     AND (NEW.decided_by, NEW.decided_at) IS DISTINCT FROM (OLD.decided_by, OLD.decided_at) THEN
    RAISE EXCEPTION 'who decided is kept'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_keeps_who_decided';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
      ('proposed', 'listed'), ('proposed', 'refused'), ('listed', 'withdrawn'),
      ('listed', 'quarantined'), ('quarantined', 'listed'), ('quarantined', 'withdrawn'))
     AND NOT (OLD.state = 'withdrawn' AND NEW.state = 'listed' AND OLD.import_id IS NOT NULL
              AND OLD.withdrawal = 'source_withdrew') THEN
    RAISE EXCEPTION 'no such step'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_moves_along_its_states';
  END IF;
  RETURN NEW;
END $$
"""

# One look for a whole statement: an import adds millions. The lock makes a decision about a
# proposal wait for the hash, or the hash for the decision.
KEEP_HASHES = """
CREATE OR REPLACE FUNCTION keep_entry_hashes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM entry WHERE state = 'proposed'
    AND id IN (SELECT entry_id FROM added) FOR SHARE;
  IF EXISTS (
    SELECT FROM added LEFT JOIN entry ON entry.id = added.entry_id
      LEFT JOIN list_import AS import ON import.id = entry.import_id
    WHERE entry.state IS DISTINCT FROM 'proposed' AND import.state IS DISTINCT FROM 'incoming'
  ) THEN
    RAISE EXCEPTION 'hashes of a proposal only'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_hash_of_a_proposal';
  END IF;
  RETURN NULL;
END $$
"""

KEEP_IMPORTS = """
CREATE FUNCTION keep_list_import() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state NOT IN ('incoming', 'refused') OR NEW.state = 'incoming' AND NOT EXISTS (
        SELECT FROM partner_key WHERE id = NEW.key_id AND list_id = NEW.list_id
          AND confirmed_by IS NOT NULL AND stopped_by IS NULL) THEN
      RAISE EXCEPTION 'an import needs a key that two people agreed on'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'list_import_with_a_key';
    END IF;
  ELSIF (OLD.state, NEW.state) NOT IN (
      ('incoming', 'incoming'), ('incoming', 'accepted'), ('accepted', 'rolled_back'))
      OR (NEW.id, NEW.list_id, NEW.version, NEW.key_id, NEW.file_sha256, NEW.imported_at)
      IS DISTINCT FROM
      (OLD.id, OLD.list_id, OLD.version, OLD.key_id, OLD.file_sha256, OLD.imported_at) THEN
    RAISE EXCEPTION 'what was imported is kept'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'list_import_is_kept';
  END IF;
  RETURN NEW;
END $$
"""

KEEP_KEYS = """
CREATE FUNCTION keep_partner_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.confirmed_by IS NOT NULL OR TG_OP = 'UPDATE' AND (
      OLD.confirmed_by IS NOT NULL
      AND (NEW.confirmed_by, NEW.confirmed_at)
          IS DISTINCT FROM (OLD.confirmed_by, OLD.confirmed_at)
      OR OLD.stopped_by IS NOT NULL
      AND (NEW.stopped_by, NEW.stopped_at) IS DISTINCT FROM (OLD.stopped_by, OLD.stopped_at)
  ) THEN
    RAISE EXCEPTION 'a key is agreed on once'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'partner_key_is_kept';
  END IF;
  RETURN NEW;
END $$
"""

KEEP_HONEYPOTS = """
CREATE FUNCTION keep_honeypot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM partner_key WHERE id = NEW.key_id AND confirmed_by IS NULL FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'agreed on by two people'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'honeypot_is_kept';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    _let_be("hash_list", "list_class", "'illegal', 'test', 'harmless'")
    _let_be("check_count", "outcome", OUTCOMES)
    _let_be("entry", "state", STATES)
    _let_be("entry", "withdrawal", WITHDRAWALS)
    _let_be("list_change", "kind", KINDS)
    op.add_column(
        "list_change",
        sa.Column("entries", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
    )
    _make_partner_tables()
    _let_entries_be_imported()
    _make_quarantine()
    op.execute(KEEP_ENTRY)
    op.execute("DROP TRIGGER keep_entry_hashes ON entry_hash")
    op.execute(KEEP_HASHES)
    op.execute(
        "CREATE TRIGGER keep_entry_hashes AFTER INSERT ON entry_hash"
        " REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION keep_entry_hashes()"
    )
    for function, table, when in (
        (KEEP_IMPORTS, "list_import", "INSERT OR UPDATE"),
        (KEEP_KEYS, "partner_key", "INSERT OR UPDATE"),
        (KEEP_HONEYPOTS, "honeypot", "INSERT"),
    ):
        op.execute(function)
        op.execute(
            f"CREATE TRIGGER keep_{table} BEFORE {when} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION keep_{table}()"
        )
    op.execute("REVOKE UPDATE, DELETE ON honeypot, partner_key FROM hashcheck_app")
    op.execute(
        "GRANT UPDATE (confirmed_by, confirmed_at, stopped_by, stopped_at) ON partner_key"
        " TO hashcheck_app"
    )
    op.execute("REVOKE DELETE ON list_import, quarantine FROM hashcheck_app")
    op.execute("REVOKE UPDATE ON incoming FROM hashcheck_app")
    op.execute("GRANT TRUNCATE ON incoming TO hashcheck_app")


def _let_be(table: str, column: str, values: str) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{column}")
    op.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{column} CHECK ({column} IN ({values}))"
    )


def _make_partner_tables() -> None:
    op.create_table('partner_key',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('list_id', sa.Uuid(), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('proposed_by', sa.Uuid(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by', sa.Uuid(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stopped_by', sa.Uuid(), nullable=True),
    sa.Column('stopped_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('octet_length(public_key) = 32', name='ck_partner_key_public_key_has_its_length'),
    sa.CheckConstraint('confirmed_by <> proposed_by', name='ck_partner_key_second_person'),
    sa.CheckConstraint('(confirmed_by IS NULL) = (confirmed_at IS NULL)', name='ck_partner_key_confirmed_some_time'),
    sa.CheckConstraint('(stopped_by IS NULL) = (stopped_at IS NULL)', name='ck_partner_key_stopped_some_time'),
    sa.ForeignKeyConstraint(['list_id'], ['hash_list.id'], name='fk_partner_key_list_id'),
    sa.PrimaryKeyConstraint('id', name='pk_partner_key'),
    sa.UniqueConstraint('list_id', 'public_key', name='uq_partner_key_list_id_public_key')
    )
    op.create_table('honeypot',
    sa.Column('key_id', sa.Uuid(), nullable=False),
    sa.Column('type', sa.Enum(*HASH_TYPES, name='ck_honeypot_type', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['key_id'], ['partner_key.id'], name='fk_honeypot_key_id'),
    sa.PrimaryKeyConstraint('key_id', 'type', 'digest', name='pk_honeypot')
    )
    op.create_table('list_import',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('list_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=True),
    sa.Column('state', sa.Enum('incoming', 'accepted', 'refused', 'rolled_back', name='ck_list_import_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('code', sa.String(), nullable=True),
    sa.Column('line', sa.BigInteger(), nullable=True),
    sa.Column('key_id', sa.Uuid(), nullable=True),
    sa.Column('brought_by', sa.Uuid(), nullable=True),
    sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('file_sha256', sa.LargeBinary(), nullable=False),
    sa.Column('list_version', sa.BigInteger(), nullable=False),
    sa.Column('entries', sa.BigInteger(), nullable=False),
    sa.Column('added', sa.BigInteger(), nullable=False),
    sa.Column('withdrawn', sa.BigInteger(), nullable=False),
    sa.Column('kept_off', sa.BigInteger(), nullable=False),
    sa.Column('rolled_back_by', sa.Uuid(), nullable=True),
    sa.Column('rolled_back_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('rollback_reason', sa.Enum('wrong_entries', 'sent_by_mistake', 'key_leaked', name='ck_list_import_rollback_reason', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.CheckConstraint("(state = 'refused') = (code IS NOT NULL)", name='ck_list_import_refused_for_a_reason'),
    sa.CheckConstraint("state = 'refused' OR key_id IS NOT NULL", name='ck_list_import_signed_with_a_key'),
    sa.CheckConstraint("(state = 'rolled_back') = (rolled_back_by IS NOT NULL)", name='ck_list_import_rolled_back_by_somebody'),
    sa.CheckConstraint('(rolled_back_by IS NULL) = (rolled_back_at IS NULL) AND (rolled_back_by IS NULL) = (rollback_reason IS NULL)', name='ck_list_import_rolled_back_for_a_reason'),
    sa.ForeignKeyConstraint(['key_id'], ['partner_key.id'], name='fk_list_import_key_id'),
    sa.ForeignKeyConstraint(['list_id'], ['hash_list.id'], name='fk_list_import_list_id'),
    sa.PrimaryKeyConstraint('id', name='pk_list_import'),
    sa.UniqueConstraint('id', 'list_id', name='uq_list_import_id_list_id')
    )
    op.create_index('ix_list_import_version', 'list_import', ['list_id', 'version'], unique=True, postgresql_where=sa.text("state <> 'refused'"))
    op.create_index('ix_list_import_list', 'list_import', ['list_id', 'imported_at'], unique=False)
    op.create_table('incoming',
    sa.Column('line', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('source_ref', sa.String(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    *(sa.Column(kind, sa.LargeBinary(), nullable=True) for kind in ("md5", "sha1", "sha256", "pdq", "phash")),
    sa.PrimaryKeyConstraint('line', name='pk_incoming'),
    prefixes=['UNLOGGED']
    )


def _let_entries_be_imported() -> None:
    op.add_column('entry', sa.Column('import_id', sa.Uuid(), nullable=True))
    op.add_column('entry', sa.Column('source_ref', sa.String(), nullable=True))
    op.add_column('entry', sa.Column('content', sa.LargeBinary(), nullable=True))
    op.add_column('entry', sa.Column('gone_with', sa.Uuid(), nullable=True))
    op.drop_constraint('ck_entry_decided_by_somebody', 'entry')
    op.create_check_constraint('ck_entry_decided_by_somebody', 'entry', "(state = 'proposed' OR import_id IS NOT NULL) = (decided_by IS NULL)")
    op.create_check_constraint('ck_entry_imported_with_a_name', 'entry', '(import_id IS NULL) = (source_ref IS NULL) AND (import_id IS NULL) = (content IS NULL)')
    op.create_foreign_key('fk_entry_import_id_list_id', 'entry', 'list_import', ['import_id', 'list_id'], ['id', 'list_id'])
    op.create_foreign_key('fk_entry_gone_with', 'entry', 'list_import', ['gone_with'], ['id'])
    op.create_index('ix_entry_source_ref', 'entry', ['list_id', 'source_ref'], unique=False, postgresql_where=sa.text('import_id IS NOT NULL'))
    op.create_index('ix_entry_import', 'entry', ['import_id'], unique=False, postgresql_where=sa.text('import_id IS NOT NULL'))
    op.create_index('ix_entry_gone_with', 'entry', ['gone_with'], unique=False, postgresql_where=sa.text('gone_with IS NOT NULL'))


def _make_quarantine() -> None:
    op.create_table('quarantine',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('hits', sa.BigInteger(), nullable=False),
    sa.Column('all_hits', sa.BigInteger(), nullable=False),
    sa.Column('callers', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('open', 'released', 'withdrawn', name='ck_quarantine_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'open') = (decided_by IS NULL)", name='ck_quarantine_decided_by_somebody'),
    sa.CheckConstraint('(decided_by IS NULL) = (decided_at IS NULL)', name='ck_quarantine_decided_at_some_time'),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name='fk_quarantine_entry_id'),
    sa.PrimaryKeyConstraint('id', name='pk_quarantine')
    )
    op.create_index('ix_quarantine_open', 'quarantine', ['entry_id'], unique=True, postgresql_where=sa.text("state = 'open'"))
    op.create_index('ix_quarantine_entry', 'quarantine', ['entry_id', 'decided_at'], unique=False)
