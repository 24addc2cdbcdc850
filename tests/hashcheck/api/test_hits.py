"""A client tells what it did with a hit: counted once, and what it calls false is looked at."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from hashcheck.domain.entry import EntryState, WithdrawalReason
from hashcheck.domain.hit_report import Review
from hashcheck.queries.client_month import client_months
from hashcheck.queries.hit_report import open_feedback
from hashcheck.tables import HitReport
from hashcheck.use_cases.hit_report import keep_entry, withdraw_after_feedback
from httpx2 import Response
from shared.contracts.hashcheck import CheckItem, HitOutcome
from shared.domain.errors import Conflict, NotPermitted
from sqlmodel import select

from tests.hashcheck.api.test_check_refusals import problem
from tests.hashcheck.hashes import picture
from tests.hashcheck.lists import person
from tests.hashcheck.service import Hoster, Service, eventually


def report(entry_id: UUID, outcome: str = "removed", **more: Any) -> dict[str, Any]:
    because = {"because": "other_picture"} if outcome == "false" else {}
    return {"id": str(uuid4()), "entry_id": str(entry_id), "outcome": outcome} | because | more


def send(hoster: Hoster, *reports: Any) -> Response:
    return hoster.browser.post("/v1/hits", json={"reports": reports}, headers=hoster.headers)


def hit(service: Service, hoster: Hoster) -> tuple[UUID, list[CheckItem]]:
    """An entry that the hoster had a hit of, and its picture."""
    known = picture(uuid4())
    entry_id = service.listed(known)
    hoster.check(known[0])
    assert eventually(lambda: entry_id in {each.entry_id for each in service.hits(hoster.caller)})
    return entry_id, known


def counted(service: Service, hoster: Hoster) -> dict[HitOutcome, int]:
    with service.app.state.sessions() as session:
        months = client_months(session, hoster.caller, date(2000, 1, 1))
    return {outcome: count for month in months for outcome, count in month.told.items()}


def waiting(service: Service) -> set[UUID]:
    with service.app.state.sessions() as session:
        return {each.entry.id for each in open_feedback(session)}


def reviews(service: Service, entry_id: UUID) -> set[Review | None]:
    with service.app.state.sessions() as session:
        return set(session.exec(select(HitReport.review).where(HitReport.entry_id == entry_id)))


@pytest.mark.requirement("HC-HIT-1")
def test_what_a_client_did_with_its_hits_is_counted_per_client(service: Service) -> None:
    hoster, other = service.hoster(), service.hoster()
    entry_id, known = hit(service, hoster)
    other.check(known[1])
    assert eventually(lambda: bool(service.hits(other.caller)))
    outcomes = ["removed", "removed", "blocked", "already_gone", "false"]
    answer = send(hoster, *(report(entry_id, each) for each in outcomes))
    assert (answer.status_code, answer.json()) == (200, {"taken": 5, "unknown": []})
    assert send(other, report(entry_id)).json()["taken"] == 1

    assert counted(service, hoster) == {
        HitOutcome.REMOVED: 2,
        HitOutcome.BLOCKED: 1,
        HitOutcome.ALREADY_GONE: 1,
        HitOutcome.FALSE: 1,
    }
    assert counted(service, other) == {HitOutcome.REMOVED: 1}


@pytest.mark.requirement("HC-HIT-1")
def test_a_report_that_is_sent_again_counts_once(service: Service) -> None:
    hoster = service.hoster()
    entry_id, _ = hit(service, hoster)
    once = report(entry_id)
    assert [send(hoster, once).json()["taken"] for _ in range(3)] == [1, 1, 1]
    assert counted(service, hoster) == {HitOutcome.REMOVED: 1}


@pytest.mark.requirement("HC-HIT-1")
def test_nobody_reports_about_an_entry_without_a_hit_of_it(service: Service) -> None:
    hoster, other = service.hoster(), service.hoster()
    entry_id, _ = hit(service, hoster)
    foreign, unknown = report(entry_id, "false"), report(uuid4(), "false")
    answer = send(other, foreign, unknown).json()
    assert answer == {"taken": 0, "unknown": [foreign["id"], unknown["id"]]}
    assert counted(service, other) == {}
    assert entry_id not in waiting(service)


@pytest.mark.requirement("HC-HIT-1")
@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "kept"},
        {"outcome": "false"},
        {"outcome": "removed", "because": "other_picture"},
        {"outcome": "false", "because": "whatever"},
        {"id": "7"},
        {"entry_id": None},
        {"more": 1},
    ],
)
def test_a_report_of_another_shape_is_refused(hoster: Hoster, wrong: dict[str, Any]) -> None:
    status, code, _ = problem(send(hoster, report(uuid4()) | wrong))
    assert (status, code) == (422, "invalid")
    assert problem(send(hoster))[:2] == (422, "invalid")
    assert problem(send(hoster, *[report(uuid4())] * 201))[:2] == (422, "invalid")


@pytest.mark.requirement("HC-FEEDBACK-1")
def test_an_entry_that_was_wrong_is_matched_no_more_within_seconds(service: Service) -> None:
    hoster = service.hoster()
    entry_id, known = hit(service, hoster)
    send(hoster, report(entry_id, "false"), report(entry_id, "false"))
    assert entry_id in waiting(service)

    service.lists.do(service.lists.second, lambda work: withdraw_after_feedback(work, entry_id))

    assert eventually(lambda: hoster.check(known[0])[0]["outcome"] == "no_match")
    entry = service.lists.entry(entry_id)
    assert (entry.state, entry.withdrawal) == (
        EntryState.WITHDRAWN,
        WithdrawalReason.FALSE_POSITIVE,
    )
    assert reviews(service, entry_id) == {Review.WITHDRAWN}
    assert entry_id not in waiting(service)
    actions = [each.action for each in service.lists.audit(entry_id)]
    assert actions[-2:] == ["entry.withdrawn", "feedback.accepted"]


@pytest.mark.requirement("HC-FEEDBACK-1")
def test_an_entry_that_was_right_stays_and_is_asked_about_again_when_called_false_again(
    service: Service,
) -> None:
    hoster = service.hoster()
    entry_id, known = hit(service, hoster)
    send(hoster, report(entry_id, "false"))
    service.lists.do(service.lists.first, lambda work: keep_entry(work, entry_id))

    assert service.lists.entry(entry_id).state is EntryState.LISTED
    assert hoster.check(known[0])[0]["outcome"] == "match"
    assert entry_id not in waiting(service)
    with pytest.raises(Conflict, match="not_awaiting_decision"):
        service.lists.do(service.lists.first, lambda work: keep_entry(work, entry_id))

    send(hoster, report(entry_id, "false"))
    assert entry_id in waiting(service)


@pytest.mark.requirement("HC-FEEDBACK-1")
@pytest.mark.parametrize("role", ["client_manager", "auditor", "administrator"])
def test_only_a_steward_decides_about_feedback(service: Service, role: str) -> None:
    hoster = service.hoster()
    entry_id, _ = hit(service, hoster)
    send(hoster, report(entry_id, "false"))
    for act in (keep_entry, withdraw_after_feedback):
        with pytest.raises(NotPermitted):
            service.lists.do(person(role), lambda work, act=act: act(work, entry_id))  # type: ignore[misc]
    assert entry_id in waiting(service)
