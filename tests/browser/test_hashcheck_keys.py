"""The main work of a list steward without a mouse, in Chromium, on the Hash Check Service alone."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from hashcheck.domain.entry import EntryState
from hashcheck.main import create_app
from hashcheck.settings import HashcheckSettings
from playwright.sync_api import Browser, BrowserContext, Page, expect

from infra.databases import ServiceDatabases
from infra.ports import free_port
from tests.applications import served, session_token, settings_for
from tests.databases import DatabaseCopies
from tests.fakes import FrozenClock
from tests.hashcheck.hashes import picture
from tests.hashcheck.lists import Lists
from tests.hashcheck.partner import Partner, line

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(300)]

# Whatever a page has in its masthead and above the work.
MOST_TABS = 60
IS_THERE = "selector => document.activeElement.matches(selector)"


@pytest.fixture(scope="module")
def app(database_copies: DatabaseCopies, worker_number: int) -> Iterator[FastAPI]:
    """The service, served until the last of these tests ends."""
    with database_copies.copy("hashcheck", f"w{worker_number}_keys") as databases:
        yield from serve(databases)


def serve(databases: ServiceDatabases) -> Iterator[FastAPI]:
    port = free_port()
    settings = settings_for(
        HashcheckSettings,
        databases,
        service="hashcheck",
        public_url=f"http://hashcheck.localhost:{port}",
    )
    app = create_app(settings)
    with served(app, port):
        yield app


@pytest.fixture
def lists(app: FastAPI) -> Lists:
    return Lists(app.state.sessions, FrozenClock(datetime.now(UTC)))


@pytest.fixture
def page(steward: BrowserContext, app: FastAPI) -> Iterator[Page]:
    """The first page of a steward who is signed in."""
    page = steward.new_page()
    page.goto(app.state.doorkeeper.origin)
    yield page
    page.close()


@pytest.fixture(scope="module")
def steward(browser: Browser, app: FastAPI) -> Iterator[BrowserContext]:
    desk = app.state.doorkeeper
    context = browser.new_context(locale="nl-NL", viewport={"width": 1280, "height": 900})
    cookie = session_token(desk, "list_steward", "lena")
    address = desk.origin.replace("http:", "https:")
    context.add_cookies([{"name": desk.cookie, "value": cookie, "url": address, "secure": True}])
    yield context
    context.close()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what has the focus is that, and it shows that it has."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(IS_THERE, selector):
            expect(page.locator(":focus")).to_have_css("outline-width", "3px")
            return
    pytest.fail(f"Tab never comes to {selector}")


def enter(page: Page, selector: str) -> None:
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def told(page: Page) -> str:
    return page.locator("[role=status]").inner_text()


@pytest.mark.requirement("N-02", "HC-DESK-1")
def test_a_proposal_is_decided_by_keys_alone(page: Page, lists: Lists) -> None:
    agreed, refused = (lists.propose(picture(seed)) for seed in ("agreed", "refused"))
    enter(page, "a[href='/proposals']")
    enter(page, f"form[action='/proposals/{agreed}/approve'] button")
    assert "Op de lijst" in told(page)
    tab_to(page, f"#reason-{refused}")
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    assert lists.entry(agreed).state is EntryState.LISTED
    assert lists.entry(refused).state is EntryState.REFUSED
    assert lists.entry(refused).refusal == "wrong_picture"


@pytest.mark.requirement("N-02", "HC-DESK-1")
def test_a_list_is_made_and_an_entry_taken_off_by_keys_alone(page: Page, lists: Lists) -> None:
    entry_id = lists.listed(picture("taken off"))
    enter(page, "a[href='/lists']")
    tab_to(page, "#name")
    page.keyboard.type("partner-zuid")
    page.keyboard.press("Tab")
    page.keyboard.type("Een verzonnen partner")
    enter(page, "form[action='/lists'] button")
    expect(page.locator("tbody a", has_text="partner-zuid")).to_be_visible()
    enter(page, f"a[href='/lists/{lists.entry(entry_id).list_id}']")
    enter(page, f"form[action='/entries/{entry_id}/withdraw'] button")
    assert lists.entry(entry_id).state is EntryState.WITHDRAWN


@pytest.mark.requirement("N-02", "HC-IMPORT-1")
def test_a_key_is_agreed_on_and_an_import_undone_by_keys_alone(page: Page, lists: Lists) -> None:
    partner = Partner(lists, name="partner-noord")
    made = partner.sends(1, line("a picture"))
    partner.key = Ed25519PrivateKey.generate()
    key_id = partner.propose()
    imports = f"/lists/{partner.list_id}/imports"
    enter(page, "a[href='/lists']")
    enter(page, f"a[href='/lists/{partner.list_id}']")
    enter(page, f"a[href='{imports}']")
    enter(page, f"form[action='/imports/{made.id}/roll-back'] button")
    expect(page.locator(f"[data-import='{made.id}']")).to_contain_text("Teruggedraaid")
    # Who proposed it has no account here, and so no name.
    proposed = page.locator(f"[data-key='{key_id}'] td").nth(1)
    assert not proposed.inner_text().startswith(",")
    enter(page, f"form[action='/partner-keys/{key_id}/confirm'] button")
    expect(page.locator(f"[data-key='{key_id}']")).not_to_contain_text("Nog niet")
