"""Which processes the platform has, and how each is started."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from infra.development import Installation
from infra.peers.control import PeerPorts
from infra.supervisor import Program

# In the order of starting: those that people wait for first.
PROCESSES: Mapping[str, tuple[str, ...]] = {
    "gateway": ("web", "relay"),
    "hotline": ("web", "fetcher", "worker", "relay"),
    "hashcheck": ("web", "worker", "relay"),
    "helpline": ("web", "worker", "relay"),
    "prevention": ("web", "worker", "relay"),
}
# What the processes import, imported once before them (see `infra.nursery`).
IMPORTED = (*(f"{service}.__main__" for service in PROCESSES), "infra.peers.__main__")
# The process that a readiness address belongs to, when it has one.
LISTENS = {"web", "fetcher"}


def platform_programs(installation: Installation) -> Iterator[Program]:
    """Every process of every service; web processes of all services come first."""
    named = [(service, process) for service, all_ in PROCESSES.items() for process in all_]
    for service, process in sorted(named, key=lambda pair: pair[1] not in LISTENS):
        port_name = process if process == "fetcher" else service
        yield Program(
            name=f"{service}-{process}",
            module=service,
            words=(process,),
            environment=installation.environment(service, process),
            ready_url=f"{installation.address(port_name)}/readyz" if process in LISTENS else "",
        )


def peers_program(installation: Installation) -> Program:
    """The outside world on loopback, so that nothing of a development machine asks the real one."""
    ports = [
        part
        for name in PeerPorts.__dataclass_fields__
        for part in (f"--{name}", str(installation.ports[name]))
    ]
    words = ("--mail-folder", str(mail_folder(installation)), *ports)
    return Program("peers", "infra.peers", words, installation.environment("gateway"))


def mail_folder(installation: Installation) -> Path:
    return installation.state / "mail"


def preparation_program(installation: Installation, name: str, commands: Iterable[str]) -> Program:
    """One process that runs commands of every service: each reads its own prefix."""
    merged: dict[str, str] = {}
    for service in PROCESSES:
        merged |= installation.environment(service, "migrate")
    return Program(name, "infra.preparation", tuple(commands), merged)
