"""The figures that management reads: a value, its change, its picture and what it counts."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from gateway.insight.page import Period
from gateway.main import create_management
from gateway.settings import GatewaySettings
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from tests.applications import settings_for, signed_in
from tests.conftest import OwnDatabase
from tests.gateway.fake_services import Services

YEAR = {"first": "2026-01-01", "last": "2026-12-31"}
EARLIER = {"reports_received": 153_000, "urls_illegal": 477_448, "hours_online_median": None}
NOBODY = "http://nobody"


class TwoYears(Services):
    """Other figures for 2025 than for 2026."""

    async def answer(self, request: httpx2.Request) -> httpx2.Response:
        answer = await super().answer(request)
        if request.url.params.get("since", "").startswith("2025") and answer.is_success:
            return httpx2.Response(200, json=answer.json() | self.of_2025(request.url.host))
        return answer

    def of_2025(self, service: str) -> dict[str, Any]:
        return EARLIER if service == "hotline" else {"hits": 0}


class NoPace:
    """Nobody is too fast."""

    def pace_of(self, _: str) -> Any:
        async def pace(_: str) -> None:
            return None

        return pace


@pytest.fixture
def services() -> Services:
    return TwoYears()


@pytest.fixture
def management(services: Services, own_database: OwnDatabase) -> Iterator[TestClient]:
    settings = settings_for(
        GatewaySettings,
        own_database("gateway"),
        service="gateway",
        management_url="http://gateway.localhost:8000",
        **{f"{name}_url": NOBODY for name in ("hotline", "helpline", "prevention", "hashcheck")},
    )
    app: FastAPI = create_management(settings, services.peers(), NoPace())
    with signed_in(app, "management") as browser:
        yield browser


def figure(page: httpx2.Response, metric: str) -> str:
    """What stands in the card of a metric."""
    card = LexborHTMLParser(page.text).css_first(f"section[aria-labelledby={metric}]")
    assert card
    return " ".join(card.text(separator=" ").split())


@pytest.mark.requirement("GW-FIGURES")
def test_a_figure_has_its_unit_its_change_and_what_it_counts(management: TestClient) -> None:
    page = management.get("/management", params=YEAR)
    text = figure(page, "reportsReceived")
    assert "153.856 meldingen" in text
    assert "+856 vergeleken met dezelfde dagen een jaar eerder (153.000)" in text
    assert "Meldingen die in de periode binnenkwamen" in text


@pytest.mark.requirement("GW-FIGURES")
def test_the_longer_bar_fills_its_place_and_the_other_is_its_share(management: TestClient) -> None:
    page = LexborHTMLParser(management.get("/management", params=YEAR).text)
    bars = page.css("section[aria-labelledby=urlsIllegal] rect")
    assert [bar.attributes["width"] for bar in bars] == ["50.0", "100.0"]


@pytest.mark.requirement("GW-FIGURES")
def test_nothing_to_average_a_year_earlier_is_no_change_of_nothing(
    management: TestClient,
) -> None:
    page = management.get("/management", params=YEAR)
    assert "19,5 uur" in figure(page, "hoursOnlineMedian")
    assert "vergeleken" not in figure(page, "hoursOnlineMedian")


@pytest.mark.requirement("GW-FIGURES")
def test_every_figure_stands_in_the_table_too(management: TestClient) -> None:
    page = LexborHTMLParser(management.get("/management", params=YEAR).text)
    rows = {
        str(row.attributes["data-metric"]): [cell.text(strip=True) for cell in row.css("td")]
        for row in page.css("tr[data-metric]")
    }
    assert rows["urlsIllegal"][:3] == ["238.724", "477.448", "webadressen"]
    assert len(rows) == len(page.css("section.figure"))


@pytest.mark.requirement("GW-FIGURES")
def test_more_than_a_year_is_compared_with_nothing(
    management: TestClient, services: Services
) -> None:
    page = management.get("/management", params={"first": "2024-01-01", "last": "2026-12-31"})
    assert "vergeleken" not in page.text
    assert len(services.requests) == 2


@pytest.mark.requirement("SEC-R4")
def test_a_service_that_does_not_answer_leaves_the_figures_of_the_other(
    management: TestClient, services: Services
) -> None:
    services.stopped.add("hashcheck")
    page = management.get("/management", params=YEAR)
    assert "153.856" in figure(page, "reportsReceived")
    assert "reageert niet" in figure(page, "hits")


def test_a_period_that_ends_before_it_begins_is_refused_with_a_sentence(
    management: TestClient,
) -> None:
    page = management.get("/management", params={"first": "2026-02-01", "last": "2026-01-01"})
    assert page.status_code == 422
    assert "Kies een laatste dag na de eerste" in page.text


@pytest.mark.parametrize(
    ("period", "earlier"),
    [
        ((date(2026, 1, 1), date(2026, 12, 31)), (date(2025, 1, 1), date(2025, 12, 31))),
        ((date(2024, 2, 29), date(2024, 2, 29)), (date(2023, 2, 28), date(2023, 2, 28))),
        ((date(2024, 1, 1), date(2025, 1, 1)), (date(2023, 1, 1), date(2024, 1, 1))),
    ],
    ids=["a year", "a leap day", "a year and a day"],
)
def test_the_same_days_a_year_earlier(
    period: tuple[date, date], earlier: tuple[date, date]
) -> None:
    assert Period(*period).a_year_earlier() == Period(*earlier)


@pytest.mark.parametrize("first", [date(2024, 12, 29), date.min])
def test_a_longer_period_or_the_first_of_years_has_none(first: date) -> None:
    last = date(2026, 1, 1) if first.year > 1 else first
    assert Period(first, last).a_year_earlier() is None
