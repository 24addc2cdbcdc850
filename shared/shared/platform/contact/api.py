"""The JSON that the gateway asks a line with conversations, one router for all such lines.

Whoever follows a conversation gets a stream: one request per visitor, which costs no thread and no
question to the database while nothing happens.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TypeVar, cast
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from shared.contracts.chat import (
    ChatConsent,
    ChatDesk,
    ChatLeave,
    ChatNews,
    ChatQuestion,
    ChatSecret,
    ChatSend,
    ChatSent,
    ChatStart,
    ChatStarted,
    Done,
    ReturnCode,
)
from shared.domain.conversation import ENDED, IN_QUEUE
from shared.platform.access import service
from shared.platform.contact import conversation, handover
from shared.platform.contact.conversation import secret_hash
from shared.platform.contact.news import is_new, news_of, read_news
from shared.platform.contact.opening import chat_desk
from shared.platform.contact.parts import ContactParts, soon
from shared.platform.contact.reading import Seen, see
from shared.platform.contact.signals import QUEUE, heard
from shared.platform.idempotency import Request as Repeatable
from shared.platform.idempotency import RequiredKey
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work, in_work

Found = TypeVar("Found")

NDJSON = "application/x-ndjson"

router = APIRouter(prefix="/api/chat", dependencies=[service("gateway")])


def parts_of(request: Request) -> ContactParts:
    return cast(ContactParts, request.app.state.contact)


async def in_turn(request: Request, say: Callable[[UnitOfWork], Found]) -> Found:
    """Until the message is committed; who comes in a rush waits for the others."""
    async with parts_of(request).senders:
        return await in_work(request, say)


async def seen(request: Request, conversation_id: UUID, after_seq: int) -> Seen:
    """Looked at once for all who follow; whether the caller may have it is still to be asked."""
    parts = parts_of(request)

    async def read() -> Seen:
        async with parts.readers:
            return await in_work(request, lambda work: see(work, conversation_id, after_seq))

    heard_of = parts.signals.moment(str(conversation_id))
    return await parts.readings.at((conversation_id, after_seq, heard_of), read)


@router.get("/desk")
def desk(request: Request, work: Work) -> ChatDesk:
    return chat_desk(work, parts_of(request).policy)


@router.post("/start", status_code=201)
def start(request: Request, wish: ChatStart, key: RequiredKey, work: Work) -> ChatStarted:
    parts = parts_of(request)
    return parts.answers.once(
        work,
        Repeatable("chat.start", key, wish),
        ChatStarted,
        lambda: conversation.start(work, wish, parts.policy, parts.codes),
    )


@router.post("/messages", status_code=201)
async def send(request: Request, message: ChatSend) -> ChatSent:
    return await in_turn(request, lambda work: conversation.send_as_visitor(work, message))


@router.post("/leave")
def leave(how: ChatLeave, work: Work) -> Done:
    conversation.leave(work, how)
    return Done()


@router.post("/consent")
def consent(given: ChatConsent, work: Work) -> Done:
    found = conversation.of_secret(work, given.secret, lock=True)
    handover.answer(work, found, given)
    return Done()


@router.post("/return-code", status_code=201)
def return_code(request: Request, asked: ChatSecret, work: Work) -> ReturnCode:
    parts = parts_of(request)
    found = conversation.of_secret(work, asked.secret, lock=True)
    return ReturnCode(code=parts.codes.give(work, found, parts.policy))


@router.post("/news")
def news(question: ChatQuestion, work: Work) -> ChatNews:
    return read_news(work, question)


@router.post("/follow")
async def follow(request: Request, question: ChatQuestion) -> StreamingResponse:
    """What is new, each time that something is: one ChatNews per line, the first one at once.

    An empty line is a sign of life. The stream ends with the conversation, and after some minutes
    so that the caller shows a fresh token. Raises NotFound.
    """
    found = await in_work(request, lambda work: conversation.of_secret(work, question.secret).id)
    return StreamingResponse(_told(request, question, found), media_type=NDJSON)


async def _told(request: Request, question: ChatQuestion, found: UUID) -> AsyncIterator[bytes]:
    parts = parts_of(request)
    now = asyncio.get_running_loop().time
    ends_at = now() + soon(parts.stream_seconds)
    subjects: tuple[str, ...] = (str(found), QUEUE)
    while True:
        with parts.signals.listening(*subjects) as changed:
            # Listening comes first, so that nothing can happen between reading and waiting.
            latest = await _read(request, found, question)
            if is_new(latest, question):
                yield latest.model_dump_json().encode() + b"\n"
            if latest.state in ENDED or now() >= ends_at:
                return
            seen = {"after_seq": latest.last_seq, "known": latest.known}
            question = question.model_copy(update=seen)
            subjects = (str(found), QUEUE) if latest.state in IN_QUEUE else (str(found),)
            async for sign in _signs_of_life(parts, changed, now() + parts.healing_seconds):
                yield sign


async def _signs_of_life(
    parts: ContactParts, changed: asyncio.Event, until: float
) -> AsyncIterator[bytes]:
    """An empty line now and then, as long as nothing changes."""
    now = asyncio.get_running_loop().time
    while now() < until:
        await heard(changed, min(soon(parts.silence_seconds), until - now()))
        if changed.is_set():
            return
        yield b"\n"


async def _read(request: Request, found: UUID, question: ChatQuestion) -> ChatNews:
    """With the others when there is nothing but messages, else by oneself."""
    looked = await seen(request, found, question.after_seq)
    owned = looked.for_visitor(secret_hash(question.secret))
    latest = news_of(owned, request.app.state.clock())
    if latest is None:
        async with parts_of(request).readers:
            return await in_work(request, lambda work: read_news(work, question))
    return latest
