"""The fetcher's own HTTP face, for the hotline and nobody else."""

import re
from uuid import UUID

from fastapi import APIRouter, Request, Response
from imaging import Profile
from shared.domain.content_hash import ContentHash, HashType
from shared.domain.errors import Invalid
from shared.platform.access import service

from hotline.domain.fetch import FetchOrder, FetchOutcome, ProbeOrder, ProbeOutcome
from hotline.fetching.fetcher import Fetcher
from hotline.fetching.gallery import Gallery
from hotline.fetching.probing import Prober

AUDIENCE = "fetcher"
_FINGERPRINT = re.compile(r"(?:[0-9a-f]{64})?")

router = APIRouter(dependencies=[service("hotline")])


@router.post("/fetch")
async def fetch(request: Request, order: FetchOrder) -> FetchOutcome:
    _require_egress(request, order.egress)
    fetcher: Fetcher = request.app.state.fetcher
    return await fetcher.fetch(order)


@router.post("/probe")
async def probe(request: Request, order: ProbeOrder) -> ProbeOutcome:
    _require_egress(request, order.egress)
    _require_comparable(order)
    prober: Prober = request.app.state.prober
    return await prober.probe(order)


@router.get("/egresses")
async def egresses(request: Request) -> list[str]:
    return list(request.app.state.egresses)


@router.get("/imagery/{imagery_id}")
async def show(request: Request, imagery_id: UUID, profile: Profile = Profile.THUMB) -> Response:
    gallery: Gallery = request.app.state.gallery
    picture = await gallery.show(imagery_id, profile)
    return Response(
        picture.content, media_type=picture.media_type, headers={"Cache-Control": "no-store"}
    )


@router.delete("/imagery/{imagery_id}", status_code=204)
async def forget(request: Request, imagery_id: UUID) -> None:
    gallery: Gallery = request.app.state.gallery
    await gallery.forget(imagery_id)


def _require_egress(request: Request, egress: str) -> None:
    if egress not in request.app.state.egresses:
        raise Invalid("unknown_egress", fields=("egress",))


def _require_comparable(order: ProbeOrder) -> None:
    for kind, text in ((HashType.SHA256, order.sha256), (HashType.PDQ, order.pdq)):
        if text is not None:
            ContentHash.parse(kind, text)
    if not _FINGERPRINT.fullmatch(order.page_fingerprint):
        raise Invalid(fields=("page_fingerprint",))
