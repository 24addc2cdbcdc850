"""Anonymous conversations with a line: start, write, be told what is new, leave.

Whoever has the secret is the visitor. It goes in variables only, never in an address.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

import strawberry
from pydantic import ValidationError
from shared.contracts import chat
from shared.domain.conversation import ENDED, Author, ClosedBy, ConversationState
from shared.domain.errors import Invalid
from shared.domain.handover import HandoverScope

from gateway.clients import Peers
from gateway.clients.contact import ContactClient
from gateway.schema.context import Asked

START_LIMIT = "chat_start"

strawberry.enum(chat.Admission)
strawberry.enum(Author)
strawberry.enum(ClosedBy)
strawberry.enum(ConversationState)
strawberry.enum(HandoverScope)

Made = TypeVar("Made")


@strawberry.enum
class ContactLine(StrEnum):
    """The lines that one can talk with."""

    HELPLINE = "helpline"
    PREVENTION = "prevention"


@strawberry.type
class OpenInterval:
    since: datetime
    until: datetime


@strawberry.type(description="`waitFrom` and `waitTo` are minutes; null when too few to say.")
class ChatDesk:
    is_open: bool
    is_staffed: bool
    waiting: int
    closes_at: datetime | None
    opens_at: datetime | None
    hours: list[OpenInterval]
    wait_from: int | None
    wait_to: int | None


@strawberry.type(description="`secret` is shown to its owner only and is empty unless one waits.")
class ChatStarted:
    admission: chat.Admission
    secret: str
    opens_at: datetime | None


@strawberry.type
class ChatMessage:
    seq: int
    client_id: UUID
    author: Author
    text: str
    sent_at: datetime


@strawberry.type
class HandoverOffer:
    id: UUID
    line: str
    scope: HandoverScope
    summary: str
    link: str


@strawberry.type(description="The whole state, with the messages after the number asked for.")
class ChatNews:
    state: ConversationState
    last_seq: int
    messages: list[ChatMessage]
    position: int | None
    wait_from: int | None
    wait_to: int | None
    closed_by: ClosedBy | None
    handover: HandoverOffer | None


@strawberry.type
class ChatQuery:
    @strawberry.field
    async def chat_desk(self, info: Asked, line: ContactLine) -> ChatDesk | None:
        desk = await client_of(info.context.peers, line).desk()
        hours = [OpenInterval(since=one.since, until=one.until) for one in desk.hours]
        return ChatDesk(**(desk.model_dump(exclude={"hours"}) | {"hours": hours}))


@strawberry.type
class ChatMutation:
    @strawberry.mutation
    async def start_chat(
        self,
        info: Asked,
        line: ContactLine,
        idempotency_key: UUID,
        wish: "ChatWish",
    ) -> ChatStarted | None:
        await info.context.slow_down(START_LIMIT)
        asked = contract(
            lambda: chat.ChatStart(
                language=wish.language, handover=wish.handover, return_code=wish.return_code
            )
        )
        begun = await client_of(info.context.peers, line).start(asked, idempotency_key)
        return ChatStarted(**begun.model_dump())

    @strawberry.mutation
    async def send_chat_message(
        self, info: Asked, line: ContactLine, secret: str, client_id: UUID, text: str
    ) -> int | None:
        """The number of the message; the same `clientId` again gives the same number."""
        message = contract(lambda: chat.ChatSend(secret=secret, client_id=client_id, text=text))
        return (await client_of(info.context.peers, line).send(message)).seq

    @strawberry.mutation
    async def leave_chat(
        self, info: Asked, line: ContactLine, secret: str, *, by_exit: bool = False
    ) -> bool | None:
        how = contract(lambda: chat.ChatLeave(secret=secret, by_exit=by_exit))
        return (await client_of(info.context.peers, line).leave(how)).done

    @strawberry.mutation
    async def answer_handover(
        self, info: Asked, line: ContactLine, secret: str, handover_id: UUID, *, agrees: bool
    ) -> bool | None:
        given = contract(
            lambda: chat.ChatConsent(secret=secret, handover_id=handover_id, agrees=agrees)
        )
        return (await client_of(info.context.peers, line).consent(given)).done

    @strawberry.mutation
    async def make_return_code(self, info: Asked, line: ContactLine, secret: str) -> str | None:
        """Shown once: it cannot be found again."""
        asked = contract(lambda: chat.ChatSecret(secret=secret))
        return (await client_of(info.context.peers, line).return_code(asked)).code


@strawberry.input(description="Nothing of it is required.")
class ChatWish:
    language: str = "nl"
    handover: str | None = None
    return_code: str = ""


@strawberry.type
class ChatSubscription:
    @strawberry.subscription
    async def chat_news(
        self, info: Asked, line: ContactLine, secret: str, after_seq: int = 0
    ) -> AsyncGenerator[ChatNews, None]:
        """The state at once, then whenever there is something new, until the conversation ends."""
        async for news in followed(client_of(info.context.peers, line), secret, after_seq):
            yield news_of(news)


async def followed(
    client: ContactClient, secret: str, after_seq: int
) -> AsyncGenerator[chat.ChatNews, None]:
    """What is new, again and again; a stream of the line that ended is gone on with."""
    known = ""
    while True:
        question = _question(secret, after_seq, known)
        async with aclosing(client.follow(question)) as stream:
            async for news in stream:
                yield news
                after_seq, known = news.last_seq, news.known
                if news.state in ENDED:
                    return


def news_of(news: chat.ChatNews) -> ChatNews:
    asked = news.handover
    return ChatNews(
        state=news.state,
        last_seq=news.last_seq,
        messages=[ChatMessage(**message.model_dump()) for message in news.messages],
        position=news.position,
        wait_from=news.wait_from,
        wait_to=news.wait_to,
        closed_by=news.closed_by,
        handover=HandoverOffer(**asked.model_dump()) if asked else None,
    )


def client_of(peers: Peers, line: ContactLine) -> ContactClient:
    return {ContactLine.HELPLINE: peers.helpline, ContactLine.PREVENTION: peers.prevention}[line]


def contract(make: Callable[[], Made]) -> Made:
    """A contract, or Invalid with the names of the fields at fault."""
    try:
        return make()
    except ValidationError as error:
        names = {str(part["loc"][0]) for part in error.errors(include_input=False) if part["loc"]}
        raise Invalid("bad_chat", fields=tuple(sorted(names))) from None


def _question(secret: str, after_seq: int, known: str) -> chat.ChatQuestion:
    return contract(lambda: chat.ChatQuestion(secret=secret, after_seq=after_seq, known=known))
