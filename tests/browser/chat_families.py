"""A conversation, seen by who comes to a line and by who works there."""

from functools import partial

from playwright.sync_api import Page, Route

from tests.browser.family import Families
from tests.browser.other_families import HELPLINE, PREVENTION
from tests.browser.stage import Stage

CHAT = Families("website")

FIRST_WORDS = (
    "Hoi, ik weet niet goed hoe ik moet beginnen. Iemand heeft foto's van mij en zegt dat hij "
    "ze doorstuurt als ik niet doe wat hij wil."
)
ANSWER = "Fijn dat je het vertelt. Je hebt niets verkeerd gedaan. Zullen we samen kijken?"


def _waiting(stage: Stage, line: str, *, javascript: bool = True) -> Page:
    """Somebody who has just begun a chat, in a browser of their own."""
    stage.open_line(line)
    page = stage.people.browser(javascript=javascript).new_page()
    page.goto(f"{stage.website}/chat/{line}")
    page.locator("[data-start] button").click()
    if javascript:
        page.wait_for_selector("[data-chat]:not([hidden])")
    else:
        page.wait_for_url("**/chat")
    return page


def _talking(stage: Stage, line: str) -> tuple[Page, Page]:
    """Both ends of a conversation in which each has said something."""
    visitor = _waiting(stage, line)
    visitor.fill("#message", FIRST_WORDS)
    visitor.keyboard.press("Enter")
    visitor.wait_for_selector(".message.visitor:not(.sending)")
    worker = stage.work(line, "worker", "/chats")
    _take(worker)
    worker.fill("[name=text]", ANSWER)
    worker.keyboard.press("Control+Enter")
    visitor.wait_for_selector(".message.worker")
    return visitor, worker


def _take(worker: Page) -> None:
    """Take the next one; whoever waits without a word belongs to another test and is let go."""
    chats = worker.url
    worker.locator("form[action='/chats/next'] button").click()
    worker.wait_for_url("**/chats/*-*")
    while FIRST_WORDS not in worker.locator("[data-messages]").inner_text():
        worker.locator("form[action$='/close'] button").click()
        worker.goto(chats)
        worker.locator("form[action='/chats/next'] button").click()
        worker.wait_for_url("**/chats/*-*")


@CHAT.add("chat-open")
def _(stage: Stage) -> Page:
    stage.open_line("helpline")
    return stage.visit("website", "/chat/helpline")


@CHAT.add("chat-waiting")
def _(stage: Stage) -> Page:
    return _waiting(stage, "helpline")


@CHAT.add("chat-talking")
def _(stage: Stage) -> Page:
    visitor, worker = _talking(stage, "helpline")
    worker.close()
    return visitor


@CHAT.add("chat-without-script")
def _(stage: Stage) -> Page:
    """The page has no script, but measuring it takes one: so it is opened once more."""
    begun = _waiting(stage, "helpline", javascript=False)
    browser = stage.people.browser()
    origin = stage.website.replace("http:", "https:")
    browser.add_cookies(
        [
            {"name": one["name"], "value": one["value"], "url": origin, "secure": True}
            for one in begun.context.cookies()
        ]
    )
    begun.close()
    page = browser.new_page()
    page.route("**/chat", _without_refresh)
    page.goto(f"{stage.website}/chat")
    return page


def _without_refresh(route: Route) -> None:
    """The page comes again by itself, also while it is being measured."""
    answer = route.fetch()
    kept = {name: value for name, value in answer.headers.items() if name.lower() != "refresh"}
    route.fulfill(response=answer, headers=kept)


def _conversation(stage: Stage, *, line: str) -> Page:
    return _talking(stage, line)[1]


for families in (HELPLINE, PREVENTION):
    families.work("chats", "worker", "/chats")
    families.work("opening", "coordinator", "/opening", empty_too=True)
    families.work("missed", "coordinator", "/missed", empty_too=True)
    families.work("today-worker", "worker", "/today")
    families.add("conversation")(partial(_conversation, line=families.face))
