"""What every answer carries: a request id, strict security headers and one log line.

Nothing about who asked is read or kept: no address, no browser, no path with its parameters.
"""

import time
from collections.abc import Callable
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.platform.logging import log

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
    """

    def __init__(
        self, app: ASGIApp, *, https: bool, last_resort: Callable[[Scope, Exception], ASGIApp]
    ) -> None:
        self._app = app
        self._last_resort = last_resort
        self._headers = dict(SECURITY_HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = STRICT_TRANSPORT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = str(uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        began = time.perf_counter()
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers["X-Request-Id"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:  # noqa: BLE001  the edge of the process
            await self._last_resort(scope, error)(scope, receive, send_with_headers)
        finally:
            self._note(scope, status, request_id, time.perf_counter() - began)

    @staticmethod
    def _note(scope: Scope, status: int, request_id: str, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "")
        code = scope["state"].get("problem_code", "")
        log.info(
            "answered",
            route=route,
            method=scope["method"],
            status=status,
            ms=round(seconds * 1000, 1),
            request_id=request_id,
            **({"code": code} if code else {}),
        )
