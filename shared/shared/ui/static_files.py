"""The route of the static files. Only hashed names exist, so an answer never goes stale."""

from fastapi import APIRouter, Response

from shared.domain.errors import NotFound
from shared.platform.access import public
from shared.ui.assets import STATIC_PATH
from shared.ui.pages import ServicePages

router = APIRouter()
FOR_EVER = "public, max-age=31536000, immutable"


@router.get(f"{STATIC_PATH}/{{name}}", dependencies=[public()], include_in_schema=False)
def static_file(name: str, pages: ServicePages) -> Response:
    asset = pages.assets.find(name)
    if asset is None:
        raise NotFound
    return Response(asset.body, media_type=asset.media_type, headers={"Cache-Control": FOR_EVER})
