"""The JSON that the gateway asks a line with conversations, one router for all such lines.

Asking for news waits for it: one request per visitor hangs for at most 20 seconds and costs no
thread meanwhile.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool

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
from shared.domain.actor import Actor
from shared.domain.conversation import IN_QUEUE
from shared.platform.access import service
from shared.platform.contact import conversation, handover
from shared.platform.contact.news import is_new, read_news
from shared.platform.contact.opening import chat_desk
from shared.platform.contact.parts import ContactParts
from shared.platform.contact.signals import QUEUE
from shared.platform.idempotency import Request as Repeatable
from shared.platform.idempotency import RequiredKey
from shared.platform.unit_of_work import open_work
from shared.platform.work import Work

router = APIRouter(prefix="/api/chat", dependencies=[service("gateway")])


def parts_of(request: Request) -> ContactParts:
    return cast(ContactParts, request.app.state.contact)


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
def send(message: ChatSend, work: Work) -> ChatSent:
    return conversation.send_as_visitor(work, message)


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
async def news(request: Request, question: ChatQuestion) -> ChatNews:
    """At once when there is something new, otherwise when there is, or after `wait` seconds."""
    parts = parts_of(request)
    found, subject = await _read(request, parts, question)
    if is_new(found, question) or not question.wait:
        return found
    subjects = (subject, QUEUE) if found.state in IN_QUEUE else (subject,)
    deadline = asyncio.get_running_loop().time() + question.wait
    with parts.signals.heard(*subjects) as changed:
        while not is_new(found, question):
            found, _ = await _read(request, parts, question)
            left = deadline - asyncio.get_running_loop().time()
            if is_new(found, question) or left <= 0:
                break
            await heard(changed, left)
    return found


async def heard(changed: asyncio.Event, seconds: float) -> None:
    """Wait for a change, at most so long; ready to hear the next one."""
    try:
        await asyncio.wait_for(changed.wait(), seconds)
    except TimeoutError:
        return
    changed.clear()


async def _read(
    request: Request, parts: ContactParts, question: ChatQuestion
) -> tuple[ChatNews, str]:
    async with parts.readers:
        return await run_in_threadpool(_reader(request), question)


def _reader(request: Request) -> Callable[[ChatQuestion], tuple[ChatNews, str]]:
    state = request.app.state
    actor: Actor = request.state.actor

    def read(question: ChatQuestion) -> tuple[ChatNews, str]:
        with open_work(state.sessions, actor, clock=state.clock, vault=state.vault) as work:
            subject = conversation.of_secret(work, question.secret).id
            return read_news(work, question), str(subject)

    return read
