"""A partner's signed list on real PostgreSQL: how long taking it in and going back takes.

`ENTRIES=1000000 HASHES=md5,sha1 make bench-imports`; as told all five hashes, the most that there
are. Going back has a minute however long the list is, and is judged only when others leave the
machine alone. Each SQL statement that took over two seconds is named.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import psycopg
import pytest
from hashcheck.domain.partner_list import RollbackReason
from hashcheck.tables import ListImport
from hashcheck.use_cases.list_import import roll_back
from shared.domain.content_hash import BITS, HashType
from shared.platform.database import session_factory
from sqlalchemy import Engine, event

from tests.bench.bench_hashcheck import say
from tests.databases import DatabaseCopies, TestServers, engine_on
from tests.hashcheck.lists import Lists
from tests.hashcheck.partner import HONEYPOT, NAME, Partner

ENTRIES = int(os.environ.get("ENTRIES", "200000"))
KINDS = [HashType(each) for each in os.environ.get("HASHES", ",".join(HashType)).split(",")]
CHANGED = ENTRIES // 1_000
# source: security research, threat 10.
LONGEST_ROLLBACK = 60.0
ROLLBACK = "rollback"
MOST_WAITING = 0.1
LONG_STATEMENT = 2.0


def file_of(version: int, first: int) -> bytes:
    """Entries `first` and on, with the agreed one; NDJSON."""
    header = f'{{"list": "{NAME}", "class": "illegal", "version": {version}, "entries": {ENTRIES}}}'
    agreed = f'{{"id": "canary", "sha256": "{HONEYPOT.text}"}}'
    lines = (entry_line(number) for number in range(first, first + ENTRIES - 1))
    return "\n".join([header, agreed, *lines]).encode()


def entry_line(number: int) -> str:
    hashes = ", ".join(f'"{kind}": "{_digits(kind, number)}"' for kind in KINDS)
    return f'{{"id": "A-{number}", {hashes}, "pdq_quality": 90}}'


def _digits(kind: HashType, number: int) -> str:
    return sha256(f"{kind} {number}".encode()).hexdigest()[: BITS[kind] // 4]


@dataclass
class Steps:
    """How long each took, and how long meanwhile something waited for a core."""

    seconds: dict[str, float] = field(default_factory=dict)
    waiting: float = 0.0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began, cpu, waiting = time.monotonic(), time.process_time(), waiting_seconds()
        yield
        taken, waited = time.monotonic() - began, waiting_seconds() - waiting
        self.seconds[name] = taken
        self.waiting += waited
        cpu = time.process_time() - cpu
        say(f"{name:<32} {taken:6.1f} s, CPU of Python {cpu:5.1f} s, waiting {waited:5.1f} s")

    def judge(self) -> None:
        if self.waiting > MOST_WAITING * sum(self.seconds.values()):
            pytest.skip(f"{self.waiting:.0f} s of waiting for a core: the clock says nothing of us")
        going_back = [taken for name, taken in self.seconds.items() if ROLLBACK in name]
        assert max(going_back) <= LONGEST_ROLLBACK, self.seconds


def waiting_seconds() -> float:
    """In which something waited for a core, since this machine started, as Linux counts them."""
    with open("/proc/pressure/cpu", encoding="ascii") as pressure:
        return int(pressure.readline().rpartition("total=")[2]) / 1e6


def name_long_statements(engine: Engine) -> None:
    # connection, cursor, statement, parameters, context, whether there are many
    def before(*told: Any) -> None:
        told[4].began = time.monotonic()

    def after(*told: Any) -> None:
        seconds = time.monotonic() - told[4].began
        if seconds > LONG_STATEMENT:
            say(f"  {seconds:7.1f} s {' '.join(told[2].split())[:70]}")

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)


def go_back(partner: Partner, made: ListImport) -> None:
    partner.lists.do(
        partner.lists.first, lambda work: roll_back(work, made.id, RollbackReason.WRONG_ENTRIES)
    )


def test_a_list_comes_in_and_is_taken_back_in_a_minute(servers: TestServers) -> None:
    steps = Steps()
    with (
        DatabaseCopies(servers).copy("hashcheck", "imports") as databases,
        engine_on(databases.app) as engine,
    ):
        name_long_statements(engine)
        partner = Partner(Lists(session_factory(engine)))
        file = file_of(1, 0)
        say(f"\n{ENTRIES} entries with {len(KINDS)} hashes, a file of {len(file) / 1e6:.0f} MB")
        with steps.step("first version"):
            first = partner.sends_bytes(file)
        file = file_of(2, CHANGED)
        with steps.step(f"next version, {CHANGED} others"):
            second = partner.sends_bytes(file)
        with steps.step("rollback of the next version"):
            go_back(partner, second)
        with steps.step("rollback of the first version"):
            go_back(partner, first)
        with psycopg.connect(databases.app) as connection:
            listed = connection.execute(
                "SELECT count(*) FROM entry WHERE import_id IS NOT NULL AND state = 'listed'"
            ).fetchone()
    assert (first.added, second.added, second.withdrawn) == (ENTRIES, CHANGED, CHANGED)
    assert listed == (0,)
    steps.judge()
