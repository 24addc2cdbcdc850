"""An entry that suddenly gives most of the hits is set aside until a steward looked."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hashcheck.domain.entry import EntryState, WithdrawalReason
from hashcheck.domain.quarantine import (
    LEAST_HITS,
    LEAST_OF_OTHERS,
    TRUSTED_FOR,
    WINDOW,
    EntryHits,
    flooding,
)
from hashcheck.domain.role import AUDITOR
from hashcheck.queries.quarantine import set_aside
from hashcheck.tables import Entry, HashList, Hit
from hashcheck.use_cases.entry import withdraw_entry
from hashcheck.use_cases.quarantine import (
    release_entry,
    set_floods_aside,
    withdraw_from_quarantine,
)
from shared.domain.actor import SYSTEM
from shared.domain.content_hash import HashType
from shared.domain.errors import Conflict, NotPermitted
from sqlmodel import col, select

from tests.hashcheck.hashes import picture
from tests.hashcheck.lists import PUBLIC_TEST, Lists, person


def hit(lists: Lists, entry_id: UUID, times: int, callers: int = 2) -> None:
    """So many hits at this moment."""
    with lists.sessions() as session, session.begin():
        session.add_all(
            Hit(
                at=lists.clock(),
                caller=f"client:{n % callers}",
                entry_id=entry_id,
                hash_type=HashType.PDQ,
                distance=3,
                list_version=1,
            )
            for n in range(times)
        )


def beat(lists: Lists) -> None:
    lists.do(SYSTEM, set_floods_aside)


def waiting(lists: Lists) -> list[UUID]:
    with lists.sessions() as session:
        return [each.entry.id for each in set_aside(session)]


def public_test(lists: Lists) -> UUID:
    with lists.sessions() as session:
        wanted = select(Entry.id).join(HashList).where(HashList.name == PUBLIC_TEST)
        return session.exec(wanted.order_by(col(Entry.id)).limit(1)).one()


@pytest.fixture
def entry_id(lists: Lists) -> UUID:
    return lists.listed(picture(1))


@pytest.mark.requirement("HC-QUARANTINE-1")
@pytest.mark.parametrize(
    ("hits", "others", "earlier", "all_hits", "is_flood"),
    [
        (100, 50, 0, 199, True),
        (99, 50, 0, 99, False),
        (100, 50, 0, 200, False),
        (100, 0, 0, 100, False),
        (100, 49, 0, 100, False),
        # A day has 144 windows: ten hits in each of them are not a tenth of a hundred.
        (100, 50, 1_440, 100, True),
        (100, 50, 1_441, 100, False),
    ],
)
def test_a_flood_is_most_of_enough_hits_of_several_callers_and_sudden(
    hits: int, others: int, earlier: int, all_hits: int, *, is_flood: bool
) -> None:
    entry = EntryHits(uuid4(), hits, 2, others, earlier)
    assert flooding([entry], all_hits) == ([entry] if is_flood else [])


@pytest.mark.requirement("HC-QUARANTINE-1")
def test_a_flood_is_taken_off_and_waits_for_a_steward(lists: Lists, entry_id: UUID) -> None:
    hit(lists, lists.listed(picture(2)), 20)
    hit(lists, entry_id, LEAST_HITS)
    beat(lists)
    assert lists.entry(entry_id).state is EntryState.QUARANTINED
    assert len(lists.matched()) == 5
    [told] = lists.do(lists.first, lambda work: set_aside(work.session))
    assert (told.quarantine.hits, told.quarantine.all_hits, told.quarantine.callers) == (
        LEAST_HITS,
        LEAST_HITS + 20,
        2,
    )
    beat(lists)
    assert waiting(lists) == [entry_id]
    assert [each.action for each in lists.audit(entry_id)][-1] == "quarantine.begun"


@pytest.mark.requirement("HC-QUARANTINE-1")
def test_no_client_switches_an_entry_off_alone(lists: Lists, entry_id: UUID) -> None:
    hit(lists, entry_id, 10 * LEAST_HITS, callers=1)
    hit(lists, entry_id, LEAST_OF_OTHERS)
    beat(lists)
    assert lists.entry(entry_id).state is EntryState.LISTED
    hit(lists, entry_id, LEAST_OF_OTHERS)
    beat(lists)
    assert waiting(lists) == [entry_id]


@pytest.mark.requirement("HC-QUARANTINE-1")
def test_what_is_released_is_matched_and_trusted_for_some_days(
    lists: Lists, entry_id: UUID
) -> None:
    hit(lists, entry_id, LEAST_HITS)
    beat(lists)
    lists.do(lists.first, lambda work: release_entry(work, entry_id))
    beat(lists)
    assert lists.entry(entry_id).state is EntryState.LISTED
    assert lists.entry(entry_id).listed_version == lists.audit(entry_id)[-1].facts["list_version"]
    lists.clock.advance(TRUSTED_FOR + WINDOW)
    hit(lists, entry_id, LEAST_HITS)
    beat(lists)
    assert waiting(lists) == [entry_id]


@pytest.mark.requirement("HC-QUARANTINE-1")
def test_what_a_steward_finds_wrong_stays_off(lists: Lists, entry_id: UUID) -> None:
    hit(lists, entry_id, LEAST_HITS)
    beat(lists)
    with pytest.raises(NotPermitted):
        lists.do(person(AUDITOR), lambda work: withdraw_from_quarantine(work, entry_id))
    lists.do(lists.first, lambda work: withdraw_from_quarantine(work, entry_id))
    assert lists.entry(entry_id).withdrawal is WithdrawalReason.FALSE_POSITIVE
    assert waiting(lists) == []
    with pytest.raises(Conflict, match="not_awaiting_decision"):
        lists.do(lists.first, lambda work: release_entry(work, entry_id))
    with pytest.raises(Conflict, match="not_awaiting_decision"):
        lists.do(lists.first, lambda work: withdraw_from_quarantine(work, entry_id))


@pytest.mark.requirement("HC-QUARANTINE-1")
def test_what_was_withdrawn_meanwhile_is_not_released(lists: Lists, entry_id: UUID) -> None:
    hit(lists, entry_id, LEAST_HITS)
    beat(lists)
    reason = WithdrawalReason.SOURCE_WITHDREW
    lists.do(lists.second, lambda work: withdraw_entry(work, entry_id, reason))
    with pytest.raises(Conflict, match="not_listed"):
        lists.do(lists.first, lambda work: release_entry(work, entry_id))
    lists.do(lists.first, lambda work: withdraw_from_quarantine(work, entry_id))
    assert (waiting(lists), lists.entry(entry_id).withdrawal) == ([], reason)


@pytest.mark.requirement("HC-TEST-1")
def test_test_entries_are_never_set_aside_and_hide_no_flood(lists: Lists, entry_id: UUID) -> None:
    known_to_all = public_test(lists)
    hit(lists, known_to_all, LEAST_HITS * 2)
    beat(lists)
    assert lists.entry(known_to_all).state is EntryState.LISTED
    hit(lists, entry_id, LEAST_HITS)
    beat(lists)
    assert waiting(lists) == [entry_id]


@pytest.mark.requirement("HC-QUARANTINE-1")
def test_hits_of_an_hour_ago_are_no_flood(lists: Lists, entry_id: UUID) -> None:
    hit(lists, entry_id, LEAST_HITS)
    lists.clock.advance(timedelta(hours=1))
    beat(lists)
    assert waiting(lists) == []
