"""The first page of the helpline's staff: what waits, and the next step."""

from fastapi import APIRouter, Request, Response
from shared.platform.access import public, signed_in
from shared.platform.contact import queue
from shared.platform.contact.api import parts_of
from shared.platform.contact.opening import chat_desk
from shared.platform.work import Work
from shared.ui.pages import ServicePages

from helpline.domain.role import Permission

router = APIRouter(include_in_schema=False)


@router.get("/", dependencies=[public()])
def entrance(pages: ServicePages) -> Response:
    return pages.see_other(pages.face.home)


@router.get("/today", dependencies=[signed_in()])
def today(request: Request, pages: ServicePages, work: Work) -> Response:
    answers = work.actor.may(Permission.ANSWER_CONTACTS) and work.actor.id
    return pages.render(
        request,
        "today.html",
        chat=chat_desk(work, parts_of(request).policy),
        mine=queue.held_by(work.session, work.actor.id) if answers and work.actor.id else [],
        answers=bool(answers),
    )
