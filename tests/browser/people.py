"""How people sign in, with a browser."""

from datetime import UTC, datetime

from playwright.sync_api import BrowserContext, Page
from shared.platform.second_factor import code_at

from infra.development import Credentials


def sign_in(context: BrowserContext, origin: str, name: str, credentials: Credentials) -> Page:
    """A page of the face at `origin`, on which `name` is signed in."""
    page = context.new_page()
    page.goto(f"{origin}/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", credentials.password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{origin}/sign-in/code")
    page.fill("[name=code]", code_at(credentials.totp_seed(name), datetime.now(UTC)))
    page.press("[name=code]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page
