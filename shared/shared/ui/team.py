"""Pages of an administrator: who has an account in this service, and with which role."""

import secrets
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field

from shared.domain.errors import DomainError
from shared.platform.access import staff
from shared.platform.own_account import staff_accounts
from shared.platform.second_factor import enrolment_address, new_seed
from shared.platform.staff import NewAccount, StaffDesk
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.accounts import LONGEST_NAME, Desk
from shared.ui.pages import Pages, ServicePages

TEAM = "/team"
NAME_PATTERN = "^[a-z][a-z0-9.-]{1,39}$"


class NewMember(BaseModel):
    """The form of a new account."""

    name: str = Field(pattern=NAME_PATTERN)
    display_name: str = Field(min_length=1, max_length=LONGEST_NAME)
    role: str = Field(max_length=LONGEST_NAME)


def team_router(manage: str) -> APIRouter:
    """/team, for who holds the permission `manage`."""
    router = APIRouter(include_in_schema=False)

    @router.get(TEAM, dependencies=[staff(manage)])
    def show_team(request: Request, desk: Desk, pages: ServicePages, work: Work) -> Response:
        return _team_page(request, desk, pages, work)

    @router.post(TEAM, dependencies=[staff(manage)])
    def add_member(
        request: Request,
        desk: Desk,
        pages: ServicePages,
        work: Work,
        member: Annotated[NewMember, Form()],
    ) -> Response:
        new = _first_access(member)
        try:
            desk.create_account(work, new)
        except DomainError as error:
            return _team_page(request, desk, pages, work, problem=error)
        # Shown on this one answer only, which no browser keeps.
        address = enrolment_address(new.totp_seed, new.name, f"Offlimits {desk.service}")
        return pages.render(request, "team_member.html", member=new, address=address)

    @router.post("/team/{account_id}/disable", dependencies=[staff(manage)])
    def disable_member(
        request: Request, account_id: UUID, desk: Desk, pages: ServicePages, work: Work
    ) -> Response:
        try:
            desk.disable_account(work, account_id)
        except DomainError as error:
            return _team_page(request, desk, pages, work, problem=error)
        return pages.see_other(TEAM, told="account_disabled")

    return router


def _first_access(member: NewMember) -> NewAccount:
    """A password and a seed to hand over in person; the person changes the password."""
    password, seed = secrets.token_urlsafe(18), new_seed()
    return NewAccount(member.name, member.display_name, member.role, password, seed)


def _team_page(
    request: Request,
    desk: StaffDesk,
    pages: Pages,
    work: UnitOfWork,
    *,
    problem: DomainError | None = None,
) -> Response:
    return pages.render(
        request,
        "team.html",
        status_code=problem.status if problem else 200,
        accounts=staff_accounts(work),
        roles=sorted(desk.roles),
        problem=problem.code if problem else "",
    )
