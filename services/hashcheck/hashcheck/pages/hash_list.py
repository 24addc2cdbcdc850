"""Lists: what is on them, where it comes from, whether they are used."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from shared.domain.errors import DomainError
from shared.platform.access import staff
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.pages import Pages, ServicePages

from hashcheck import queries
from hashcheck.deps import Offset
from hashcheck.domain.entry import REASONS_TO_WITHDRAW, EntryState
from hashcheck.domain.hash_list import LONGEST_PROVENANCE, ListClass
from hashcheck.domain.role import Permission
from hashcheck.use_cases.hash_list import create_list, resume_list, suspend_list

LISTS = "/lists"

router = APIRouter(include_in_schema=False)


@router.get(LISTS, dependencies=[staff(Permission.SEE_LISTS)])
def show_lists(request: Request, pages: ServicePages, work: Work) -> Response:
    return _lists_page(request, pages, work)


@router.post(LISTS, dependencies=[staff(Permission.EDIT_LISTS)])
def make_list(
    request: Request,
    pages: ServicePages,
    work: Work,
    name: Annotated[str, Form(max_length=80)] = "",
    provenance: Annotated[str, Form(max_length=2 * LONGEST_PROVENANCE)] = "",
    list_class: Annotated[ListClass, Form()] = ListClass.TEST,
) -> Response:
    try:
        with work.session.begin_nested():
            create_list(work, name.strip(), provenance, list_class)
    except DomainError as error:
        typed = {"name": name, "provenance": provenance}
        return _lists_page(request, pages, work, typed=typed, problem=error)
    return pages.see_other(LISTS, told="list_made")


@router.get("/lists/{list_id}", dependencies=[staff(Permission.SEE_LISTS)])
def show_list(
    request: Request,
    list_id: UUID,
    pages: ServicePages,
    work: Work,
    state: EntryState = EntryState.LISTED,
    offset: Offset = 0,
) -> Response:
    return pages.render(
        request,
        "list.html",
        hash_list=queries.hash_list(work.session, list_id),
        entries=queries.entries_of(work.session, list_id, state, offset),
        state=state,
        states=list(EntryState),
        offset=offset,
        page_size=queries.MOST_ROWS,
        reasons=REASONS_TO_WITHDRAW,
    )


@router.post("/lists/{list_id}/suspend", dependencies=[staff(Permission.EDIT_LISTS)])
def suspend(list_id: UUID, pages: ServicePages, work: Work) -> Response:
    suspend_list(work, list_id)
    return pages.see_other(f"{LISTS}/{list_id}", told="list_changed")


@router.post("/lists/{list_id}/resume", dependencies=[staff(Permission.EDIT_LISTS)])
def resume(list_id: UUID, pages: ServicePages, work: Work) -> Response:
    resume_list(work, list_id)
    return pages.see_other(f"{LISTS}/{list_id}", told="list_changed")


def _lists_page(
    request: Request,
    pages: Pages,
    work: UnitOfWork,
    *,
    typed: dict[str, str] | None = None,
    problem: DomainError | None = None,
) -> Response:
    return pages.render(
        request,
        "lists.html",
        status_code=problem.status if problem else 200,
        lists=queries.list_summaries(work.session),
        classes=list(ListClass),
        typed=typed or {},
        problem=problem.code if problem else "",
    )
