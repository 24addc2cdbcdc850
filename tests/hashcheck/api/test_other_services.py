"""What the hotline tells and asks, and what the gateway counts."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hashcheck import queries
from hashcheck.domain.check import Counted, CountedOutcome
from hashcheck.tables import CheckCount
from httpx2 import Response
from shared.contracts.event import EventEnvelope
from shared.contracts.hashcheck import EntryClassification, HashcheckFigures
from sqlmodel import Session

from tests.applications import token_of
from tests.hashcheck.hashes import picture
from tests.hashcheck.service import Service

FIGURES = "/api/figures"


def bearer(caller: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_of(caller, 'hashcheck')}"}


def candidate(**changed: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "assessment_id": str(uuid4()),
        "decided_by": str(uuid4()),
        "decided_at": "2026-03-02T09:00:00Z",
        "hashes": [each.model_dump() for each in picture(uuid4())],
        "ai_involvement": "not_seen",
        "age_min": 7,
        "age_max": 10,
        "gender": "female",
        "self_generated": "unknown",
    }
    return told | changed


def tell(
    service: Service, payload: dict[str, Any], event_id: UUID, caller: str = "hotline"
) -> Response:
    envelope = EventEnvelope(
        source=caller,
        event_id=event_id,
        type="hash.candidate",
        occurred_at=datetime.now(UTC),
        payload=payload,
    )
    return service.browser.post(
        "/internal/events",
        content=envelope.model_dump_json(),
        headers=bearer(caller) | {"Content-Type": "application/json"},
    )


def proposed(service: Service, payload: dict[str, Any]) -> bool:
    with service.app.state.sessions() as session:
        return queries.entry_of_source(session, UUID(payload["assessment_id"])) is not None


@pytest.mark.requirement("HA-4")
def test_a_candidate_of_the_hotline_waits_for_a_second_person(service: Service) -> None:
    payload, event_id = candidate(), uuid4()
    for _ in range(2):
        answer = tell(service, payload, event_id)
        assert (answer.status_code, answer.json()) == (200, {"event_id": str(event_id)})
    assert proposed(service, payload)


@pytest.mark.requirement("HA-4")
@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"hashes": []}, "sha256_missing"),
        ({"hashes": [{"type": "sha256", "value": "short"}]}, "hash_not_hexadecimal"),
        ({"hashes": [{"type": "sha256", "value": "00"}]}, "hash_wrong_length"),
        ({"age_min": 9, "age_max": 8}, "age_invalid"),
        ({"age_min": None}, "age_invalid"),
        ({"gender": "unheard of"}, "bad_event"),
        ({"decided_by": "ada"}, "bad_event"),
        ({"more": 1}, "bad_event"),
    ],
)
def test_a_candidate_that_cannot_be_listed_is_refused_whole(
    service: Service, changed: dict[str, Any], code: str
) -> None:
    payload = candidate(**changed)
    answer = tell(service, payload, uuid4())
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not proposed(service, payload)


@pytest.mark.requirement("SEC-P5")
@pytest.mark.parametrize("caller", ["gateway", "helpline", "prevention"])
def test_nobody_but_the_hotline_tells_candidates_and_reads_classifications(
    service: Service, caller: str
) -> None:
    payload = candidate()
    assert tell(service, payload, uuid4(), caller).status_code == 403
    assert not proposed(service, payload)
    address = f"/internal/entries/{uuid4()}"
    assert service.browser.get(address, headers=bearer(caller)).status_code == 403
    assert service.browser.get(address).status_code == 401


@pytest.mark.requirement("HA-2")
def test_the_hotline_reads_what_two_people_saw(service: Service) -> None:
    entry_id = service.lists.listed(picture(uuid4()))
    answer = service.browser.get(f"/internal/entries/{entry_id}", headers=bearer("hotline"))
    told = EntryClassification.model_validate_json(answer.content)
    assert (told.entry_id, told.list_name, told.decision_count) == (entry_id, "offlimits", 2)
    assert (told.age_min, told.age_max) == (7, 10)


@pytest.mark.requirement("HA-2")
@pytest.mark.requirement("SEC-S1")
def test_an_entry_that_is_not_listed_is_not_found(service: Service) -> None:
    waiting = service.lists.propose(picture(uuid4()))
    for entry_id in (waiting, uuid4(), "none"):
        answer = service.browser.get(f"/internal/entries/{entry_id}", headers=bearer("hotline"))
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def put(session: Session, day: date, outcome: CountedOutcome, count: int) -> None:
    session.add(
        CheckCount(
            day=day,
            caller=f"client:{uuid4()}",
            counted=Counted.SHA256,
            outcome=outcome,
            count=count,
        )
    )


def figures(service: Service, since: str, until: str) -> HashcheckFigures:
    answer = service.browser.get(
        FIGURES, params={"since": since, "until": until}, headers=bearer("gateway")
    )
    assert answer.status_code == 200, answer.text
    return HashcheckFigures.model_validate_json(answer.content)


@pytest.mark.requirement("HC-FIGURES-1")
def test_figures_add_up_over_clients_and_days_of_amsterdam(service: Service) -> None:
    with service.app.state.sessions() as session, session.begin():
        for day in (date(2030, 12, 31), date(2031, 1, 1), date(2031, 12, 31), date(2032, 1, 1)):
            put(session, day, CountedOutcome.NO_MATCH, 5_000_000_000)
            put(session, day, CountedOutcome.MATCH, 40_000)
            put(session, day, CountedOutcome.TEST_MATCH, 30)
            put(session, day, CountedOutcome.LOW_QUALITY, 7)
            put(session, day, CountedOutcome.INVALID, 1)

    year = figures(service, "2031-01-01T00:00:00+01:00", "2032-01-01T00:00:00+01:00")

    assert (year.checked, year.hits) == (10_000_080_076, 80_000)
    nothing = figures(service, "2029-01-01T00:00:00+01:00", "2030-01-01T00:00:00+01:00")
    assert (nothing.checked, nothing.hits) == (0, 0)


@pytest.mark.requirement("HC-FIGURES-1")
@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "period_invalid"),
        ({"since": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "period_invalid"),
        ({"since": "2020-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "period_invalid"),
        ({"since": "2026-01-01T00:00:00", "until": "2026-02-01T00:00:00"}, "invalid"),
        ({"since": "yesterday", "until": "2026-02-01T00:00:00Z"}, "invalid"),
        ({"since": "2026-01-01T00:00:00Z"}, "invalid"),
        ({"since": "0001-01-01T00:00:00+14:00", "until": "0001-01-02T00:00:00Z"}, "period_invalid"),
        ({"since": "9999-12-31T00:00:00Z", "until": "9999-12-31T23:59:59Z"}, "period_invalid"),
    ],
)
def test_a_period_that_is_none_is_refused(
    service: Service, params: dict[str, str], code: str
) -> None:
    answer = service.browser.get(FIGURES, params=params, headers=bearer("gateway"))
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.requirement("SEC-P5")
def test_only_the_gateway_is_told_figures(service: Service) -> None:
    period = {"since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}
    assert service.browser.get(FIGURES, params=period).status_code == 401
    hotline = service.browser.get(FIGURES, params=period, headers=bearer("hotline"))
    assert hotline.status_code == 403
