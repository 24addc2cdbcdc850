"""The pages that every staff face has: signing in, one's own account, the team, problems."""

from functools import partial

from playwright.sync_api import Page

from tests.browser.family import Families
from tests.browser.people import ADMINISTRATOR, make_account, origin_of
from tests.browser.stage import Stage

WRONG_CODE = "000000"


def add_account_families(families: Families, *, person: str) -> None:
    """`person` gets new recovery codes; nothing else of the account changes."""
    face = families.face
    add_sign_in_families(families, person=person)
    families.add("sign-in-refused")(partial(_sign_in_refused, face=face))
    families.work("account", person, "/account")
    families.add("account-refused")(partial(_account_refused, face=face, person=person))
    families.add("recovery-codes")(partial(_recovery_codes, face=face, person=person))
    families.work("not-found", person, "/bestaat-niet")


def add_sign_in_families(families: Families, *, person: str) -> None:
    families.visit("sign-in", "/sign-in")
    families.add("sign-in-code-refused")(partial(_code_refused, face=families.face, person=person))


def add_team_families(families: Families, *, role: str) -> None:
    """`role` is what somebody new gets."""
    families.work("team", ADMINISTRATOR, "/team")
    families.add("team-member-made")(partial(_team_member_made, face=families.face, role=role))


def _sign_in_refused(stage: Stage, *, face: str) -> Page:
    page = stage.visit(face, "/sign-in")
    page.fill("[name=name]", "nobody")
    page.fill("[name=password]", "not the password")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".error-summary")
    return page


def _code_refused(stage: Stage, *, face: str, person: str) -> Page:
    """In a browser of its own, for who is half signed in has a cookie."""
    page = stage.people.browser().new_page()
    page.goto(f"{origin_of(stage.platform, face)}/sign-in")
    page.fill("[name=name]", person)
    page.fill("[name=password]", stage.platform.credentials.password)
    page.press("[name=password]", "Enter")
    page.fill("[name=code]", WRONG_CODE)
    page.press("[name=code]", "Enter")
    page.wait_for_selector(".error-summary")
    return page


def _account_refused(stage: Stage, *, face: str, person: str) -> Page:
    page = stage.work(face, person, "/account")
    page.fill("[name=current]", "not the password")
    page.fill("[name=password]", "een nieuwe zin van vijftien")
    page.press("[name=password]", "Enter")
    page.wait_for_selector(".error-summary")
    return page


def _recovery_codes(stage: Stage, *, face: str, person: str) -> Page:
    page = stage.work(face, person, "/account")
    page.locator('form[action="/account/recovery-codes"] button').click()
    page.wait_for_selector("main ol")
    return page


def _team_member_made(stage: Stage, *, face: str, role: str) -> Page:
    page = stage.work(face, ADMINISTRATOR, "/team")
    make_account(page, role)
    return page
