"""What comes to a desk by itself: the list of who waits, and the messages of a conversation.

Each question hangs until something changes, for at most 20 seconds. Meanwhile it costs no thread,
and no question to the database when what the page knows is the latest that was heard of.
"""

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from shared.contracts.chat import MessageNumber
from shared.platform.access import staff
from shared.platform.contact.api import parts_of, seen
from shared.platform.contact.parts import soon
from shared.platform.contact.permissions import ContactPermission
from shared.platform.contact.signals import QUEUE, heard, version_of
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import in_work
from shared.ui.contact_desk import DESK, desk_facts
from shared.ui.pages import ServicePages

KNOWN = "X-Known"

News = tuple[str, Response]

router = APIRouter(include_in_schema=False, dependencies=[staff(ContactPermission.ANSWER)])


@router.get(f"{DESK}/list/news")
async def list_news(
    request: Request,
    pages: ServicePages,
    known: Annotated[str, Query(max_length=64)] = "",
    here: Annotated[UUID | None, Query()] = None,
) -> Response:
    """The list beside the work, as a piece of a page, when it differs from the `known` one."""

    def listed(work: UnitOfWork) -> News:
        page = pages.render(request, "contact/list.html", here_id=here, **desk_facts(request, work))
        return sha256(page.body).hexdigest()[:16], page

    async def read() -> News:
        async with parts_of(request).readers:
            return await in_work(request, listed)

    return await _when_new(request, known, read, QUEUE)


@router.get(f"{DESK}/{{conversation_id}}/news")
async def message_news(
    request: Request,
    conversation_id: UUID,
    after: Annotated[MessageNumber, Query()] = 0,
    known: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Messages after number `after` and the state, as JSON."""

    async def read() -> News:
        looked = await seen(request, conversation_id, after)
        owned = looked.for_worker(request.state.actor)
        facts = owned.facts
        body = {
            "state": facts.state.value,
            "closed_by": facts.closed_by.value if facts.closed_by else None,
            "news": facts.news,
            "messages": [message.model_dump(mode="json") for message in owned.messages],
        }
        return version_of(facts.news, facts.last_seq), JSONResponse(body)

    return await _when_new(request, known, read, str(conversation_id))


async def _when_new(
    request: Request, known: str, read: Callable[[], Awaitable[News]], subject: str
) -> Response:
    parts = parts_of(request)
    now = asyncio.get_running_loop().time
    deadline = now() + soon(parts.silence_seconds)
    with parts.signals.listening(subject) as changed:
        if parts.signals.is_latest(subject, known):
            await heard(changed, deadline - now())
        while True:
            changed.clear()
            name, answer = await read()
            left = deadline - now()
            if name != known or left <= 0:
                answer.headers[KNOWN] = name
                answer.headers["Cache-Control"] = "no-store"
                return answer
            await heard(changed, left)
