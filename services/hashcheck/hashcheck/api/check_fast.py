"""The short way for `POST /v1/check`: a framework would cost more than the search itself.

It stands before the application and answers what is asked with an API key, in one of the forms of
`check.FORMS` or in lines, and in no unusual way. Everything else goes on to the application, which
answers the same, only slower. The figures count its answers; a line of the log for each would be
billions a year, so only refusals have one.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from os import urandom
from types import SimpleNamespace
from typing import NamedTuple
from uuid import UUID

from shared.domain.errors import DomainError
from shared.platform.headers import SECURITY_HEADERS, STRICT_TRANSPORT, AnswerHeaders
from shared.platform.logging import log
from shared.platform.metrics import count_answer
from shared.platform.plain_request import LARGEST_HEAD
from shared.platform.problems import refusal_response, unexpected_response
from shared.platform.server import SEND_WHOLE
from shared.platform.strict_json import IS_WHOLE
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from hashcheck.adapters.checker import Checker
from hashcheck.adapters.key_ring import KeyRing
from hashcheck.api.admission import address_of, check_within_quota, sandbox_headers
from hashcheck.api.check import CHECK_PATH, FORMS, answered
from hashcheck.api.check_lines import LINES, answered_lines
from hashcheck.use_cases.check import Asked, Checked

BEARER = b"Bearer "
KEY = BEARER + b"olh_"
RAW_PATH = CHECK_PATH.encode()
Header = tuple[bytes, bytes]
ROUTE = SimpleNamespace(path=CHECK_PATH)
KINDS = {*FORMS, LINES}
ID_BYTES, IDS_AT_ONCE = 16, 256
_CHANCE: list[bytes] = []


@dataclass(frozen=True, slots=True)
class Question:
    """A request that is answered here: its media type and its key."""

    kind: str
    key: str


class Always(NamedTuple):
    """What every answer has: as headers, and as lines of a head."""

    headers: Sequence[Header]
    lines: bytes

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "Always":
        encoded = _encoded(headers)
        return cls(encoded, _lines(encoded))


class FastCheck:
    """ASGI middleware, outermost. `checker` is asked for at each request."""

    def __init__(
        self, app: ASGIApp, *, keys: KeyRing, checker: Callable[[], Checker], https: bool
    ) -> None:
        self._app = app
        self._keys = keys
        self._checker = checker
        self._https = https
        strict = {"Strict-Transport-Security": STRICT_TRANSPORT} if https else {}
        self._always = Always.of(SECURITY_HEADERS | strict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        question = question_of(scope)
        if question is None:
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        answer = _Answer(scope, send, self._always, question.kind)
        try:
            await self._answer(question, scope, receive, answer)
        except Exception as error:  # noqa: BLE001  the edge of the process
            if answer.has_begun:
                # It cannot be taken back; without an end the server closes the connection.
                log.error("unexpected", kind=type(error).__name__)
                return
            await self._refuse(error, scope, receive, send)
            return
        count_answer("hashcheck", CHECK_PATH, "POST", 200, time.perf_counter() - began)

    async def _answer(
        self, question: Question, scope: Scope, receive: Receive, answer: "_Answer"
    ) -> None:
        address = address_of(scope)
        # Who may not ask is told before the body is read.
        holder = await self._keys.holder_of(question.key, address)
        answer.tell(sandbox_headers(holder))
        check = partial(self._check, question.key, address)
        if scope.get("state", {}).get(IS_WHOLE):
            # Nothing is waited for any more, in which the key could have been revoked.
            check = partial(check_within_quota, self._checker(), holder, holder.caller)
        if question.kind == LINES:
            async for part in answered_lines(scope, receive, check, 0):
                await answer.send_part(part)
            await answer.end()
            return
        await answer.send_whole(await answered(question.kind, scope, receive, check))

    async def _check(self, key: str, address: str, asked: Asked) -> Checked:
        """The key is looked at again: a stream of lines may last longer than a key."""
        holder = await self._keys.holder_of(key, address)
        return await check_within_quota(self._checker(), holder, holder.caller, asked)

    async def _refuse(self, error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
        """As the application refuses: with every header, a problem and a line of the log."""
        scope["route"] = ROUTE

        async def tell(scope: Scope, receive: Receive, send: Send) -> None:
            if not isinstance(error, DomainError):
                raise error
            await refusal_response(Request(scope), error)(scope, receive, send)

        await AnswerHeaders(
            tell,
            service="hashcheck",
            https=self._https,
            last_resort=lambda scope, error: unexpected_response(Request(scope), error),
            is_ours=lambda scope: False,
        )(scope, receive, send)


def question_of(scope: Scope) -> Question | None:
    """None for anything that is for the application, and so for all that is to be refused."""
    is_check = scope["type"] == "http" and scope.get("raw_path") == RAW_PATH
    if not is_check or scope["method"] != "POST" or scope["query_string"]:
        return None
    headers = dict(scope["headers"])
    is_plain = len(headers) == len(scope["headers"]) and b"host" in headers
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower().decode("latin-1")
    given = headers.get(b"authorization", b"")
    if not is_plain or kind not in KINDS or not given.startswith(KEY):
        return None
    size = sum(map(len, headers)) + sum(map(len, headers.values())) + 4 * len(headers)
    if size + len(RAW_PATH) > LARGEST_HEAD:
        return None
    return Question(kind, given[len(BEARER) :].decode("latin-1"))


def _request_id() -> bytes:
    """As everywhere else. Asking the system for chance each time costs more than a search."""
    if not _CHANCE:
        drawn = urandom(ID_BYTES * IDS_AT_ONCE)
        _CHANCE.extend(drawn[at : at + ID_BYTES] for at in range(0, len(drawn), ID_BYTES))
    return str(UUID(bytes=_CHANCE.pop(), version=4)).encode()


class _Answer:
    """What is sent, with the headers of every answer; at once if the server can do that."""

    def __init__(self, scope: Scope, send: Send, always: Always, kind: str) -> None:
        self._send = send
        self._send_whole = scope.get("state", {}).get(SEND_WHOLE)
        self._always = always
        self._own = [
            (b"content-type", kind.encode()),
            (b"x-request-id", _request_id()),
        ]
        self.has_begun = False

    def tell(self, headers: Mapping[str, str]) -> None:
        self._own += _encoded(headers)

    async def send_whole(self, body: bytes) -> None:
        if self._send_whole:
            self.has_begun = True
            await self._send_whole(self._always.lines + _lines(self._own), body)
            return
        await self._begin((b"content-length", str(len(body)).encode()))
        await self._send({"type": "http.response.body", "body": body})

    async def send_part(self, part: bytes) -> None:
        if not self.has_begun:
            await self._begin()
        await self._send({"type": "http.response.body", "body": part, "more_body": True})

    async def end(self) -> None:
        await self._send({"type": "http.response.body", "body": b""})

    async def _begin(self, *more: Header) -> None:
        self.has_begun = True
        headers = [*self._always.headers, *self._own, *more]
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})


def _encoded(headers: Mapping[str, str]) -> list[Header]:
    return [(name.lower().encode(), text.encode()) for name, text in headers.items()]


def _lines(headers: Iterable[Header]) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])
