"""The pages of the website, in the order in which a visitor meets them."""

from playwright.sync_api import Page

from tests.browser.family import Families
from tests.browser.stage import NOTE, Stage

WEBSITE = Families("website")

WEBSITE.visit("home", "/")
WEBSITE.visit("home-english", "/en/", language="en-GB")
WEBSITE.visit("home-asks-for-english", "/", language="en-GB")
WEBSITE.visit("help-now", "/crisis")
WEBSITE.visit("what-we-keep", "/privacy")
WEBSITE.visit("contact", "/contact")
WEBSITE.visit("report-about", "/report")
WEBSITE.visit("report-form", "/report/form")
WEBSITE.visit("status-ask", "/status")
WEBSITE.visit("chat-helpline", "/chat/helpline")
WEBSITE.visit("chat-prevention", "/chat/prevention")
WEBSITE.visit("chat-none", "/chat")
WEBSITE.visit("not-found", "/bestaat-niet")

LONG_ADDRESS = (
    "https://een-heel-lang-subdomein.voorbeeld-van-een-fotosite.example.com/albums/2026/zomer"
    "vakantie/pagina-met-een-lange-naam-zonder-enige-spatie/foto_00000000000001234.html?page=3"
)


def _filled_in(stage: Stage, *, danger: str = "no") -> Page:
    page = stage.visit("website", "/report/form")
    page.check(f"[name=danger][value={danger}]")
    page.fill("[name=addresses]", f"{LONG_ADDRESS}\nhxxps://voorbeeld[.]example/2\nalbum vijf")
    page.fill("[name=note]", NOTE)
    page.check("[name=contact][value=anonymous]")
    return page


def _on(page: Page) -> Page:
    page.locator("main form button").first.click()
    return page


@WEBSITE.add("report-form-errors")
def _(stage: Stage) -> Page:
    page = _filled_in(stage)
    page.fill("[name=addresses]", "")
    page.check("[name=contact][value=email]")
    page.fill("[name=contact_email]", "anna@")
    return _on(page)


@WEBSITE.add("report-check")
def _(stage: Stage) -> Page:
    return _on(_filled_in(stage))


@WEBSITE.add("report-check-danger")
def _(stage: Stage) -> Page:
    return _on(_filled_in(stage, danger="yes"))


@WEBSITE.add("report-received")
def _(stage: Stage) -> Page:
    return _on(_on(_filled_in(stage)))


@WEBSITE.add("report-slow-down")
def _(stage: Stage) -> Page:
    page = _on(_filled_in(stage))
    stage.use_up_reports()
    _on(page)
    stage.forget_reports()
    return page


def _ask(stage: Stage, code: str) -> Page:
    page = stage.visit("website", "/status")
    page.fill("[name=code]", code)
    return _on(page)


@WEBSITE.add("status-wrong-code")
def _(stage: Stage) -> Page:
    return _ask(stage, "ML-ZZZZ-ZZZZ")


@WEBSITE.add("status-answer")
def _(stage: Stage) -> Page:
    return _ask(stage, stage.receipt.code)
