"""Answers to whole requests in one piece, without a task of the event loop for each.

An application that answers very much leaves a `Shortcut` in the state of its lifespan, as SHORTCUT.
The server offers it every request that arrives as a whole; what it leaves goes to the application
(ADR 0020).
"""

from collections.abc import Callable
from typing import Protocol

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

SHORTCUT = "shortcut"


class Reply:
    """To one request: `send` or `decline`, once, on the event loop of the server."""

    __slots__ = ("_cycle", "_go_on")

    def __init__(self, cycle: RequestResponseCycle, go_on: Callable[[], None]) -> None:
        self._cycle = cycle
        self._go_on = go_on

    def send(self, lines: bytes, body: bytes) -> None:
        """Answer 200. `lines`: all headers but the length, each with its end."""
        cycle = self._cycle
        if cycle.disconnected:
            return
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.message_event.set()
        close = b"" if cycle.keep_alive else b"connection: close\r\n"
        length = b"content-length: %d\r\n\r\n" % len(body)
        shown = b"" if cycle.scope["method"] == "HEAD" else body
        cycle.transport.write(b"".join([STATUS_LINE[200], close, lines, length, shown]))
        if not cycle.keep_alive:
            cycle.transport.close()
        cycle.on_response()

    def decline(self) -> None:
        """The application answers, as if nothing had been offered."""
        self._go_on()


class Shortcut(Protocol):
    def __call__(self, scope: Scope, body: bytes, reply: Reply) -> bool:
        """Whether `reply` will be used, now or later. If not, the application answers."""
