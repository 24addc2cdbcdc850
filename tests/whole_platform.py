"""One whole platform that several tests use after each other.

Starting it costs more than what most of them do with it. In the order in which they run: the story
needs it fresh, the search of the privacy drill is short while there is little to read, the drill of
the hotline counts what comes while nothing else does, and browsers look at its pages.
"""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import redis

from infra.ports import free_base, port_plan
from infra.startup import Platform, running_platform
from infra.state import CHECKOUT, throw_away_state

IN_ORDER = (
    "tests/journeys/test_story.py",
    "tests/drills/test_privacy.py",
    "tests/drills/test_hotline.py",
    "tests/browser/",
)


@dataclass
class Traces:
    """Takes those of all processes, as they come over the wire."""

    bodies: list[bytes] = field(default_factory=list)
    url: str = ""


@contextmanager
def trace_collector() -> Iterator[Traces]:
    traces = Traces()

    class Inbox(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            is_packed = self.headers.get("Content-Encoding") == "gzip"
            traces.bodies.append(gzip.decompress(body) if is_packed else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Inbox)
    Thread(target=server.serve_forever, daemon=True).start()
    traces.url = f"http://127.0.0.1:{server.server_port}/v1/traces"
    try:
        yield traces
    finally:
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class WholePlatform:
    """A running platform, the folder of its logs and the traces that it sent."""

    platform: Platform
    logs: Path
    traces: Traces


@contextmanager
def whole_platform(logs: Path) -> Iterator[WholePlatform]:
    """Ready when entered, gone with all it kept when left; the logs stay."""
    ports = port_plan(free_base())
    with (
        trace_collector() as traces,
        running_platform(
            throw_away_state(), ports, logs, throw_away=True, traces_url=traces.url
        ) as platform,
    ):
        yield WholePlatform(platform, logs, traces)


def forget_limit(platform: Platform, limit: str) -> None:
    """Nobody has to wait any more: all of a test come from one network, as a crowd does not."""
    with redis.Redis.from_url(platform.installation.servers.volatile_url) as store:
        for key in store.scan_iter(f"rate:{limit}:*"):
            store.delete(key)


def turn_of(item: pytest.Item) -> int:
    """When a test has its turn; 0 for those that use no whole platform."""
    path = str(item.path.relative_to(CHECKOUT))
    return next((n for n, user in enumerate(IN_ORDER, 1) if path.startswith(user)), 0)
