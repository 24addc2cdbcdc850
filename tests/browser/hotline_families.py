"""The workbench of the hotline, by who works there."""

from playwright.sync_api import Page

from tests.browser.family import Families
from tests.browser.staff_families import add_account_families, add_team_families
from tests.browser.stage import Stage

HOTLINE = Families("hotline")

add_account_families(HOTLINE, person="noor")
add_team_families(HOTLINE, role="intake_officer")

HOTLINE.work("today-analyst", "bram", "/", empty_too=True)
HOTLINE.work("today-notice-officer", "daan", "/", empty_too=True)
HOTLINE.work("today-administrator", "sam", "/")
HOTLINE.work("work-list", "noor", "/urls", empty_too=True)
HOTLINE.work("work-list-decided", "noor", "/urls?show=decided", empty_too=True)
HOTLINE.work("removals-open", "daan", "/removals", empty_too=True)
HOTLINE.work("removals-waiting", "daan", "/removals?show=waiting")
HOTLINE.work("removals-closed", "daan", "/removals?show=closed")
HOTLINE.work("contacts", "daan", "/contacts", empty_too=True)
HOTLINE.work("reports", "noor", "/reports", empty_too=True)
HOTLINE.work("figures", "noor", "/figures")
HOTLINE.work("figures-refused", "noor", "/figures?first=2026-02-01&last=2026-01-01")
HOTLINE.work("exposure", "bram", "/exposure")
HOTLINE.work("not-permitted", "bram", "/contacts")


@HOTLINE.add("desk-covered")
def _(stage: Stage) -> Page:
    page = stage.work("hotline", "bram", stage.held)
    cover = page.locator('form[action$="/cover"] button')
    if cover.count():
        cover.click()
    page.wait_for_selector("img.thumb")
    return page


@HOTLINE.add("desk-revealed")
def _(stage: Stage) -> Page:
    page = stage.work("hotline", "bram", stage.held)
    if not page.locator("img.shown").count():
        page.keyboard.press("b")
        page.wait_for_selector("img.shown")
    page.keyboard.press("i")
    return page


@HOTLINE.add("desk-refused")
def _(stage: Stage) -> Page:
    page = stage.work("hotline", "bram", stage.held)
    page.keyboard.press("n")
    page.keyboard.press("s")
    page.wait_for_selector(".error-summary")
    return page


@HOTLINE.add("desk-of-a-colleague")
def _(stage: Stage) -> Page:
    return stage.work("hotline", "noor", stage.held)


@HOTLINE.add("removal")
def _(stage: Stage) -> Page:
    return stage.work("hotline", "daan", stage.removal)


@HOTLINE.add("report")
def _(stage: Stage) -> Page:
    return stage.work("hotline", "noor", stage.report)
