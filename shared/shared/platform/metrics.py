"""Figures about how the processes do, without anything about who used them.

Labels are on a closed list, and so are their values: a route is the template in the code, never a
path that somebody asked for. The figures are served at an address of their own (`METRICS_BIND`),
because whoever reads them learns how busy a line is (ADR 0011).
"""

import os
import threading
from functools import cache, partial

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, start_http_server
from prometheus_client.metrics import disable_created_metrics

LABELS = ("service", "route", "method", "status", "task", "outcome")
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
OTHER = "other"

disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
_ANSWERS = Histogram(
    "offlimits_answer_seconds",
    "How long answers took, by route template and class of status.",
    ("service", "route", "method", "status"),
    registry=REGISTRY,
)
_ATTEMPTS = Histogram(
    "offlimits_task_seconds",
    "How long attempts at tasks took, by how they ended; lost ones count no time.",
    ("service", "task", "outcome"),
    registry=REGISTRY,
)
_told: int | None = None


def method_of(method: str) -> str:
    """The method if it is a usual one: a caller may send any word as a method."""
    return method if method in METHODS else OTHER


def count_answer(service: str, route: str, method: str, status: int, seconds: float) -> None:
    """`route` is the template of the route, empty when none matched."""
    _answers(service, route or OTHER, method_of(method), status // 100).observe(seconds)


@cache
def _answers(service: str, route: str, method: str, hundreds: int) -> Histogram:
    """Looking one up takes longer than counting with it; there are few."""
    return _ANSWERS.labels(service, route, method, f"{hundreds}xx")


def count_attempt(service: str, task: str, outcome: str, seconds: float = 0.0) -> None:
    """In a process that was forked from one that serves metrics, tell that one."""
    if _told is None:
        _ATTEMPTS.labels(service, task, outcome).observe(seconds)
        return
    try:
        # Shorter than PIPE_BUF, so it arrives whole or not at all, also from who is killed.
        os.write(_told, f"{service}\t{task}\t{outcome}\t{seconds:.6f}\n".encode())
    except BlockingIOError:
        return


def serve_metrics(bind: str) -> None:
    """Serve the figures of this process at `host:port`, if one is given. Raises OSError."""
    if not bind:
        return
    host, _, port = bind.rpartition(":")
    server, _ = start_http_server(int(port), addr=host.strip("[]"), registry=REGISTRY)
    # A child that outlives this process must not keep its port.
    os.register_at_fork(after_in_child=server.socket.close)


def count_for_children() -> None:
    """Count here what processes count that will be forked from this one."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    os.register_at_fork(after_in_child=partial(_tell, writing))
    threading.Thread(target=_listen, args=[reading], daemon=True).start()


def _tell(writing: int) -> None:
    global _told  # noqa: PLW0603  what this process is does not change again
    _told = writing


def _listen(reading: int) -> None:
    with open(reading, encoding="utf-8") as lines:
        for line in lines:
            service, task, outcome, seconds = line.rstrip("\n").split("\t")
            count_attempt(service, task, outcome, float(seconds))
