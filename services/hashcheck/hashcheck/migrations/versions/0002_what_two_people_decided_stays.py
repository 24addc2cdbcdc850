"""Let the database itself keep what two people decided.

The application's role could otherwise list a picture in one statement, or add a hash to an entry
after the second person had agreed. An entry begins as a proposal, moves along its states only,
and its hashes are those that both people had before them.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEEP_ENTRY = """
CREATE FUNCTION keep_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'proposed' THEN
      RAISE EXCEPTION 'an entry begins as a proposal'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_begins_as_proposal';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.list_id, NEW.source_id, NEW.proposed_by, NEW.proposed_in, NEW.proposed_at)
     IS DISTINCT FROM
     (OLD.id, OLD.list_id, OLD.source_id, OLD.proposed_by, OLD.proposed_in, OLD.proposed_at)
     OR OLD.state <> 'proposed'
     AND (NEW.decided_by, NEW.decided_at) IS DISTINCT FROM (OLD.decided_by, OLD.decided_at) THEN
    RAISE EXCEPTION 'who decided is kept'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_keeps_who_decided';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
      ('proposed', 'listed'), ('proposed', 'refused'), ('listed', 'withdrawn')) THEN
    RAISE EXCEPTION 'no such step'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_moves_along_its_states';
  END IF;
  RETURN NEW;
END $$
"""

# The lock makes a decision about the entry wait for the hash, or the hash for the decision.
KEEP_HASHES = """
CREATE FUNCTION keep_entry_hashes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM entry WHERE id = NEW.entry_id AND state = 'proposed' FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'hashes of a proposal only'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_hash_of_a_proposal';
  END IF;
  RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.execute(KEEP_ENTRY)
    op.execute(
        "CREATE TRIGGER keep_entry BEFORE INSERT OR UPDATE ON entry"
        " FOR EACH ROW EXECUTE FUNCTION keep_entry()"
    )
    op.execute(KEEP_HASHES)
    op.execute(
        "CREATE TRIGGER keep_entry_hashes BEFORE INSERT ON entry_hash"
        " FOR EACH ROW EXECUTE FUNCTION keep_entry_hashes()"
    )
    op.execute("REVOKE DELETE ON entry, list_version FROM hashcheck_app")
    op.execute("REVOKE UPDATE, DELETE ON entry_hash, hit FROM hashcheck_app")
