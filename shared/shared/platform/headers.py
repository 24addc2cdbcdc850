"""What every answer carries: a request id, strict security headers, one log line, one figure and,
where traces are wanted, one span.

Nothing about who asked is read or kept: no address, no browser, no path with its parameters.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from uuid import uuid4

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.platform import traces
from shared.platform.logging import log
from shared.platform.metrics import OTHER, count_answer, method_of

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cache-Control": "no-store",
}
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"


class AnswerHeaders:
    """ASGI middleware around everything else; `https` adds Strict-Transport-Security.

    `last_resort` answers an exception that nobody expected, so that this answer has them as well.
    `is_ours` says whether one of our services calls; only its traces are gone on with.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        service: str,
        https: bool,
        last_resort: Callable[[Scope, Exception], ASGIApp],
        is_ours: Callable[[Scope], bool],
    ) -> None:
        self._app = app
        self._service = service
        self._last_resort = last_resort
        self._is_ours = is_ours
        self._headers = dict(SECURITY_HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = STRICT_TRANSPORT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})["request_id"] = request_id = str(uuid4())
        answer = _Answer(send, self._headers | {"X-Request-Id": request_id})
        with self._span(scope) as span:
            try:
                await self._app(scope, receive, answer.send)
            except Exception as error:  # noqa: BLE001  the edge of the process
                last_words = self._last_resort(scope, error)
                # What began cannot be taken back: the server closes the connection.
                if not answer.status:
                    await last_words(scope, receive, answer.send)
            finally:
                self._note(scope, answer, span)

    def _span(self, scope: Scope) -> AbstractContextManager[Span]:
        headers = Headers(scope=scope)
        if traces.is_tracing() and traces.PARENT in headers and self._is_ours(scope):
            return traces.span("request", SpanKind.SERVER, traces.parent_from(headers))
        return traces.span("request", SpanKind.SERVER, Context())

    def _note(self, scope: Scope, answer: "_Answer", span: Span) -> None:
        route = getattr(scope.get("route"), "path", "")
        # An answer that never began is one that failed.
        method, status, seconds = method_of(scope["method"]), answer.status or 500, answer.seconds
        code = scope["state"].get("problem_code", "")
        count_answer(self._service, route, method, status, seconds)
        span.update_name(f"{method} {route or OTHER}")
        span.set_attributes({"http.route": route, "http.request.method": method})
        span.set_attribute("http.response.status_code", status)
        log.info(
            "answered",
            route=route,
            method=method,
            status=status,
            ms=round(seconds * 1000, 1),
            request_id=scope["state"]["request_id"],
            **({"code": code} if code else {}),
        )


class _Answer:
    """Adds headers to an answer; `status` is 0 until it begins."""

    def __init__(self, send: Send, headers: Mapping[str, str]) -> None:
        self._send = send
        self._headers = headers
        self._began = time.perf_counter()
        self.status = 0

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._began

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)
