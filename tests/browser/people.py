"""Who sits at the browser: visitors without any standing, and staff who sign in as people do."""

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from playwright.sync_api import Browser, BrowserContext, Page
from shared.platform.second_factor import code_at

from infra.development import STAFF
from infra.startup import Platform
from tests.browser.watch import Watch

DUTCH = "nl-NL"
ADMINISTRATOR = "sam"
# source: RFC 6238, the step of a code
CODE_SECONDS = 30
LONG_NAME = "Wilhelmina Margaretha van den Oudenrijn-Kortenhorst tot Zuylen"


@dataclass(frozen=True)
class Login:
    name: str
    password: str
    totp_seed: str


def sign_in(context: BrowserContext, origin: str, login: Login) -> Page:
    """A page of the face at `origin`, signed in; the mouse is not needed."""
    page = context.new_page()
    page.goto(f"{origin}/sign-in")
    page.locator("[name=name]").focus()
    page.keyboard.type(login.name)
    page.keyboard.press("Tab")
    page.keyboard.type(login.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{origin}/sign-in/code")
    while "/sign-in" in page.url:
        page.keyboard.type(code_at(login.totp_seed, datetime.now(UTC)))
        with page.expect_navigation():
            page.keyboard.press("Enter")
        if "/sign-in" in page.url:
            # Somebody used this code already; each works once, and the next comes by itself.
            page.wait_for_timeout(1000 * (CODE_SECONDS - time.time() % CODE_SECONDS))
            page.locator("[name=code]").focus()
    return page


def origin_of(platform: Platform, face: str) -> str:
    """Where a face is served; the gateway serves two."""
    if face == "management":
        return platform.installation.management_url
    return platform.installation.public_url("gateway" if face == "website" else face)


def make_account(page: Page, role: str) -> None:
    """Fill in and send the form of a page of the team; the answer shows the first access."""
    page.fill("[name=name]", f"w.m.oudenrijn-{secrets.token_hex(3)}")
    page.fill("[name=display_name]", LONG_NAME)
    page.select_option("[name=role]", role)
    page.press("[name=display_name]", "Enter")
    page.wait_for_selector("main dl")


class People:
    """Gives a tab to a visitor or a member of staff.

    Staff sign in once: a code of the authenticator works once, and the next one is half a minute
    away. Every tab is watched.
    """

    def __init__(self, browser: Browser, platform: Platform) -> None:
        self._browser = browser
        self._platform = platform
        self._desks: dict[tuple[str, str], BrowserContext] = {}
        self._visitors: dict[str, BrowserContext] = {}
        self.watch = Watch()

    def visitor(self, language: str = DUTCH) -> Page:
        """A new tab in a browser without any standing.

        Visitors get nothing to keep, so all tests may use the same browser.
        """
        if language not in self._visitors:
            self._visitors[language] = self.browser(language=language)
        return self._visitors[language].new_page()

    def browser(self, *, language: str = DUTCH, javascript: bool = True) -> BrowserContext:
        """A browser of its own; whoever asks closes it."""
        context = self._browser.new_context(locale=language, java_script_enabled=javascript)
        self.watch.over(context)
        return context

    def staff(self, face: str, who: str) -> Page:
        """A new tab of a demo log-in, or of somebody new with the role `who`."""
        if (face, who) not in self._desks:
            context = self.browser()
            sign_in(context, origin_of(self._platform, face), self.login(face, who)).close()
            self._desks[face, who] = context
        return self._desks[face, who].new_page()

    def login(self, face: str, who: str) -> Login:
        credentials = self._platform.credentials
        service = "gateway" if face == "management" else face
        if who in {person.name for person in STAFF[service]}:
            return Login(who, credentials.password, credentials.totp_seed(who))
        page = self.staff(face, ADMINISTRATOR)
        page.goto(f"{origin_of(self._platform, face)}/team")
        make_account(page, who)
        name, password, seed, _ = page.locator("main dl code").all_inner_texts()
        page.close()
        return Login(name, password, seed)

    def close(self) -> None:
        for context in (*self._desks.values(), *self._visitors.values()):
            context.close()
