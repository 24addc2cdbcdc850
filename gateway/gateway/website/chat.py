"""Talking with a line on the website: with script in one page, without it as a form.

With script nothing is kept but in the memory of the tab. Without it the secret of the conversation
is a cookie for as long as the conversation: set when a chat starts, sent to this site only and
never with a request that another site began, gone with the browser, with leaving, and with the
exit. Forms are refused when they come from elsewhere (`gateway.website.typed`).
"""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from shared.contracts import chat
from shared.domain.errors import DomainError, NotFound, Unavailable
from shared.platform.access import public
from shared.ui.languages import language_of_path, with_language
from shared.ui.pages import ServicePages

from gateway.clients import Peers
from gateway.clients.contact import ContactClient
from gateway.deps import GatewayPeers, SlowDown
from gateway.schema.chat import START_LIMIT, ContactLine, client_of, contract
from gateway.schema.documents import chat_documents
from gateway.website.typed import Typed

COOKIE = "__Host-chat"
# Where the exit leads: a page that says nothing about where one comes from.
ELSEWHERE = "https://www.buienradar.nl/"
TELEPHONES = {ContactLine.HELPLINE: "020-261 52 75", ContactLine.PREVENTION: "0800-2666436"}
# Who waits types nothing, so the page may come again by itself.
SECONDS_IN_QUEUE = 10

router = APIRouter(dependencies=[public()])


@dataclass(frozen=True, slots=True)
class Held:
    """The conversation that the cookie holds."""

    line: ContactLine
    secret: str


def known_line(line: str) -> ContactLine:
    """The line that an address names. Raises NotFound."""
    try:
        return ContactLine(line)
    except ValueError:
        raise NotFound from None


NamedLine = Annotated[ContactLine, Depends(known_line)]


@router.get("/chat/{line}")
async def about(
    request: Request, line: NamedLine, pages: ServicePages, peers: GatewayPeers
) -> HTMLResponse:
    """Whether somebody is there, what happens, who reads it; and the start."""
    return await _start_page(request, line, pages, peers)


@router.get("/chat/{line}/start")
async def start_again(request: Request, line: NamedLine) -> RedirectResponse:
    """Somebody reloads, or changes the language of, a page that exists after a form only."""
    return _go(request, f"/chat/{line.value}")


@router.post("/chat/{line}/start")
async def start(
    request: Request,
    line: NamedLine,
    pages: ServicePages,
    peers: GatewayPeers,
    slow_down: SlowDown,
    fields: Typed,
) -> Response:
    try:
        await slow_down(START_LIMIT)
        wish = contract(
            lambda: chat.ChatStart(
                language=language_of_path(request),
                handover=fields.get("handover") or None,
                return_code=fields.get("return_code", ""),
            )
        )
        begun = await client_of(peers, line).start(wish, _key_of(fields))
    except DomainError as problem:
        return await _start_page(request, line, pages, peers, problem)
    if begun.admission is not chat.Admission.WAITING:
        return await _start_page(request, line, pages, peers)
    answer = _go(request, "/chat")
    answer.set_cookie(
        COOKIE,
        f"{line.value}.{begun.secret}",
        secure=True,
        httponly=True,
        samesite="strict",
        path="/",
    )
    return answer


@router.get("/chat")
async def talk(request: Request, pages: ServicePages, peers: GatewayPeers) -> Response:
    """The conversation without script: everything said, and a form."""
    held = held_by(request)
    if held is None:
        return pages.render(request, "chat/none.html")
    return await _talk_page(request, pages, peers, held)


@router.post("/chat/messages")
async def send(
    request: Request, pages: ServicePages, peers: GatewayPeers, fields: Typed
) -> Response:
    held, text = _held(request), fields.get("text", "")
    try:
        message = contract(
            lambda: chat.ChatSend(secret=held.secret, client_id=_key_of(fields), text=text)
        )
        await client_of(peers, held.line).send(message)
    except DomainError as problem:
        return await _talk_page(request, pages, peers, held, problem, text)
    return _go(request, "/chat#last")


@router.post("/chat/answer")
async def answer_handover(request: Request, peers: GatewayPeers, fields: Typed) -> Response:
    held = _held(request)
    given = contract(
        lambda: chat.ChatConsent(
            secret=held.secret,
            handover_id=_uuid(fields.get("handover", "")),
            agrees=fields.get("agrees") == "yes",
        )
    )
    await client_of(peers, held.line).consent(given)
    return _go(request, "/chat")


@router.post("/chat/code")
async def return_code(
    request: Request, pages: ServicePages, peers: GatewayPeers, _: Typed
) -> Response:
    """Shown once, on this answer only."""
    held = _held(request)
    made = await client_of(peers, held.line).return_code(chat.ChatSecret(secret=held.secret))
    return pages.render(request, "chat/code.html", code=made.code)


@router.post("/chat/leave")
async def leave(request: Request, pages: ServicePages, peers: GatewayPeers, _: Typed) -> Response:
    held = _held(request)
    await client_of(peers, held.line).leave(chat.ChatLeave(secret=held.secret))
    return forgetting(pages.render(request, "chat/left.html"))


@router.get("/exit")
async def exit_at_once(request: Request, peers: GatewayPeers) -> Response:
    """Away from here, whatever happens: the cookie goes, the line is told if it answers."""
    held = held_by(request)
    if held:
        try:
            how = chat.ChatLeave(secret=held.secret, by_exit=True)
            await client_of(peers, held.line).leave(how)
        except DomainError:
            pass
    return forgetting(RedirectResponse(ELSEWHERE, status_code=303))


def held_by(request: Request) -> Held | None:
    line, _, secret = request.cookies.get(COOKIE, "").partition(".")
    try:
        held = Held(ContactLine(line), secret)
        chat.ChatSecret(secret=secret)
    except ValueError:
        return None
    return held


def forgetting(answer: Response) -> Response:
    """The browser forgets the conversation; that a page was visited stays in its history."""
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    answer.headers["Clear-Site-Data"] = '"cookies", "storage", "cache"'
    return answer


async def _start_page(
    request: Request,
    line: ContactLine,
    pages: ServicePages,
    peers: Peers,
    problem: DomainError | None = None,
) -> HTMLResponse:
    try:
        desk = await client_of(peers, line).desk()
    except DomainError:
        desk = None
    return pages.render(
        request,
        "chat/start.html",
        status_code=problem.status if problem else 200,
        line=line.value,
        desk=desk,
        telephone=TELEPHONES[line],
        key=uuid4(),
        documents=chat_documents(),
        problem=problem.code if problem else "",
    )


async def _talk_page(
    request: Request,
    pages: ServicePages,
    peers: Peers,
    held: Held,
    problem: DomainError | None = None,
    text: str = "",
) -> Response:
    client: ContactClient = client_of(peers, held.line)
    try:
        news = await client.news(chat.ChatQuestion(secret=held.secret))
    except NotFound:
        return forgetting(pages.render(request, "chat/none.html", status_code=404))
    except Unavailable:
        return pages.render(request, "chat/unreachable.html", status_code=503, text=text)
    page = pages.render(
        request,
        "chat/talk.html",
        status_code=problem.status if problem else 200,
        line=held.line.value,
        news=news,
        key=uuid4(),
        typed=text,
        problem=problem.code if problem else "",
    )
    if news.state.value == "waiting" and not text:
        page.headers["Refresh"] = str(SECONDS_IN_QUEUE)
    return page


def _held(request: Request) -> Held:
    held = held_by(request)
    if held is None:
        raise NotFound("chat_unknown")
    return held


def _key_of(fields: Typed) -> UUID:
    """The number of a form, so that sending it twice is sending it once."""
    return _uuid(fields.get("key", ""))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def _go(request: Request, path: str) -> RedirectResponse:
    target = with_language(path, request, language_of_path(request))
    return RedirectResponse(target, status_code=303)
