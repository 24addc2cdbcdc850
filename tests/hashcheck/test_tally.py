"""Counting: exact with several writers at once, across midnight and through an outage."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import cast
from uuid import UUID, uuid4

import pytest
from hashcheck.adapters.tally import Tally
from hashcheck.domain.check import RADIUS, Counted, CountedOutcome
from hashcheck.domain.listed import Found
from hashcheck.tables import CheckCount, Hit
from hashcheck.use_cases.check import Checked, Snapshot
from hashcheck.use_cases.known_hashes import KnownHashes
from shared.contracts.hashcheck import Outcome
from shared.domain.content_hash import HashType
from shared.domain.errors import Unavailable
from shared.platform.database import Sessions, session_factory
from sqlmodel import select
from structlog.testing import capture_logs

from tests.databases import DatabaseCopies, engine_on
from tests.fakes import FrozenClock
from tests.hashcheck.hashes import picture
from tests.hashcheck.lists import Interrupted, Lists
from tests.hashcheck.service import eventually


@pytest.fixture(scope="module")
def sessions(database_copies: DatabaseCopies, worker_number: int) -> Iterator[Sessions]:
    """One database for these tests, each of which has callers of its own."""
    with (
        database_copies.copy("hashcheck", f"w{worker_number}_tally") as databases,
        engine_on(databases.app) as engine,
    ):
        yield session_factory(engine)


@pytest.fixture
def caller() -> str:
    return f"client:{uuid4()}"


@pytest.fixture(scope="module")
def entry_id(sessions: Sessions) -> UUID:
    return Lists(sessions).listed(picture(uuid4()))


def checked(*outcomes: Outcome, found: Sequence[Found] = ()) -> Checked:
    counts: Counter[tuple[HashType | Counted, Outcome | CountedOutcome]] = Counter(
        (Counted.SHA256, outcome) for outcome in outcomes
    )
    return Checked(Snapshot(3, KnownHashes({}, RADIUS), {}), outcomes, {}, {0: found}, counts)


def counts(sessions: Sessions, caller: str) -> dict[tuple[date, str], int]:
    with sessions() as session:
        rows = session.exec(select(CheckCount).where(CheckCount.caller == caller))
        return {(row.day, row.outcome): row.count for row in rows}


def hits(sessions: Sessions, caller: str) -> list[Hit]:
    with sessions() as session:
        return list(session.exec(select(Hit).where(Hit.caller == caller)))


@pytest.mark.requirement("HC-COUNT-1")
def test_processes_that_write_at_once_lose_no_count(sessions: Sessions) -> None:
    callers = [f"client:{uuid4()}" for _ in range(5)]
    tallies = [Tally(sessions) for _ in range(4)]
    outcomes = list(Outcome)
    sent: Counter[tuple[str, Outcome]] = Counter()

    def count(tally: Tally) -> None:
        for number in range(40):
            tally.add([(callers[number % 5], checked(*outcomes, outcomes[number % 4]))])
            if number % 8 == 0:
                tally.flush()
        tally.flush()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count, tallies))
    for number in range(40):
        for outcome in (*outcomes, outcomes[number % 4]):
            sent[callers[number % 5], outcome] += len(tallies)

    written = Counter(
        {
            (each, outcome): count
            for each in callers
            for (_, outcome), count in counts(sessions, each).items()
        }
    )
    assert written == sent


@pytest.mark.requirement("HC-COUNT-1")
def test_a_day_of_counting_ends_at_midnight_in_amsterdam(sessions: Sessions, caller: str) -> None:
    clock = FrozenClock(datetime(2026, 3, 2, 22, 59, 59, tzinfo=UTC))
    tally = Tally(sessions, clock=clock)
    tally.add([(caller, checked(Outcome.NO_MATCH))])
    clock.advance(timedelta(seconds=1))
    tally.add([(caller, checked(Outcome.NO_MATCH, Outcome.NO_MATCH))])
    tally.flush()
    assert counts(sessions, caller) == {
        (date(2026, 3, 2), Outcome.NO_MATCH): 1,
        (date(2026, 3, 3), Outcome.NO_MATCH): 2,
    }


@pytest.mark.requirement("HC-COUNT-1")
def test_a_count_passes_what_32_bits_hold(sessions: Sessions, caller: str) -> None:
    tally = Tally(sessions, clock=FrozenClock())
    tally.add([(caller, checked(Outcome.NO_MATCH))])
    tally.flush()
    with sessions() as session, session.begin():
        session.exec(select(CheckCount).where(CheckCount.caller == caller)).one().count = 2**40
    tally.add([(caller, checked(Outcome.NO_MATCH))])
    tally.flush()
    assert list(counts(sessions, caller).values()) == [2**40 + 1]


@pytest.mark.requirement("HC-COUNT-1")
def test_what_cannot_be_written_is_written_later_once(
    sessions: Sessions, caller: str, entry_id: UUID
) -> None:
    interrupted = Interrupted(sessions)
    tally = Tally(cast(Sessions, interrupted), clock=FrozenClock())
    found = [Found(2, HashType.PDQ, entry_id, uuid4())]
    interrupted.away = True
    for _ in range(3):
        tally.add([(caller, checked(Outcome.MATCH, found=found))])
        with pytest.raises(Unavailable):
            tally.flush()
    interrupted.away = False
    tally.flush()
    tally.flush()
    assert list(counts(sessions, caller).values()) == [3]
    assert len(hits(sessions, caller)) == 3


@pytest.mark.requirement("HC-FLOOD-1")
def test_a_flood_of_hits_is_counted_but_fills_no_memory(
    sessions: Sessions, caller: str, entry_id: UUID
) -> None:
    tally = Tally(sessions, clock=FrozenClock(), most_hits=100)
    found = [Found(0, HashType.SHA256, entry_id, uuid4())] * 90
    with capture_logs() as logs:
        tally.add([(caller, checked(*[Outcome.MATCH] * 90, found=found))])
        tally.add([(caller, checked(*[Outcome.MATCH] * 90, found=found))])
    tally.flush()
    assert list(counts(sessions, caller).values()) == [180]
    assert len(hits(sessions, caller)) == 100
    assert [(each["event"], each["count"]) for each in logs] == [("hits_not_kept", 80)]


@pytest.mark.requirement("HC-COUNT-1")
def test_beside_the_requests_it_is_written_within_a_moment_and_at_the_end(
    sessions: Sessions, caller: str, entry_id: UUID
) -> None:
    tally = Tally(sessions, every=0.05)
    tally.start()
    tally.add([(caller, checked(Outcome.NO_MATCH))])
    assert eventually(lambda: list(counts(sessions, caller).values()) == [1])
    tally.stop()

    slow = Tally(sessions, every=600)
    slow.start()
    slow.add([(caller, checked(Outcome.MATCH, found=[Found(0, HashType.MD5, entry_id, uuid4())]))])
    assert eventually(lambda: len(hits(sessions, caller)) == 1)
    slow.add([(caller, checked(Outcome.NO_MATCH))])
    slow.stop()
    assert sum(counts(sessions, caller).values()) == 3


@pytest.mark.requirement("HC-COUNT-1")
def test_an_outage_does_not_end_the_counting(sessions: Sessions, caller: str) -> None:
    interrupted = Interrupted(sessions)
    interrupted.away = True
    tally = Tally(cast(Sessions, interrupted), every=0.02)
    with capture_logs() as logs:
        tally.start()
        tally.add([(caller, checked(Outcome.NO_MATCH))])
        assert eventually(lambda: any(each["event"] == "checks_not_counted" for each in logs))
        interrupted.away = False
        assert eventually(lambda: list(counts(sessions, caller).values()) == [1])
    tally.stop()
