"""What changed since a year earlier: in words, as a picture, and in the table."""

from datetime import date
from typing import Any

import httpx2
import pytest
from gateway.insight.metrics import METRICS
from gateway.insight.page import Period

from infra.story.visitor import Page
from tests.gateway.fake_services import Services
from tests.gateway.insight.conftest import SignedIn

YEAR = "/management?first=2026-01-01&last=2026-12-31"
THREE_YEARS = "/management?first=2024-01-01&last=2026-12-31"
EARLIER = {"reports_received": 153_000, "urls_illegal": 477_448, "hours_online_median": None}

pytestmark = pytest.mark.requirement("GW-FIGURES")


class TwoYears(Services):
    """Other figures for 2025 than for 2026."""

    async def answer(self, request: httpx2.Request) -> httpx2.Response:
        answer = await super().answer(request)
        if request.url.params.get("since", "").startswith("2025"):
            return httpx2.Response(200, json=answer.json() | self._of_2025(request.url.host))
        return answer

    def _of_2025(self, service: str) -> dict[str, Any]:
        return EARLIER if service == "hotline" else {"hits": 0}


@pytest.fixture
def services() -> Services:
    return TwoYears()


def card(page: Page, metric: str) -> str:
    return " ".join(page.find(f"section[aria-labelledby={metric}]").text(separator=" ").split())


def test_a_figure_has_its_unit_its_change_and_what_it_counts(signed_in_as: SignedIn) -> None:
    text = card(signed_in_as("mila").open(YEAR), "reportsReceived")
    assert "153.856 meldingen" in text
    assert "+856 vergeleken met dezelfde dagen een jaar eerder (153.000)" in text
    assert "Meldingen die in de periode binnenkwamen" in text


def test_the_longer_bar_fills_its_place_and_the_other_is_its_share(signed_in_as: SignedIn) -> None:
    page = signed_in_as("mila").open(YEAR)
    bars = page.all("section[aria-labelledby=urlsIllegal] rect")
    assert [bar.attributes["width"] for bar in bars] == ["50.0", "100.0"]


def test_nothing_to_average_a_year_earlier_is_no_change(signed_in_as: SignedIn) -> None:
    text = card(signed_in_as("mila").open(YEAR), "hoursOnlineMedian")
    assert "19,5 uur" in text
    assert "vergeleken" not in text


def test_every_figure_stands_in_the_table_with_the_year_before(signed_in_as: SignedIn) -> None:
    page = signed_in_as("mila").open(YEAR)
    cells = page.find("tr[data-metric=urlsIllegal]").css("td")
    assert [cell.text(strip=True) for cell in cells[:3]] == ["238.724", "477.448", "webadressen"]
    assert len(page.all("tr[data-metric]")) == len(page.all("section.figure")) == len(METRICS)


def test_more_than_a_year_is_compared_with_nothing(
    signed_in_as: SignedIn, services: Services
) -> None:
    page = signed_in_as("mila").open(THREE_YEARS)
    assert "vergeleken" not in page.text
    assert len(services.requests) == 2


def test_the_usual_periods_are_one_click_away(signed_in_as: SignedIn) -> None:
    mila = signed_in_as("mila")
    links = mila.open("/management").all("main nav a")
    assert [link.text(strip=True) for link in links] == [
        "Dit jaar",
        "Vorig jaar",
        "Laatste 30 dagen",
    ]
    for link in links:
        page = mila.open(link.attributes["href"] or "")
        here = [node.text(strip=True) for node in page.all("main nav [aria-current]")]
        assert here == [link.text(strip=True)]


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


@pytest.mark.parametrize(
    "period",
    [Period(date(2024, 12, 29), date(2026, 1, 1)), Period(date.min, date.min)],
    ids=["longer than a year", "the first year of all"],
)
def test_what_has_no_year_before_it_is_not_compared(period: Period) -> None:
    assert period.a_year_earlier() is None
