"""What a visitor and the workers of two lines do: chat, hand over with consent, register."""

from dataclasses import dataclass

from infra.story.telling import expect, wait_for
from infra.story.visitor import Page, Visitor

MESSAGE = 'form[action$="/chat/messages"]'
REPLY = "form[data-reply]"
SAID = ".message .typed"


@dataclass
class Chat:
    """One visitor without JavaScript in a conversation."""

    visitor: Visitor
    page: Page

    def says(self, text: str) -> None:
        self.page = self.visitor.open("/chat").submit(MESSAGE, text=text)

    def look(self) -> Page:
        self.page = self.visitor.open("/chat")
        return self.page

    def heard(self) -> list[str]:
        return [node.text() for node in self.look().all(SAID)]

    def answers(self, choice: str) -> None:
        """Say yes or no to what a worker proposed."""
        wait_for("the question about the other line", lambda: self.look().all("[name=agrees]"))
        self.page = self.page.press(f'button[name="agrees"][value="{choice}"]')

    def goes_on(self) -> None:
        """To the other line, with the way that was opened."""
        found = wait_for("the way to the other line", lambda: self.look().all('[name="handover"]'))
        expect(found, "there is no way to the other line")
        self.page = self.page.submit('form[action$="/start"]')


def begins_chat(visitor: Visitor, line: str) -> Chat:
    page = visitor.open(f"/chat/{line}")
    expect(not visitor.client.cookies, "a cookie was set before a chat")
    return Chat(visitor, page.submit("form[data-start]"))


@dataclass
class Desk:
    """One worker in one conversation."""

    worker: Visitor
    page: Page

    @property
    def path(self) -> str:
        return self.page.url.partition("?")[0].partition("#")[0]

    def heard(self) -> list[str]:
        self.page = self.worker.open(self.path)
        return [node.text() for node in self.page.all(f"[data-messages] {SAID}")]

    def says(self, text: str) -> None:
        self.page = self.worker.open(self.path).submit(REPLY, text=text)

    def proposes(self, line: str, scope: str, summary: str = "") -> None:
        self.page = self.worker.open(self.path).submit(
            'form[action$="/handover"]', line=line, scope=scope, summary=summary
        )

    def ends(self, **answers: str) -> str:
        """End the conversation and register it; what the list says of it."""
        form = self.worker.open(self.path).submit('form[action$="/close"]')
        saved = form.submit("main form", **answers)
        problem = " ".join(node.text(strip=True) for node in saved.all(".error-summary li"))
        expect(not problem, f"not registered: {problem}")
        return problem


def takes_next(worker: Visitor) -> Desk:
    """Be there, and take who was offered or waits longest."""
    desk = worker.open("/chats")
    if desk.all('[name="available"]'):
        desk.submit('form[action="/chats/presence"]')

    def taken() -> Page | None:
        page = worker.open("/chats").submit('form[action="/chats/next"]')
        return page if page.all(REPLY) else None

    return Desk(worker, wait_for("somebody who waits", taken))


def goes_away(worker: Visitor) -> None:
    """Nobody is offered to somebody who went home."""
    desk = worker.open("/chats")
    if not desk.all('[name="available"]'):
        desk.submit('form[action="/chats/presence"]')


def first_row(worker: Visitor, path: str) -> str:
    rows = worker.open(path).all("tbody tr")
    return " ".join(rows[0].text(separator=" ").split()) if rows else ""


def moves_appointment(worker: Visitor, state: str, intent: str) -> str:
    """Called, then the intent; what the page says in between."""
    page = worker.open("/moments").press(f'button[name="state"][value="{state}"]')
    said = " ".join(page.all("tbody tr")[-1].text(separator=" ").split())
    page.press(f'button[name="intent"][value="{intent}"]')
    return said
