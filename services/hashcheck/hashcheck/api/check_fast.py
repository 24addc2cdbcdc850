"""The short way for `POST /v1/check`: a framework would cost more than the search itself.

It stands before the application and answers what is asked with an API key, in one of the forms of
`check.FORMS` or in lines, and in no unusual way; a few hashes are answered earlier still, by
`check_short`. Everything else goes on to the application, which answers the same, only slower. The
figures count its answers; a line of the log for each would be billions a year, so only refusals
have one.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain
from os import urandom
from types import SimpleNamespace
from typing import NamedTuple

from shared.domain.errors import DomainError
from shared.platform.headers import SECURITY_HEADERS, STRICT_TRANSPORT, AnswerHeaders
from shared.platform.logging import log
from shared.platform.metrics import count_answer
from shared.platform.plain_request import LARGEST_HEAD
from shared.platform.problems import refusal_response, unexpected_response
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
_CHANCE: list[str] = []


class Question(NamedTuple):
    """A request that is answered here: its media type and its key."""

    kind: str
    key: str


class FastCheck:
    """ASGI middleware, outermost. `checker` is asked for at each request."""

    def __init__(
        self, app: ASGIApp, *, keys: KeyRing, checker: Callable[[], Checker], https: bool
    ) -> None:
        self._app = app
        self._keys = keys
        self._checker = checker
        self._https = https
        self._always = headers_of_all(https=https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        question = question_of(scope)
        if question is None:
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        answer = _Answer(send, self._always, question.kind)
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
    kind = _kind_of(headers.get(b"content-type", b""))
    given = headers.get(b"authorization", b"")
    is_usual = is_plain and kind and given.startswith(KEY) and b"content-encoding" not in headers
    size = sum(map(len, chain.from_iterable(scope["headers"]))) + 4 * len(headers)
    if not is_usual or size + len(RAW_PATH) > LARGEST_HEAD:
        return None
    return Question(kind, given[len(BEARER) :].decode("latin-1"))


@lru_cache(maxsize=256)
def _kind_of(given: bytes) -> str:
    """Clients spell it in few ways. Empty for what is not answered here."""
    kind = given.partition(b";")[0].strip().lower().decode("latin-1")
    return kind if kind in KINDS else ""


def headers_of_all(*, https: bool) -> list[Header]:
    """What every answer has."""
    strict = {"Strict-Transport-Security": STRICT_TRANSPORT} if https else {}
    return encoded(SECURITY_HEADERS | strict)


def request_id() -> bytes:
    """A random UUID, as everywhere else.

    Asking the system for chance each time, and the library for its form, costs more than a search.
    """
    if not _CHANCE:
        drawn = urandom(ID_BYTES * IDS_AT_ONCE).hex()
        _CHANCE.extend(drawn[at : at + 2 * ID_BYTES] for at in range(0, len(drawn), 2 * ID_BYTES))
    hexa = _CHANCE.pop()
    # source: RFC 9562, version 4; of the variant's four forms one.
    return f"{hexa[:8]}-{hexa[8:12]}-4{hexa[13:16]}-a{hexa[17:20]}-{hexa[20:]}".encode()


def encoded(headers: Mapping[str, str]) -> list[Header]:
    return [(name.lower().encode(), text.encode()) for name, text in headers.items()]


class _Answer:
    """What is sent, with the headers of every answer."""

    def __init__(self, send: Send, always: Sequence[Header], kind: str) -> None:
        self._send = send
        self._headers = [*always, (b"content-type", kind.encode()), (b"x-request-id", request_id())]
        self.has_begun = False

    def tell(self, headers: Mapping[str, str]) -> None:
        self._headers += encoded(headers)

    async def send_whole(self, body: bytes) -> None:
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
        headers = [*self._headers, *more]
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})
