"""A conversation, seen by who comes to a line and by who works there."""

from functools import partial

from playwright.sync_api import Page

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
    return waiting(stage, "helpline", javascript=False)


def _conversation(stage: Stage, *, line: str) -> Page:
    return talking(stage, line)[1]


for families in (HELPLINE, PREVENTION):
    families.work("chats", "worker", "/chats")
    families.work("opening", "coordinator", "/opening", empty_too=True)
    families.work("missed", "coordinator", "/missed", empty_too=True)
    families.work("today-worker", "worker", "/today")
    families.add("conversation")(partial(_conversation, line=families.face))
