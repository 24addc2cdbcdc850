"""Pages of one's own account, the same in every service: signing in and out, sessions, password."""

import math
from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from shared.domain.errors import DomainError
from shared.platform.access import public, refuse_foreign_origin, signed_in
from shared.platform.own_account import change_password, end_session, open_sessions
from shared.platform.recovery import issue_recovery_codes
from shared.platform.staff import LONGEST_SESSION, StaffDesk
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.web import SIGN_IN
from shared.platform.work import Work
from shared.ui.pages import ServicePages

CODE_PAGE = "/sign-in/code"
ACCOUNT = "/account"
# The longest text of a field that is read at all.
LONGEST_NAME, LONGEST_PASSWORD, LONGEST_CODE = 80, 256, 40

Typed = Annotated[str, Form(max_length=LONGEST_PASSWORD)]


def desk_in(request: Request) -> StaffDesk:
    return cast(StaffDesk, request.app.state.doorkeeper)


Desk = Annotated[StaffDesk, Depends(desk_in)]


def account_router() -> APIRouter:
    """/sign-in, /sign-in/code, /sign-out and /account, on the service's own door."""
    router = APIRouter(include_in_schema=False)
    router.include_router(_sign_in)
    router.include_router(_account)
    return router


_sign_in = APIRouter()
_account = APIRouter()
_half_signed_in = signed_in(before_second_factor=True)


@_sign_in.get(SIGN_IN, dependencies=[public()])
def ask_password(request: Request, pages: ServicePages) -> Response:
    return pages.render(request, "sign_in.html", name="", problem="")


@_sign_in.post(SIGN_IN, dependencies=[public()])
def take_password(
    request: Request,
    desk: Desk,
    pages: ServicePages,
    work: Work,
    name: Annotated[str, Form(max_length=LONGEST_NAME)] = "",
    password: Typed = "",
) -> Response:
    refuse_foreign_origin(request, desk.origin)
    try:
        token = desk.sign_in(work, name.strip().lower(), password)
    except DomainError as error:
        page = pages.render(
            request, "sign_in.html", status_code=error.status, name=name, problem=error.code
        )
        return _to_be_tried_later(page, error)
    return _with_session(pages.see_other(CODE_PAGE), desk, token)


@_sign_in.get(CODE_PAGE, dependencies=[_half_signed_in])
def ask_code(request: Request, pages: ServicePages) -> Response:
    return pages.render(request, "sign_in_code.html", problem="")


@_sign_in.post(CODE_PAGE, dependencies=[_half_signed_in])
def take_code(
    request: Request,
    desk: Desk,
    pages: ServicePages,
    work: Work,
    code: Annotated[str, Form(max_length=LONGEST_CODE)] = "",
) -> Response:
    try:
        token = desk.give_second_factor(work, _token_in(request, desk), code)
    except DomainError as error:
        page = pages.render(
            request, "sign_in_code.html", status_code=error.status, problem=error.code
        )
        return _to_be_tried_later(page, error)
    return _with_session(pages.see_other(pages.face.home), desk, token)


@_sign_in.post("/sign-out", dependencies=[_half_signed_in])
def sign_out(request: Request, desk: Desk, pages: ServicePages, work: Work) -> Response:
    desk.sign_out(work, _token_in(request, desk))
    return _without_session(pages.see_other(SIGN_IN, told="signed_out"), desk)


@_account.get(ACCOUNT, dependencies=[signed_in()])
def show_account(request: Request, pages: ServicePages, work: Work) -> Response:
    return _account_page(request, pages, work)


@_account.post("/account/sessions/{session_id}/end", dependencies=[signed_in()])
def end_own_session(session_id: UUID, pages: ServicePages, work: Work) -> Response:
    end_session(work, session_id)
    return pages.see_other(ACCOUNT, told="session_ended")


@_account.post("/account/password", dependencies=[signed_in()])
def take_new_password(
    request: Request,
    desk: Desk,
    pages: ServicePages,
    work: Work,
    current: Typed = "",
    password: Typed = "",
) -> Response:
    try:
        change_password(work, desk, current, password)
    except DomainError as error:
        return _account_page(request, pages, work, problem=error)
    return _without_session(pages.see_other(SIGN_IN, told="password_changed"), desk)


@_account.post("/account/recovery-codes", dependencies=[signed_in()])
def give_recovery_codes(request: Request, pages: ServicePages, work: Work) -> Response:
    """The codes are on this one answer only, which no browser keeps."""
    account_id = work.actor.id
    codes = issue_recovery_codes(work, account_id) if account_id else []
    return pages.render(request, "recovery_codes.html", codes=codes)


def _account_page(
    request: Request, pages: ServicePages, work: UnitOfWork, *, problem: DomainError | None = None
) -> Response:
    return pages.render(
        request,
        "account.html",
        status_code=problem.status if problem else 200,
        sessions=open_sessions(work),
        problem=problem.code if problem else "",
    )


def _to_be_tried_later(page: Response, error: DomainError) -> Response:
    if error.retry_after:
        page.headers["Retry-After"] = str(math.ceil(error.retry_after.total_seconds()))
    return page


def _token_in(request: Request, desk: StaffDesk) -> str:
    return request.cookies.get(desk.cookie, "")


def _with_session(response: RedirectResponse, desk: StaffDesk, token: str) -> Response:
    response.set_cookie(
        desk.cookie,
        token,
        max_age=int(LONGEST_SESSION.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="strict",
    )
    return response


def _without_session(response: RedirectResponse, desk: StaffDesk) -> Response:
    response.delete_cookie(desk.cookie, path="/", secure=True, httponly=True, samesite="strict")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
