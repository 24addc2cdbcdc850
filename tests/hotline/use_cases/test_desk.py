"""Claiming and deciding at the desk; races are in test_races.py."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hotline.domain.assessment import (
    BadTransition,
    Choice,
    DecidedBy,
    Decision,
    NotIllegalReason,
    SameAssessor,
    Verdict,
)
from hotline.domain.labels import LAW_VERSION, SCHEMA_VERSION, NationalVerdict
from hotline.domain.role import ROLES
from hotline.domain.url import UrlState
from hotline.queries.assessment import labels_of
from hotline.tables import Assessment, RemovalCase, Report, Url
from hotline.use_cases.assessment import (
    HASH_CANDIDATE,
    HASHCHECK,
    claim_next,
    decide,
    hash_candidate,
    release,
)
from hotline.use_cases.exposure import NotClaimed
from shared.domain.actor import SYSTEM, Actor
from shared.domain.errors import Invalid, NotFound, NotPermitted, Stale
from shared.platform.unit_of_work import announcement

from tests.hotline.domain.test_assessment import ILLEGAL
from tests.hotline.inside import ADA, BOB, OFFICER, SENIOR, Hotline, staff

FOUND_ILLEGAL = Decision(Choice.ILLEGAL, ILLEGAL)
NOT_ILLEGAL = Decision(Choice.NOT_ILLEGAL, not_illegal_reason=NotIllegalReason.ADULT)
DOUBT = Decision(Choice.DOUBT)
ONE, TWO = "https://forum.example/1.png", "https://forum.example/2.png"


def claim(hotline: Hotline, by: Actor) -> Url | None:
    return hotline.do(claim_next, hotline.policy, by=by)


def decided(hotline: Hotline, url_id: UUID, decision: Decision, by: Actor) -> Assessment:
    """Claim what is most urgent, which has to be this address, and decide it."""
    held = claim(hotline, by)
    assert held is not None
    assert held.id == url_id
    return hotline.do(decide, url_id, decision, held.version, by=by)


@pytest.mark.requirement("CL-1")
def test_the_most_urgent_and_then_the_oldest_comes_first(hotline: Hotline) -> None:
    cases = hotline.cases()
    oldest = cases.awaiting(ONE)
    hotline.clock.advance(timedelta(minutes=1))
    newer = cases.awaiting(TWO)
    hotline.clock.advance(timedelta(minutes=1))
    cases.report("https://forum.example/3.png", child_in_danger=True)
    urgent = cases.awaiting("https://forum.example/3.png")

    taken = [claim(hotline, staff("analyst", name)) for name in ("a", "b", "c", "d")]
    assert [url.id if url else None for url in taken] == [urgent, oldest, newer, None]


@pytest.mark.requirement("CL-1")
def test_who_holds_an_address_gets_it_again_and_for_longer(hotline: Hotline) -> None:
    for address in (ONE, TWO):
        hotline.cases().awaiting(address)
    first = claim(hotline, ADA)
    hotline.clock.advance(timedelta(minutes=20))
    again = claim(hotline, ADA)

    assert first is not None
    assert again is not None
    assert first.id == again.id
    assert hotline.row(Url, first.id).claimed_until == hotline.clock() + timedelta(minutes=30)
    assert len(hotline.acts("url.claimed")) == 1


@pytest.mark.requirement("CL-1")
def test_a_claim_that_is_left_becomes_free_after_half_an_hour(hotline: Hotline) -> None:
    url_id = hotline.cases().awaiting(ONE)
    assert claim(hotline, ADA)
    hotline.clock.advance(timedelta(minutes=30))
    assert claim(hotline, BOB) is None
    hotline.clock.advance(timedelta(seconds=1))
    taken = claim(hotline, BOB)
    assert taken is not None
    assert taken.id == url_id


@pytest.mark.requirement("CL-1")
def test_who_lost_a_claim_cannot_decide(hotline: Hotline) -> None:
    url_id = hotline.cases().awaiting(ONE)
    held = claim(hotline, ADA)
    assert held
    hotline.clock.advance(timedelta(minutes=31))
    claim(hotline, BOB)
    with pytest.raises(NotClaimed) as refused:
        hotline.do(decide, url_id, NOT_ILLEGAL, held.version, by=ADA)
    assert refused.value.status == 409
    assert hotline.rows(Assessment) == []


def test_what_was_given_back_is_free_at_once(hotline: Hotline) -> None:
    url_id = hotline.cases().awaiting(ONE)
    claim(hotline, ADA)
    hotline.do(release, url_id, by=ADA)
    with pytest.raises(NotClaimed):
        hotline.do(release, url_id, by=ADA)
    assert claim(hotline, BOB)
    assert [event.action for event in hotline.acts("url.claimed", "url.released")] == [
        "url.claimed",
        "url.released",
        "url.claimed",
    ]


def test_nobody_gives_back_what_another_holds(hotline: Hotline) -> None:
    url_id = hotline.cases().awaiting(ONE)
    claim(hotline, ADA)
    with pytest.raises(NotClaimed):
        hotline.do(release, url_id, by=BOB)
    assert hotline.row(Url, url_id).claimed_by == ADA.id


def test_an_illegal_decision_has_its_consequences_in_one_commit(hotline: Hotline) -> None:
    url_id = hotline.cases().awaiting(ONE)
    hotline.finish_outbox()
    made = decided(hotline, url_id, FOUND_ILLEGAL, ADA)

    url, (case,) = hotline.row(Url, url_id), hotline.rows(RemovalCase)
    assert (url.state, url.verdict, url.claimed_by) == (UrlState.DECIDED, Verdict.ILLEGAL, None)
    assert (case.url_id, case.assessment_id) == (url_id, made.id)
    assert {task for task, _ in hotline.waiting()} == {
        "hotline.look_up_hosting",
        "hotline.forget_imagery",
        announcement(HASH_CANDIDATE, HASHCHECK),
    }
    (event,) = hotline.acts("url.decided")
    assert (event.actor_id, event.object_id, event.reason) == (ADA.id, url_id, "illegal")
    assert hotline.rows(Report)[0].processed_at == hotline.clock()


@pytest.mark.requirement("CL-4")
def test_a_decision_keeps_its_labels_and_the_versions_of_that_moment(hotline: Hotline) -> None:
    made = decided(hotline, hotline.cases().awaiting(ONE), FOUND_ILLEGAL, ADA)
    stored = hotline.row(Assessment, made.id)
    assert labels_of(stored) == ILLEGAL
    assert (stored.schema_version, stored.law_version) == (SCHEMA_VERSION, LAW_VERSION)
    assert stored.national_verdict is NationalVerdict.ILLEGAL
    assert (stored.decided_by, stored.analyst_id) == (DecidedBy.HUMAN, ADA.id)


@pytest.mark.parametrize(
    ("decision", "verdict"),
    [(NOT_ILLEGAL, Verdict.NOT_ILLEGAL), (Decision(Choice.IGNORE), Verdict.IGNORED)],
)
@pytest.mark.requirement("CL-3")
def test_what_is_not_illegal_leads_to_nothing_but_forgetting(
    hotline: Hotline, decision: Decision, verdict: Verdict
) -> None:
    url_id = hotline.cases().awaiting(ONE)
    hotline.finish_outbox()
    decided(hotline, url_id, decision, ADA)
    assert hotline.row(Url, url_id).verdict is verdict
    assert hotline.rows(RemovalCase) == []
    assert [task for task, _ in hotline.waiting()] == ["hotline.forget_imagery"]


@pytest.mark.requirement("SEC-S1")
def test_a_stale_version_is_refused(hotline: Hotline) -> None:
    url_id = hotline.cases().awaiting(ONE)
    held = claim(hotline, ADA)
    assert held
    with pytest.raises(Stale) as refused:
        hotline.do(decide, url_id, NOT_ILLEGAL, held.version - 1, by=ADA)
    assert refused.value.status == 412
    assert hotline.row(Url, url_id).state is UrlState.AWAITING_DECISION


def test_what_was_decided_cannot_be_decided_again(hotline: Hotline) -> None:
    url_id = hotline.cases().awaiting(ONE)
    decided(hotline, url_id, NOT_ILLEGAL, ADA)
    with pytest.raises(BadTransition) as refused:
        hotline.do(decide, url_id, FOUND_ILLEGAL, hotline.row(Url, url_id).version, by=ADA)
    assert (refused.value.status, refused.value.code) == (409, "bad_transition")


def test_a_decision_that_contradicts_itself_leaves_the_address_with_who_holds_it(
    hotline: Hotline,
) -> None:
    url_id = hotline.cases().awaiting(ONE)
    held = claim(hotline, ADA)
    assert held
    with pytest.raises(Invalid):
        hotline.do(decide, url_id, Decision(Choice.ILLEGAL), held.version, by=ADA)
    assert hotline.row(Url, url_id).claimed_by == ADA.id
    assert (hotline.rows(Assessment), hotline.acts("url.decided")) == ([], [])


@pytest.mark.requirement("CL-3")
def test_a_doubt_asks_another_person_who_may_give_a_second_opinion(hotline: Hotline) -> None:
    url_id = hotline.cases().awaiting(ONE)
    decided(hotline, url_id, DOUBT, ADA)
    assert hotline.row(Url, url_id).state is UrlState.SECOND_OPINION
    assert hotline.rows(Report)[0].processed_at is None

    assert (claim(hotline, ADA), claim(hotline, BOB)) == (None, None)
    made = decided(hotline, url_id, FOUND_ILLEGAL, SENIOR)
    assert (made.decided_by, made.analyst_id) == (DecidedBy.HUMAN_TWO, SENIOR.id)


@pytest.mark.requirement("CL-9")
def test_who_doubted_does_not_get_the_second_opinion(hotline: Hotline) -> None:
    url_id = hotline.cases().awaiting(ONE)
    decided(hotline, url_id, DOUBT, SENIOR)
    assert claim(hotline, SENIOR) is None

    with hotline.work() as work:
        url = work.session.get_one(Url, url_id)
        url.claimed_by, url.claimed_until = SENIOR.id, hotline.clock() + timedelta(minutes=1)
    with pytest.raises(SameAssessor):
        hotline.do(decide, url_id, NOT_ILLEGAL, hotline.row(Url, url_id).version, by=SENIOR)


def test_a_second_doubt_is_refused(hotline: Hotline) -> None:
    url_id = hotline.cases().awaiting(ONE)
    decided(hotline, url_id, DOUBT, ADA)
    with pytest.raises(BadTransition):
        decided(hotline, url_id, DOUBT, SENIOR)


@pytest.mark.requirement("HA-4")
def test_one_persons_verdict_is_told_to_the_hash_list_with_who_gave_it(hotline: Hotline) -> None:
    made = decided(hotline, hotline.cases().awaiting(ONE), FOUND_ILLEGAL, ADA)
    candidate = hotline.do(hash_candidate, made.id)
    assert candidate is not None
    assert (candidate.assessment_id, candidate.decided_by) == (made.id, ADA.id)
    assert (candidate.age_min, candidate.age_max) == ILLEGAL.age
    assert len(candidate.hashes) == 5


@pytest.mark.requirement("HA-4")
def test_what_no_person_decided_is_no_candidate(hotline: Hotline) -> None:
    hotline.cases().known_illegal(ONE)
    (made,) = hotline.rows(Assessment)
    assert hotline.do(hash_candidate, made.id) is None


def test_an_address_without_a_picture_is_no_candidate(hotline: Hotline) -> None:
    cases = hotline.cases()
    url_id = cases.unreadable(ONE)
    hotline.finish_outbox()
    decided(hotline, url_id, FOUND_ILLEGAL, ADA)
    assert announcement(HASH_CANDIDATE, HASHCHECK) not in {task for task, _ in hotline.waiting()}


def claims(hotline: Hotline, _: UUID, by: Actor) -> object:
    return hotline.do(claim_next, hotline.policy, by=by)


def decides(hotline: Hotline, url_id: UUID, by: Actor) -> object:
    return hotline.do(decide, url_id, NOT_ILLEGAL, 1, by=by)


def releases(hotline: Hotline, url_id: UUID, by: Actor) -> object:
    return hotline.do(release, url_id, by=by)


@pytest.mark.requirement("MG-4")
@pytest.mark.parametrize("role", [role for role in ROLES if "analyst" not in role])
@pytest.mark.parametrize("act", [claims, decides, releases])
def test_other_roles_touch_nothing_at_the_desk(
    hotline: Hotline, role: str, act: Callable[..., Any]
) -> None:
    url_id = hotline.cases().awaiting(ONE)
    before = (hotline.row(Url, url_id), len(hotline.acts()))
    with pytest.raises(NotPermitted):
        act(hotline, url_id, staff(role))
    assert (hotline.row(Url, url_id), len(hotline.acts())) == before


def test_an_address_that_does_not_exist_is_not_found(hotline: Hotline) -> None:
    for act in (decides, releases):
        with pytest.raises(NotFound):
            act(hotline, UUID(int=0), ADA)


def test_a_clock_does_not_decide_as_a_person(hotline: Hotline) -> None:
    url_id = hotline.cases().awaiting(ONE)
    with pytest.raises(NotClaimed):
        hotline.do(decide, url_id, NOT_ILLEGAL, hotline.row(Url, url_id).version, by=SYSTEM)
    with pytest.raises(NotPermitted):
        hotline.do(claim_next, hotline.policy, by=OFFICER)
