"""Figures and the state of the line, for the gateway to join."""

from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from tests.applications import token_of

YEAR = {"since": "2026-01-01T00:00:00+01:00", "until": "2027-01-01T00:00:00+01:00"}


def counts(gateway: TestClient, **period: Any) -> tuple[int, dict[str, Any]]:
    answer = gateway.get("/api/figures", params=YEAR | period)
    return answer.status_code, answer.json()


@pytest.mark.requirement("MG-1")
def test_figures_are_counts_with_their_period_and_no_case(gateway: TestClient) -> None:
    gateway.post(
        "/api/reports",
        json={"addresses": ["https://forum.example/1.png"]},
        headers={"Idempotency-Key": str(uuid4())},
    )
    status, told = counts(gateway)
    assert status == 200
    assert (told.pop("since"), told.pop("until")) == (YEAR["since"], YEAR["until"])
    assert set(told) == {
        "reports_received",
        "reports_processed",
        "urls_received",
        "urls_processed",
        "urls_illegal",
        "urls_ai",
        "urls_removed",
        "hours_online_median",
        "hours_online_mean",
    }
    assert not [value for value in told.values() if isinstance(value, str)]


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(
    "period",
    [
        {"until": YEAR["since"]},
        {"until": "2020-01-01T00:00:00+01:00"},
        {"until": "2040-01-01T00:00:00+01:00"},
        {"since": "2026-01-01T00:00:00"},
        {"since": "yesterday"},
        {"since": ""},
    ],
    ids=["empty", "inverted", "too long", "without a zone", "no time", "nothing"],
)
def test_a_period_that_is_none_is_refused(gateway: TestClient, period: dict[str, str]) -> None:
    status, problem = counts(gateway, **period)
    assert status == 422
    assert "yesterday" not in str(problem)


def test_the_line_is_open_day_and_night(gateway: TestClient) -> None:
    assert gateway.get("/api/status").json() == {"state": "open"}


@pytest.mark.requirement("SEC-P5")
@pytest.mark.parametrize("caller", ["helpline", "prevention", "hashcheck"])
@pytest.mark.parametrize("path", ["/api/figures", "/api/status"])
def test_other_services_are_told_nothing(gateway: TestClient, caller: str, path: str) -> None:
    gateway.headers["Authorization"] = f"Bearer {token_of(caller, 'hotline')}"
    assert gateway.get(path, params=YEAR).status_code in {401, 403}
