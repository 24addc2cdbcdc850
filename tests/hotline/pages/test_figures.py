"""The hotline's own figures, counted over the days that somebody chose."""

from datetime import timedelta

import pytest

from infra.story.visitor import Page
from tests.fakes import FrozenClock
from tests.hotline.pages.browser import Browser, problems
from tests.hotline.pages.cases import Cases


def counted(page: Page) -> dict[str, str]:
    """Figure → number, as the table tells them."""
    return {
        row.css("th")[0].text(strip=True): row.css("td")[0].text(strip=True)
        for row in page.all("tbody tr")
    }


@pytest.mark.requirement("MG-1")
def test_every_figure_is_counted_from_what_happened(
    senior: Browser, cases: Cases, clock: FrozenClock
) -> None:
    cases.report("https://host.example/a.png", "https://host.example/a.png#twice")
    case_id = cases.known_illegal("https://host.example/b.png")
    clock.advance(timedelta(hours=3))
    cases.gone(case_id)
    page = senior.open("/figures")
    assert counted(page) == {
        "Binnengekomen meldingen": "2",
        "Verwerkte meldingen": "1",
        "Binnengekomen adressen": "2",
        "Beoordeelde adressen": "1",
        "Illegale adressen": "1",
        "waarvan gemaakt of bewerkt met AI": "1",
        "Verwijderd": "1",
        "Uren online, mediaan": "3,0",
        "Uren online, gemiddeld": "3,0",
    }
    assert page.find("caption").text() == "Van 1 januari 2026 tot en met 2 maart 2026"
    assert "Telregels" in page.text
    assert all(row.css("td")[1].text(strip=True) for row in page.all("tbody tr"))


@pytest.mark.requirement("MG-1")
def test_a_day_begins_and_ends_in_amsterdam(
    senior: Browser, cases: Cases, clock: FrozenClock
) -> None:
    """23:30 UTC on a day in March is half past midnight of the next in Amsterdam."""
    clock.now = clock.now.replace(day=3, hour=23, minute=30)
    cases.report("https://host.example/a.png")
    for day, number in (("2026-03-03", "0"), ("2026-03-04", "1"), ("2026-03-05", "0")):
        page = senior.open(f"/figures?first={day}&last={day}")
        assert counted(page)["Binnengekomen meldingen"] == number, day


@pytest.mark.requirement("MG-1")
def test_what_cannot_be_averaged_is_a_dash_and_not_a_zero(senior: Browser) -> None:
    figures = counted(senior.open("/figures"))
    assert figures["Binnengekomen meldingen"] == "0"
    assert (figures["Uren online, mediaan"], figures["Uren online, gemiddeld"]) == ("–", "–")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-03-02", "2026-03-01"),
        ("yesterday", "2026-03-01"),
        ("2026-02-30", "2026-03-01"),
        ("2020-01-01", "2026-01-01"),
        ("2026-01-01", "9999-12-31"),
    ],
    ids=["ends first", "no day", "no such day", "too long", "end of time"],
)
def test_a_period_that_cannot_be_counted_says_so(senior: Browser, first: str, last: str) -> None:
    page = senior.open(f"/figures?first={first}&last={last}")
    assert page.status == 422
    assert problems(page) == {
        "first": "Kies een periode van hoogstens vijf jaar die eindigt nadat ze begint."
    }
    assert counted(page) == {}
    fields = page.form("form[action='/figures']").fields
    assert (fields["first"], fields["last"]) == ([first], [last])


def test_a_chosen_period_is_counted(senior: Browser, cases: Cases) -> None:
    cases.report("https://host.example/a.png")
    page = senior.open("/figures").submit(
        "form[action='/figures']", first="2026-03-02", last="2026-03-02"
    )
    assert counted(page)["Binnengekomen meldingen"] == "1"
    assert page.find("caption").text() == "Van 2 maart 2026 tot en met 2 maart 2026"
