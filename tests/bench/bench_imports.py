"""A partner's signed list on real PostgreSQL: how long taking it in and going back takes.

`ENTRIES=50000 HASHES=md5,sha1 make bench-imports`. As told, a million entries with all five
hashes, the most that one can have. Each SQL statement that took over two seconds is named.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import psycopg
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

ENTRIES = int(os.environ.get("ENTRIES", "1000000"))
KINDS = [HashType(each) for each in os.environ.get("HASHES", ",".join(HashType)).split(",")]
CHANGED = ENTRIES // 1_000
# source: the issue of the Hash Check Service names a rollback; an import is about a minute.
LONGEST_IMPORT, LONGEST_ROLLBACK = 60.0, 60.0
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


@contextmanager
def timed(step: str, longest: float, missed: list[str]) -> Iterator[None]:
    began, cpu, waited = time.monotonic(), time.process_time(), _others()
    yield
    taken = time.monotonic() - began
    say(
        f"{step:<32} {taken:6.1f} s, CPU of Python {time.process_time() - cpu:5.1f} s,"
        f" {_others() - waited:5.1f} s of waiting for a core"
    )
    if taken > longest:
        missed.append(f"{step}: {taken:.1f} s")


def _others() -> float:
    """Seconds in which something on this machine waited for a core, as Linux counts them."""
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


def test_a_list_comes_in_and_goes_in_a_minute_each(servers: TestServers) -> None:
    missed: list[str] = []
    with (
        DatabaseCopies(servers).copy("hashcheck", "imports") as databases,
        engine_on(databases.app) as engine,
    ):
        name_long_statements(engine)
        partner = Partner(Lists(session_factory(engine)))
        file = file_of(1, 0)
        say(f"\n{ENTRIES} entries with {len(KINDS)} hashes, a file of {len(file) / 1e6:.0f} MB")
        with timed("first version", LONGEST_IMPORT, missed):
            first = partner.sends_bytes(file)
        file = file_of(2, CHANGED)
        with timed(f"next version, {CHANGED} others", LONGEST_IMPORT, missed):
            second = partner.sends_bytes(file)
        with timed("rollback of the next version", LONGEST_ROLLBACK, missed):
            go_back(partner, second)
        with timed("rollback of the first version", LONGEST_ROLLBACK, missed):
            go_back(partner, first)
        with psycopg.connect(databases.app) as connection:
            listed = connection.execute(
                "SELECT count(*) FROM entry WHERE import_id IS NOT NULL AND state = 'listed'"
            ).fetchone()
    assert (first.added, second.added, second.withdrawn) == (ENTRIES, CHANGED, CHANGED)
    assert listed == (0,)
    assert not missed
