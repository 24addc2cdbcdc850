"""How a hosting company begins: what it is, a sandbox key, a link to its own page."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from imaging.sample import SAMPLE_NAMES, sample_picture
from shared.domain.errors import DomainError, NotFound, Unavailable
from shared.platform.access import public
from shared.platform.work import Work
from shared.ui.pages import Pages, ServicePages
from starlette.background import BackgroundTask

from hashcheck.adapters.access_mail import AccessMail
from hashcheck.deps import CONTACT_COOKIE, Clients, Mail, contact, paced
from hashcheck.domain.access import SESSION_LIFE, Letter
from hashcheck.pages.snippets import SNIPPETS
from hashcheck.use_cases import access as use_cases

CONNECT, SANDBOX, ENTRANCE = "/connect", "/connect/sandbox", "/connect/sign-in"
OWN_PAGE = "/connect/client"
# Typed by people; what is longer is told to be wrong, and what is much longer is not read.
Typed = Annotated[str, Form(max_length=1_000)]

router = APIRouter(include_in_schema=False)


@router.get(CONNECT, dependencies=[public()])
def begin(request: Request, pages: ServicePages) -> Response:
    return pages.render(
        request,
        "connect.html",
        snippets=SNIPPETS,
        pictures=SAMPLE_NAMES,
        origin=request.app.state.doorkeeper.origin,
    )


@router.get("/connect/pictures/{name}", dependencies=[public()])
def test_picture(name: str) -> Response:
    """A harmless picture that is listed everywhere as `public-test`. Raises NotFound."""
    if name not in SAMPLE_NAMES:
        raise NotFound
    return Response(sample_picture(name), media_type="image/png")


@router.get(SANDBOX, dependencies=[public()])
def ask_company(request: Request, pages: ServicePages) -> Response:
    return pages.render(request, "connect_sandbox.html", company="", mailbox="", problem="")


@router.post(SANDBOX, dependencies=[public(), Depends(paced)])
def take_company(
    request: Request,
    pages: ServicePages,
    work: Work,
    mail: Mail,
    company: Typed = "",
    mailbox: Typed = "",
) -> Response:
    try:
        letter = use_cases.ask_sandbox(work, company, mailbox)
    except DomainError as error:
        typed = {"company": company, "mailbox": mailbox}
        return _refused(request, pages, "connect_sandbox.html", error, typed)
    return _mailed(request, pages, letter, mail)


@router.get(ENTRANCE, dependencies=[public()])
def ask_mailbox(request: Request, pages: ServicePages) -> Response:
    return pages.render(request, "connect_sign_in.html", mailbox="", problem="")


@router.post(ENTRANCE, dependencies=[public(), Depends(paced)])
def take_mailbox(
    request: Request, pages: ServicePages, work: Work, mail: Mail, mailbox: Typed = ""
) -> Response:
    """The same answer for every mailbox."""
    try:
        letter = use_cases.ask_link(work, mailbox)
    except DomainError as error:
        return _refused(request, pages, "connect_sign_in.html", error, {"mailbox": mailbox})
    return _mailed(request, pages, letter, mail)


@router.get("/connect/link/{token}", dependencies=[public()])
def show_link(request: Request, token: str, pages: ServicePages, work: Work) -> Response:
    """Opening it does nothing yet: programs that look into mail open links too."""
    if not use_cases.is_open(work, token):
        raise NotFound("link_ended")
    return pages.render(request, "connect_link.html", token=token)


@router.post("/connect/link/{token}", dependencies=[public(), Depends(paced)])
def use_link(
    request: Request, token: str, pages: ServicePages, work: Work, clients: Clients
) -> Response:
    """The sandbox key is on this one answer only, which no browser keeps."""
    entered = use_cases.use_link(work, clients, token)
    response: Response = pages.see_other(OWN_PAGE)
    if entered.key:
        response = pages.render(request, "connect_key.html", key=entered.key, is_sandbox=True)
    response.set_cookie(
        CONTACT_COOKIE,
        entered.session_token,
        max_age=int(SESSION_LIFE.total_seconds()),
        secure=True,
        httponly=True,
        samesite="lax",
    )
    return response


@router.post("/connect/sign-out", dependencies=[contact()])
def sign_out(request: Request, pages: ServicePages, work: Work) -> Response:
    use_cases.leave(work, request.cookies[CONTACT_COOKIE])
    response = pages.see_other(CONNECT, told="signed_out")
    response.delete_cookie(CONTACT_COOKIE, secure=True, httponly=True, samesite="lax")
    return response


def _mailed(
    request: Request, pages: Pages, letter: Letter | None, mail: AccessMail | None
) -> Response:
    """The mail leaves after the answer, so that nobody learns by waiting whether there is one.

    Raises Unavailable `mail_not_offered`; then no link is kept either.
    """
    if mail is None:
        raise Unavailable("mail_not_offered")
    response = pages.render(request, "connect_mailed.html")
    if letter:
        response.background = BackgroundTask(mail.send, letter)
    return response


def _refused(
    request: Request, pages: Pages, template: str, error: DomainError, typed: dict[str, str]
) -> Response:
    response = pages.render(
        request, template, status_code=error.status, problem=error.code, **typed
    )
    if error.retry_after:
        response.headers["Retry-After"] = str(int(error.retry_after.total_seconds()))
    return response
