"""Everywhere a platform may keep something, as bytes to search, and a mark planted in each.

A search that does not find what was planted is blind, whatever else it did not find: a text may be
compressed, buffered, or lie somewhere else than one thinks.
"""

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import create_connection
from threading import Thread
from urllib.parse import urlsplit

import httpx2
import psycopg
import redis

from infra.server_binaries import postgres_binaries
from infra.supervisor import Program
from tests.drills.privacy_marks import Marks
from tests.whole_platform import WholePlatform

# Longer than a process keeps spans before it sends them.
SECONDS_UNTIL_TRACES_ARE_SENT = 6.0
# What everybody asks for; metrics and traces must tell it, or they were not looked at.
A_ROUTE = b"/report/check"


@dataclass(frozen=True)
class Medium:
    """One kind of place. `planted` are forms of which at least one must be found there."""

    name: str
    pieces: list[bytes]
    planted: list[bytes]

    def holds(self, forms: list[bytes]) -> list[bytes]:
        return [form for form in forms if any(form in piece for piece in self.pieces)]

    @property
    def size(self) -> int:
        return sum(map(len, self.pieces))

    @property
    def is_blind(self) -> bool:
        return not self.holds(self.planted)


@contextmanager
def overheard(url: str) -> Iterator[list[bytes]]:
    """Every command that a Valkey server is told meanwhile, also of what it soon forgets."""
    parts, said = urlsplit(url), list[bytes]()
    connection = create_connection((parts.hostname or "", parts.port or 0))
    connection.sendall(f"AUTH {parts.password}\r\nMONITOR\r\n".encode())

    def listen() -> None:
        while heard := connection.recv(1 << 16):
            said.append(heard)

    listener = Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield said
    finally:
        connection.shutdown(2)
        listener.join()
        connection.close()


@dataclass
class Search:
    """Plants the marks, then reads every medium. The platform runs all the time."""

    whole: WholePlatform
    planted: Marks
    heard: dict[str, list[bytes]] = field(default_factory=dict)

    @contextmanager
    def listening(self) -> Iterator[None]:
        servers = self.whole.platform.installation.servers
        urls = {"broker": servers.broker_url, "volatile": servers.volatile_url}
        with ExitStack() as stack:
            for name, url in urls.items():
                self.heard[name] = stack.enter_context(overheard(url))
            yield
            self._plant()

    def media(self) -> list[Medium]:
        state = self.whole.platform.installation.state
        forms = self.planted.forms()
        self._settle()
        postgres = list(_files(state / "postgres"))
        is_log = [(path, "pg_wal" in path.parts) for path in postgres]
        return [
            Medium("database dumps", self._dumps(), forms),
            Medium("data directory", [_read(path) for path, log in is_log if not log], forms),
            Medium("write-ahead log", [_read(path) for path, log in is_log if log], forms),
            *(
                Medium(f"{name} on disk", [_read(p) for p in _files(state / name)], forms)
                for name in self.heard
            ),
            *(
                Medium(f"commands of {name}", [b"".join(said)], forms)
                for name, said in self.heard.items()
            ),
            Medium("logs of servers", [_read(path) for path in state.glob("*.log")], forms),
            Medium("logs of processes", [_read(p) for p in self.whole.logs.glob("*.log")], forms),
            Medium("metrics", list(self._metrics()), [A_ROUTE]),
            Medium("traces", self.whole.traces.bodies, [A_ROUTE]),
        ]

    def _plant(self) -> None:
        said = f"{self.planted.root} {self.planted.address}"
        servers = self.whole.platform.installation.servers
        with psycopg.connect(self._admin("hotline"), autocommit=True) as database:
            database.execute("CREATE TABLE planted (said text)")
            database.execute("INSERT INTO planted VALUES (%s)", (said,))
            database.execute(f"DO $$ BEGIN RAISE LOG '{said}'; END $$".encode())
        for url in (servers.broker_url, servers.volatile_url):
            with redis.Redis.from_url(url) as server:
                server.set("planted", said)
        careless = Program("planted", "tests.drills.careless", (said,))
        self.whole.platform.supervisor.start(careless)

    def _settle(self) -> None:
        """Let everything that waits in memory go to where it is kept."""
        with psycopg.connect(self._admin("hotline"), autocommit=True) as database:
            database.execute("CHECKPOINT")
        servers = self.whole.platform.installation.servers
        for url in (servers.broker_url, servers.volatile_url):
            with redis.Redis.from_url(url) as server:
                server.config_set("rdbcompression", "no")
                server.save()
        time.sleep(SECONDS_UNTIL_TRACES_ARE_SENT)

    def _dumps(self) -> list[bytes]:
        found = []
        for service, urls in self.whole.platform.installation.databases.items():
            names = [service, *([f"{service}_keys"] if urls.keys else [])]
            for name in names:
                command = [str(postgres_binaries() / "pg_dump"), self._admin(name)]
                done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603
                found.append(done.stdout)
        return found

    def _metrics(self) -> Iterator[bytes]:
        for name, port in self.whole.platform.installation.ports.items():
            if name.endswith("-metrics"):
                answer = httpx2.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)
                answer.raise_for_status()
                yield answer.content

    def _admin(self, database: str) -> str:
        url = urlsplit(self.whole.platform.installation.servers.postgres_url)
        return url._replace(path=f"/{database}").geturl()


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _read(path: Path) -> bytes:
    """A file that went away meanwhile holds nothing."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
