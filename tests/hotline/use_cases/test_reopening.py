"""A decided address is opened again by a senior, and judged once more by somebody else."""

from datetime import timedelta

import pytest
from hotline.domain.assessment import BadTransition, Decision, Verdict
from hotline.domain.takedown import NoticeState
from hotline.domain.url import ReopenReason, UrlState
from hotline.tables import Assessment, TakedownNotice, Url
from hotline.use_cases.assessment import decide, decision_reversed, reopen
from shared.domain.actor import Actor
from shared.domain.errors import NotPermitted

from tests.hotline.inside import ADA, OFFICER, SENIOR, Hotline, staff
from tests.hotline.use_cases.test_desk import FOUND_ILLEGAL, NOT_ILLEGAL, claim, decided
from tests.hotline.use_cases.test_hash_list import handed_over, told

OTHER = staff("senior_analyst", "wim")
PAGE, PICTURE = "https://page.example/", "https://host.example/p.png"


def opened_again(hotline: Hotline, made: Assessment, by: Actor = SENIOR) -> None:
    hotline.clock.advance(timedelta(hours=1))
    hotline.do(reopen, made.url_id, ReopenReason.OBJECTION, by=by)


def judged(hotline: Hotline, made: Assessment, decision: Decision) -> Assessment:
    held = claim(hotline, OTHER)
    assert held is not None
    assert held.id == made.url_id
    return hotline.do(decide, made.url_id, decision, held.version, by=OTHER)


@pytest.mark.requirement("CL-9", "HA-4", "HC-UPSTREAM-1")
def test_a_second_decision_reverses_and_the_hash_list_is_told(hotline: Hotline) -> None:
    made = handed_over(hotline)
    opened_again(hotline, made)
    url = hotline.row(Url, made.url_id)
    assert (url.state, url.verdict) == (UrlState.SECOND_OPINION, Verdict.UNDECIDED)
    assert not told(hotline, made)
    later = judged(hotline, made, NOT_ILLEGAL)
    assert told(hotline, made)
    event = hotline.do(decision_reversed, made.id)
    assert event is not None
    assert event.reversed_by == later.id
    [act] = hotline.acts("url.reopened")
    assert (act.reason, act.object_id) == ("objection", made.url_id)


@pytest.mark.requirement("CL-9")
def test_a_second_decision_that_says_the_same_reverses_nothing(hotline: Hotline) -> None:
    made = handed_over(hotline)
    opened_again(hotline, made)
    judged(hotline, made, FOUND_ILLEGAL)
    assert not told(hotline, made)
    assert hotline.row(Url, made.url_id).verdict is Verdict.ILLEGAL


@pytest.mark.requirement("CL-9", "MG-4")
def test_only_a_senior_opens_again_and_does_not_decide_it(hotline: Hotline) -> None:
    made = handed_over(hotline)
    for other in (ADA, OFFICER):
        with pytest.raises(NotPermitted):
            opened_again(hotline, made, by=other)
    opened_again(hotline, made)
    assert claim(hotline, SENIOR) is None
    with pytest.raises(BadTransition):
        opened_again(hotline, made, by=OTHER)
    assert len(hotline.acts("url.reopened")) == 1


@pytest.mark.requirement("CL-9")
def test_a_page_waits_for_its_picture_that_was_opened_again(hotline: Hotline) -> None:
    page_id = hotline.cases().page(PAGE, PICTURE)
    picture_id = hotline.cases().url_id(PICTURE)
    made = decided(hotline, picture_id, FOUND_ILLEGAL, ADA)
    assert hotline.row(Url, page_id).verdict is Verdict.ILLEGAL
    with pytest.raises(BadTransition):
        hotline.do(reopen, page_id, ReopenReason.MISTAKE, by=SENIOR)
    opened_again(hotline, made)
    assert hotline.row(Url, page_id).verdict is Verdict.UNDECIDED
    judged(hotline, made, NOT_ILLEGAL)
    assert hotline.row(Url, page_id).verdict is Verdict.NOT_ILLEGAL


@pytest.mark.requirement("CL-9")
def test_a_notice_that_still_waits_is_not_sent_about_what_was_judged_otherwise(
    hotline: Hotline,
) -> None:
    made = handed_over(hotline)
    case_id = hotline.cases().case_of(made.url_id)
    hotline.cases().hosted(case_id)
    assert [each.state for each in hotline.rows(TakedownNotice)] == [NoticeState.QUEUED]
    opened_again(hotline, made)
    judged(hotline, made, NOT_ILLEGAL)
    assert [each.state for each in hotline.rows(TakedownNotice)] == [NoticeState.CANCELLED]
