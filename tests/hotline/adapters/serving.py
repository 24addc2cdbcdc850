"""A real process's application, served on loopback as in production."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from shared.platform.server import Listening, server_of
from starlette.types import ASGIApp

from infra.ports import free_port

SECONDS_TO_START = 60.0


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The base address of a running server, which is stopped afterwards."""
    port = free_port()
    server = server_of(app, Listening(f"127.0.0.1:{port}"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while not server.started:
            assert thread.is_alive(), "the server ended before it was ready"
            assert time.monotonic() < deadline, "the server did not become ready"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
