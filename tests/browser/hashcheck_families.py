"""The pages of the Hash Check Service."""

import secrets

from playwright.sync_api import Page

from infra.story.company import mailed_link
from infra.story.telling import wait_for
from tests.browser.family import Families
from tests.browser.partner_stage import false_match, partner_list, unusual_questions
from tests.browser.people import origin_of
from tests.browser.staff_families import add_sign_in_families, add_team_families
from tests.browser.stage import Stage

HASHCHECK = Families("hashcheck")
COMPANY = "Noord-Nederlandse Hosting- en Domeinregistratiemaatschappij B.V."

add_sign_in_families(HASHCHECK, person="sam")
HASHCHECK.work("account", "omar", "/account")
add_team_families(HASHCHECK, role="auditor")

HASHCHECK.work("today", "lena", "/", empty_too=True)
HASHCHECK.work("lists", "lena", "/lists")
HASHCHECK.work("feedback-none", "omar", "/feedback", empty_too=True)
HASHCHECK.work("propose", "lena", "/proposals/new")
HASHCHECK.work("clients", "kim", "/clients", empty_too=True)
HASHCHECK.work("checks", "lena", "/checks", empty_too=True)
HASHCHECK.work("alarms-none", "kim", "/alarms", empty_too=True)
HASHCHECK.visit("connect", "/connect")
HASHCHECK.visit("connect-sandbox", "/connect/sandbox")
HASHCHECK.visit("connect-sign-in", "/connect/sign-in")
HASHCHECK.work("proposals-empty", "omar", "/proposals", empty_too=True)


@HASHCHECK.add("list")
def _(stage: Stage) -> Page:
    page = stage.work("hashcheck", "lena", "/lists")
    page.locator("tbody a").first.click()
    return page


@HASHCHECK.add("imports-none")
def _(stage: Stage) -> Page:
    page = stage.work("hashcheck", "lena", "/lists")
    page.locator("tbody a").first.click()
    page.locator("a[href$='/imports']").click()
    page.wait_for_url("**/imports")
    return page


@HASHCHECK.add("imports")
def _(stage: Stage) -> Page:
    return stage.work("hashcheck", "lena", partner_list(stage))


@HASHCHECK.add("feedback")
def _(stage: Stage) -> Page:
    false_match(stage)
    return stage.work("hashcheck", "lena", "/feedback")


@HASHCHECK.add("alarms")
def _(stage: Stage) -> Page:
    unusual_questions(stage)
    return stage.work("hashcheck", "kim", "/alarms")


def _propose(stage: Stage, sha256: str) -> Page:
    page = stage.work("hashcheck", "omar", "/proposals/new")
    page.fill("[name=sha256]", sha256)
    page.select_option("[name=age]", "12-13")
    page.press("[name=sha256]", "Enter")
    return page


@HASHCHECK.add("propose-refused")
def _(stage: Stage) -> Page:
    page = _propose(stage, "not a hash")
    page.wait_for_selector(".error-summary")
    return page


@HASHCHECK.add("proposals")
def _(stage: Stage) -> Page:
    proposed = _propose(stage, secrets.token_hex(32))
    # A page that is closed on its way to another one may never end.
    proposed.wait_for_url("**/proposals?told=*")
    proposed.close()
    return stage.work("hashcheck", "lena", "/proposals")


def _client(stage: Stage) -> Page:
    page = stage.work("hashcheck", "kim", "/clients")
    page.fill("[name=name]", f"{COMPANY} {secrets.token_hex(3)}")
    page.press("[name=name]", "Enter")
    page.wait_for_url("**/clients/*")
    return page


def _new_key(page: Page) -> Page:
    page.locator('form[action$="/keys"] button').click()
    page.wait_for_selector("code.secret")
    return page


@HASHCHECK.add("client")
def _(stage: Stage) -> Page:
    page = _client(stage)
    address = page.url.partition("?")[0]
    _new_key(page).goto(address)
    return page


@HASHCHECK.add("key-terms")
def _(stage: Stage) -> Page:
    page = _client(stage)
    address = page.url.partition("?")[0]
    _new_key(page).goto(address)
    page.locator("tbody a").first.click()
    page.wait_for_selector("textarea")
    return page


@HASHCHECK.add("connect-refused")
def _(stage: Stage) -> Page:
    page = stage.visit("hashcheck", "/connect/sandbox")
    page.fill("[name=company]", "x")
    page.fill("[name=mailbox]", "abuse@hoster.example")
    page.press("[name=mailbox]", "Enter")
    page.wait_for_selector(".error-summary")
    return page


def _link(stage: Stage) -> Page:
    """Opened as it came by mail, in a browser of its own."""
    mailbox = f"noc-{secrets.token_hex(4)}@hoster.example"
    page = stage.people.browser().new_page()
    page.goto(f"{origin_of(stage.platform, 'hashcheck')}/connect/sandbox")
    page.fill("[name=company]", COMPANY)
    page.fill("[name=mailbox]", mailbox)
    page.press("[name=mailbox]", "Enter")
    page.wait_for_load_state()
    page.goto(wait_for("the mailed link", lambda: mailed_link(stage.platform.mail, mailbox)))
    return page


def _go_on(page: Page) -> Page:
    page.locator('form[action^="/connect/link/"] button').click()
    page.wait_for_selector("code.secret")
    return page


@HASHCHECK.add("connect-link")
def _(stage: Stage) -> Page:
    return _link(stage)


@HASHCHECK.add("connect-key")
def _(stage: Stage) -> Page:
    return _go_on(_link(stage))


@HASHCHECK.add("connect-client")
def _(stage: Stage) -> Page:
    page = _go_on(_link(stage))
    page.goto(f"{origin_of(stage.platform, 'hashcheck')}/connect/client")
    return page


@HASHCHECK.add("key")
def _(stage: Stage) -> Page:
    return _new_key(_client(stage))
