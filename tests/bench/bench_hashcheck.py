"""The Hash Check Service beside the open peer, as processes: `make bench-hashcheck`.

One million PDQ hashes in PostgreSQL, the real web process, and Flask with python-threatexchange's
PDQIndex. Rates are per CPU second of the process that answers, from /proc, each way in turn: other
work on the machine spoils no ratio. Only ratios mean something elsewhere.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

import pytest

from infra.ports import free_port
from infra.state import CHECKOUT
from tests.bench.checking import Load
from tests.hashcheck.memory import mapped_below
from tests.hashcheck.replicas import (
    Replica,
    Replicas,
    cpu_seconds,
    machine_seconds,
    patiently,
    running_replicas,
)

ENTRIES = int(os.environ.get("ENTRIES", "1000000"))
ROUNDS = int(os.environ.get("ROUNDS", "7"))
BATCH = 1_024
PART = 0.8
SINGLE_TARGET, BATCH_TARGET = 10.0, 60.0
DREAM = 130_000
LONGEST_P99 = 0.050
LONGEST_SECONDS = 300
# Above this the wall clock says more about others than about the service.
MOST_BY_OTHERS = 0.10
# So that the hoster's question of a moment has come: enough to fill a search, few enough to wait.
CONNECTIONS, BATCH_CONNECTIONS = 32, 8


@dataclass(frozen=True)
class Way:
    form: str
    size: int
    requests: int
    connections: int


WAYS = {
    "peer: Flask + PDQIndex, one per request": Way("peer", 1, 200, 4),
    "one per request, JSON": Way("json", 1, 4_000, CONNECTIONS),
    "one per request, packed": Way("packed", 1, 4_000, CONNECTIONS),
    "1,024 per request, JSON": Way("json", BATCH, 30, BATCH_CONNECTIONS),
    "1,024 per request, packed": Way("packed", BATCH, 80, BATCH_CONNECTIONS),
}
PEER, SINGLE, _, _, PACKED = WAYS


@dataclass
class Measured:
    """CPU seconds of the answering processes per hash, of each round, and of whom else."""

    seconds: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return 1 / median(self.seconds)

    def times(self, other: "Measured") -> float:
        pairs = zip(self.seconds, other.seconds, strict=True)
        return median(theirs / own for own, theirs in pairs)


def say(line: str) -> None:
    sys.stdout.write(f"\n{line}")
    sys.stdout.flush()


@contextmanager
def running_peer(entries: int) -> Iterator[tuple[int, int]]:
    """Its port and the process that answers."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-w", "1", "--threads", "4", "--timeout", "900"]
    command += ["-b", f"127.0.0.1:{port}", "--log-level", "error", "tests.bench.peer_service:app"]
    environment = os.environ | {"ENTRIES": str(entries), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, env=environment, cwd=CHECKOUT) as process:  # noqa: S603
        try:
            peer = Replica(port, {}, CHECKOUT)
            patiently(lambda: peer.status("/status") == 200, "the peer does not answer")
            yield port, process.pid
        finally:
            process.terminate()


def asked(load: Load) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.checking"]
    done = subprocess.run(  # noqa: S603
        command,
        input=json.dumps(asdict(load)),
        capture_output=True,
        text=True,
        check=True,
        timeout=LONGEST_SECONDS,
        cwd=CHECKOUT,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    assert set(told["statuses"]) == {"200"}, told
    return told


@dataclass
class Bench:
    replicas: Replicas
    peer: tuple[int, int]
    key: str

    def load(self, way: Way, ports: list[int]) -> Load:
        return Load(ports, way.form, way.size, way.connections, way.requests, self.key)

    def seconds_per_hash(self, way: Way) -> float:
        only = self.replicas.each[0]
        port, pid = self.peer if way.form == "peer" else (only.port, only.pid)
        before = cpu_seconds(pid)
        told = asked(self.load(way, [port]))
        return (cpu_seconds(pid) - before) / (int(told["answers"]) * way.size)


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with running_peer(ENTRIES) as peer, running_replicas(1, ENTRIES) as replicas:
        _, key = replicas.client()
        yield Bench(replicas, peer, key)


@pytest.fixture(scope="module")
def measured(bench: Bench) -> dict[str, Measured]:
    results = {name: Measured() for name in WAYS}
    for number in range(ROUNDS + 1):
        for name, way in WAYS.items():
            seconds = bench.seconds_per_hash(way)
            if number:
                results[name].seconds.append(seconds)
    say(f"PDQ, {ENTRIES:,} listed, hashes per CPU second of the answering process:")
    for name, result in results.items():
        say(f"  {name:42} {result.rate:9,.0f} {result.times(results[PEER]):7.1f} x the peer")
    return results


@pytest.mark.requirement("HC-SPEED-1")
@pytest.mark.parametrize(("name", "target"), [(SINGLE, SINGLE_TARGET), (PACKED, BATCH_TARGET)])
def test_a_check_costs_a_part_of_what_it_costs_the_peer(
    measured: dict[str, Measured], name: str, target: float
) -> None:
    ratio = measured[name].times(measured[PEER])
    say(f"  {name}: {ratio:.1f} x, target {target:.0f} x ({ratio / target:.0%})")
    assert ratio >= PART * target


@pytest.mark.requirement("HC-SPEED-1")
def test_both_cores_together_and_how_long_an_answer_takes_at_half(bench: Bench) -> None:
    replicas = bench.replicas
    replicas.add(1)
    pids = [replica.pid for replica in replicas.each]
    ports = [replica.port for replica in replicas.each]
    way = WAYS[PACKED]
    used = [cpu_seconds(pid) for pid in pids]
    told = asked(bench.load(way, ports))
    seconds = sum(map(cpu_seconds, pids)) - sum(used)
    hashes = told["answers"] * way.size
    capacity = hashes / told["seconds"]
    say(
        f"two processes, packed: {2 * hashes / seconds:,.0f} checks/s by two whole cores; by the"
        f" clock {capacity:,.0f}, the asking process on the same cores ({DREAM:,} is the dream)"
    )
    memory = [mapped_below(replicas.index_dir, pid) for pid in pids]
    say(
        "index in memory, MB: "
        + ", ".join(f"resident {m.resident / 1e6:.0f}, share {m.share / 1e6:.0f}" for m in memory)
    )
    by_others, p99 = at_half(bench, way, ports, capacity)
    say(f"at half of that: p99 {p99 * 1000:.0f} ms, others had {by_others:.0%} of the machine")
    if by_others > MOST_BY_OTHERS:
        pytest.skip(f"others had {by_others:.0%} of this machine: its clock says nothing of us")
    assert p99 <= LONGEST_P99 / PART


def at_half(bench: Bench, way: Way, ports: list[int], capacity: float) -> tuple[float, float]:
    """What part of the machine others had meanwhile, and p99 in seconds."""
    pids = [replica.pid for replica in bench.replicas.each]
    rate = capacity / way.size / 2
    load = Load(ports, way.form, way.size, 32, max(200, int(rate * 10)), bench.key, rate)
    before = machine_seconds() - sum(map(cpu_seconds, pids))
    told = asked(load)
    others = machine_seconds() - sum(map(cpu_seconds, pids)) - before - told["client_seconds"]
    return others / (told["seconds"] * (os.cpu_count() or 1)), told["p99"]
