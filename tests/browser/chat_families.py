"""A conversation, seen by who comes to a line and by who works there."""

from functools import partial

from playwright.sync_api import Page, Route

from tests.browser.conversing import talking, waiting
from tests.browser.family import Families
from tests.browser.other_families import HELPLINE, PREVENTION
from tests.browser.stage import Stage

CHAT = Families("website")


@CHAT.add("chat-open")
def _(stage: Stage) -> Page:
    stage.open_line("helpline")
    return stage.visit("website", "/chat/helpline")


@CHAT.add("chat-waiting")
def _(stage: Stage) -> Page:
    return waiting(stage, "helpline")


@CHAT.add("chat-talking")
def _(stage: Stage) -> Page:
    visitor, worker = talking(stage, "helpline")
    worker.close()
    return visitor


@CHAT.add("chat-without-script")
def _(stage: Stage) -> Page:
    """The page has no script, but measuring it takes one: so it is opened once more."""
    begun = waiting(stage, "helpline", javascript=False)
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
    return talking(stage, line)[1]


for families in (HELPLINE, PREVENTION):
    families.work("chats", "worker", "/chats")
    families.work("opening", "coordinator", "/opening", empty_too=True)
    families.work("missed", "coordinator", "/missed", empty_too=True)
    families.work("today-worker", "worker", "/today")
    families.add("conversation")(partial(_conversation, line=families.face))
