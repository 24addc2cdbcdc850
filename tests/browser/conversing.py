"""Two people in a conversation: somebody on the website, and a worker at the desk of a line."""

from contextlib import suppress

from playwright.sync_api import Error, Page

from tests.browser.stage import Stage

TRIES, MOMENT_MS = 15, 4_000
A_CONVERSATION = "**/chats/*-*"
FIRST_WORDS = (
    "Hoi, ik weet niet goed hoe ik moet beginnen. Iemand heeft foto's van mij en zegt dat hij "
    "ze doorstuurt als ik niet doe wat hij wil."
)
ANSWER = "Fijn dat je het vertelt. Je hebt niets verkeerd gedaan. Zullen we samen kijken?"


def waiting(stage: Stage, line: str, *, javascript: bool = True) -> Page:
    """Somebody who has just begun a chat, in a browser of their own."""
    stage.open_line(line)
    page = stage.people.browser(javascript=javascript).new_page()
    begin(stage, page, line, javascript=javascript)
    return page


def begin(stage: Stage, page: Page, line: str, *, javascript: bool = True) -> None:
    stage.forget_starts()
    page.goto(f"{stage.website}/chat/{line}")
    page.locator("[data-start] button").click()
    if javascript:
        page.wait_for_selector("[data-chat]:not([hidden])")
    else:
        page.wait_for_url("**/chat")


def talking(stage: Stage, line: str) -> tuple[Page, Page]:
    """Both ends of a conversation in which each has said something."""
    visitor = waiting(stage, line)
    says(visitor, FIRST_WORDS)
    worker = stage.work(line, "worker", "/chats")
    take(worker)
    replies(worker, ANSWER)
    visitor.wait_for_selector(".message.worker")
    return visitor, worker


def says(visitor: Page, text: str) -> None:
    """Write as a visitor with script, and see it arrive."""
    visitor.fill("#message", text)
    visitor.keyboard.press("Enter")
    visitor.wait_for_selector(".message.visitor:not(.sending)")


def replies(worker: Page, text: str) -> None:
    worker.fill("[name=text]", text)
    worker.keyboard.press("Control+Enter")


def take(worker: Page) -> None:
    """Take the next one; whoever waits without a word belongs to another test and is let go."""
    chats = worker.url
    _take_one(worker, chats)
    while FIRST_WORDS not in worker.locator("[data-messages]").inner_text():
        worker.locator("form[action$='/close'] button").click()
        _take_one(worker, chats)


def _take_one(worker: Page, chats: str) -> None:
    """Whoever is offered to somebody else at this moment is free again soon."""
    for _ in range(TRIES):
        worker.goto(chats)
        worker.locator("form[action='/chats/next'] button").click()
        with suppress(Error):
            worker.wait_for_url(A_CONVERSATION, timeout=MOMENT_MS)
            return
    worker.wait_for_url(A_CONVERSATION)


def heard(page: Page) -> list[str]:
    """What was said, in the order in which it stands there."""
    return page.locator(".messages .typed").all_inner_texts()
