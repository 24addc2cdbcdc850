"""Requests as bytes on a connection to the real server, so that nothing tidies them up on the way.

with serving(app) as address, Wire(address) as wire:
    answer = wire.ask("GET", "/livez", {"Host": "hotline.localhost:8000"})
"""

import json
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from threading import Thread
from time import monotonic, sleep
from types import TracebackType
from typing import Any, BinaryIO, Self

from shared.platform.server import Listening, server_of
from shared.platform.strict_json import SLOWEST_SECONDS
from starlette.types import ASGIApp

Address = tuple[str, int]
Headers = Mapping[str, str] | Iterable[tuple[str, str]]
START_SECONDS = 100.0
ANSWER_SECONDS = 20.0


@dataclass(frozen=True)
class Answer:
    """`headers` have names in lower case; of those given twice the values are joined."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def is_problem(self) -> bool:
        return self.kind == "application/problem+json"

    @property
    def code(self) -> str:
        """The stable code of a problem, or of the first error of GraphQL; empty for a page."""
        if self.is_problem:
            return str(self.json["code"])
        if self.kind == "application/json" and "errors" in self.json:
            return str(self.json["errors"][0]["extensions"]["code"])
        return ""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def everything(self) -> str:
        """All that the caller got to see."""
        return self.body.decode("latin-1") + str(dict(self.headers))


class _Unclosed:
    """A reader that outlives the answer which is read from it; also its own `makefile`."""

    def __init__(self, reader: BinaryIO) -> None:
        self._reader = reader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def makefile(self, _: str) -> Self:
        return self

    def close(self) -> None:
        """The next answer is read from the same reader."""


class Wire:
    """A connection that is kept alive, and opened again when the server has closed it.

    `source` is an address of this machine to come from.
    """

    def __init__(self, address: Address, source: str = "") -> None:
        self._address = address
        self._source = (source, 0) if source else None
        self._connection: socket.socket | None = None
        self._reader: _Unclosed | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.hang_up()

    def hang_up(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = self._reader = None

    def ask(self, method: str, target: str, headers: Headers = (), body: bytes = b"") -> Answer:
        """`target` and `headers` go out as they are; a length is added to a body without one."""
        pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
        names = {name.lower() for name, _ in pairs}
        if not names & {"content-length", "transfer-encoding"} and (body or method == "POST"):
            pairs.append(("Content-Length", str(len(body))))
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in pairs)]
        return self.send("\r\n".join([*lines, "", ""]).encode("latin-1") + body, method)

    def send(self, request: bytes, method: str = "GET") -> Answer:
        self._connect().sendall(request)
        return self.receive(method)

    def receive(self, method: str = "GET") -> Answer:
        """The next answer; the connection is forgotten when it was the last one."""
        response = HTTPResponse(self._kept_reader(), method=method)  # type: ignore[arg-type]
        try:
            response.begin()
            body = response.read()
        except BaseException:
            self.hang_up()
            raise
        if response.will_close:
            self.hang_up()
        headers: dict[str, str] = {}
        for name, value in response.getheaders():
            known = headers.get(name.lower())
            headers[name.lower()] = f"{known}, {value}" if known else value
        return Answer(response.status, headers, body)

    def _kept_reader(self) -> _Unclosed:
        """One for all answers: what was read of the next one along with this one is not lost."""
        if self._reader is None:
            self._reader = _Unclosed(self._connect().makefile("rb"))
        return self._reader

    def ends_within(self, seconds: float) -> bool:
        """Whether the server closes the connection without another word."""
        connection = self._connect()
        connection.settimeout(seconds)
        try:
            return connection.recv(1) == b""
        except TimeoutError:
            return False
        except ConnectionError:
            return True
        finally:
            self.hang_up()

    def _connect(self) -> socket.socket:
        if self._connection is None:
            self._connection = socket.create_connection(self._address, ANSWER_SECONDS, self._source)
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._connection


@contextmanager
def serving(
    app: ASGIApp, *, patience: float = SLOWEST_SECONDS, proxies: str = ""
) -> Iterator[Address]:
    """The application behind the platform's own server, in a thread of this process."""
    server = server_of(app, Listening("127.0.0.1:0", proxies, patience))
    thread = Thread(target=server.run, name="server", daemon=True)
    thread.start()
    latest = monotonic() + START_SECONDS
    while not server.started:
        assert thread.is_alive(), "the server ended at once"
        assert monotonic() < latest, "the server did not start"
        sleep(0.005)
    try:
        yield server.servers[0].sockets[0].getsockname()
    finally:
        server.should_exit = True
        thread.join()
