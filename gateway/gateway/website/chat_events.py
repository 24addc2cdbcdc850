"""The fallback for a browser or network without WebSockets: news as an event stream.

It is asked with POST, so that the secret is in the body and in no address or log on the way.
"""

from collections.abc import AsyncGenerator

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import Field
from shared.contracts.chat import ChatNews, MessageNumber, Secret
from shared.contracts.contract import Contract
from shared.domain.errors import DomainError, NotPermitted
from shared.platform.access import public

from gateway.deps import GatewayPeers
from gateway.schema.chat import ContactLine, client_of, followed
from gateway.website.typed import is_from_own_page

EVENT_STREAM = "text/event-stream"


class Following(Contract):
    """What is followed: the news of one conversation after a message."""

    line: str = Field(pattern="^(helpline|prevention)$")
    secret: Secret
    after_seq: MessageNumber = Field(default=0, alias="afterSeq")


router = APIRouter(dependencies=[public()])


@router.post("/chat/events")
async def events(request: Request, asked: Following, peers: GatewayPeers) -> StreamingResponse:
    """`data:` lines, each the JSON of a whole state; the end of the conversation ends it."""
    if not is_from_own_page(request):
        raise NotPermitted("other_site")
    client = client_of(peers, ContactLine(asked.line))
    news = followed(client, asked.secret, asked.after_seq)
    # The first answer is waited for here, so that an unknown conversation is a 404.
    first = await anext(news)
    return StreamingResponse(_lines(first, news), media_type=EVENT_STREAM)


async def _lines(
    first: ChatNews, news: AsyncGenerator[ChatNews, None]
) -> AsyncGenerator[bytes, None]:
    yield _line(first)
    try:
        async for one in news:
            yield _line(one)
    except DomainError:
        # The stream ends; the page asks again after the last message it has.
        return


def _line(news: ChatNews) -> bytes:
    """In the names of the GraphQL schema, so that the page reads both alike."""
    body = news.model_dump(mode="json", exclude={"known"})
    shown = {_camel(name): value for name, value in body.items()}
    shown["messages"] = [
        {_camel(name): value for name, value in message.items()} for message in body["messages"]
    ]
    shown["state"] = news.state.name
    shown["closedBy"] = news.closed_by.name if news.closed_by else None
    for message, one in zip(shown["messages"], news.messages, strict=True):
        message["author"] = one.author.name
    if news.handover:
        shown["handover"]["scope"] = news.handover.scope.name
    return b"data: " + orjson.dumps(shown) + b"\n\n"


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)
