"""Brings the whole platform up: servers, databases, migrations, demo data, processes."""

import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.backing_services import Ports, start_backing_services
from infra.development import Credentials, Installation, install
from infra.nursery import nursery
from infra.peers.known_pictures import write_known_pictures
from infra.ports import taken
from infra.programs import (
    IMPORTED,
    PROCESSES,
    mail_folder,
    peers_program,
    platform_programs,
    preparation_program,
)
from infra.state import CHECKOUT, CannotStart
from infra.supervisor import Supervisor

READY_SECONDS = 90.0
PREPARATION_SECONDS = 90.0
NETWORKS = CHECKOUT / "infra" / "networks.tsv"

Say = Callable[[str], None]


def aloud(line: str) -> None:
    """At once, also into a pipe: starting takes seconds and somebody waits."""
    print(line, flush=True)


@dataclass(frozen=True)
class Platform:
    """A running platform."""

    installation: Installation
    supervisor: Supervisor
    credentials: Credentials

    @property
    def mail(self) -> Path:
        """Where the mail server keeps what it received."""
        return mail_folder(self.installation)


@contextmanager
def running_platform(
    state: Path,
    ports: Mapping[str, int],
    logs: Path,
    *,
    throw_away: bool = False,
    say: Say = aloud,
    traces_url: str = "",
) -> Iterator[Platform]:
    """Ready when entered, gone when left. Raises CannotStart.

    `throw_away` forgets the state at the end; the logs of the processes stay. `traces_url` is a
    collector of traces.
    """
    occupied = taken(dict(ports))
    if occupied:
        numbers = ", ".join(f"{name} {ports[name]}" for name in occupied)
        raise CannotStart(f"ports in use: {numbers}; choose others with PORT_BASE=")
    server_ports = Ports(ports["postgres"], ports["broker"], ports["volatile"])
    with (
        nursery(IMPORTED) as forks,
        start_backing_services(state, server_ports, throw_away=throw_away) as servers,
    ):
        say("  PostgreSQL and Valkey are ready")
        supervisor = Supervisor(logs, forks, say)
        try:
            installation = install(state, ports, servers, traces_url)
            platform = Platform(installation, supervisor, Credentials(state))
            _start_processes(platform, say)
            yield platform
        finally:
            supervisor.stop()


def _start_processes(platform: Platform, say: Say) -> None:
    supervisor, installation = platform.supervisor, platform.installation
    supervisor.start(peers_program(installation))
    migrations = [f"{service} migrate" for service in PROCESSES]
    migrate = preparation_program(installation, "migrations", migrations)
    supervisor.run(migrate, PREPARATION_SECONDS)
    say("  the databases are at their newest version")
    for program in platform_programs(installation):
        supervisor.start(program)
    fill = preparation_program(installation, "demo-data", _demo_data(platform))
    supervisor.run(fill, PREPARATION_SECONDS)
    say("  demo staff and demo data are there")
    supervisor.wait_until_ready(READY_SECONDS)


def _demo_data(platform: Platform) -> Iterator[str]:
    """Commands that go through the use cases of the services; repeating them changes nothing."""
    for service in PROCESSES:
        yield shlex.join([service, "add-staff", str(platform.credentials.staff_file(service))])
    known = write_known_pictures(platform.installation.state / "known-pictures.json")
    yield shlex.join(["hashcheck", "seed", "--entries", str(known)])
    yield shlex.join(["hotline", "load-networks", str(NETWORKS)])
    yield "helpline add-platforms"
    for line in ("helpline", "prevention"):
        yield f"{line} plan-opening 00:00 23:59"
