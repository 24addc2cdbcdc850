"""Several people at the same moment; on a database that several connections see."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from hashcheck import queries
from hashcheck.domain.role import LIST_STEWARD
from hashcheck.use_cases.entry import approve_entry
from shared.domain.actor import Actor
from shared.domain.errors import Conflict, DomainError
from shared.platform.database import session_factory

from tests.databases import DatabaseCopies, engine_on
from tests.hashcheck.hashes import picture
from tests.hashcheck.lists import Lists, person

AT_ONCE = 4


@pytest.fixture(scope="module")
def shared_lists(database_copies: DatabaseCopies, worker_number: int) -> Iterator[Lists]:
    """One database for these tests, each of which has pictures of its own."""
    with (
        database_copies.copy("hashcheck", f"w{worker_number}_entries") as databases,
        engine_on(databases.app) as engine,
    ):
        yield Lists(session_factory(engine))


def together(lists: Lists, stewards: list[Actor], entry_id: UUID) -> list[str]:
    """Let everybody agree at the same moment; what each was told."""
    barrier = Barrier(len(stewards))

    def agree(steward: Actor) -> str:
        barrier.wait()
        try:
            lists.do(steward, lambda work: approve_entry(work, entry_id))
        except DomainError as refusal:
            return refusal.code
        return "listed"

    with ThreadPoolExecutor(len(stewards)) as threads:
        return list(threads.map(agree, stewards))


def waiting(lists: Lists) -> int:
    with lists.sessions() as session:
        return queries.proposal_count(session)


@pytest.mark.requirement("HC-LIST-1")
def test_of_second_people_at_the_same_moment_one_decides(shared_lists: Lists) -> None:
    stewards = [person(LIST_STEWARD, f"steward {number}") for number in range(AT_ONCE)]
    entry_id = shared_lists.propose(picture(uuid4()))

    told = together(shared_lists, stewards, entry_id)

    assert sorted(told) == ["listed", *["not_awaiting_decision"] * (AT_ONCE - 1)]
    entry = shared_lists.entry(entry_id)
    assert entry.decided_by == stewards[told.index("listed")].id
    listed = [each for each in shared_lists.audit(entry_id) if each.action == "entry.listed"]
    assert len(listed) == 1


@pytest.mark.requirement("HC-LIST-1")
def test_who_proposed_and_another_at_the_same_moment_list_by_the_other(
    shared_lists: Lists,
) -> None:
    entry_id = shared_lists.propose(picture(uuid4()))
    told = together(shared_lists, [shared_lists.first, shared_lists.second], entry_id)

    assert told[1] == "listed"
    assert told[0] in {"second_person_needed", "not_awaiting_decision"}
    assert shared_lists.entry(entry_id).decided_by == shared_lists.second.id


@pytest.mark.requirement("HC-LIST-4")
def test_one_file_proposed_by_several_at_the_same_moment_is_one_proposal(
    shared_lists: Lists,
) -> None:
    barrier, the_picture = Barrier(AT_ONCE), picture(uuid4())
    before = waiting(shared_lists)

    def propose(_: int) -> bool:
        barrier.wait()
        try:
            shared_lists.propose(the_picture)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(AT_ONCE) as threads:
        assert sum(threads.map(propose, range(AT_ONCE))) == 1
    assert waiting(shared_lists) == before + 1


@pytest.mark.requirement("HC-LIVE-1")
def test_versions_count_every_change_also_those_at_the_same_moment(shared_lists: Lists) -> None:
    proposals = [shared_lists.propose(picture(uuid4())) for _ in range(2 * AT_ONCE)]
    with shared_lists.sessions() as session:
        before = queries.list_version(session)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(shared_lists.approve, proposals))

    versions = {shared_lists.audit(each)[-1].facts["list_version"] for each in proposals}

    assert versions == set(range(before + 1, before + 1 + len(proposals)))
