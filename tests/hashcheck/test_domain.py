"""The pure rules: who decides, what may be listed, what is near enough."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hashcheck.domain.check import RADIUS, day_of, is_same_file, is_too_poor
from hashcheck.domain.entry import (
    Decision,
    EntryState,
    Labels,
    check_labels,
    check_second_person,
    check_withdrawal,
    listable_hashes,
)
from hashcheck.domain.hash_list import check_description
from hashcheck.domain.role import ROLES, Permission
from shared.domain.classification import AiInvolvement, Gender, SelfGenerated
from shared.domain.content_hash import ContentHash, HashType
from shared.domain.errors import Conflict, Invalid, NotPermitted

from tests.hashcheck.hashes import GOOD, POOR, value

PERSON = Decision(UUID(int=1), "hotline")
ANOTHER = Decision(UUID(int=2), "hashcheck")
ALL_TYPES = set(HashType)


def labels(age_min: int | None, age_max: int | None) -> Labels:
    return Labels(
        AiInvolvement.NOT_SEEN, Gender.NOT_DETERMINED, SelfGenerated.UNKNOWN, age_min, age_max
    )


def five(quality: int | None = GOOD) -> list[tuple[ContentHash, int | None]]:
    return [(value(kind, 1), quality if kind is HashType.PDQ else None) for kind in HashType]


@pytest.mark.requirement("HC-LIST-1")
def test_another_person_may_decide() -> None:
    check_second_person(EntryState.PROPOSED, PERSON, ANOTHER)


@pytest.mark.requirement("HC-LIST-1")
@pytest.mark.parametrize("service", ["hotline", "hashcheck"])
def test_the_same_person_may_not_decide_whatever_service_they_work_for(service: str) -> None:
    with pytest.raises(NotPermitted, match="second_person_needed"):
        check_second_person(EntryState.PROPOSED, PERSON, Decision(PERSON.person, service))


@pytest.mark.requirement("HC-LIST-1")
@pytest.mark.parametrize("state", [each for each in EntryState if each != "proposed"])
def test_what_was_decided_is_not_decided_again(state: EntryState) -> None:
    with pytest.raises(Conflict, match="not_awaiting_decision"):
        check_second_person(state, PERSON, ANOTHER)


@pytest.mark.requirement("HC-LIST-2")
@pytest.mark.parametrize("state", ["proposed", "refused", "withdrawn"])
def test_only_what_is_listed_or_set_aside_can_be_withdrawn(state: str) -> None:
    check_withdrawal(EntryState.LISTED)
    check_withdrawal(EntryState.QUARANTINED)
    with pytest.raises(Conflict, match="not_listed"):
        check_withdrawal(EntryState(state))


@pytest.mark.requirement("HC-LIST-5")
def test_all_hashes_of_a_clear_picture_may_be_listed() -> None:
    assert {found.type for found in listable_hashes(five())} == ALL_TYPES
    assert {found.type for found in listable_hashes(five(50))} == ALL_TYPES
    assert {found.type for found in listable_hashes(five(None))} == ALL_TYPES


@pytest.mark.requirement("HC-LIST-5")
def test_a_picture_that_shows_too_little_is_listed_by_its_file_only() -> None:
    found = {each.type for each in listable_hashes(five(POOR))}
    assert found == {HashType.MD5, HashType.SHA1, HashType.SHA256}


@pytest.mark.requirement("HC-LIST-5")
def test_a_picture_is_not_listed_without_saying_which_file_it_is() -> None:
    without = [pair for pair in five() if pair[0].type is not HashType.SHA256]
    with pytest.raises(Invalid, match="sha256_missing"):
        listable_hashes(without)
    with pytest.raises(Invalid, match="sha256_missing"):
        listable_hashes([])


@pytest.mark.requirement("HC-LIST-5")
def test_two_hashes_of_one_type_are_not_of_one_picture() -> None:
    with pytest.raises(Invalid, match="hashes_ambiguous"):
        listable_hashes([*five(), (value(HashType.MD5, 2), None)])


@pytest.mark.requirement("HC-LIST-5")
@pytest.mark.parametrize("ages", [(None, None), (0, 2), (3, 3), (16, 17), (0, 17)])
def test_ages_are_a_range_of_children_or_unknown(ages: tuple[int | None, int | None]) -> None:
    check_labels(labels(*ages))


@pytest.mark.requirement("HC-LIST-5")
@pytest.mark.parametrize("ages", [(None, 3), (3, None), (-1, 2), (4, 3), (16, 18), (18, 18)])
def test_any_other_ages_are_refused(ages: tuple[int | None, int | None]) -> None:
    with pytest.raises(Invalid, match="age_invalid"):
        check_labels(labels(*ages))


@pytest.mark.requirement("HC-LIST-3")
@pytest.mark.parametrize("name", ["ab", "offlimits", "police-2", "a" * 40])
def test_a_list_has_a_plain_name_and_says_where_it_comes_from(name: str) -> None:
    check_description(name, "Given by a partner.")


@pytest.mark.requirement("HC-LIST-3")
@pytest.mark.parametrize("name", ["", "a", "Police", "2police", "a b", "a\nb", "a" * 41, "lijst_1"])
def test_any_other_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="list_name_invalid"):
        check_description(name, "Given by a partner.")


@pytest.mark.requirement("HC-LIST-3")
@pytest.mark.parametrize("provenance", ["", "  \n ", "x" * 501])
def test_a_list_without_provenance_is_refused(provenance: str) -> None:
    with pytest.raises(Invalid, match="provenance_missing"):
        check_description("partner", provenance)


@pytest.mark.requirement("HC-MATCH-1")
def test_every_type_of_hash_has_a_radius_and_only_pictures_may_differ() -> None:
    assert set(RADIUS) == ALL_TYPES
    assert {kind: RADIUS[kind] for kind in HashType if RADIUS[kind]} == {
        HashType.PDQ: 31,
        HashType.PHASH: 4,
    }
    assert {kind for kind in HashType if is_same_file(kind)} == {
        HashType.MD5,
        HashType.SHA1,
        HashType.SHA256,
    }


@pytest.mark.requirement("HM-PDQ-2")
@pytest.mark.parametrize(
    ("kind", "quality", "poor"),
    [
        (HashType.PDQ, 49, True),
        (HashType.PDQ, 0, True),
        (HashType.PDQ, 50, False),
        (HashType.PDQ, None, False),
        (HashType.SHA256, 0, False),
    ],
)
def test_only_a_pdq_can_be_too_poor(kind: HashType, quality: int | None, poor: bool) -> None:  # noqa: FBT001
    assert is_too_poor(kind, quality) is poor


@pytest.mark.requirement("HC-COUNT-1")
@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 1, 1, 22, 59, 59, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2026, 1, 1, 23, 0, tzinfo=UTC), date(2026, 1, 2)),
        (datetime(2026, 7, 1, 21, 59, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 22, 0, tzinfo=UTC), date(2026, 7, 2)),
        # The night in which an hour is repeated: 02:30 comes twice, and both are of one day.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), date(2026, 10, 25)),
    ],
)
def test_a_day_begins_at_midnight_in_amsterdam(moment: datetime, day: date) -> None:
    assert day_of(moment) == day


@pytest.mark.requirement("SEC-P5")
def test_nobody_both_keeps_accounts_and_decides_and_auditors_change_nothing() -> None:
    changing = {
        Permission.PROPOSE_ENTRIES,
        Permission.DECIDE_ENTRIES,
        Permission.EDIT_LISTS,
        Permission.EDIT_CLIENTS,
        Permission.MANAGE_ACCOUNTS,
    }
    assert ROLES["administrator"] == {Permission.MANAGE_ACCOUNTS}
    assert ROLES["auditor"] & changing == set()
    assert Permission.EDIT_CLIENTS not in ROLES["list_steward"]
    assert Permission.DECIDE_ENTRIES not in ROLES["client_manager"]
