"""A trigger for tests only: the n-th write of a transaction fails, inside PostgreSQL.

Statement triggers on every table count the writes of a transaction; the one whose turn it is
raises, as a full disk would. Who works does not know; n is found by trying, so it is the code's
own number of steps.
"""

from collections.abc import Callable

import psycopg
from psycopg import sql
from shared.domain.errors import Unavailable

COUNTING = """
CREATE TABLE failing_write (turn integer NOT NULL);
INSERT INTO failing_write VALUES (0);
CREATE FUNCTION fail_in_turn() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE count integer;
BEGIN
  count := coalesce(nullif(current_setting('test.writes', true), ''), '0')::integer + 1;
  PERFORM set_config('test.writes', count::text, true);
  IF count = (SELECT turn FROM failing_write) THEN
    RAISE EXCEPTION 'a failing write' USING ERRCODE = 'disk_full';
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON failing_write FROM PUBLIC;
"""
TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.relname NOT IN ('failing_write', 'alembic_version')
ORDER BY c.relname
"""
MOST_WRITES = 100


class FailingWrites:
    """Works as the owner of the database, which the application is not."""

    def __init__(self, owner: psycopg.Connection) -> None:
        """`owner` commits each statement by itself."""
        self._owner = owner
        self._tables = [name for (name,) in owner.execute(TABLES).fetchall()]
        owner.execute(COUNTING)
        for table in self._tables:
            owner.execute(
                sql.SQL(
                    "CREATE TRIGGER fail_in_turn BEFORE INSERT OR UPDATE OR DELETE ON {}"
                    " FOR EACH STATEMENT EXECUTE FUNCTION fail_in_turn()"
                ).format(sql.Identifier(table))
            )

    def let_fail(self, turn: int) -> None:
        """0 lets every write pass."""
        self._owner.execute("UPDATE failing_write SET turn = %s", [turn])

    def digest(self) -> dict[str, str | None]:
        """By table, a digest of everything in it."""
        one = sql.SQL("SELECT {}, md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM {} t")
        every = [one.format(name, sql.Identifier(name)) for name in self._tables]
        return dict(self._owner.execute(sql.SQL(" UNION ALL ").join(every)).fetchall())

    def at_every_step(self, act: Callable[[], object]) -> int:
        """Let `act` fail at its first write, its second, … until it succeeds.

        Each failure has to leave every table as it was. Returns how many writes there are.
        """
        before = self.digest()
        for turn in range(1, MOST_WRITES):
            self.let_fail(turn)
            try:
                act()
            except Unavailable:
                assert self.digest() == before, f"the failure of write {turn} left something"
            else:
                assert self.digest() != before, "nothing was written"
                return turn - 1
            finally:
                self.let_fail(0)
        raise AssertionError("more writes than any step should have")
