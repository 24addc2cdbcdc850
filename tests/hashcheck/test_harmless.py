"""What is known to be harmless suppresses a match: the same file, or as near by its looks."""

from uuid import UUID

import pytest
from hashcheck.domain.check import HARMLESS_RADIUS, RADIUS, CountedOutcome
from hashcheck.domain.hash_list import ListClass
from hashcheck.domain.listed import Listed
from hashcheck.use_cases.check import ActiveList, Asked, Snapshot, as_picture, check_hashes
from hashcheck.use_cases.known_hashes import KnownHashes
from shared.contracts.hashcheck import Outcome
from shared.domain.content_hash import ContentHash, HashType

from tests.hashcheck.hashes import flipped, item, value

ILLEGAL, HARMLESS, TEST = (UUID(int=n) for n in (1, 2, 3))
LISTS = {
    ILLEGAL: ActiveList("offlimits", ListClass.ILLEGAL, 0),
    HARMLESS: ActiveList("harmless", ListClass.HARMLESS, 0),
    TEST: ActiveList("public-test", ListClass.TEST, 0),
}
LISTED = value(HashType.PDQ, "listed")
FILE = value(HashType.SHA256, "file")


def snapshot(*listed: tuple[ContentHash, UUID]) -> Snapshot:
    rows = [
        Listed(UUID(int=10 + n), value_, list_id, 1) for n, (value_, list_id) in enumerate(listed)
    ]
    return Snapshot(1, KnownHashes.of(rows, RADIUS), LISTS)


def outcome(known: Snapshot, asked: ContentHash) -> Outcome:
    [told] = check_hashes(known, Asked.of([item(asked, 90)])).outcomes
    return told


@pytest.mark.requirement("HC-NEGATIVE-1")
@pytest.mark.parametrize(
    ("harmless_at", "asked_at", "told"),
    [
        # Bits in which the harmless one, and what is asked, differ from the listed one.
        (range(12), range(12), Outcome.NO_MATCH),
        (range(12), range(6), Outcome.NO_MATCH),
        (range(12), range(5), Outcome.MATCH),
        (range(12), range(0), Outcome.MATCH),
        (range(30), range(19), Outcome.MATCH),
        (range(30), range(20), Outcome.NO_MATCH),
        (range(0), range(0), Outcome.NO_MATCH),
    ],
)
def test_by_its_looks_what_is_nearer_wins_and_far_away_nothing_is_suppressed(
    harmless_at: range, asked_at: range, told: Outcome
) -> None:
    known = snapshot((LISTED, ILLEGAL), (flipped(LISTED, harmless_at), HARMLESS))
    assert outcome(known, flipped(LISTED, asked_at)) is told
    assert HARMLESS_RADIUS[HashType.PDQ] == 10


@pytest.mark.requirement("HC-NEGATIVE-1")
def test_a_harmless_file_matches_nothing_and_is_never_told_itself() -> None:
    known = snapshot((FILE, ILLEGAL), (FILE, HARMLESS))
    assert outcome(known, FILE) is Outcome.NO_MATCH
    only = snapshot((FILE, HARMLESS))
    checked = check_hashes(only, Asked.of([item(FILE)]))
    assert (checked.outcomes, dict(checked.found)) == ([Outcome.NO_MATCH], {})


@pytest.mark.requirement("HC-NEGATIVE-1")
def test_also_what_was_listed_before_suppresses_what_is_new() -> None:
    known = snapshot((FILE, HARMLESS), (FILE, ILLEGAL))
    [told] = check_hashes(known, Asked.of([item(FILE)], since=0)).outcomes
    assert told is Outcome.NO_MATCH
    rows = [Listed(UUID(int=10), FILE, HARMLESS, 1), Listed(UUID(int=11), FILE, ILLEGAL, 5)]
    later = Snapshot(5, KnownHashes.of(rows, RADIUS), LISTS)
    [told] = check_hashes(later, Asked.of([item(FILE)], since=4)).outcomes
    assert told is Outcome.NO_MATCH


@pytest.mark.requirement("HC-NEGATIVE-1")
def test_a_list_that_is_not_in_use_suppresses_nothing() -> None:
    known = snapshot((FILE, ILLEGAL), (FILE, HARMLESS))
    suspended = Snapshot(1, known.index, {ILLEGAL: LISTS[ILLEGAL]})
    assert outcome(suspended, FILE) is Outcome.MATCH


@pytest.mark.requirement("HC-NEGATIVE-1")
def test_a_picture_whose_file_is_harmless_is_not_matched_by_its_looks() -> None:
    known = snapshot((LISTED, ILLEGAL), (FILE, HARMLESS))
    asked = Asked.of([item(FILE), item(LISTED, 90)])
    assert as_picture(asked, check_hashes(known, asked)).outcomes == [Outcome.NO_MATCH]


@pytest.mark.requirement("HC-NEGATIVE-1")
def test_a_picture_that_looks_harmless_is_still_known_by_its_file() -> None:
    phash = value(HashType.PHASH, "listed")
    known = snapshot((FILE, ILLEGAL), (phash, ILLEGAL), (LISTED, HARMLESS))
    looks = Asked.of([item(LISTED, 90), item(phash)])
    assert as_picture(looks, check_hashes(known, looks)).outcomes == [Outcome.NO_MATCH]
    asked = Asked.of([item(FILE), item(LISTED, 90), item(phash)])
    assert as_picture(asked, check_hashes(known, asked)).outcomes == [Outcome.MATCH]


@pytest.mark.requirement("HC-TEST-1")
def test_a_match_of_nothing_but_test_entries_is_no_hit_of_any_figure() -> None:
    known = snapshot((FILE, TEST), (LISTED, TEST), (LISTED, ILLEGAL))
    asked = Asked.of([item(FILE), item(LISTED, 90), item(value(HashType.MD5, 1))])
    checked = check_hashes(known, asked)
    assert checked.outcomes == [Outcome.MATCH, Outcome.MATCH, Outcome.NO_MATCH]
    assert checked.counts == {
        (HashType.SHA256, CountedOutcome.TEST_MATCH): 1,
        (HashType.PDQ, Outcome.MATCH): 1,
        (HashType.MD5, Outcome.NO_MATCH): 1,
    }
