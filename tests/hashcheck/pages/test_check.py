"""The pages that tell how much was checked; and the first page of everybody."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hashcheck.pages.check import DAYS_SHOWN, HEIGHT, bars
from hashcheck.queries import DayCount

from infra.story.visitor import Page
from tests.hashcheck.hashes import picture
from tests.hashcheck.pages.conftest import Desk
from tests.hashcheck.service import Service, eventually
from tests.visitors import visitor_of

FIRST = date(2026, 3, 1)


def shown_on(page: Page) -> tuple[int, int]:
    """How many were checked and matched on all days together that the page of checks shows."""
    checked = hits = 0
    for row in page.all("table tbody tr"):
        cells = [cell.text(strip=True).replace(",", "") for cell in row.css("td")]
        if len(cells) == 3:
            checked, hits = checked + int(cells[1]), hits + int(cells[2])
    return checked, hits


@pytest.mark.requirement("HC-DESK-1")
def test_the_page_of_checks_follows_what_was_checked(service: Service, desk: Desk) -> None:
    known, hoster = picture(uuid4()), service.hoster()
    service.listed(known)
    assert eventually(lambda: shown_on(desk("omar").open("/checks")) != (0, 0))
    before = shown_on(desk("omar").open("/checks"))

    hoster.check(known[0], *picture(uuid4())[:2])
    assert eventually(lambda: len(service.hits(hoster.caller)) == 1)
    page = desk("omar").open("/checks")

    checked, hits = shown_on(page)
    assert checked >= before[0] + 3
    assert hits >= before[1] + 1
    latest = page.all("table")[-1].css("tbody tr")
    assert "MD5" in latest[0].text()
    assert hoster.caller not in page.text


@pytest.mark.requirement("HC-DESK-1")
def test_the_drawing_has_a_bar_for_every_day_as_high_as_its_share() -> None:
    counts = [DayCount(FIRST + timedelta(days=2), 400, 3), DayCount(FIRST, 100, 0)]
    drawn = bars(counts, FIRST)
    assert [bar.day for bar in drawn] == [FIRST + timedelta(days=n) for n in range(DAYS_SHOWN)]
    assert [bar.height for bar in drawn[:4]] == [HEIGHT / 4, 0, HEIGHT, 0]
    assert sorted({bar.x for bar in drawn}) == [bar.x for bar in drawn]
    assert [bar.height for bar in bars([], FIRST)] == [0] * DAYS_SHOWN


@pytest.mark.requirement("HC-DESK-1")
def test_the_first_page_tells_what_waits(service: Service, desk: Desk) -> None:
    service.lists.propose(picture(uuid4()))
    page = desk("tim").open("/")
    assert page.find('main a[href="/proposals"]')
    assert not desk("omar").open("/").all('main a[href="/proposals"]')


@pytest.mark.requirement("PF-UI-LANGUAGE-1")
def test_pages_are_dutch_unless_the_browser_asks_for_english(desk: Desk) -> None:
    assert desk("tim", "nl").open("/proposals").heading == "Voorstellen"
    assert desk("tim", "fr").open("/proposals").heading == "Voorstellen"
    assert desk("tim", "en").open("/proposals").heading == "Proposals"


@pytest.mark.requirement("SEC-S7")
def test_who_is_not_signed_in_is_asked_to(service: Service) -> None:
    nobody = visitor_of(service.app, service.public_url, "en")
    for path in ("/", "/proposals", "/lists", "/clients", "/checks", "/team"):
        page = nobody.open(path)
        assert page.url.endswith("/sign-in")
        assert page.heading == "Sign in"


@pytest.mark.requirement("PF-UI-CSRF-1")
@pytest.mark.parametrize(
    "told",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://hashcheck.localhost:8001"},
    ],
)
def test_a_form_of_another_site_changes_nothing(
    service: Service, desk: Desk, told: dict[str, str]
) -> None:
    entry_id = service.lists.propose(picture(uuid4()))
    browser = desk("tim")
    token = browser.open("/proposals").find("input[name=csrf]").attributes["value"]
    answer = browser.client.post(
        f"/proposals/{entry_id}/approve", data={"csrf": token}, headers=told
    )
    assert answer.status_code == 403
    assert service.lists.entry(entry_id).state == "proposed"
