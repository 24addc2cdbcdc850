"""The fetcher's own HTTP face, for the hotline and nobody else.

Bodies are read here, not by the framework, whose refusals would repeat what was sent.
"""

from typing import TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from imaging import Profile
from pydantic import TypeAdapter, ValidationError
from shared.domain.errors import Invalid, Malformed, NotAuthenticated, TooLarge
from shared.platform.service_token import TokenVerifier

from hotline.domain.fetch import FetchOrder, FetchOutcome, ProbeOrder, ProbeOutcome
from hotline.fetching.fetcher import Fetcher
from hotline.fetching.gallery import Gallery
from hotline.fetching.probing import Prober

MOST_BODY_BYTES = 64 * 1024
AUDIENCE = "fetcher"

Order = TypeVar("Order", FetchOrder, ProbeOrder)

_fetch_orders = TypeAdapter(FetchOrder)
_probe_orders = TypeAdapter(ProbeOrder)


def hotline_only(request: Request) -> None:
    verifier: TokenVerifier = request.app.state.verifier
    values = request.headers.getlist("Authorization")
    scheme, _, token = (values[0] if len(values) == 1 else "").partition(" ")
    if scheme.lower() != "bearer":
        raise NotAuthenticated
    verifier.verify(token)


router = APIRouter(dependencies=[Depends(hotline_only)])


@router.post("/fetch")
async def fetch(request: Request) -> FetchOutcome:
    order = await _order(request, _fetch_orders)
    _require_egress(request, order.egress)
    fetcher: Fetcher = request.app.state.fetcher
    return await fetcher.fetch(order)


@router.post("/probe")
async def probe(request: Request) -> ProbeOutcome:
    order = await _order(request, _probe_orders)
    _require_egress(request, order.egress)
    prober: Prober = request.app.state.prober
    return await prober.probe(order)


@router.get("/egresses")
async def egresses(request: Request) -> list[str]:
    return list(request.app.state.egresses)


@router.get("/imagery/{imagery_id}")
async def show(request: Request, imagery_id: str) -> Response:
    gallery: Gallery = request.app.state.gallery
    profile = _profile(request.query_params.get("profile", Profile.THUMB))
    picture = await gallery.show(_identifier(imagery_id), profile)
    return Response(
        picture.content, media_type=picture.media_type, headers={"Cache-Control": "no-store"}
    )


@router.delete("/imagery/{imagery_id}", status_code=204)
async def forget(request: Request, imagery_id: str) -> None:
    gallery: Gallery = request.app.state.gallery
    await gallery.forget(_identifier(imagery_id))


async def _order(request: Request, orders: TypeAdapter[Order]) -> Order:
    try:
        return orders.validate_json(await _body(request))
    except ValidationError as refused:
        if any(error["type"] == "json_invalid" for error in refused.errors(include_input=False)):
            raise Malformed("bad_json") from None
        raise Invalid from None


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BODY_BYTES:
            raise TooLarge("body_too_large")
    return bytes(body)


def _require_egress(request: Request, egress: str) -> None:
    if egress not in request.app.state.egresses:
        raise Invalid("unknown_egress", fields=("egress",))


def _profile(text: str) -> Profile:
    try:
        return Profile(text)
    except ValueError:
        raise Invalid("unknown_profile", fields=("profile",)) from None


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(fields=("imagery_id",)) from None
