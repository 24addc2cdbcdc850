"""The counts behind the published figures."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hotline.domain.assessment import Choice, Decision, DifferenceReason
from hotline.domain.labels import Depiction
from hotline.tables import RemovalCase
from hotline.use_cases.assessment import claim_next, decide
from hotline.use_cases.fetch import settle_fetch
from hotline.use_cases.figures import count_figures
from shared.contracts.hotline import HotlineFigures
from shared.domain.classification import AiInvolvement
from shared.domain.errors import Invalid

from tests.hotline.domain.test_assessment import ILLEGAL
from tests.hotline.inside import ADA, SENIOR, Hotline
from tests.hotline.use_cases.test_fetch import gone, seen_picture

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
YEAR = datetime(2026, 1, 1, tzinfo=AMSTERDAM), datetime(2027, 1, 1, tzinfo=AMSTERDAM)
NEXT_YEAR = datetime(2027, 1, 1, tzinfo=AMSTERDAM), datetime(2028, 1, 1, tzinfo=AMSTERDAM)
ONE, TWO = "https://forum.example/1.png", "https://forum.example/2.png"
AI = replace(
    ILLEGAL,
    depiction=Depiction.SYNTHETIC_PHOTOREALISTIC,
    ai_involvement=AiInvolvement.AI_GENERATED,
)


def figures(hotline: Hotline, period: tuple[datetime, datetime] = YEAR) -> HotlineFigures:
    return hotline.do(count_figures, *period)


def decided(hotline: Hotline, address: str, decision: Decision) -> UUID:
    url_id = hotline.cases().awaiting(address)
    held = hotline.do(claim_next, hotline.policy, by=ADA)
    assert held
    hotline.do(decide, held.id, decision, held.version, by=ADA)
    return url_id


@pytest.mark.requirement("MG-1")
def test_a_year_without_anything_counts_nothing_and_invents_no_mean(hotline: Hotline) -> None:
    counted = figures(hotline).model_dump(exclude={"since", "until"})
    assert {name for name, value in counted.items() if value is None} == {
        "hours_online_median",
        "hours_online_mean",
    }
    assert not any(counted.values())


@pytest.mark.requirement("MG-1")
def test_reports_addresses_and_verdicts_are_counted_apart(hotline: Hotline) -> None:
    cases = hotline.cases()
    cases.page("https://forum.example/thread", ONE, TWO)
    cases.judge_illegal(cases.url_id(ONE))
    cases.report(ONE, ONE)

    counted = figures(hotline)
    assert (counted.reports_received, counted.reports_processed) == (2, 1)
    assert (counted.urls_received, counted.urls_processed, counted.urls_illegal) == (3, 1, 1)


@pytest.mark.requirement("MG-1")
def test_an_address_reported_often_counts_once_and_each_report_counts(hotline: Hotline) -> None:
    for _ in range(5):
        hotline.cases().report(ONE)
    assert (figures(hotline).reports_received, figures(hotline).urls_received) == (5, 1)


@pytest.mark.requirement("HA-6")
@pytest.mark.parametrize(
    ("involvement", "counts"),
    [
        (AiInvolvement.AI_GENERATED, 1),
        (AiInvolvement.AI_EDITED, 1),
        (AiInvolvement.AI_SUSPECTED, 0),
        (AiInvolvement.NOT_SEEN, 0),
    ],
)
def test_made_and_edited_with_ai_is_counted_and_suspected_is_not(
    hotline: Hotline, involvement: AiInvolvement, counts: int
) -> None:
    decided(hotline, ONE, Decision(Choice.ILLEGAL, replace(AI, ai_involvement=involvement)))
    assert (figures(hotline).urls_illegal, figures(hotline).urls_ai) == (1, counts)


@pytest.mark.requirement("HA-2")
def test_what_a_hash_decided_counts_like_what_a_person_decided(hotline: Hotline) -> None:
    hotline.cases().known_illegal(ONE)
    assert (figures(hotline).urls_illegal, figures(hotline).urls_ai) == (1, 1)


def test_a_doubt_counts_when_it_is_resolved_and_as_that(hotline: Hotline) -> None:
    url_id = decided(hotline, ONE, Decision(Choice.DOUBT, AI))
    assert figures(hotline).urls_processed == 0
    held = hotline.do(claim_next, hotline.policy, by=SENIOR)
    assert held
    consulted = Decision(Choice.ILLEGAL, difference_reason=DifferenceReason.CONSULTED)
    hotline.do(decide, url_id, consulted, held.version, by=SENIOR)
    assert (figures(hotline).urls_processed, figures(hotline).urls_ai) == (1, 0)


@pytest.mark.requirement("OC-8")
def test_hours_online_are_counted_from_the_first_report_to_the_first_miss(
    hotline: Hotline,
) -> None:
    cases = hotline.cases()
    for address, hours in ((ONE, 2), (TWO, 10)):
        case_id = cases.known_illegal(address)
        hotline.clock.advance(timedelta(hours=hours))
        cases.gone(case_id)
    counted = figures(hotline)
    assert counted.urls_removed == 2
    assert (counted.hours_online_median, counted.hours_online_mean) == (6.0, 6.0)


@pytest.mark.requirement("OC-8")
def test_every_duration_can_be_computed_again_from_the_events(hotline: Hotline) -> None:
    cases = hotline.cases()
    case_id = cases.known_illegal(ONE)
    hotline.clock.advance(timedelta(hours=7))
    cases.gone(case_id)

    case = hotline.row(RemovalCase, case_id)
    (closed,) = hotline.acts("removal.closed")
    assert case.offline_at is not None
    online = case.offline_at - case.first_reported_at
    assert online == timedelta(hours=7) == timedelta(seconds=closed.facts["seconds"])
    assert hotline.acts("report.received")[0].at == case.first_reported_at


@pytest.mark.requirement("MG-1")
def test_a_year_closes_at_midnight_in_amsterdam(hotline: Hotline) -> None:
    hotline.clock.now = datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=AMSTERDAM)
    hotline.cases().report(ONE)
    hotline.clock.now = datetime(2027, 1, 1, tzinfo=AMSTERDAM)
    hotline.cases().report(TWO)
    assert [figures(hotline, year).reports_received for year in (YEAR, NEXT_YEAR)] == [1, 1]


@pytest.mark.requirement("MG-1")
def test_what_comes_back_or_changes_later_changes_no_earlier_year(hotline: Hotline) -> None:
    cases = hotline.cases()
    cases.gone(cases.known_illegal(ONE))
    cases.gone(cases.known_illegal(TWO))
    before = figures(hotline)
    hotline.clock.now = datetime(2027, 5, 1, tzinfo=AMSTERDAM)
    for address in (ONE, TWO):
        cases.report(address)
    hotline.do(settle_fetch, cases.url_id(ONE), seen_picture(ONE), hotline.policy)
    for _ in range(2):
        hotline.do(settle_fetch, cases.url_id(TWO), gone(), hotline.policy)

    assert figures(hotline) == before
    later = figures(hotline, NEXT_YEAR)
    assert (later.urls_received, later.urls_processed, later.urls_illegal) == (0, 1, 0)


@pytest.mark.requirement("SEC-S1")
def test_a_period_that_is_none_is_refused(hotline: Hotline) -> None:
    with pytest.raises(Invalid):
        figures(hotline, YEAR[::-1])
