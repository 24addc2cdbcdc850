"""What a migrated database holds before a test, and putting it back after one.

Putting back takes some milliseconds; making another copy of a whole database takes a hundred times
as long.
"""

from dataclasses import dataclass, field

import psycopg
from psycopg import sql

TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname
"""
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences"
# Whoever still holds a lock would have us wait, and what is open now sees what the next test does.
END_THE_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
# The superuser alone may set aside the triggers that keep what was decided and the audit.
WITHOUT_TRIGGERS = "SET session_replication_role = replica"


@dataclass
class DatabaseContents:
    """The rows of one database at `url`, of the superuser, as they are now."""

    url: str
    rows: dict[str, bytes] = field(default_factory=dict, init=False)
    tables: list[str] = field(default_factory=list, init=False)
    sequences: dict[str, int | None] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        with psycopg.connect(self.url) as database:
            self.tables = [name for (name,) in database.execute(TABLES)]
            for name in _filled(database, self.tables):
                with database.cursor().copy(_sql("COPY {} TO STDOUT", name)) as copy:
                    self.rows[name] = b"".join(bytes(block) for block in copy)
            self.sequences = _sequences(database)

    def put_back(self) -> None:
        with psycopg.connect(self.url) as database:
            database.execute(END_THE_OTHERS)
            database.execute(WITHOUT_TRIGGERS)
            for name in _filled(database, self.tables):
                database.execute(_sql("DELETE FROM {}", name))
                if name in self.rows:
                    with database.cursor().copy(_sql("COPY {} FROM STDIN", name)) as copy:
                        copy.write(self.rows[name])
            now = _sequences(database)
            for name, value in self.sequences.items():
                if now[name] != value:
                    self._set_back(database, name, value)

    def _set_back(self, database: psycopg.Connection, name: str, value: int | None) -> None:
        if value is None:
            database.execute(_sql("ALTER SEQUENCE {} RESTART", name))
        else:
            database.execute("SELECT setval(%s::regclass, %s)", (name, value))


def _filled(database: psycopg.Connection, tables: list[str]) -> list[str]:
    """Those of `tables` that have a row."""
    looks = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
            sql.Literal(name), sql.Identifier(name)
        )
        for name in tables
    ]
    return [name for (name,) in database.execute(sql.SQL(" UNION ALL ").join(looks))]


def _sequences(database: psycopg.Connection) -> dict[str, int | None]:
    """The last number of each, None when it gave none yet."""
    return dict(database.execute(SEQUENCES).fetchall())


def _sql(statement: str, name: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(name))
