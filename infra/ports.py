"""Where every process listens: an offset from PORT_BASE, so that two installations run at once."""

import os
import random
import socket

OFFSETS = {
    "gateway": 0,
    "hotline": 1,
    "helpline": 2,
    "prevention": 3,
    "hashcheck": 4,
    "fetcher": 5,
    "mail": 25,
    "gateway-web-metrics": 26,
    "gateway-relay-metrics": 27,
    "hotline-web-metrics": 28,
    "hotline-worker-metrics": 29,
    "hotline-relay-metrics": 30,
    "hashcheck-web-metrics": 31,
    "hashcheck-relay-metrics": 32,
    "helpline-web-metrics": 33,
    "helpline-worker-metrics": 34,
    "helpline-relay-metrics": 35,
    "prevention-web-metrics": 36,
    "prevention-worker-metrics": 37,
    "prevention-relay-metrics": 38,
    "fetcher-metrics": 39,
    "hashcheck-worker-metrics": 40,
    "registry": 43,
    "names": 53,
    "postgres": 54,
    "broker": 63,
    "volatile": 64,
    "site": 80,
    "control": 81,
}
DEFAULT_BASE = 8000


def port_plan(base: int | None = None) -> dict[str, int]:
    """The port of every process, from PORT_BASE unless `base` is given."""
    start = base if base is not None else int(os.environ.get("PORT_BASE") or DEFAULT_BASE)
    return {name: start + offset for name, offset in OFFSETS.items()}


def taken(ports: dict[str, int]) -> list[str]:
    """The names whose port somebody else listens on."""
    return [name for name, port in ports.items() if not _is_free(port)]


def free_base() -> int:
    """A PORT_BASE of which no port is in use, below the ports that the system hands out.

    Two processes that ask at once begin to look at different places.
    """
    bases = (20000 + 100 * ((os.getpid() + step) % 100) for step in range(100))
    return next(base for base in bases if not taken(port_plan(base)))


def free_port() -> int:
    """One that nobody listens on, below the ports that the system hands out to connections."""
    ports = random.SystemRandom().sample(range(10000, 20000), 100)
    return next(port for port in ports if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
