"""Alarms on probing: what was counted, and what a client manager found out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from shared.domain.errors import DomainError
from shared.platform.access import staff
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.pages import Pages, ServicePages

from hashcheck import queries
from hashcheck.domain.probing import AlarmAnswer
from hashcheck.domain.role import Permission
from hashcheck.use_cases.probing import acknowledge_alarm

ALARMS = "/alarms"

router = APIRouter(include_in_schema=False)


@router.get(ALARMS, dependencies=[staff(Permission.SEE_CLIENTS)])
def show_alarms(request: Request, pages: ServicePages, work: Work) -> Response:
    return _alarms_page(request, pages, work)


@router.post("/alarms/{alarm_id}/acknowledge", dependencies=[staff(Permission.EDIT_CLIENTS)])
def acknowledge(
    request: Request,
    alarm_id: UUID,
    pages: ServicePages,
    work: Work,
    answer: Annotated[AlarmAnswer, Form()],
) -> Response:
    try:
        acknowledge_alarm(work, alarm_id, answer)
    except DomainError as error:
        return _alarms_page(request, pages, work, problem=error)
    return pages.see_other(ALARMS, told="acknowledged")


def _alarms_page(
    request: Request, pages: Pages, work: UnitOfWork, *, problem: DomainError | None = None
) -> Response:
    return pages.render(
        request,
        "alarms.html",
        status_code=problem.status if problem else 200,
        alarms=queries.alarms(work.session),
        answers=list(AlarmAnswer),
        problem=problem.code if problem else "",
    )
