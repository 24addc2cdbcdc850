"""`POST /v1/check`: hashes or one picture, for hosting companies and the hotline.

What most clients send, and send all the time, is answered by `check_fast` before it gets here.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from shared.domain.actor import Actor, ActorKind
from shared.domain.errors import NotPermitted, Unsupported
from shared.platform.database import Sessions, plain_database_errors
from shared.platform.strict_json import JSON, LARGEST_INTEGER, bounded_body, media_type_of
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope

from hashcheck import queries
from hashcheck.adapters.checker import Checker
from hashcheck.api.admission import (
    CheckAccess,
    check_within_quota,
    holder_in,
    sandbox_headers,
)
from hashcheck.api.check_json import LARGEST_JSON, answer_in_json, asked_in_json
from hashcheck.api.check_lines import LINES, answered_lines
from hashcheck.api.check_packed import LARGEST_PACKED, PACKED, answer_in_bytes, asked_in_bytes
from hashcheck.deps import LiveChecker
from hashcheck.domain.check import caller_of
from hashcheck.use_cases.check import Asked, Checked

CHECK_PATH = "/v1/check"
LARGEST_PICTURE = 20 * 1024 * 1024
PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})

Check = Callable[[Asked], Awaitable[Checked]]
Read = Callable[[bytes], Asked]
Write = Callable[[Checked], bytes]
# Media type → how many bytes it may be, and how it is read and answered.
FORMS: Mapping[str, tuple[int, Read, Write]] = {
    JSON: (LARGEST_JSON, asked_in_json, answer_in_json),
    PACKED: (LARGEST_PACKED, asked_in_bytes, answer_in_bytes),
}

router = APIRouter()


@router.post(CHECK_PATH, dependencies=[Depends(CheckAccess(services=frozenset({"hotline"})))])
async def check(
    request: Request,
    checker: LiveChecker,
    since_list_version: Annotated[int, Query(ge=0, le=LARGEST_INTEGER)] = 0,
) -> Response:
    """One result per item, in order, all of one list version; one result for a picture.

    `since_list_version` in the query is for lines; in the other forms it is part of the body.
    """
    actor: Actor = request.state.actor
    holder, caller = holder_in(request), caller_of(actor)
    told = sandbox_headers(holder)
    ask = partial(check_within_quota, checker, holder, caller)
    kind = media_type_of(request.scope)
    if kind in FORMS:
        content = await answered(kind, request.scope, request.receive, ask)
        return Response(content, media_type=kind, headers=told)
    if kind == LINES:
        parts = answered_lines(request.scope, request.receive, ask, since_list_version)
        # The first part is waited for, so that what fails at once is refused and not begun.
        first = _with_first(await anext(parts), parts)
        return StreamingResponse(first, media_type=LINES, headers=told)
    if kind not in PICTURE_TYPES:
        raise Unsupported("unsupported_media_type")
    await run_in_threadpool(_refuse_pictures, request.app.state.sessions, actor)
    if holder:
        holder.take_picture()
    return await _check_picture(request, checker, caller)


async def answered(kind: str, scope: Scope, receive: Receive, check: Check) -> bytes:
    """The answer in the form of the question."""
    limit, read, write = FORMS[kind]
    asked = read(await bounded_body(scope, receive, limit))
    return write(await check(asked))


async def _with_first(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for part in rest:
        yield part


async def _check_picture(request: Request, checker: Checker, caller: str) -> Response:
    with checker.room_for_picture():
        picture = await bounded_body(request.scope, request.receive, LARGEST_PICTURE)
        holder = holder_in(request)
        is_sandbox = holder is not None and holder.is_sandbox
        checked = await checker.check_picture(caller, picture, is_sandbox=is_sandbox)
    return Response(answer_in_json(checked), media_type=JSON, headers=sandbox_headers(holder))


def _refuse_pictures(sessions: Sessions, actor: Actor) -> None:
    """A client may send pictures when that was agreed with it."""
    if actor.kind is not ActorKind.CLIENT or actor.id is None:
        return
    with plain_database_errors(), sessions() as session:
        if not queries.may_send_pictures(session, actor.id):
            raise NotPermitted("pictures_not_allowed")
