"""Web processes of the service as in production: PostgreSQL, one folder for all, own ports.

with running_replicas(count=3, entries=1_000_000) as replicas: ...
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from uuid import UUID

from hashcheck.domain.role import CLIENT_MANAGER
from hashcheck.use_cases.client import allow_pictures
from shared.platform.api_key import ClientDesk
from shared.platform.database import session_factory
from shared.platform.migrations import upgrade

from infra.backing_services import BackingServices, temporary_services
from infra.children import dies_with_parent
from infra.databases import ServiceDatabases, create_databases
from infra.ports import free_port
from infra.state import CHECKOUT
from tests.applications import NOWHERE, key_text
from tests.databases import engine_on, schema_of
from tests.fakes import FrozenClock
from tests.hashcheck.lists import Lists, person
from tests.hashcheck.many import list_many

SERVICE = "hashcheck"
TICKS = os.sysconf("SC_CLK_TCK")
STOP_SECONDS = 15.0
PATIENCE_SECONDS = 240.0


@dataclass
class Replica:
    """One web process."""

    port: int
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.process
        return self.process.pid

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", SERVICE, "web"],
                env=self.environment,
                cwd=CHECKOUT,
                stdout=log,
                stderr=log,
                preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509
            )

    def status(self, path: str = "/readyz") -> int:
        """0 while nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": f"hashcheck.localhost:{self.port}"})
            with connection.getresponse() as answer:
                return answer.status
        except OSError:
            return 0
        finally:
            connection.close()

    def wait(self) -> None:
        patiently(self._is_ready, f"a web process is not ready: {self.log.read_text()}")

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(STOP_SECONDS)

    def _is_ready(self) -> bool:
        assert self.process
        assert self.process.poll() is None, self.log.read_text()
        return self.status() == 200


@dataclass
class Replicas:
    servers: BackingServices
    databases: ServiceDatabases
    folder: Path
    lists: Lists
    each: list[Replica] = field(default_factory=list)

    @property
    def superuser_url(self) -> str:
        name = self.databases.app.rpartition("/")[2]
        return f"{self.servers.postgres_url.rpartition('/')[0]}/{name}"

    @property
    def index_dir(self) -> Path:
        return self.folder / "index"

    def client(self) -> tuple[UUID, str]:
        """A hosting company that may send pictures, and its key."""
        desk, manager = ClientDesk(self.lists.sessions), person(CLIENT_MANAGER)
        do = self.lists.do
        client_id = do(manager, lambda work: desk.create_client(work, "A hoster"))
        key = do(manager, lambda work: desk.issue_key(work, client_id, "hash:check"))
        do(manager, lambda work: allow_pictures(work, client_id, allowed=True))
        return client_id, key

    def add(self, count: int, **settings: str) -> list[Replica]:
        """Start web processes, all at once, and wait until they are ready."""
        new = []
        for _ in range(count):
            port = free_port()
            log = self.folder / f"web-{port}.log"
            new.append(Replica(port, self._environment(port, settings), log))
            new[-1].start()
        self.each += new
        for replica in new:
            replica.wait()
        return new

    def _environment(self, port: int, settings: Mapping[str, str]) -> dict[str, str]:
        own = {
            "DATABASE_URL": self.databases.app,
            "BROKER_URL": self.servers.broker_url,
            "VOLATILE_REDIS_URL": self.servers.volatile_url,
            "BIND": f"127.0.0.1:{port}",
            "PUBLIC_URL": f"http://hashcheck.localhost:{port}",
            "MASTER_KEY": key_text("hashcheck master"),
            "TOKEN_KEY": key_text("hashcheck token"),
            "HOTLINE_URL": NOWHERE,
            "INDEX_DIR": str(self.index_dir),
        }
        named = {f"HASHCHECK_{name}": value for name, value in {**own, **settings}.items()}
        cache = os.environ.get("NUMBA_CACHE_DIR", str(CHECKOUT / ".venv" / "numba"))
        inherited = {"PATH": os.environ["PATH"], "NUMBA_CACHE_DIR": cache}
        return inherited | {"APP_ENV": "development"} | named


@contextmanager
def running_replicas(count: int, entries: int, **settings: str) -> Iterator[Replicas]:
    """`entries` generated entries are listed before the processes start."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name, temporary_services() as servers:
        databases = create_databases(servers.postgres_url, SERVICE, servers.secret)
        upgrade(databases.owner, schema_of(SERVICE))
        with engine_on(databases.app) as engine:
            lists = Lists(session_factory(engine), FrozenClock())
            replicas = Replicas(servers, databases, Path(name), lists)
            list_many(replicas.superuser_url, 0, entries)
            try:
                replicas.add(count, **settings)
                yield replicas
            finally:
                for replica in replicas.each:
                    replica.stop()


def patiently(holds: Callable[[], bool], complaint: str) -> None:
    """Wait until it holds, as long as a busy machine may take."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until, complaint
        time.sleep(0.02)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and of its children that live."""
    total = 0.0
    for each in [pid, *_children(pid)]:
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def machine_seconds() -> float:
    """CPU time that everybody on this machine used since it started."""
    numbers = [int(each) for each in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
    user, nice, system, _idle, _wait, irq, softirq, steal = numbers[:8]
    return (user + nice + system + irq + softirq + steal) / TICKS
