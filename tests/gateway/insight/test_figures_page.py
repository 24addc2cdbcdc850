"""The page of figures for management: totals, their definition, and who may see them."""

import pytest
from gateway.insight.metrics import METRICS

from infra.story.management import figures
from infra.story.visitor import Page
from tests.gateway.fake_services import HOTLINE_FIGURES, Services
from tests.gateway.insight.conftest import SignedIn

PATH = "/management"


def asked(services: Services) -> dict[str, dict[str, str]]:
    """The period that each service was asked for last; the year before comes after it."""
    every: dict[str, list[dict[str, str]]] = {}
    for each in services.requests:
        if each.url.path == "/api/figures":
            every.setdefault(each.url.host, []).append(dict(each.url.params))
    return {host: periods[-2] for host, periods in every.items()}


def row_of(page: Page, metric: str) -> list[str]:
    return [cell.text(strip=True) for cell in page.find(f'tr[data-metric="{metric}"]').css("td")]


@pytest.mark.requirement("GW-FIGURES")
def test_management_reads_every_figure_as_dutch_readers_write_it(signed_in_as: SignedIn) -> None:
    assert figures(signed_in_as("mila")) == {
        "reportsReceived": "153.856",
        "reportsProcessed": "152.964",
        "urlsReceived": "932.617",
        "urlsProcessed": "927.581",
        "urlsIllegal": "238.724",
        "hoursOnlineMedian": "19,5",
        "hoursOnlineMean": "39,4",
        "checked": "11.192.234.293",
        "hits": "96.723",
    }
    english = figures(signed_in_as("mila", "en"))
    assert (english["checked"], english["hoursOnlineMean"]) == ("11,192,234,293", "39.4")


@pytest.mark.requirement("GW-FIGURES")
def test_every_figure_has_its_unit_and_says_what_is_counted(signed_in_as: SignedIn) -> None:
    for language in ("nl", "en"):
        page = signed_in_as("mila", language).open(PATH)
        for metric in METRICS:
            row = row_of(page, metric.field)
            unit, definition = row[-2], row[-1]
            assert unit
            assert len(definition) > 20
            if language == "en":
                assert (unit, definition) == (metric.unit, metric.definition)
            else:
                assert definition != metric.definition


@pytest.mark.requirement("GW-FIGURES")
def test_without_days_it_is_this_year_so_far_in_amsterdam(
    signed_in_as: SignedIn, services: Services
) -> None:
    page = signed_in_as("mila").open(PATH)
    form = page.form()
    assert (form.fields["first"], form.fields["last"]) == (["2026-01-01"], ["2026-03-02"])
    period = {"since": "2026-01-01T00:00:00+01:00", "until": "2026-03-03T00:00:00+01:00"}
    assert asked(services) == {"hotline": period, "hashcheck": period}


@pytest.mark.requirement("GW-FIGURES")
def test_both_days_that_are_chosen_count(signed_in_as: SignedIn, services: Services) -> None:
    page = signed_in_as("mila").open(PATH).submit(first="2026-03-29", last="2026-03-29")
    assert page.status == 200
    # The day on which the clocks go forward has 23 hours.
    period = {"since": "2026-03-29T00:00:00+01:00", "until": "2026-03-30T00:00:00+02:00"}
    assert asked(services) == {"hotline": period, "hashcheck": period}


@pytest.mark.requirement("GW-FIGURES")
def test_days_that_are_left_empty_are_those_of_this_year(
    signed_in_as: SignedIn, services: Services
) -> None:
    page = signed_in_as("mila").open(PATH).submit(first="", last="")
    assert page.status == 200
    assert asked(services)["hotline"]["since"] == "2026-01-01T00:00:00+01:00"


@pytest.mark.requirement("GW-FIGURES")
@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-03-02", "2026-03-01"),
        ("2020-01-01", "2026-01-01"),
        ("0001-01-01", "0001-01-02"),
        ("9999-12-30", "9999-12-31"),
        ("9996-02-29", "9996-03-01"),
    ],
)
def test_days_that_make_no_period_are_told_and_kept(
    signed_in_as: SignedIn, services: Services, first: str, last: str
) -> None:
    page = signed_in_as("mila").open(f"{PATH}?first={first}&last={last}")
    assert page.status == 422
    assert "hoogstens vijf jaar" in page.find(".error-summary").text()
    form = page.form()
    assert (form.fields["first"], form.fields["last"]) == ([first], [last])
    assert not page.all("tr[data-metric]")
    assert asked(services) == {}


@pytest.mark.requirement("SEC-S1")
@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize("first", ["canary", "2026-13-01", "1e9", "01-02-2026"])
def test_what_is_no_day_is_refused_without_an_echo(signed_in_as: SignedIn, first: str) -> None:
    page = signed_in_as("mila").open(f"{PATH}?first={first}")
    assert page.status == 422
    assert first not in page.text


@pytest.mark.requirement("SEC-R4")
@pytest.mark.parametrize(
    ("stopped", "silent"),
    [
        ("hotline", {m.field for m in METRICS if m.service == "hotline"}),
        ("hashcheck", {"checked", "hits"}),
    ],
)
def test_figures_of_a_stopped_service_are_said_to_be_unknown_and_the_others_are_there(
    signed_in_as: SignedIn, services: Services, stopped: str, silent: set[str]
) -> None:
    services.stopped.add(stopped)
    told = figures(signed_in_as("mila"))
    assert set(told) == {metric.field for metric in METRICS}
    assert {field for field, text in told.items() if text == "reageert niet"} == silent


@pytest.mark.requirement("GW-FIGURES")
def test_nothing_to_average_is_a_dash_and_nothing_counted_is_a_zero(
    signed_in_as: SignedIn, services: Services
) -> None:
    nothing = {"hours_online_median": None, "hours_online_mean": None, "reports_received": 0}
    services.answers["hotline", "GET", "/api/figures"] = (200, HOTLINE_FIGURES | nothing)
    told = figures(signed_in_as("mila"))
    assert told["reportsReceived"] == "0"
    assert told["hoursOnlineMedian"] == told["hoursOnlineMean"] == "–"


@pytest.mark.requirement("GW-FIGURES")
@pytest.mark.requirement("SEC-P5")
def test_everybody_arrives_at_a_place_of_their_own(
    signed_in_as: SignedIn, services: Services
) -> None:
    assert signed_in_as("mila").open("/").url.endswith(PATH)
    assert signed_in_as("ada").open("/").url.endswith("/team")
    assert signed_in_as("").open("/").url.endswith("/sign-in")
    assert signed_in_as("ada").open(PATH).status == 403
    assert signed_in_as("mila").open("/team").status == 403
    assert signed_in_as("").open(PATH).url.endswith("/sign-in")


@pytest.mark.requirement("GW-SCHEMA")
def test_nothing_of_the_website_is_at_the_management_pages(signed_in_as: SignedIn) -> None:
    for path in ("/report", "/report/form", "/status", "/crisis", "/en/"):
        assert signed_in_as("mila").open(path).status == 404
    assert signed_in_as("mila").client.post("/graphql", json={"query": "{ a }"}).status_code == 404
