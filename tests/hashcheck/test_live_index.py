"""The index of a process follows the lists of the database, in every process."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import cast
from uuid import UUID, uuid4

import pytest
from hashcheck import queries
from hashcheck.adapters.live_index import LiveIndex
from hashcheck.domain.entry import WithdrawalReason
from hashcheck.use_cases.check import Snapshot, check_hashes
from hashcheck.use_cases.entry import withdraw_entry
from hashcheck.use_cases.hash_list import resume_list, suspend_list
from shared.contracts.hashcheck import CheckItem, Outcome
from shared.domain.errors import Unavailable
from shared.platform.database import Sessions, session_factory
from structlog.testing import capture_logs

from infra.databases import ServiceDatabases
from tests.databases import DatabaseCopies, engine_on
from tests.hashcheck.hashes import picture
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
    return check_hashes(snapshot, [asked]).answer.results[0].outcome


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
