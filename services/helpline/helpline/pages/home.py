"""What visitors and staff find while the helpline is not open on this platform."""

from fastapi import APIRouter, Request, Response
from shared.platform.access import public, signed_in
from shared.ui.pages import ServicePages

router = APIRouter()


@router.get("/", dependencies=[public()])
def not_open_yet(request: Request, pages: ServicePages) -> Response:
    return pages.render(request, "not_open_yet.html")


@router.get("/today", dependencies=[signed_in()])
def today(request: Request, pages: ServicePages) -> Response:
    return pages.render(request, "today.html")
