"""Hosting companies that check, and their keys."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from shared.contracts.hashcheck import HitOutcome
from shared.domain.errors import DomainError, NotFound
from shared.platform.access import staff
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.pages import Pages, ServicePages

from hashcheck import queries
from hashcheck.deps import Clients
from hashcheck.domain.check import day_of
from hashcheck.domain.probing import AlarmAnswer
from hashcheck.domain.role import Permission
from hashcheck.queries.access import contacts_of
from hashcheck.queries.client_month import client_months
from hashcheck.use_cases import access
from hashcheck.use_cases import client as use_cases
from hashcheck.use_cases.probing import let_check_again

CLIENTS = "/clients"

router = APIRouter(include_in_schema=False)


@router.get(CLIENTS, dependencies=[staff(Permission.SEE_CLIENTS)])
def show_clients(request: Request, pages: ServicePages, work: Work) -> Response:
    return _clients_page(request, pages, work)


@router.post(CLIENTS, dependencies=[staff(Permission.EDIT_CLIENTS)])
def make_client(
    request: Request,
    pages: ServicePages,
    work: Work,
    clients: Clients,
    name: Annotated[str, Form(min_length=1, max_length=120)],
) -> Response:
    try:
        client_id = use_cases.add_client(work, clients, name.strip())
    except DomainError as error:
        return _clients_page(request, pages, work, problem=error)
    return pages.see_other(f"{CLIENTS}/{client_id}", told="client_made")


@router.get("/clients/{client_id}", dependencies=[staff(Permission.SEE_CLIENTS)])
def show_client(request: Request, client_id: UUID, pages: ServicePages, work: Work) -> Response:
    return _client_page(request, pages, work, client_id)


@router.post("/clients/{client_id}/keys", dependencies=[staff(Permission.EDIT_CLIENTS)])
def issue_key(
    request: Request, client_id: UUID, pages: ServicePages, work: Work, clients: Clients
) -> Response:
    """The key is on this one answer only, which no browser keeps."""
    try:
        key = use_cases.issue_key(work, clients, client_id)
    except DomainError as error:
        return _client_page(request, pages, work, client_id, problem=error)
    return pages.render(
        request, "key.html", key=key, client=queries.client(work.session, client_id)
    )


@router.post(
    "/clients/{client_id}/keys/{key_id}/revoke", dependencies=[staff(Permission.EDIT_CLIENTS)]
)
def revoke_key(
    client_id: UUID, key_id: str, pages: ServicePages, work: Work, clients: Clients
) -> Response:
    use_cases.revoke_key(work, clients, client_id, key_id)
    return pages.see_other(f"{CLIENTS}/{client_id}", told="key_revoked")


@router.post("/clients/{client_id}/pictures", dependencies=[staff(Permission.EDIT_CLIENTS)])
def change_pictures(
    client_id: UUID, pages: ServicePages, work: Work, allowed: Annotated[bool, Form()]
) -> Response:
    use_cases.allow_pictures(work, client_id, allowed=allowed)
    return pages.see_other(f"{CLIENTS}/{client_id}", told="client_changed")


@router.post("/clients/{client_id}/release", dependencies=[staff(Permission.EDIT_CLIENTS)])
def release_client(
    client_id: UUID, pages: ServicePages, work: Work, answer: Annotated[AlarmAnswer, Form()]
) -> Response:
    let_check_again(work, client_id, answer)
    return pages.see_other(f"{CLIENTS}/{client_id}", told="client_released")


@router.post("/clients/{client_id}/contacts", dependencies=[staff(Permission.EDIT_CLIENTS)])
def add_contact(
    request: Request,
    client_id: UUID,
    pages: ServicePages,
    work: Work,
    mailbox: Annotated[str, Form(max_length=1_000)] = "",
) -> Response:
    try:
        access.add_contact(work, client_id, mailbox)
    except NotFound:
        raise
    except DomainError as error:
        return _client_page(request, pages, work, client_id, problem=error)
    return pages.see_other(f"{CLIENTS}/{client_id}", told="client_changed")


@router.post(
    "/clients/{client_id}/contacts/{contact_id}/remove",
    dependencies=[staff(Permission.EDIT_CLIENTS)],
)
def remove_contact(client_id: UUID, contact_id: UUID, pages: ServicePages, work: Work) -> Response:
    access.remove_contact(work, client_id, contact_id)
    return pages.see_other(f"{CLIENTS}/{client_id}", told="client_changed")


def _clients_page(
    request: Request, pages: Pages, work: UnitOfWork, *, problem: DomainError | None = None
) -> Response:
    return pages.render(
        request,
        "clients.html",
        status_code=problem.status if problem else 200,
        clients=queries.clients(work.session),
        held=queries.held_clients(work.session),
        problem=problem.code if problem else "",
    )


def _a_year_before(now: datetime) -> date:
    """The month of a year ago is the last that is shown."""
    today = day_of(now)
    return today.replace(year=today.year - 1, day=1)


def _client_page(
    request: Request,
    pages: Pages,
    work: UnitOfWork,
    client_id: UUID,
    *,
    problem: DomainError | None = None,
) -> Response:
    return pages.render(
        request,
        "client.html",
        status_code=problem.status if problem else 200,
        client=queries.client(work.session, client_id),
        held=queries.held_client(work.session, client_id),
        answers=list(AlarmAnswer),
        keys=queries.keys_with_use(work.session, client_id, day_of(work.now)),
        contacts=contacts_of(work.session, client_id),
        now=work.now,
        pictures_allowed=queries.may_send_pictures(work.session, client_id),
        months=client_months(work.session, f"client:{client_id}", _a_year_before(work.now)),
        outcomes=list(HitOutcome),
        problem=problem.code if problem else "",
    )
