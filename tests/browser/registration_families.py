"""What staff of two lines write up after a conversation, and what follows from it."""

from functools import cache

from playwright.sync_api import Page

from infra.story.helpline import REASONS
from tests.browser.conversing import talking
from tests.browser.other_families import HELPLINE, PREVENTION
from tests.browser.people import origin_of
from tests.browser.stage import Stage

LONG_PROVIDER = "Beeldplein voor bewegende en andere afbeeldingen Nederland"
LONG_ADDRESS = (
    "https://www.beeldplein-met-een-lange-naam.example.com/gebruikers/0004711/albums/zomer/"
    "foto_00000000000001234?weergave=groot&volgorde=datum"
)
ADDRESSES = "\n".join([LONG_ADDRESS, *(f"https://beeldplein.example/p/{n}" for n in range(3))])


@cache
def helpline_contact(stage: Stage) -> str:
    """The path of a contact with a notice that waits for an answer, a referral and a report."""
    page = stage.work("helpline", "worker", "/contacts/new")
    for name, value in {
        "registration_class": "help_request",
        "category": "sextortion",
        "sextortion_form": "financial",
        "platform": "Instagram",
        "police": "doubts",
    }.items():
        page.check(f"[name={name}][value={value}]")
    page.locator(".save button").click()
    page.wait_for_url("**/contacts/*told=*")
    path = page.url.removeprefix(origin_of(stage.platform, "helpline")).partition("?")[0]
    page.select_option("#destination", "victim_support")
    page.locator("form[action$='/referrals'] button").click()
    page.fill("[name=addresses]", ADDRESSES)
    page.check("[name=agreed]")
    page.locator("form[action$='/hotline'] button").click()
    page.wait_for_url("**/contacts/*told=handed_in")
    page.close()
    return path


@cache
def provider(stage: Stage) -> str:
    """The name of a provider that is on the list."""
    page = stage.work("helpline", "coordinator", "/providers")
    page.fill("#name", LONG_PROVIDER)
    page.fill("#email", "meldpunt-voor-betrouwbare-flaggers@beeldplein.example")
    page.select_option("#kind", "very_large")
    page.locator("form[action='/providers'] button").click()
    page.wait_for_url("**/providers?told=saved")
    page.close()
    return LONG_PROVIDER


@cache
def notice(stage: Stage) -> str:
    """The path of a notice about that contact, on its way to that provider."""
    page = filled_in(stage)
    page.locator(".save button").click()
    page.wait_for_url("**/notices/*told=*")
    path = page.url.removeprefix(origin_of(stage.platform, "helpline")).partition("?")[0]
    page.check("[name=good_faith]")
    page.locator("form[action$='/send'] button").click()
    page.wait_for_url("**/notices/*told=notice_queued")
    page.close()
    return path


def filled_in(stage: Stage, addresses: str = ADDRESSES) -> Page:
    provider(stage)
    page = stage.work("helpline", "worker", f"{helpline_contact(stage)}/notices/new")
    page.check("[name=route][value=article_22]")
    page.check("[name=ground][value=sr_254ba]")
    page.fill("[name=addresses]", addresses)
    page.fill("[name=reasons]", REASONS)
    return page


LINES = (HELPLINE, PREVENTION)

HELPLINE.work("contacts", "worker", "/contacts", empty_too=True)
HELPLINE.work("contact-new", "worker", "/contacts/new")
HELPLINE.work("notices", "worker", "/notices", empty_too=True)
PREVENTION.work("moments", "worker", "/moments", empty_too=True)
PREVENTION.work("moment-new", "worker", "/moments/new")


@HELPLINE.add("contact")
def _(stage: Stage) -> Page:
    notice(stage)
    return stage.work("helpline", "worker", helpline_contact(stage))


@HELPLINE.add("notice-form")
def _(stage: Stage) -> Page:
    return filled_in(stage)


@HELPLINE.add("notice-form-refused")
def _(stage: Stage) -> Page:
    page = filled_in(stage, "beeldplein punt example")
    page.locator(".save button").click()
    page.wait_for_selector(".error-summary")
    return page


@HELPLINE.add("notice-draft")
def _(stage: Stage) -> Page:
    page = filled_in(stage, "https://beeldplein.example/p/97")
    page.locator(".save button").click()
    page.wait_for_url("**/notices/*told=drafted")
    page.goto(page.url.partition("?")[0])
    return page


@HELPLINE.add("notice-sent")
def _(stage: Stage) -> Page:
    page = stage.work("helpline", "worker", notice(stage))
    while not page.locator("[name=on]").count():
        page.wait_for_timeout(200)
        page.reload()
    return page


@HELPLINE.add("notices-open")
def _(stage: Stage) -> Page:
    notice(stage)
    return stage.work("helpline", "worker", "/notices?show=open")


@HELPLINE.add("providers")
def _(stage: Stage) -> Page:
    provider(stage)
    return stage.work("helpline", "coordinator", "/providers")


@PREVENTION.add("moment")
def _(stage: Stage) -> Page:
    page = stage.work("prevention", "worker", "/moments/new")
    for name, value in {"subgroup": "sexual_feelings", "appointment": "true"}.items():
        page.check(f"[name={name}][value={value}]")
    page.locator(".save button").click()
    page.wait_for_url("**/moments?told=*")
    page.locator("tbody tr a").first.click()
    page.wait_for_url("**/moments/*-*")
    page.select_option("#destination", "sexologist")
    page.select_option("#outcome", "details_given")
    page.locator("form[action$='/referrals'] button").click()
    page.wait_for_url("**/moments/*told=saved")
    page.goto(page.url.partition("?")[0])
    return page


def _to_write_up(stage: Stage, line: str) -> Page:
    visitor, worker = talking(stage, line)
    worker.locator("form[action$='/close'] button").click()
    worker.wait_for_url("**/registration*")
    visitor.context.close()
    return worker


@HELPLINE.add("chat-registration")
def _(stage: Stage) -> Page:
    return _to_write_up(stage, "helpline")


@PREVENTION.add("chat-registration")
def _(stage: Stage) -> Page:
    return _to_write_up(stage, "prevention")
