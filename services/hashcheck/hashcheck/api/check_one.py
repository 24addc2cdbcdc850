"""`POST /v1/check/md5` and `/v1/check/sha1`: one hash, answered with a bare `true` or `false`.

The call of the service that hosting companies integrated before this one, kept for them. Its name
and password are any name and an API key.
"""

from enum import StrEnum

from fastapi import APIRouter, Depends, Request, Response
from shared.domain.actor import Actor
from shared.domain.content_hash import HashType
from shared.domain.errors import Invalid, Malformed, Unsupported
from shared.platform.strict_json import JSON, bounded_body, media_type_of, parse_strictly

from hashcheck.api.admission import (
    BasicCheckAccess,
    check_within_quota,
    holder_in,
    sandbox_headers,
)
from hashcheck.deps import LiveChecker
from hashcheck.domain.check import caller_of
from hashcheck.use_cases.check import Asked

LARGEST = 1_024
TEXT = "text/plain"

router = APIRouter()


class Algorithm(StrEnum):
    MD5 = "md5"
    SHA1 = "sha1"


PATHS = [f"/v1/check/{algorithm}" for algorithm in Algorithm]


@router.post("/v1/check/{algorithm}", dependencies=[Depends(BasicCheckAccess())])
async def check_one(request: Request, algorithm: Algorithm, checker: LiveChecker) -> Response:
    """The body is the hash in hexadecimal: as plain text, as a JSON text or as {"hash": …}."""
    body = await bounded_body(request.scope, request.receive, LARGEST)
    asked = Asked()
    asked.add(HashType(algorithm.value), _hash_in(media_type_of(request.scope), body))
    for code in asked.codes.values():
        raise Invalid(code, fields=("hash",))
    actor: Actor = request.state.actor
    holder = holder_in(request)
    checked = await check_within_quota(checker, holder, caller_of(actor), asked)
    content = b"true" if checked.found else b"false"
    return Response(content, media_type=JSON, headers=sandbox_headers(holder))


def _hash_in(kind: str, body: bytes) -> str:
    if kind == JSON:
        value = parse_strictly(body)
        text = value.get("hash") if isinstance(value, dict) else value
    elif kind in {"", TEXT}:
        text = _text(body)
    else:
        raise Unsupported("unsupported_media_type")
    if not isinstance(text, str):
        raise Invalid(fields=("hash",))
    return text.strip()


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Malformed("not_utf8") from None
