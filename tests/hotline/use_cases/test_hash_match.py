"""What is known is decided without a viewer; what looks alike goes to a person."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hashcheck.domain.hash_list import ListClass
from hotline.domain.assessment import DecidedBy, Verdict
from hotline.domain.labels import Labels
from hotline.domain.url import UrlState
from hotline.queries.exposure import view_count
from hotline.queries.url import match_of
from hotline.tables import Assessment, HashMatch, RemovalCase, Report, Url, ViewEvent
from hotline.use_cases.hash_match import (
    KnownEntry,
    ask_about,
    claim_match,
    give_up_match,
    labels_of_entry,
    prefill,
    settle_match,
)
from hotline.use_cases.removal import LOOK_UP_HOSTING
from shared.contracts.hashcheck import (
    LISTED_AS_ILLEGAL,
    CheckAnswer,
    CheckItem,
    CheckResult,
    DistanceBand,
    EntryClassification,
    Outcome,
)
from shared.domain.classification import AiInvolvement, Gender, SelfGenerated
from shared.domain.content_hash import HashType
from shared.domain.errors import NotFound

from tests.hotline.inside import Hotline
from tests.hotline.pages.cases import known

ONE = "https://forum.example/1.png"
SAME_FILE = known(DistanceBand.EXACT, HashType.SHA256)
LOOKS_ALIKE = known(DistanceBand.NEAR, HashType.PDQ)


def one_decision(entry: KnownEntry) -> KnownEntry:
    doubtful = entry.classification.model_copy(update={"decision_count": 1})
    return replace(entry, classification=doubtful)


class Lists:
    """A hash check service that knows some entries; `withdrawn` ones are gone when asked about."""

    def __init__(self, *entries: KnownEntry, withdrawn: frozenset[UUID] = frozenset()) -> None:
        self._entries = {entry.match.entry_id: entry for entry in entries}
        self._withdrawn = withdrawn
        self.asked: list[CheckItem] = []

    def check(self, items: list[CheckItem]) -> CheckAnswer:
        self.asked = items
        results = [CheckResult(outcome=Outcome.NO_MATCH) for _ in items]
        for entry in self._entries.values():
            place = next(n for n, item in enumerate(items) if item.type is entry.match.hash_type)
            before = results[place].matches
            results[place] = CheckResult(outcome=Outcome.MATCH, matches=[*before, entry.match])
        return CheckAnswer(list_version=1, results=results)

    def entry(self, entry_id: UUID) -> EntryClassification:
        if entry_id in self._withdrawn:
            raise NotFound
        return self._entries[entry_id].classification


@pytest.mark.requirement("HA-1")
def test_an_exactly_known_picture_is_decided_without_anybody_viewing_it(hotline: Hotline) -> None:
    cases = hotline.cases()
    url_id = cases.fetched(ONE)
    hotline.do(settle_match, url_id, [SAME_FILE])

    url = hotline.row(Url, url_id)
    assert (url.state, url.verdict, url.decided_by) == (
        UrlState.DECIDED,
        Verdict.ILLEGAL,
        DecidedBy.HASH_EXACT,
    )
    assert hotline.ask(view_count, url_id) == 0
    assert hotline.rows(ViewEvent) == []
    (case,) = hotline.rows(RemovalCase)
    assert (LOOK_UP_HOSTING, case.id) in hotline.waiting()
    assert hotline.rows(Report)[0].processed_at == hotline.clock()


@pytest.mark.requirement("HA-2")
def test_a_decision_by_hash_carries_the_labels_and_names_its_source(hotline: Hotline) -> None:
    cases = hotline.cases()
    hotline.do(settle_match, cases.fetched(ONE), [SAME_FILE])

    (made,) = hotline.rows(Assessment)
    assert made.entry_id == SAME_FILE.match.entry_id
    assert (made.age_min, made.age_max, made.gender) == (12, 13, Gender.FEMALE)
    assert made.ai_involvement is AiInvolvement.AI_GENERATED
    assert made.analyst_id is None
    assert hotline.acts("url.decided")[0].facts == {"by": "hash_exact"}


@pytest.mark.requirement("HA-1")
@pytest.mark.parametrize(
    "entry",
    [
        LOOKS_ALIKE,
        known(DistanceBand.NEAR, HashType.PHASH),
        known(DistanceBand.EXACT, HashType.MD5),
        known(DistanceBand.EXACT, HashType.SHA1),
        known(DistanceBand.EXACT, HashType.PDQ),
        one_decision(SAME_FILE),
    ],
    ids=["pdq", "phash", "md5", "sha1", "same pdq", "one decision"],
)
def test_anything_less_than_the_same_file_judged_twice_goes_to_a_person(
    hotline: Hotline, entry: KnownEntry
) -> None:
    url_id = hotline.cases().fetched(ONE)
    hotline.do(settle_match, url_id, [entry])

    assert hotline.row(Url, url_id).state is UrlState.AWAITING_DECISION
    assert (hotline.rows(Assessment), hotline.rows(RemovalCase)) == ([], [])
    assert hotline.acts("url.queued")[0].reason == "near_match"


@pytest.mark.requirement("HA-1")
def test_what_looks_alike_is_queued_with_what_is_known_filled_in(hotline: Hotline) -> None:
    url_id = hotline.cases().fetched(ONE)
    hotline.do(settle_match, url_id, [LOOKS_ALIKE])

    with hotline.work() as work:
        assert prefill(work, work.session.get_one(Url, url_id)) == Labels(
            age=(12, 13),
            gender=Gender.FEMALE,
            self_generated=SelfGenerated.NO,
            ai_involvement=AiInvolvement.AI_GENERATED,
        )


def test_what_no_list_knows_is_queued_with_nothing_filled_in(hotline: Hotline) -> None:
    url_id = hotline.cases().fetched(ONE)
    hotline.do(settle_match, url_id, [])

    with hotline.work() as work:
        assert prefill(work, work.session.get_one(Url, url_id)) is None
    assert hotline.acts("url.queued")[0].reason == "no_match"


@pytest.mark.requirement("HA-1")
def test_of_several_entries_the_same_file_decides(hotline: Hotline) -> None:
    url_id = hotline.cases().fetched(ONE)
    hotline.do(settle_match, url_id, [LOOKS_ALIKE, one_decision(SAME_FILE), SAME_FILE])
    assert hotline.rows(Assessment)[0].entry_id == SAME_FILE.match.entry_id
    assert hotline.rows(HashMatch)[0].entry_id == SAME_FILE.match.entry_id


def test_the_latest_match_of_a_picture_is_remembered_once(hotline: Hotline) -> None:
    cases = hotline.cases()
    for address in (ONE, ONE + "?copy"):
        cases.report(address)
    url_id = cases.fetched(ONE)
    hotline.do(settle_match, url_id, [LOOKS_ALIKE])
    with hotline.work() as work:
        work.session.get_one(Url, url_id).state = UrlState.TO_MATCH
    newer = known(DistanceBand.NEAR, HashType.PHASH)
    hotline.do(settle_match, url_id, [newer])

    found = hotline.ask(match_of, hotline.row(Url, url_id))
    assert found is not None
    assert found.entry_id == newer.match.entry_id
    assert len(hotline.rows(HashMatch)) == 1


def test_all_hashes_of_a_picture_are_asked_about(hotline: Hotline) -> None:
    lists = Lists()
    items = hotline.do(claim_match, hotline.cases().fetched(ONE))
    assert items is not None
    assert ask_about(lists, items) == []
    assert [item.type for item in lists.asked] == [
        HashType.SHA256,
        HashType.SHA1,
        HashType.MD5,
        HashType.PDQ,
        HashType.PHASH,
    ]


def test_an_entry_that_matches_by_several_hashes_counts_by_the_strongest(
    hotline: Hotline,
) -> None:
    items = hotline.do(claim_match, hotline.cases().fetched(ONE))
    weaker = SAME_FILE.match.model_copy(
        update={"hash_type": HashType.PDQ, "band": DistanceBand.NEAR}
    )

    class Both(Lists):
        def check(self, items: list[CheckItem]) -> CheckAnswer:
            answer = super().check(items)
            answer.results[3].matches.append(weaker)
            return answer

    assert items is not None
    assert ask_about(Both(SAME_FILE), items) == [SAME_FILE]


@pytest.mark.requirement("HA-1")
def test_a_list_of_harmless_test_pictures_decides_nothing(hotline: Hotline) -> None:
    """Whoever tries a connection with a known test picture must not get a notice about it."""
    of_tests = replace(
        SAME_FILE, match=SAME_FILE.match.model_copy(update={"classification": "test"})
    )
    url_id = hotline.cases().fetched(ONE)
    items = hotline.do(claim_match, url_id)
    assert items is not None
    hotline.do(settle_match, url_id, ask_about(Lists(of_tests), items))

    assert hotline.row(Url, url_id).state is UrlState.AWAITING_DECISION
    assert (hotline.rows(RemovalCase), hotline.rows(HashMatch)) == ([], [])


def test_both_services_call_what_is_illegal_the_same() -> None:
    assert ListClass.ILLEGAL.value == LISTED_AS_ILLEGAL
    assert {kind for kind in ListClass if kind.value != LISTED_AS_ILLEGAL} == {
        ListClass.TEST,
        ListClass.HARMLESS,
    }


def test_an_entry_that_was_withdrawn_meanwhile_is_left_out(hotline: Hotline) -> None:
    items = hotline.do(claim_match, hotline.cases().fetched(ONE))
    gone = frozenset({SAME_FILE.match.entry_id})
    assert items is not None
    assert ask_about(Lists(SAME_FILE, LOOKS_ALIKE, withdrawn=gone), items) == [LOOKS_ALIKE]


@pytest.mark.requirement("SEC-R4")
def test_when_the_hash_check_is_down_too_long_a_person_decides(hotline: Hotline) -> None:
    url_id = hotline.cases().fetched(ONE)
    hotline.do(give_up_match, url_id)
    assert hotline.row(Url, url_id).state is UrlState.AWAITING_DECISION
    assert hotline.acts("url.queued")[0].reason == "hash_check_unavailable"


def test_a_late_answer_of_the_hash_check_changes_nothing(hotline: Hotline) -> None:
    cases = hotline.cases()
    url_id = cases.awaiting(ONE)
    cases.ignore(url_id)
    hotline.do(settle_match, url_id, [SAME_FILE])
    hotline.do(give_up_match, url_id)
    assert hotline.row(Url, url_id).verdict is Verdict.IGNORED


@pytest.mark.requirement("CL-7")
def test_an_age_that_is_no_step_of_ours_stays_unknown() -> None:
    entry = EntryClassification(
        entry_id=uuid4(),
        list_name="offlimits",
        decision_count=2,
        decided_at=datetime(2026, 1, 1, tzinfo=UTC),
        ai_involvement=AiInvolvement.NOT_SEEN,
        age_min=4,
        age_max=9,
        gender=Gender.BOTH,
        self_generated=SelfGenerated.UNKNOWN,
    )
    assert labels_of_entry(entry).age is None
    assert labels_of_entry(entry).gender is Gender.BOTH
