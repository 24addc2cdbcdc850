"""A hostile website on loopback: every byte of its answers is written by the test."""

import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

Handler = Callable[[socket.socket], None]

_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class SeenRequest:
    path: str
    headers: dict[str, str]
    peer: str


def reply(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """A whole answer; underscores in header names stand for hyphens."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + _HEAD_END + body


@dataclass
class Site:
    """Routes by path; `connections` counts every accepted connection, whatever follows."""

    routes: Mapping[str, bytes | Handler] = field(default_factory=dict)
    host: str = "127.0.0.1"
    port: int = 0
    tls: ssl.SSLContext | None = None
    otherwise: bytes = reply(404)
    connections: int = 0
    requests: list[SeenRequest] = field(default_factory=list)

    def __enter__(self) -> Self:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listener = socket.socket(family)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((self.host, self.port))
        self._listener.listen(64)
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, peer = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection, peer[0]), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, peer: str) -> None:
        connection.settimeout(5)
        with connection, suppress(OSError):
            stream = self.tls.wrap_socket(connection, server_side=True) if self.tls else connection
            with stream:
                self._answer(stream, peer)

    def _answer(self, stream: socket.socket, peer: str) -> None:
        head = b""
        while _HEAD_END not in head:
            piece = stream.recv(65536)
            if not piece:
                return
            head += piece
        first, *lines = head.decode("latin-1").split("\r\n")
        path = first.split(" ")[1]
        headers = dict(line.split(": ", 1) for line in lines if ": " in line)
        self.requests.append(SeenRequest(path, headers, peer))
        answer = self.routes.get(path, self.otherwise)
        if isinstance(answer, bytes):
            stream.sendall(answer)
        else:
            answer(stream)
