"""Reading a request body once, strictly, before anything else sees it.

Frameworks accept `NaN`, duplicate keys and deep nesting and then fail with a 500 or echo the input;
here the body is bounded, decoded and parsed first (RFC 8259, I-JSON RFC 7493 for numbers).
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.domain.errors import DomainError, Invalid, Malformed, TooLarge, Unsupported

DEFAULT_LIMIT = 64 * 1024
DEEPEST = 20
LARGEST_INTEGER = 2**53
MOST_DIGITS = 20
SLOWEST_SECONDS = 10.0
# Where the server puts, in the state of a request, how many seconds a body may take.
PATIENCE = "patience"

# C0 and C1 controls but tab and line ends; halves of surrogate pairs.
_UNCLEAN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# Only these can be out of range, and only these escapes can hide a control character: a text
# without them is not walked through a second time.
_ODD_NUMBER = re.compile(r"\d{16}|\d[eE]")
_ESCAPED_CONTROL = re.compile(r"\\[ubf]")

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


class SlowBody(DomainError):
    status = 408
    code = "request_timeout"


def parse_strictly(body: bytes) -> Any:
    """The value of a JSON text. Raises Malformed (not_utf8, bad_json) or Invalid (bad_characters).

    Refused: anything but UTF-8 without a byte order mark, more than 20 levels, duplicate names,
    NaN and infinities, integers beyond 2^53, control characters, lone surrogates.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise Malformed("not_utf8") from None
    if text.startswith("\ufeff") or "\x00" in text:
        raise Malformed("not_utf8")
    hooks = _NUMBER_HOOKS if _ODD_NUMBER.search(text) else {}
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_refuse_constant, **hooks
        )
    except (ValueError, RecursionError):
        raise Malformed("bad_json") from None
    if not is_clean(text):
        raise Invalid("bad_characters")
    if _ESCAPED_CONTROL.search(text) or text.count("[") + text.count("{") > DEEPEST:
        _refuse_within(value, 1)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("duplicate name")
    return found


def _refuse_constant(_: str) -> float:
    raise ValueError("not a number")


def _integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS or abs(int(digits)) > LARGEST_INTEGER:
        raise ValueError("integer out of range")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError("number out of range")
    return value


_NUMBER_HOOKS: dict[str, Any] = {"parse_int": _integer, "parse_float": _number}


def _refuse_within(value: Any, level: int) -> None:
    """Every text and every level of a value; `level` is that of the value itself."""
    if isinstance(value, str):
        if not is_clean(value):
            raise Invalid("bad_characters")
    elif isinstance(value, dict | list):
        if level > DEEPEST:
            raise Malformed("bad_json")
        for inner in (*value, *value.values()) if isinstance(value, dict) else value:
            _refuse_within(inner, level + 1)


def is_clean(text: str) -> bool:
    """No control characters but tab and line ends, and no half of a surrogate pair."""
    return not _UNCLEAN.search(text)


class StrictBody:
    """ASGI middleware: reads the body within limits and refuses what is not strict JSON or a form.

    `limit_of` gives a path's own limit in bytes, or None when its endpoint reads the stream.
    `admit` may refuse the sender before anything is read. `refuse` answers with a problem.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limit_of: Callable[[str], int | None],
        admit: Callable[[Scope], Awaitable[None]],
        refuse: Callable[[Scope, DomainError], ASGIApp],
    ) -> None:
        self._app = app
        self._limit_of = limit_of
        self._admit = admit
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        if limit is None:
            await self._app(scope, receive, send)
            return
        try:
            await self._admit(scope)
            body = await bounded_body(scope, receive, limit)
            _check(scope, body)
        except DomainError as error:
            await self._refuse(scope, error)(scope, receive, send)
            return
        await self._app(scope, _once(body, receive), send)


def _headers(scope: Scope, name: bytes) -> list[bytes]:
    return [value for key, value in scope["headers"] if key == name]


async def bounded_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body. Raises TooLarge `body_too_large`, SlowBody, Unsupported, Malformed."""
    if any(coding.lower() != b"identity" for coding in _headers(scope, b"content-encoding")):
        raise Unsupported("unsupported_content_encoding")
    lengths = _headers(scope, b"content-length")
    if lengths and (not lengths[0].isdigit() or len(lengths[0]) > MOST_DIGITS):
        raise Malformed
    if lengths and int(lengths[0]) > limit:
        raise TooLarge("body_too_large")
    try:
        async with asyncio.timeout(scope.get("state", {}).get(PATIENCE, SLOWEST_SECONDS)):
            return await _read(receive, limit)
    except TimeoutError:
        raise SlowBody from None


async def _read(receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Malformed
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise TooLarge("body_too_large")
        if not message.get("more_body"):
            return b"".join(parts)


def media_type_of(scope: Scope) -> str:
    """In lower case without parameters; empty when none is named. Raises Unsupported for two."""
    kinds = _headers(scope, b"content-type")
    if len(kinds) > 1:
        raise Unsupported("unsupported_media_type")
    return kinds[0].decode("latin-1").partition(";")[0].strip().lower() if kinds else ""


def _check(scope: Scope, body: bytes) -> None:
    kind = media_type_of(scope)
    if body and kind not in {JSON, FORM}:
        raise Unsupported("unsupported_media_type")
    if kind == JSON:
        parse_strictly(body)
    elif kind == FORM:
        refuse_unreadable_form(body)


def refuse_unreadable_form(body: bytes) -> None:
    """Raises Malformed `not_utf8` for what no text can be made of.

    Other control characters are for the endpoint to refuse: a visitor may have pasted one, and
    only the endpoint can give back what was typed.
    """
    try:
        text = unquote_to_bytes(body).decode()
    except UnicodeDecodeError:
        raise Malformed("not_utf8") from None
    if "\x00" in text:
        raise Malformed("not_utf8")


def _once(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
