"""A typed client for another service: contract in, contract out, a fresh token per call.

Whatever goes wrong outside becomes a DomainError here: a problem of the peer keeps its code and
status, everything else is Unavailable. Nothing the peer says in words goes further.
"""

import asyncio
import json
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar
from uuid import UUID

import httpx2
from opentelemetry.trace import SpanKind
from pydantic import ValidationError

from shared.contracts.contract import Contract
from shared.domain.errors import (
    Conflict,
    DomainError,
    Invalid,
    NotFound,
    TooLarge,
    TooMany,
    Unavailable,
)
from shared.platform import traces
from shared.platform.breaker import Breaker
from shared.platform.service_token import TokenSigner

Answer = TypeVar("Answer", bound=Contract)

# Within a page's budget of a second (research R4): a peer that is slower counts as down.
TIMEOUT = httpx2.Timeout(0.8, connect=0.1)
# Somebody typed what is written: waiting for it is better than asking to send it again.
WRITE_TIMEOUT = httpx2.Timeout(8.0, connect=0.5)
# Calls to one peer at once: one that hangs must not take the connections of the others.
MOST_AT_ONCE = 20
MOST_CONNECTIONS = httpx2.Limits(max_connections=4 * MOST_AT_ONCE, max_keepalive_connections=20)
# Streams of news: one connection for each who follows. A stream that is silent for longer than its
# promise (20 s) is broken.
STREAM_TIMEOUT = httpx2.Timeout(30.0, connect=0.5)
MOST_PATIENT_AT_ONCE = 1000
MOST_PATIENT_CONNECTIONS = httpx2.Limits(max_connections=2000, max_keepalive_connections=400)

_OURS: dict[int, type[DomainError]] = {
    error.status: error for error in (NotFound, Conflict, TooLarge, Invalid, TooMany)
}
_CODE = re.compile(r"[a-z][a-z0-9_.]{0,63}")


def peer_http_client(
    transport: httpx2.AsyncBaseTransport | None = None,
    limits: httpx2.Limits = MOST_CONNECTIONS,
) -> httpx2.AsyncClient:
    """One pool for all peers of a process; no redirects, no environment proxies."""
    return httpx2.AsyncClient(
        transport=transport,
        timeout=TIMEOUT,
        limits=limits,
        follow_redirects=False,
        trust_env=False,
    )


class AsyncPeer:
    """One other service, called by its name as the audience of the token."""

    def __init__(
        self,
        name: str,
        url: str,
        signer: TokenSigner,
        client: httpx2.AsyncClient,
        at_once: int = MOST_AT_ONCE,
    ) -> None:
        self._name = name
        self._url = url.rstrip("/")
        self._signer = signer
        self._client = client
        self._places = asyncio.Semaphore(at_once)
        self._breaker = Breaker(time.monotonic)

    async def get(
        self, path: str, answer: type[Answer], *, params: Mapping[str, str] | None = None
    ) -> Answer:
        """Raises Unavailable, or the DomainError that the peer answered with."""
        return _read(answer, await self._call("GET", path, params=dict(params or {})))

    async def post(
        self,
        path: str,
        body: Contract,
        answer: type[Answer],
        *,
        idempotency_key: UUID | None = None,
    ) -> Answer:
        """Raises Unavailable, or the DomainError that the peer answered with."""
        headers = {"Content-Type": "application/json"}
        if idempotency_key:
            headers["Idempotency-Key"] = str(idempotency_key)
        content = body.model_dump_json().encode()
        return _read(answer, await self._call("POST", path, headers=headers, content=content))

    async def stream(
        self, path: str, body: Contract, answer: type[Answer]
    ) -> AsyncGenerator[Answer, None]:
        """One answer per line of what the peer writes until it ends; empty ones are signs of life.

        Raises Unavailable, also when it breaks off, or the DomainError that the peer answered with.
        """
        self._breaker.before_call()
        try:
            async with self._place(), self._opened(path, body) as response:
                if response.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR:
                    raise httpx2.TransportError("the peer failed")
                self._breaker.succeeded()
                if not response.is_success:
                    await response.aread()
                    raise _problem(response)
                async for line in _lines(response):
                    yield _parsed(answer, line)
        except httpx2.HTTPError:
            self._breaker.failed()
            raise Unavailable("service_unavailable") from None

    @asynccontextmanager
    async def _opened(self, path: str, body: Contract) -> AsyncIterator[httpx2.Response]:
        with calling(self._name, self._signer) as ours:
            headers = ours | {"Content-Type": "application/json"}
            content = body.model_dump_json().encode()
            asked = self._client.build_request(
                "POST", self._url + path, headers=headers, content=content, timeout=STREAM_TIMEOUT
            )
            response = await self._client.send(asked, stream=True)
        try:
            yield response
        finally:
            await response.aclose()

    async def _call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        params: dict[str, str] | None = None,
    ) -> httpx2.Response:
        self._breaker.before_call()
        try:
            async with self._place():
                with calling(self._name, self._signer) as ours:
                    response = await self._client.request(
                        method,
                        self._url + path,
                        headers=ours | dict(headers or {}),
                        content=content,
                        params=params,
                        timeout=TIMEOUT if content is None else WRITE_TIMEOUT,
                    )
        except httpx2.HTTPError:
            self._breaker.failed()
            raise Unavailable("service_unavailable") from None
        if response.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR:
            self._breaker.failed()
            raise Unavailable("service_unavailable")
        self._breaker.succeeded()
        return response

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        """One of the calls at once. Who finds none free is told so soon, as by a full pool."""
        try:
            async with asyncio.timeout(TIMEOUT.pool):
                await self._places.acquire()
        except TimeoutError:
            raise Unavailable("service_unavailable") from None
        try:
            yield
        finally:
            self._places.release()


class Peer:
    """One other service, for processes that wait: workers and commands.

    It has no breaker: a task that fails is tried again later by the outbox.
    """

    def __init__(self, name: str, url: str, signer: TokenSigner, client: httpx2.Client) -> None:
        self._name = name
        self._url = url.rstrip("/")
        self._signer = signer
        self._client = client

    def get(
        self, path: str, answer: type[Answer], *, params: Mapping[str, str] | None = None
    ) -> Answer:
        """Raises Unavailable, or the DomainError that the peer answered with."""
        return _parsed(answer, self.content("GET", path, params=params))

    def post(self, path: str, body: Contract, answer: type[Answer], /) -> Answer:
        """Raises Unavailable, or the DomainError that the peer answered with."""
        return _parsed(
            answer, self.content("POST", path, json_body=body.model_dump_json().encode())
        )

    def content(
        self,
        method: str,
        path: str,
        *,
        json_body: bytes | None = None,
        params: Mapping[str, str] | None = None,
    ) -> bytes:
        """What the peer answered, as it came. Raises Unavailable or the peer's DomainError."""
        kind = {} if json_body is None else {"Content-Type": "application/json"}
        with calling(self._name, self._signer) as ours:
            try:
                response = self._client.request(
                    method,
                    self._url + path,
                    headers=ours | kind,
                    content=json_body,
                    params=dict(params or {}),
                )
            except httpx2.HTTPError:
                raise Unavailable("service_unavailable") from None
        if not response.is_success:
            raise _problem(response)
        return response.content


@contextmanager
def calling(peer: str, signer: TokenSigner) -> Iterator[dict[str, str]]:
    """A span around a call, and what the call carries: our token and which span it belongs to.

    Neither path nor parameters are told, because receipts and addresses stand there.
    """
    with traces.span(f"call {peer}", SpanKind.CLIENT) as span:
        span.set_attribute("peer", peer)
        yield {"Authorization": f"Bearer {signer.token_for(peer)}"} | traces.parent_headers()


def blocking_http_client(seconds: float) -> httpx2.Client:
    """`seconds` bounds connecting, and each wait for a piece of an answer."""
    return httpx2.Client(timeout=seconds, follow_redirects=False, trust_env=False)


async def _lines(response: httpx2.Response) -> AsyncIterator[bytes]:
    """Lines end with a line feed and nothing else: a text in them may have other line ends."""
    rest = b""
    async for piece in response.aiter_bytes():
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            if line:
                yield line


def _read(answer: type[Answer], response: httpx2.Response) -> Answer:
    if not response.is_success:
        raise _problem(response)
    return _parsed(answer, response.content)


def _parsed(answer: type[Answer], content: bytes) -> Answer:
    try:
        return answer.model_validate_json(content)
    except ValidationError:
        raise Unavailable("answer_not_understood") from None


def _problem(response: httpx2.Response) -> DomainError:
    """The peer's problem under its own code; a status we would not pass on is Unavailable."""
    error = _OURS.get(response.status_code)
    if error is None:
        return Unavailable("service_unavailable")
    try:
        problem = json.loads(response.content)
        code = problem.get("code", "") if isinstance(problem, dict) else ""
    except ValueError:
        code = ""
    return error(code if isinstance(code, str) and _CODE.fullmatch(code) else None)
