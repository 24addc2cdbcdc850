"""The desk of a line: who waits, the conversations one is in, and being there or not.

Works without script: a form and a page. With script the list and the messages come by themselves.
"""

from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from shared.contracts.chat import HandoverOffer
from shared.domain.conversation import LONGEST_MESSAGE, ConversationState
from shared.domain.errors import DomainError, NotFound
from shared.domain.handover import HandoverScope
from shared.platform.access import staff
from shared.platform.contact import conversation, handover, queue
from shared.platform.contact.api import in_turn, parts_of
from shared.platform.contact.handover import LONGEST_SUMMARY
from shared.platform.contact.opening import chat_desk
from shared.platform.contact.permissions import ContactPermission
from shared.platform.contact.tables import Conversation, WorkerPresence
from shared.platform.problems import wants_html
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.pages import Pages, ServicePages

DESK = "/chats"
MOST_AT_ONCE = 5


class Reply(BaseModel):
    """A message of a worker; `client_id` makes sending it twice the same message."""

    text: str = Field(max_length=LONGEST_MESSAGE + 1000)
    client_id: UUID


class Presence(BaseModel):
    available: bool = False
    most_at_once: int = Field(default=2, ge=1, le=MOST_AT_ONCE)


class Proposal(BaseModel):
    line: str = Field(max_length=32)
    scope: HandoverScope
    summary: str = Field(default="", max_length=LONGEST_SUMMARY)


router = APIRouter(include_in_schema=False, dependencies=[staff(ContactPermission.ANSWER)])


@router.get(DESK)
def show_desk(request: Request, pages: ServicePages, work: Work) -> Response:
    return pages.render(request, "contact/desk.html", **desk_facts(request, work))


@router.post(f"{DESK}/presence")
def say_presence(
    pages: ServicePages, work: Work, presence: Annotated[Presence, Form()]
) -> Response:
    queue.be_present(work, available=presence.available, most_at_once=presence.most_at_once)
    work.record("worker.present" if presence.available else "worker.away", work.actor.id)
    return pages.see_other(DESK, told="present" if presence.available else "away")


@router.post(f"{DESK}/next")
def take_next(pages: ServicePages, work: Work) -> Response:
    taken = queue.take_next(work)
    if taken is None:
        return pages.see_other(DESK, told="nobody_waits")
    return pages.see_other(f"{DESK}/{taken.id}")


@router.get(f"{DESK}/{{conversation_id}}")
def show_conversation(
    request: Request, conversation_id: UUID, pages: ServicePages, work: Work
) -> Response:
    return conversation_page(request, pages, work, conversation_id)


@router.post(f"{DESK}/{{conversation_id}}/messages")
async def reply(
    request: Request,
    conversation_id: UUID,
    pages: ServicePages,
    reply: Annotated[Reply, Form()],
) -> Response:
    def say(work: UnitOfWork) -> int:
        return conversation.send_as_worker(work, conversation_id, reply.client_id, reply.text)

    def say_on_page(work: UnitOfWork) -> Response:
        try:
            with work.session.begin_nested():
                say(work)
        except DomainError as problem:
            return conversation_page(request, pages, work, conversation_id, problem, reply.text)
        return pages.see_other(f"{DESK}/{conversation_id}#last")

    if wants_html(request):
        return await in_turn(request, say_on_page)
    return JSONResponse({"seq": await in_turn(request, say)}, status_code=201)


@router.post(f"{DESK}/{{conversation_id}}/close")
def close(conversation_id: UUID, pages: ServicePages, work: Work) -> Response:
    conversation.close_as_worker(work, conversation_id)
    return pages.see_other(registration_path(conversation_id), told="conversation_closed")


@router.post(f"{DESK}/{{conversation_id}}/handover")
def propose(
    request: Request,
    conversation_id: UUID,
    pages: ServicePages,
    work: Work,
    proposal: Annotated[Proposal, Form()],
) -> Response:
    wish = HandoverOffer(
        id=uuid4(), line=proposal.line, scope=proposal.scope, summary=proposal.summary
    )
    try:
        with work.session.begin_nested():
            found = conversation.of_worker(work, conversation_id)
            handover.propose(work, found, wish, parts_of(request).policy)
    except DomainError as problem:
        return conversation_page(request, pages, work, conversation_id, problem)
    return pages.see_other(f"{DESK}/{conversation_id}", told="handover_proposed")


def registration_path(conversation_id: UUID) -> str:
    """Where a line writes up what a conversation was about; each line has its own page there."""
    return f"{DESK}/{conversation_id}/registration"


def desk_facts(request: Request, work: UnitOfWork) -> dict[str, Any]:
    """What stands beside every page of the desk; a look at it is a sign of life."""
    queue.heartbeat(work)
    return {
        "waiting": queue.waiting(work.session),
        "mine": queue.held_by(work.session, work.actor.id or UUID(int=0)),
        "presence": work.session.get(WorkerPresence, work.actor.id),
        "chat": chat_desk(work, parts_of(request).policy),
        "most_at_once": MOST_AT_ONCE,
    }


def own_conversation(work: UnitOfWork, conversation_id: UUID) -> Conversation:
    """A conversation this member of staff accepted. Raises NotFound for any other."""
    found = work.session.get(Conversation, conversation_id)
    if found is None or found.worker_id != work.actor.id:
        raise NotFound
    return found


def conversation_page(
    request: Request,
    pages: Pages,
    work: UnitOfWork,
    conversation_id: UUID,
    problem: DomainError | None = None,
    typed: str = "",
) -> Response:
    """The conversation with everything said; that it was read is written down first."""
    found = own_conversation(work, conversation_id)
    work.record("conversation.read", found.id)
    work.session.flush()
    return pages.render(
        request,
        "contact/conversation.html",
        status_code=problem.status if problem else 200,
        conversation=found,
        messages=conversation.messages_after(work, found, 0),
        arrival=handover.arrival_of(work, found),
        along=handover.read_arrival(work, found),
        proposal=handover.open_handover(work, found),
        lines=sorted(parts_of(request).policy.hands_over_to),
        is_open=found.state is ConversationState.ACTIVE,
        client_id=uuid4(),
        typed=typed,
        problem=problem.code if problem else "",
        **desk_facts(request, work),
    )
