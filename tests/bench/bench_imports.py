"""A partner's signed list on real PostgreSQL: how long taking it in and going back takes.

`ENTRIES=50000 make bench-imports`. The file has five hashes an entry, the most that one can have.
Each SQL statement that took over a second is named.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from hashcheck.domain.partner_list import RollbackReason
from hashcheck.use_cases.list_import import roll_back
from shared.platform.database import session_factory
from sqlalchemy import Engine, event

from tests.bench.bench_hashcheck import say
from tests.databases import DatabaseCopies, TestServers, engine_on
from tests.hashcheck.lists import Lists
from tests.hashcheck.partner import AGREED, Partner, line, ndjson

ENTRIES = int(os.environ.get("ENTRIES", "1000000"))
# source: the issue of the Hash Check Service names a rollback; an import is about a minute.
LONGEST_IMPORT, LONGEST_ROLLBACK = 60.0, 60.0
LONG_STATEMENT = 1.0


@contextmanager
def timed(step: str, taken: dict[str, float]) -> Iterator[None]:
    began, cpu = time.monotonic(), time.process_time()
    yield
    taken[step] = time.monotonic() - began
    say(f"{step:<40} {taken[step]:7.1f} s, CPU of Python {time.process_time() - cpu:6.1f} s")


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


def test_a_list_comes_in_and_goes_in_a_minute_each(servers: TestServers) -> None:
    taken: dict[str, float] = {}
    with (
        DatabaseCopies(servers).copy("hashcheck", "imports") as databases,
        engine_on(databases.app) as engine,
    ):
        name_long_statements(engine)
        partner = Partner(Lists(session_factory(engine)))
        file = ndjson(1, [AGREED, *(line(n) for n in range(ENTRIES - 1))])
        say(f"{ENTRIES} entries, a file of {len(file) / 1e6:.0f} MB")
        with timed("import of the first version", taken):
            made = partner.sends_bytes(file)
        with timed("rollback of it", taken):
            partner.lists.do(
                partner.lists.first,
                lambda work: roll_back(work, made.id, RollbackReason.WRONG_ENTRIES),
            )
        with psycopg.connect(databases.app) as connection:
            listed = connection.execute(
                "SELECT count(*) FROM entry WHERE import_id = %s AND state = 'listed'", [made.id]
            ).fetchone()
    assert made.added == ENTRIES
    assert listed == (0,)
    assert taken["import of the first version"] <= LONGEST_IMPORT
    assert taken["rollback of it"] <= LONGEST_ROLLBACK
