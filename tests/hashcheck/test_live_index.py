"""The index of a process follows the lists of the database, in every process."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import cast
from uuid import UUID, uuid4

import pytest
from hashcheck import queries
from hashcheck.adapters.live_index import LONGEST_LAG_SECONDS, LiveIndex
from hashcheck.domain.check import RADIUS
from hashcheck.domain.entry import WithdrawalReason
from hashcheck.domain.listed import Listed
from hashcheck.use_cases.check import Asked, Snapshot, check_hashes
from hashcheck.use_cases.entry import withdraw_entry
from hashcheck.use_cases.hash_list import resume_list, suspend_list
from hashcheck.use_cases.known_hashes import DamagedIndex, KnownHashes, Packed, packed
from shared.contracts.hashcheck import CheckItem, Outcome
from shared.domain.content_hash import HashType
from shared.domain.errors import Unavailable
from shared.platform.database import Sessions, session_factory
from structlog.testing import capture_logs

from infra.databases import ServiceDatabases
from tests.databases import DatabaseCopies, engine_on
from tests.hashcheck.hashes import picture, value
from tests.hashcheck.lists import Interrupted, Lists
from tests.hashcheck.service import Service, eventually

OTHER_PROCESS = """
import sys, time
from hashcheck.adapters.live_index import LiveIndex
from shared.platform.database import database_engine, session_factory

index = LiveIndex(session_factory(database_engine(sys.argv[1])), every=0.05)
index.start()
seen = None
while True:
    if index.snapshot is not seen:
        seen = index.snapshot
        print(seen.version, len(seen.index), flush=True)
    time.sleep(0.01)
"""


@pytest.fixture(scope="module")
def databases(database_copies: DatabaseCopies, worker_number: int) -> Iterator[ServiceDatabases]:
    with database_copies.copy("hashcheck", f"w{worker_number}_live") as made:
        yield made


@pytest.fixture(scope="module")
def live_lists(databases: ServiceDatabases) -> Iterator[Lists]:
    with engine_on(databases.app) as engine:
        yield Lists(session_factory(engine))


def outcome(snapshot: Snapshot, asked: CheckItem) -> Outcome:
    return check_hashes(snapshot, Asked.of([asked])).answer.results[0].outcome


def version(lists: Lists) -> int:
    with lists.sessions() as session:
        return queries.list_version(session)


def withdraw(lists: Lists, entry_id: UUID) -> None:
    reason = WithdrawalReason.FALSE_POSITIVE
    lists.do(lists.second, lambda work: withdraw_entry(work, entry_id, reason))


@pytest.mark.requirement("HC-LIVE-1")
def test_a_refresh_takes_over_what_two_people_listed_and_nothing_else(live_lists: Lists) -> None:
    index = LiveIndex(live_lists.sessions)
    index.refresh()
    known, proposed = picture(uuid4()), picture(uuid4())
    live_lists.propose(proposed)
    live_lists.listed(known)
    before = index.snapshot

    index.refresh()

    assert outcome(before, known[0]) is Outcome.NO_MATCH
    assert outcome(index.snapshot, known[0]) is Outcome.MATCH
    assert outcome(index.snapshot, proposed[0]) is Outcome.NO_MATCH
    assert index.snapshot.version == version(live_lists) > before.version


@pytest.mark.requirement("HC-LIVE-1")
def test_without_a_change_nothing_is_built_again(live_lists: Lists) -> None:
    index = LiveIndex(live_lists.sessions)
    index.refresh()
    before = index.snapshot
    live_lists.propose(picture(uuid4()))
    index.refresh()
    assert index.snapshot is before


@pytest.mark.requirement("HC-LIST-2")
def test_what_was_withdrawn_or_suspended_is_matched_no_more(live_lists: Lists) -> None:
    index = LiveIndex(live_lists.sessions)
    kept, withdrawn = picture(uuid4()), picture(uuid4())
    name = f"test-{uuid4().hex[:8]}"
    list_id = live_lists.test_list(name)
    live_lists.listed(kept, name)
    entry_id = live_lists.listed(withdrawn)
    index.refresh()
    assert outcome(index.snapshot, withdrawn[0]) is Outcome.MATCH

    withdraw(live_lists, entry_id)
    live_lists.do(live_lists.first, lambda work: suspend_list(work, list_id))
    index.refresh()
    assert outcome(index.snapshot, withdrawn[0]) is Outcome.NO_MATCH
    assert outcome(index.snapshot, kept[0]) is Outcome.NO_MATCH

    live_lists.do(live_lists.first, lambda work: resume_list(work, list_id))
    index.refresh()
    assert outcome(index.snapshot, kept[0]) is Outcome.MATCH


@pytest.mark.requirement("HC-LIVE-1")
def test_checks_go_on_with_the_list_in_use_while_the_database_is_away(live_lists: Lists) -> None:
    interrupted = Interrupted(live_lists.sessions)
    known, later = picture(uuid4()), picture(uuid4())
    live_lists.listed(known)
    index = LiveIndex(cast(Sessions, interrupted), every=0.02)
    index.start()
    with capture_logs() as logs:
        interrupted.away = True
        live_lists.listed(later)
        assert eventually(lambda: any(each["event"] == "list_not_refreshed" for each in logs))
        assert outcome(index.snapshot, known[0]) is Outcome.MATCH
        assert outcome(index.snapshot, later[0]) is Outcome.NO_MATCH
        interrupted.away = False
        assert eventually(lambda: outcome(index.snapshot, later[0]) is Outcome.MATCH)
    index.stop()


@pytest.mark.requirement("HC-LIVE-2")
def test_a_new_base_is_taken_over_with_what_changed_while_it_was_made(live_lists: Lists) -> None:
    early, late, gone = picture(uuid4()), picture(uuid4()), picture(uuid4())
    index = LiveIndex(live_lists.sessions)
    index.refresh()
    live_lists.listed(early)
    withdrawn_id = live_lists.listed(gone)
    index.refresh()
    assert index.snapshot.index.added == 10
    index.renew()
    before = index.snapshot
    live_lists.listed(late)
    withdraw(live_lists, withdrawn_id)

    index = followed(index)

    assert outcome(before, late[0]) is Outcome.NO_MATCH
    told = [outcome(index.snapshot, each[0]) for each in (early, late, gone)]
    assert told == [Outcome.MATCH, Outcome.MATCH, Outcome.NO_MATCH]
    assert index.snapshot.index.added == 5
    assert index.snapshot.version == version(live_lists)


def followed(index: LiveIndex) -> LiveIndex:
    index.refresh()
    return index


@pytest.mark.requirement("HC-LIVE-2")
def test_many_additions_get_a_new_base_beside_the_checks(live_lists: Lists) -> None:
    index = LiveIndex(live_lists.sessions, every=0.02, most_added=12)
    index.start()
    pictures = [picture(uuid4()) for _ in range(3)]
    for each in pictures:
        live_lists.listed(each)
    last = pictures[-1][0]
    assert eventually(lambda: outcome(index.snapshot, last) is Outcome.MATCH)
    assert eventually(lambda: index.snapshot.index.added == 0)
    assert [outcome(index.snapshot, each[1]) for each in pictures] == [Outcome.MATCH] * 3
    index.stop()


@pytest.mark.requirement("HC-LIVE-2")
def test_a_base_whose_rows_do_not_find_themselves_is_not_used() -> None:
    class WrongIndex(KnownHashes):
        def __init__(self, columns: dict[HashType, Packed]) -> None:
            super().__init__(columns, RADIUS)

        def _verify(self) -> None:
            self._samples = {kind: samples[::-1] for kind, samples in self._samples.items()}
            super()._verify()

    listed = packed([Listed(uuid4(), value(HashType.PDQ, n), uuid4(), 1) for n in range(40)])
    KnownHashes(listed, RADIUS)
    with pytest.raises(DamagedIndex):
        WrongIndex(listed)


@pytest.mark.requirement("HC-LIVE-3")
def test_a_process_that_does_not_know_the_newest_list_for_a_minute_is_not_ready(
    live_lists: Lists,
) -> None:
    interrupted, now = Interrupted(live_lists.sessions), [0.0]
    index = LiveIndex(cast(Sessions, interrupted), seconds=lambda: now[0])
    index.refresh()
    interrupted.away = True
    now[0] = LONGEST_LAG_SECONDS
    index.refuse_lagging()
    now[0] += 0.1
    with pytest.raises(Unavailable, match="list_is_old"):
        index.refuse_lagging()
    interrupted.away = False
    index.refresh()
    index.refuse_lagging()


@pytest.mark.requirement("HC-LIVE-3")
def test_readiness_says_when_the_list_is_old(service: Service) -> None:
    live_index = service.app.state.checker.live_index
    assert service.browser.get("/readyz").status_code == 200
    true_seconds = live_index._seconds
    live_index._seconds = lambda: true_seconds() + LONGEST_LAG_SECONDS + 60
    # A moment later the thread has followed by this clock, and the list is new again.
    answers = [service.browser.get("/readyz") for _ in range(2)]
    live_index._seconds = true_seconds
    assert 503 in {answer.status_code for answer in answers}
    assert eventually(lambda: service.browser.get("/readyz").status_code == 200)


@pytest.mark.requirement("HC-LIVE-1")
def test_a_process_without_a_list_does_not_start(live_lists: Lists) -> None:
    interrupted = Interrupted(live_lists.sessions)
    interrupted.away = True
    with pytest.raises(Unavailable):
        LiveIndex(cast(Sessions, interrupted)).start()


def versions_told(other: subprocess.Popen[str]) -> tuple[int, int]:
    """The next version that the other process has, and how many hashes it knows then."""
    assert other.stdout
    told, size = other.stdout.readline().split()
    return int(told), int(size)


@pytest.mark.requirement("HC-LIVE-1")
def test_another_process_knows_a_new_entry_and_forgets_a_withdrawn_one(
    live_lists: Lists, databases: ServiceDatabases
) -> None:
    command = [sys.executable, "-c", OTHER_PROCESS, databases.app]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:  # noqa: S603
        try:
            first, size = versions_told(other)
            assert first == version(live_lists)
            entry_id = live_lists.listed(picture(uuid4()))
            assert versions_told(other) == (first + 1, size + 5)
            withdraw(live_lists, entry_id)
            assert versions_told(other) == (first + 2, size)
        finally:
            other.terminate()


@pytest.mark.requirement("HC-LIVE-1")
def test_an_answer_is_of_one_version_while_the_list_changes(service: Service) -> None:
    pictures = [picture(uuid4()) for _ in range(8)]
    hoster = service.hoster()
    proposals = [service.lists.propose(each) for each in pictures]
    listed_at: dict[int, int] = {}
    answers: list[tuple[int, set[int]]] = []

    for place, entry_id in enumerate(proposals):
        service.lists.approve(entry_id)
        listed_at[place] = int(service.lists.audit(entry_id)[-1].facts["list_version"])
        for _ in range(5):
            answer = hoster.send(
                b'{"items":[' + b",".join(p[0].model_dump_json().encode() for p in pictures) + b"]}"
            ).json()
            matched = {n for n, r in enumerate(answer["results"]) if r["outcome"] == "match"}
            answers.append((answer["list_version"], matched))
            time.sleep(0.03)

    for told, matched in answers:
        assert matched == {place for place, at in listed_at.items() if at <= told}
    assert len({told for told, _ in answers}) > 1
