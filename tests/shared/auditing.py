"""A sealed audit under test, and somebody with every right in the database who tampers with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import LiteralString
from uuid import UUID, uuid5

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql
from shared.domain.actor import SYSTEM
from shared.platform.audit_checkpoint import CheckpointWriter, read_checkpoints
from shared.platform.audit_sealer import AuditSealer
from shared.platform.audit_verify import AuditReport, verify
from shared.platform.database import Sessions
from shared.platform.unit_of_work import open_work

from tests.applications import fixed_key
from tests.databases import EXAMPLE
from tests.fakes import FrozenClock

KEY = fixed_key("audit")
SIGNING_KEY = Ed25519PrivateKey.from_private_bytes(fixed_key("checkpoint"))
CASES = UUID("5f0d6f0e-7d3a-4d0e-9b1c-0f3c2f1f5a77")
TABLES = ("audit_event", "audit_seal")

Rows = dict[str, list[bytes]]


@dataclass
class Audit:
    """`app` writes events, `sealer` seals; `folder` is where checkpoints are kept."""

    app: Sessions
    sealing: Sessions
    superuser: psycopg.Connection
    folder: Path
    clock: FrozenClock

    def __post_init__(self) -> None:
        self.sealer = AuditSealer(self.sealing, KEY, clock=self.clock)
        self.checkpoints = CheckpointWriter(self.folder, EXAMPLE, SIGNING_KEY)

    def happen(self, count: int = 1) -> None:
        """Record that many events, a second apart."""
        for _ in range(count):
            with open_work(self.app, SYSTEM, clock=self.clock) as work:
                work.record("case.read", uuid5(CASES, str(self.clock.now)), reason="duty", page=3)
            self.clock.advance(timedelta(seconds=1))

    def seal(self) -> int | None:
        return self.sealer.seal_new()

    def witness(self) -> None:
        self.checkpoints.write(self.sealer.head(), self.clock.now)

    def verify(self) -> AuditReport:
        found = read_checkpoints(self.folder, EXAMPLE, SIGNING_KEY.public_key())
        return verify(self.sealing, KEY, found, now=self.clock.now)

    def faults(self) -> set[str]:
        return {kind for kind, count in self.verify().faults.items() if count}

    def tamper(self, statement: LiteralString, **values: object) -> int:
        """Do what only somebody with every right can, and say how many rows it changed."""
        with self.superuser.transaction(), psycopg.ClientCursor(self.superuser) as cursor:
            cursor.execute(statement, values)
            return cursor.rowcount

    def insert(self, event_id: int, at: datetime) -> None:
        """Put an event beside those that the application wrote."""
        self.tamper(
            "INSERT INTO audit_event (id, at, actor_kind, actor_name, action, reason, facts)"
            " OVERRIDING SYSTEM VALUE VALUES (%(id)s, %(at)s, 'staff', 'bram', 'read', '', '{}')",
            id=event_id,
            at=at,
        )

    def saved(self) -> Rows:
        """All of both tables, as a backup has them."""
        return {table: _copied_out(self.superuser, table) for table in TABLES}

    def restore(self, rows: Rows) -> None:
        with self.superuser.transaction():
            for table in TABLES:
                self.superuser.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(table)))
                _copy_in(self.superuser, table, rows[table])


@contextmanager
def everything_allowed(url: str) -> Iterator[psycopg.Connection]:
    """A superuser for whom no trigger fires."""
    with psycopg.connect(url, autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        yield superuser


def _copied_out(connection: psycopg.Connection, table: str) -> list[bytes]:
    statement = sql.SQL("COPY (SELECT * FROM {}) TO STDOUT").format(sql.Identifier(table))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        return [bytes(part) for part in copy]


def _copy_in(connection: psycopg.Connection, table: str, rows: list[bytes]) -> None:
    statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write(row)
