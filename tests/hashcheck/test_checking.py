"""Checks against a snapshot: what they are counted as, and which of several matches is told."""

from dataclasses import replace
from uuid import UUID

import pytest
from hashcheck.domain.check import RADIUS, Counted
from hashcheck.domain.hash_list import ListClass
from hashcheck.domain.listed import Listed
from hashcheck.use_cases.check import (
    ActiveList,
    Asked,
    Checked,
    Snapshot,
    as_picture,
    check_hashes,
)
from hashcheck.use_cases.known_hashes import KnownHashes
from shared.contracts.hashcheck import CheckItem, Outcome
from shared.domain.content_hash import ContentHash, HashType

from tests.hashcheck.hashes import POOR, flipped, item, picture, value

LIST = UUID(int=99)


def snapshot(*entries: list[CheckItem]) -> Snapshot:
    """The first entry has the id 1, the second 2."""
    listed = [
        Listed(UUID(int=number + 1), ContentHash.parse(each.type, each.value), LIST, number + 1)
        for number, items in enumerate(entries)
        for each in items
    ]
    active = {LIST: ActiveList("test", ListClass.ILLEGAL, 0)}
    return Snapshot(7, KnownHashes.of(listed, RADIUS), active)


def picture_checked(known: Snapshot, items: list[CheckItem]) -> Checked:
    asked = Asked.of(items)
    return as_picture(asked, check_hashes(known, asked))


@pytest.mark.requirement("HC-PICTURE-1")
def test_a_picture_is_told_each_entry_once_by_its_best_match() -> None:
    near = [
        item(flipped(value(HashType.PDQ, 1), range(9))),
        item(flipped(value(HashType.PHASH, 1), [0])),
    ]
    checked = picture_checked(snapshot(near, picture(1)), picture(1))

    [result] = checked.answer.results
    told = [(each.entry_id.int, each.hash_type, each.band) for each in result.matches]
    assert told == [(2, HashType.MD5, "exact"), (1, HashType.PDQ, "near_identical")]
    assert [found.entry_id.int for found in checked.found[0]] == [2, 1]
    assert checked.counts == {(Counted.PICTURE, Outcome.MATCH): 1}


@pytest.mark.requirement("HC-CHECK-1")
def test_a_hash_is_told_every_entry_nearest_first() -> None:
    pdq = value(HashType.PDQ, 1)
    far, near = [item(flipped(pdq, range(20)))], [item(flipped(pdq, range(3)))]
    checked = check_hashes(snapshot(far, near), Asked.of([item(pdq)]))

    [result] = checked.answer.results
    assert [each.entry_id.int for each in result.matches] == [2, 1]
    assert [found.distance for found in checked.found[0]] == [3, 20]


@pytest.mark.requirement("HC-SINCE-1")
def test_a_list_that_was_put_to_use_later_counts_as_listed_later() -> None:
    pdq, known = value(HashType.PDQ, 1), snapshot([item(value(HashType.PDQ, 1))])
    resumed = replace(known, lists={LIST: ActiveList("test", ListClass.ILLEGAL, 6)})
    for since, outcomes in (
        (0, (Outcome.MATCH, Outcome.MATCH)),
        (1, (Outcome.NO_MATCH, Outcome.MATCH)),
        (6, (Outcome.NO_MATCH, Outcome.NO_MATCH)),
    ):
        asked = [check_hashes(each, Asked.of([item(pdq)], since)) for each in (known, resumed)]
        assert tuple(each.outcomes[0] for each in asked) == outcomes


@pytest.mark.requirement("HC-LIST-2")
def test_what_is_on_a_list_that_is_not_in_use_is_found_by_nobody() -> None:
    suspended = replace(snapshot(picture(1)), lists={})
    assert set(check_hashes(suspended, Asked.of(picture(1))).outcomes) == {Outcome.NO_MATCH}


@pytest.mark.requirement("HC-COUNT-1")
def test_every_hash_is_counted_under_its_type_whatever_its_outcome() -> None:
    unreadable = CheckItem(type=HashType.MD5, value="none")
    asked = [unreadable, item(value(HashType.PDQ, 1), POOR), *picture(2)]
    checked = check_hashes(snapshot(), Asked.of(asked))

    assert [each.outcome for each in checked.answer.results] == [
        Outcome.INVALID,
        Outcome.LOW_QUALITY,
        *[Outcome.NO_MATCH] * 5,
    ]
    assert checked.counts == {
        (HashType.MD5, Outcome.INVALID): 1,
        (HashType.PDQ, Outcome.LOW_QUALITY): 1,
        **{(kind, Outcome.NO_MATCH): 1 for kind in HashType},
    }
    assert checked.answer.list_version == 7


@pytest.mark.requirement("HM-PDQ-2")
def test_a_picture_that_shows_too_little_can_still_be_a_known_file() -> None:
    known, asked = picture(1), picture(1, POOR)
    assert picture_checked(snapshot(known), asked).answer.results[0].matches[0].band == "exact"
    looks = [each for each in known if each.type in {HashType.PDQ, HashType.PHASH}]
    [result] = picture_checked(snapshot(looks), asked).answer.results
    assert (result.outcome, result.matches) == (Outcome.LOW_QUALITY, [])
