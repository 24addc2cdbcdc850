"""CPU time of several ways to the same end, in turn, so that noise of the machine meets all."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

ROUNDS = 7


@dataclass(frozen=True)
class Way:
    """`run` answers the next `queries` queries each time that it is called."""

    run: Callable[[], object]
    queries: int


@dataclass(frozen=True)
class Timed:
    """CPU seconds per query, of each round."""

    seconds: list[float]

    @property
    def rate(self) -> float:
        """Queries per CPU second."""
        return 1 / statistics.median(self.seconds)

    def times(self, other: "Timed") -> float:
        """How many times as fast as the other: median of the rounds."""
        pairs = zip(self.seconds, other.seconds, strict=True)
        return statistics.median(theirs / own for own, theirs in pairs)


def cpu_seconds(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


def timed(ways: Mapping[str, Way], rounds: int = ROUNDS) -> dict[str, Timed]:
    for way in ways.values():
        way.run()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            seconds[name].append(cpu_seconds(way.run) / way.queries)
    return {name: Timed(each) for name, each in seconds.items()}
