"""What clients call false, and what flooded: a steward keeps the entry or takes it off at once."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from shared.domain.errors import DomainError
from shared.platform.access import staff
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.pages import Pages, ServicePages

from hashcheck.domain.role import Permission
from hashcheck.queries.hit_report import open_feedback
from hashcheck.queries.quarantine import set_aside
from hashcheck.use_cases.hit_report import keep_entry, withdraw_after_feedback
from hashcheck.use_cases.quarantine import release_entry, withdraw_from_quarantine

FEEDBACK = "/feedback"

router = APIRouter(include_in_schema=False)


@router.get(FEEDBACK, dependencies=[staff(Permission.SEE_LISTS)])
def show_feedback(request: Request, pages: ServicePages, work: Work) -> Response:
    return _feedback_page(request, pages, work)


@router.post("/feedback/{entry_id}/keep", dependencies=[staff(Permission.DECIDE_ENTRIES)])
def keep(request: Request, entry_id: UUID, pages: ServicePages, work: Work) -> Response:
    try:
        keep_entry(work, entry_id)
    except DomainError as error:
        return _feedback_page(request, pages, work, problem=error)
    return pages.see_other(FEEDBACK, told="kept")


@router.post("/feedback/{entry_id}/withdraw", dependencies=[staff(Permission.DECIDE_ENTRIES)])
def withdraw(request: Request, entry_id: UUID, pages: ServicePages, work: Work) -> Response:
    try:
        withdraw_after_feedback(work, entry_id)
    except DomainError as error:
        return _feedback_page(request, pages, work, problem=error)
    return pages.see_other(FEEDBACK, told="withdrawn")


@router.post("/quarantine/{entry_id}/release", dependencies=[staff(Permission.DECIDE_ENTRIES)])
def release(request: Request, entry_id: UUID, pages: ServicePages, work: Work) -> Response:
    try:
        with work.session.begin_nested():
            release_entry(work, entry_id)
    except DomainError as error:
        return _feedback_page(request, pages, work, problem=error)
    return pages.see_other(FEEDBACK, told="released_entry")


@router.post("/quarantine/{entry_id}/withdraw", dependencies=[staff(Permission.DECIDE_ENTRIES)])
def end_quarantine(request: Request, entry_id: UUID, pages: ServicePages, work: Work) -> Response:
    try:
        withdraw_from_quarantine(work, entry_id)
    except DomainError as error:
        return _feedback_page(request, pages, work, problem=error)
    return pages.see_other(FEEDBACK, told="withdrawn")


def _feedback_page(
    request: Request, pages: Pages, work: UnitOfWork, *, problem: DomainError | None = None
) -> Response:
    return pages.render(
        request,
        "feedback.html",
        status_code=problem.status if problem else 200,
        waiting=open_feedback(work.session),
        set_aside=set_aside(work.session),
        problem=problem.code if problem else "",
    )
