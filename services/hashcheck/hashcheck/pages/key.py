"""One key of a client: from where and how much, its replacement, its end."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field
from shared.domain.errors import DomainError, NotFound
from shared.platform.access import staff
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.pages import Pages, ServicePages

from hashcheck import queries
from hashcheck.deps import Clients
from hashcheck.domain.check import day_of
from hashcheck.domain.key_terms import LARGEST_QUOTA, networks_in, quota_of
from hashcheck.domain.role import Permission
from hashcheck.use_cases import client as use_cases

KEY = "/clients/{client_id}/keys/{key_id}"
Amount = Annotated[int, Field(ge=1, le=LARGEST_QUOTA)]

router = APIRouter(include_in_schema=False)


class TermsForm(BaseModel):
    per_day: Amount
    per_minute: Amount
    networks: Annotated[str, Field(max_length=2_000)] = ""


@router.get(KEY, dependencies=[staff(Permission.SEE_CLIENTS)])
def show_key(
    request: Request, client_id: UUID, key_id: str, pages: ServicePages, work: Work
) -> Response:
    return _key_page(request, pages, work, client_id, key_id)


@router.post(f"{KEY}/terms", dependencies=[staff(Permission.EDIT_CLIENTS)])
def change_terms(
    request: Request,
    client_id: UUID,
    key_id: str,
    pages: ServicePages,
    work: Work,
    typed: Annotated[TermsForm, Form()],
) -> Response:
    try:
        networks, quota = networks_in(typed.networks), quota_of(typed.per_day, typed.per_minute)
        use_cases.set_key_terms(work, client_id, key_id, networks, quota)
    except NotFound:
        raise
    except DomainError as error:
        return _key_page(request, pages, work, client_id, key_id, problem=error)
    return pages.see_other(f"/clients/{client_id}/keys/{key_id}", told="client_changed")


@router.post(f"{KEY}/replace", dependencies=[staff(Permission.EDIT_CLIENTS)])
def replace_key(
    request: Request,
    client_id: UUID,
    key_id: str,
    pages: ServicePages,
    work: Work,
    clients: Clients,
) -> Response:
    """The key is on this one answer only, which no browser keeps."""
    try:
        key = use_cases.replace_key(work, clients, client_id, key_id)
    except NotFound:
        raise
    except DomainError as error:
        return _key_page(request, pages, work, client_id, key_id, problem=error)
    client = queries.client(work.session, client_id)
    return pages.render(request, "key.html", key=key, client=client)


def _key_page(
    request: Request,
    pages: Pages,
    work: UnitOfWork,
    client_id: UUID,
    key_id: str,
    *,
    problem: DomainError | None = None,
) -> Response:
    client = queries.client(work.session, client_id)
    rows = queries.keys_with_use(work.session, client_id, day_of(work.now))
    row = next((each for each in rows if each.key.id == key_id), None)
    if row is None:
        raise NotFound
    return pages.render(
        request,
        "key_terms.html",
        status_code=problem.status if problem else 200,
        client=client,
        row=row,
        now=work.now,
        problem=problem.code if problem else "",
    )
