"""Requests that can be read in one way only.

Proxies, frameworks and people read the same odd request differently, and attacks live in the
difference: an encoded slash, a parameter given twice, two host names. Such a request is refused
before anything is looked up.
"""

import re
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from shared.domain.errors import DomainError, Invalid, Malformed, NotFound
from shared.platform.strict_json import is_clean

# source: security research, section 4 "All HTTP APIs".
LARGEST_HEAD = 16 * 1024
# Given twice, each of these could be read as either. Two credentials and two content types are
# refused where they are read, with 401 and 415.
_ONCE = frozenset({b"host", b"idempotency-key", b"origin", b"x-csrf-token"})
_ENCODED_SEPARATOR = re.compile(rb"%(2f|5c|00)|\\", re.IGNORECASE)


class HeadTooLarge(DomainError):
    status = 431
    code = "headers_too_large"


class PlainRequest:
    """ASGI middleware; `refuse` answers with a problem. A socket is not opened."""

    def __init__(self, app: ASGIApp, *, refuse: Callable[[Scope, DomainError], ASGIApp]) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] in {"http", "websocket"}:
            try:
                refuse_ambiguous(scope)
            except DomainError as error:
                is_http = scope["type"] == "http"
                app = self._refuse(scope, error) if is_http else WebSocketClose()
        await app(scope, receive, send)


def refuse_ambiguous(scope: Scope) -> None:
    """Raises HeadTooLarge, Malformed, NotFound (of a path), Invalid `bad_characters`."""
    headers, query = scope["headers"], scope["query_string"]
    path = scope.get("raw_path") or scope["path"].encode()
    if sum(len(n) + len(v) + 4 for n, v in headers) + len(path) + len(query) > LARGEST_HEAD:
        raise HeadTooLarge
    single = [name for name, _ in headers if name in _ONCE]
    if len(set(single)) < len(single):
        raise Malformed("repeated_header")
    if b"host" not in single and scope.get("http_version") == "1.1":
        raise Malformed("no_host")
    if not _is_plain_path(path):
        raise NotFound
    _refuse_ambiguous_query(query)


def _is_plain_path(raw: bytes) -> bool:
    if _ENCODED_SEPARATOR.search(raw):
        return False
    try:
        path = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        return False
    return path.isprintable() and not {".", ".."} & set(path.split("/"))


def _refuse_ambiguous_query(query: bytes) -> None:
    names: list[str] = []
    for part in query.split(b"&"):
        name, _, value = part.replace(b"+", b" ").partition(b"=")
        names += [_text(name)] if part else []
        _text(value)
    if len(set(names)) < len(names):
        raise Malformed("repeated_parameter")


def _text(encoded: bytes) -> str:
    try:
        text = unquote_to_bytes(encoded).decode()
    except UnicodeDecodeError:
        raise Malformed("not_utf8") from None
    if not is_clean(text):
        raise Invalid("bad_characters")
    return text
