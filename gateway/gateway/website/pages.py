"""The pages that only tell something. They need no other service, or say what does not answer."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from shared.contracts.line import LineState
from shared.domain.errors import DomainError
from shared.platform.access import public
from shared.ui.languages import ENGLISH_PREFIX, language_of_path, preferred_language
from shared.ui.pages import ServicePages

from gateway.clients import Peers
from gateway.crisis import CRISIS_CONTACTS
from gateway.deps import GatewayPeers
from gateway.schema.line import Line, state_of

router = APIRouter(dependencies=[public()])
entrance = APIRouter(dependencies=[public()])


async def line_states(peers: Peers) -> dict[Line, LineState | None]:
    """The state of every line; none of one that does not answer."""

    async def ask(line: Line) -> LineState | None:
        try:
            return await state_of(line, peers)
        except DomainError:
            return None

    return dict(zip(Line, await asyncio.gather(*map(ask, Line)), strict=True))


@entrance.get(ENGLISH_PREFIX)
async def english() -> RedirectResponse:
    return RedirectResponse(f"{ENGLISH_PREFIX}/", status_code=303)


@router.get("/")
async def home(request: Request, pages: ServicePages, peers: GatewayPeers) -> HTMLResponse:
    """The only page that looks at the language of the browser, and it only offers."""
    offer = preferred_language(request) == "en" and language_of_path(request) == "nl"
    return pages.render(request, "home.html", states=await line_states(peers), offer_english=offer)


@router.get("/crisis")
async def crisis(request: Request, pages: ServicePages) -> HTMLResponse:
    return pages.render(request, "crisis.html", contacts=CRISIS_CONTACTS)


@router.get("/contact")
async def contact(request: Request, pages: ServicePages, peers: GatewayPeers) -> HTMLResponse:
    """Every way to reach a line, and what it gives away about who uses it."""
    return pages.render(request, "contact.html", states=await line_states(peers))


@router.get("/privacy")
async def privacy(request: Request, pages: ServicePages) -> HTMLResponse:
    return pages.render(request, "privacy.html")


@router.get("/report")
async def about_reporting(request: Request, pages: ServicePages) -> HTMLResponse:
    return pages.render(request, "report/start.html")
