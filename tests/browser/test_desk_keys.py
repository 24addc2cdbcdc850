"""A whole classification without a mouse, in Chromium, on the hotline alone."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from hotline.main import create_app
from hotline.queries.assessment import assessments_of
from hotline.settings import HotlineSettings
from hotline.tables import Assessment
from playwright.sync_api import Browser, Page, expect

from infra.ports import free_port
from tests.applications import served, session_token, settings_for
from tests.conftest import OwnDatabase
from tests.hotline.pages.cases import Cases, FakeImagery

ADDRESS = "https://host.example/a.png"
FOCUSED = "document.activeElement.closest('fieldset')?.id ?? document.activeElement.type"
# Question by question: its field, the digit of the answer, and what is stored.
ANSWERS = (
    ("person_shown", "2", "appears_child"),
    ("depiction", "3", "synthetic_photorealistic"),
    ("ai_involvement", "3", "ai_generated"),
    ("ai_confidence", "3", 3),
    ("age", "6", None),
    ("gender", "1", "female"),
    ("sexual_focus", "2", "suggestive_posing"),
    ("activity", "1", "none"),
    ("self_generated", "1", "no"),
    ("difference_reason", "1", None),
)


pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(300)]


@pytest.fixture
def app(own_database: OwnDatabase) -> Iterator[FastAPI]:
    """The hotline with harmless pictures, served until the test ends."""
    port = free_port()
    settings = settings_for(
        HotlineSettings,
        own_database("hotline"),
        service="hotline",
        hashcheck_url="http://127.0.0.1:1",
        fetcher_url="http://127.0.0.1:1",
        smtp_url="smtp://127.0.0.1:1",
        public_url=f"http://hotline.localhost:{port}",
    )
    app = create_app(settings)
    app.state.imagery = FakeImagery()
    with served(app, port):
        yield app


@pytest.fixture
def cases(app: FastAPI) -> Cases:
    return Cases(app)


@pytest.fixture
def page(browser: Browser, app: FastAPI) -> Iterator[Page]:
    """The work list, on the screen of an analyst who is signed in."""
    desk = app.state.doorkeeper
    context = browser.new_context(locale="nl-NL", viewport={"width": 1280, "height": 900})
    cookie = session_token(desk, "analyst", "ada")
    address = desk.origin.replace("http:", "https:")
    context.add_cookies([{"name": desk.cookie, "value": cookie, "url": address, "secure": True}])
    page = context.new_page()
    page.goto(f"{desk.origin}/urls")
    yield page
    context.close()


def assessment(cases: Cases) -> Assessment:
    found = cases.ask(assessments_of, cases.url_id(ADDRESS))
    assert isinstance(found, list)
    assert len(found) == 1
    return found[0]  # type: ignore[no-any-return]


def take(page: Page) -> None:
    page.reload()
    page.keyboard.press("c")
    page.wait_for_url("**/urls/*?told=claimed")


@pytest.mark.requirement("N-02", "CL-12", "CL-3")
def test_a_picture_is_classified_by_keys_alone(page: Page, cases: Cases) -> None:
    cases.awaiting(ADDRESS)
    take(page)
    page.keyboard.press("b")
    expect(page.locator("img.shown")).to_be_visible()
    page.keyboard.press("h")
    expect(page.locator("img.thumb")).to_be_visible()
    page.keyboard.press("i")
    for field, digit, _ in ANSWERS:
        assert page.evaluate(FOCUSED) == field
        page.keyboard.press(digit)
    assert page.evaluate(FOCUSED) == "submit"
    page.keyboard.press("Enter")
    page.wait_for_url("**/urls?told=decided")
    made = assessment(cases)
    stored = {field: getattr(made, field) for field, _, value in ANSWERS if value is not None}
    assert stored == {field: value for field, _, value in ANSWERS if value is not None}
    assert (made.verdict, made.age_min, made.age_max) == ("illegal", 12, 13)
    assert made.difference_reason is None


@pytest.mark.requirement("N-02")
def test_a_form_that_comes_back_is_mended_by_keys_alone(page: Page, cases: Cases) -> None:
    cases.awaiting(ADDRESS)
    take(page)
    page.keyboard.press("i")
    page.keyboard.press("s")
    expect(page.locator(".error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == "difference_reason"
    page.keyboard.press("5")
    page.keyboard.press("Enter")
    page.wait_for_url("**/urls?told=decided")
    assert assessment(cases).difference_reason == "consulted"


@pytest.mark.requirement("N-02")
def test_keys_can_be_switched_off_and_stay_off(page: Page, cases: Cases) -> None:
    url_id = cases.awaiting(ADDRESS)
    page.reload()
    switch = page.locator("[data-shortcuts-switch]")
    switch.press("Enter")
    expect(switch).to_have_attribute("aria-pressed", "false")
    page.reload()
    page.keyboard.press("c")
    switch.press("Enter")
    assert cases.url(url_id).claimed_by is None
    page.keyboard.press("c")
    page.wait_for_url("**/urls/*?told=claimed")


@pytest.mark.requirement("CL-12")
def test_an_uncovered_picture_hides_when_the_window_is_left(page: Page, cases: Cases) -> None:
    cases.awaiting(ADDRESS)
    take(page)
    page.keyboard.press("v")
    expect(page.locator("img.shown")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    expect(page.locator("img.shown")).to_be_hidden()


@pytest.mark.requirement("N-02")
def test_on_a_small_screen_the_desk_opens_at_its_top(page: Page, cases: Cases) -> None:
    for number in range(40):
        cases.awaiting(f"https://host.example/{number}.png")
    page.set_viewport_size({"width": 390, "height": 800})
    take(page)
    expect(page.locator("h1.subject")).to_be_in_viewport()
    assert page.evaluate("scrollY") == 0
