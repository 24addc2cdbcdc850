import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.stage import Stage

pytestmark = [
    pytest.mark.xdist_group("platform"),
    pytest.mark.timeout(300),
    pytest.mark.requirement("PF-UI-EXIT-1"),
]

AWAY = "https://www.buienradar.nl/"
WEATHER = "<!doctype html><title>Weather</title><h1>Rain</h1>"


def _weather(route: Route) -> None:
    route.fulfill(body=WEATHER, content_type="text/html")


def _nothing(route: Route) -> None:
    """With this answer the browser stays where it is, so that one can look at it."""
    route.fulfill(status=204)


def _on_the_second_page(stage: Stage) -> Page:
    page = stage.visit("website", "/")
    page.route(f"{AWAY}**", _weather)
    page.locator("a[href='/report']").click()
    page.wait_for_url("**/report")
    return page


def test_one_click_leaves(stage: Stage) -> None:
    page = _on_the_second_page(stage)
    page.locator("[data-quick-exit]").click()
    page.wait_for_url(AWAY)
    expect(page.locator("h1")).to_have_text("Rain")
    page.close()


def test_escape_three_times_leaves_wherever_the_focus_is(stage: Stage) -> None:
    page = stage.visit("website", "/status")
    page.route(f"{AWAY}**", _weather)
    page.locator("[name=code]").focus()
    for _ in range(3):
        page.keyboard.press("Escape")
    page.wait_for_url(AWAY)
    page.close()


def test_going_back_shows_nothing_of_what_was_left(stage: Stage) -> None:
    page = _on_the_second_page(stage)
    page.locator("[data-quick-exit]").click()
    page.wait_for_url(AWAY)
    page.unroute(f"{AWAY}**")
    page.route(f"{AWAY}**", _nothing)
    with page.expect_request(AWAY):
        page.go_back(wait_until="commit")
    assert page.url == f"{stage.website}/"
    assert page.evaluate("document.title") == ""
    assert not page.locator("body").is_visible()
    page.close()


def test_who_comes_back_on_purpose_sees_the_page(stage: Stage) -> None:
    page = _on_the_second_page(stage)
    page.locator("[data-quick-exit]").click()
    page.wait_for_url(AWAY)
    page.goto(f"{stage.website}/")
    expect(page.locator("h1")).to_be_visible()
    page.locator("a[href='/report']").click()
    page.go_back()
    expect(page.locator("h1")).to_be_visible()
    page.close()
