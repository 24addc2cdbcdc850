"""Demonstration data, made by the same acts of the same people as real data."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from uuid import UUID

from shared.contracts.contract import Contract
from shared.contracts.hashcheck import CheckItem
from shared.domain.actor import Actor, ActorKind
from shared.domain.classification import AiInvolvement, Gender, SelfGenerated
from shared.domain.errors import Conflict
from shared.platform.unit_of_work import UnitOfWork

from hashcheck import queries
from hashcheck.domain.entry import Labels
from hashcheck.domain.hash_list import ListClass
from hashcheck.domain.role import LIST_STEWARD, ROLES
from hashcheck.use_cases.entry import HOTLINE_LIST, Proposal, approve_entry, propose_entry
from hashcheck.use_cases.hash_list import create_list

OpenWork = Callable[[Actor], AbstractContextManager[UnitOfWork]]

TEST_LIST = "test"
TEST_PROVENANCE = "Harmless generated pictures, for trying a connection."
DEMO_LABELS = Labels(
    AiInvolvement.NOT_SEEN, Gender.NOT_DETERMINED, SelfGenerated.UNKNOWN, age_min=7, age_max=10
)


class DemoEntry(Contract):
    """A picture to list, by its hashes."""

    items: list[CheckItem]


class TwoStewardsNeeded(Exception):
    """Nothing is listed on the word of one person, not even for a demonstration."""


def list_for_demonstration(open_work: OpenWork, system: Actor, entries: Sequence[DemoEntry]) -> int:
    """Make a list for tests; two stewards list the entries. Returns how many were new."""
    with open_work(system) as work:
        _make_test_list(work)
        stewards = [_steward(account_id, name) for account_id, name in _stewards(work)]
    if len(stewards) < 2:  # noqa: PLR2004  two people
        raise TwoStewardsNeeded
    first, second = stewards[0], stewards[1]
    return sum(_list_entry(open_work, first, second, entry) for entry in entries)


def _make_test_list(work: UnitOfWork) -> None:
    if TEST_LIST not in {found.hash_list.name for found in queries.list_summaries(work.session)}:
        create_list(work, TEST_LIST, TEST_PROVENANCE, ListClass.TEST)


def _stewards(work: UnitOfWork) -> list[tuple[UUID, str]]:
    return queries.staff_with_role(work.session, LIST_STEWARD)


def _steward(account_id: UUID, name: str) -> Actor:
    return Actor(ActorKind.STAFF, name, account_id, ROLES[LIST_STEWARD])


def _list_entry(open_work: OpenWork, first: Actor, second: Actor, entry: DemoEntry) -> bool:
    try:
        with open_work(first) as work:
            entry_id = propose_entry(work, Proposal(HOTLINE_LIST, entry.items, DEMO_LABELS))
    except Conflict:
        return False
    with open_work(second) as work:
        approve_entry(work, entry_id)
    return True
