"""The HTTP server of every process that listens: uvicorn, with bounds on what precedes a body.

The parser refuses what can be read in two ways: a body with a length and in chunks, bad chunks,
spaces before a colon. It bounds neither the head of a request nor the time that sending one takes;
that is done here. What has no complete head reaches no application, so it is refused in bytes.
"""

import json
import sys
from asyncio import BaseTransport, TimerHandle
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from itertools import chain
from typing import Any, cast
from uuid import uuid4

import uvicorn
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from shared.platform.headers import SECURITY_HEADERS
from shared.platform.logging import log
from shared.platform.plain_request import LARGEST_HEAD
from shared.platform.shortcut import SHORTCUT, Reply, Shortcut
from shared.platform.strict_json import PATIENCE, SLOWEST_SECONDS

# SIGTERM to exit takes at most 10 s (SEC-R8).
SHUTDOWN_SECONDS = 8
# source: security research, section 4 "chat": a larger frame closes the socket with 1009.
LARGEST_FRAME = 16 * 1024
# How long the rest of a request is read after its answer, so that its sender can see the answer.
LINGER_SECONDS = 2.0
VERSIONS = {"1.0", "1.1"}


class BoundedHttp(HttpToolsProtocol):
    """A connection whose requests have a head of bounded size, sent within `patience` seconds."""

    def __init__(self, *args: Any, patience: float, **named: Any) -> None:
        super().__init__(*args, **named)
        self._patience = patience
        self._deadline: TimerHandle | None = None
        # Of the request that is being read: what of it was no body, and the body.
        self._overhead = self._body = 0
        self._has_head = self._is_whole = False
        self._is_in_head = False
        self._shortcut: Shortcut | None = self.app_state.get(SHORTCUT)
        # Whether bytes are being read, and what begins with them: it may be whole at their end.
        self._is_reading = False
        self._held: tuple[RequestResponseCycle, ASGIApp] | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._overhead += len(data)
        self._is_reading = True
        super().data_received(data)
        self._is_reading = False
        if self._held:
            self._start(*self._held)
        if self._is_in_head and not self._deadline:
            self._expect_head()
        if self._overhead > LARGEST_HEAD + self._body:
            code = (400, "malformed") if self._has_head else (431, "headers_too_large")
            self._refuse(*code)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        # For what reads the body: it is to be as patient.
        self.scope["state"][PATIENCE] = self._patience
        self._has_head = self._is_whole = False
        # Most heads arrive as a whole: a clock runs for one that does not.
        self._is_in_head = True
        self._stop_waiting()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._stop_waiting()
        if self.parser.get_http_version() not in VERSIONS:
            raise ValueError("a version that is not spoken here")
        # A head that is whole is measured as a request, which can be refused in words.
        length = sum(map(len, chain.from_iterable(self.headers))) + 4 * len(self.headers)
        self._overhead -= len(self.url) + length
        self._has_head = True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._overhead -= len(body)
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._overhead = self._body = 0
        self._has_head, self._is_whole = False, True
        if self._held:
            self._offer(*self._held)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._is_whole and not self.transport.is_closing():
            seconds = min(LINGER_SECONDS, self._patience)
            self._deadline = self.loop.call_later(seconds, self.transport.close)

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "malformed")

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGIApp) -> None:  # type: ignore[override]
        if self._shortcut and self._is_reading:
            self._held = cycle, app
        else:
            self._start(cycle, app)

    def _start(self, cycle: RequestResponseCycle, app: ASGIApp) -> None:
        self._held = None
        super()._start_asgi_task(cycle, app)  # type: ignore[arg-type]

    def _offer(self, cycle: RequestResponseCycle, app: ASGIApp) -> None:
        """Who does not read the answers waits for the application, which waits for them."""
        self._held = None
        start = partial(self._start, cycle, app)
        is_taken = (
            self._shortcut is not None
            and not self.flow.write_paused
            and self._shortcut(cast(Scope, cycle.scope), bytes(cycle.body), Reply(cycle, start))
        )
        if not is_taken:
            start()

    def _expect_head(self) -> None:
        self._stop_waiting()
        too_late = partial(self._refuse, 408, "request_timeout")
        self._deadline = self.loop.call_later(self._patience, too_late)

    def _stop_waiting(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: int, code: str) -> None:
        """Say so and hang up; into an answer that has begun nothing can be said any more."""
        if self.transport.is_closing():
            return
        is_answering = (
            self.cycle and self.cycle.response_started and not self.cycle.response_complete
        )
        if not is_answering:
            self.transport.write(refusal(status, code))
        self.transport.close()
        log.info("refused", status=status, code=code)


def refusal(status: int, code: str) -> bytes:
    """A whole answer: the problem of `shared.platform.problems`, and the end of the connection."""
    request_id = str(uuid4())
    problem = {
        "type": "about:blank",
        "title": code.replace("_", " "),
        "status": status,
        "code": code,
        "request_id": request_id,
        "fields": [],
    }
    body = json.dumps(problem).encode()
    headers = SECURITY_HEADERS | {
        "Content-Type": "application/problem+json",
        "Content-Length": str(len(body)),
        "Connection": "close",
        "X-Request-Id": request_id,
    }
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name.lower()}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True)
class Listening:
    """Where a server listens and whom it believes.

    `bind` is "address:port" or "[address]:port"; `proxies` are the addresses (or networks) of
    proxies of ours, separated by commas: what they say about who asks is believed, what anybody
    else says is not. `patience` is how many seconds a head, and a body, may take.
    """

    bind: str
    proxies: str = ""
    patience: float = SLOWEST_SECONDS


def serve(app: ASGIApp, listening: Listening) -> None:
    """Run until told to stop; exit 1 when it cannot start."""
    server = server_of(app, listening)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(1)


def server_of(app: ASGIApp, listening: Listening) -> uvicorn.Server:
    """A server that is not started yet."""
    host, _, port = listening.bind.rpartition(":")
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host.strip("[]"),
            port=int(port),
            http=partial(BoundedHttp, patience=listening.patience),  # type: ignore[arg-type]
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=bool(listening.proxies),
            forwarded_allow_ips=listening.proxies,
            ws_max_size=LARGEST_FRAME,
            log_config=None,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
    )
