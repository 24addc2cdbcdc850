"""`POST /v1/check`: hashes as JSON, or one picture, for hosting companies and the hotline."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError
from shared.contracts.hashcheck import MOST_ITEMS, CheckAnswer, CheckRequest
from shared.domain.actor import Actor, ActorKind
from shared.domain.errors import Invalid, NotPermitted, TooLarge, Unsupported
from shared.platform.access import api_key
from shared.platform.database import Sessions, plain_database_errors
from shared.platform.strict_json import JSON, bounded_body, media_type_of, parse_strictly

from hashcheck import queries
from hashcheck.deps import LiveChecker
from hashcheck.domain.check import SCOPE

CHECK_PATH = "/v1/check"
LARGEST_JSON = 256 * 1024
LARGEST_PICTURE = 20 * 1024 * 1024
PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})

router = APIRouter()


@router.post(CHECK_PATH, dependencies=[api_key(SCOPE, "hotline")])
async def check(request: Request, checker: LiveChecker) -> CheckAnswer:
    """One result per item, in order, all of one list version; one result for a picture."""
    actor: Actor = request.state.actor
    kind = media_type_of(request.scope)
    if kind == JSON:
        asked = _asked(await bounded_body(request.scope, request.receive, LARGEST_JSON))
        return await checker.check(caller_of(actor), asked.items)
    if kind not in PICTURE_TYPES:
        raise Unsupported("unsupported_media_type")
    await run_in_threadpool(_refuse_pictures, request.app.state.sessions, actor)
    with checker.room_for_picture():
        picture = await bounded_body(request.scope, request.receive, LARGEST_PICTURE)
        return await checker.check_picture(caller_of(actor), picture)


def caller_of(actor: Actor) -> str:
    """Under which name checks are counted."""
    return f"client:{actor.id}" if actor.kind is ActorKind.CLIENT else f"service:{actor.name}"


def _asked(body: bytes) -> CheckRequest:
    """Raises Malformed, TooLarge `batch_too_large`, Invalid."""
    _refuse_large_batch(parse_strictly(body))
    try:
        return CheckRequest.model_validate_json(body)
    except ValidationError as error:
        places = {
            str(fault["loc"][0]) for fault in error.errors(include_input=False) if fault["loc"]
        }
        raise Invalid(fields=tuple(sorted(places & set(CheckRequest.model_fields)))) from None


def _refuse_large_batch(value: Any) -> None:
    items = value.get("items") if isinstance(value, dict) else None
    if isinstance(items, list) and len(items) > MOST_ITEMS:
        raise TooLarge("batch_too_large", fields=("items",))


def _refuse_pictures(sessions: Sessions, actor: Actor) -> None:
    """A client may send pictures when that was agreed with it."""
    if actor.kind is not ActorKind.CLIENT or actor.id is None:
        return
    with plain_database_errors(), sessions() as session:
        if not queries.may_send_pictures(session, actor.id):
            raise NotPermitted("pictures_not_allowed")
