"""How fast one core reads memory: in order, and a line here and a line there."""

import statistics
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tests.bench.timing import cpu_seconds

Words = NDArray[np.uint64]

READS = 1_000_000
SIZES = (1 << 18, 1 << 20, 1 << 22, 1 << 25, 1 << 28)


@njit(cache=False)
def in_order(words: Words) -> np.uint64:
    total = np.uint64(0)
    for i in range(len(words)):
        total ^= words[np.uint64(i)]
    return total


@njit(cache=False)
def anywhere(words: Words, reads: int, seed: np.uint64) -> np.uint64:
    """Addresses do not depend on what was read, so that many reads are under way at once."""
    total = np.uint64(0)
    last = np.uint64(len(words) - 1)
    for _ in range(reads):
        seed = seed * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
        total ^= words[(seed >> np.uint64(33)) & last]
    return total


@njit(cache=False)
def one_after_the_other(words: Words, reads: int) -> np.uint64:
    """Each word says where the next is."""
    place = np.uint64(0)
    for _ in range(reads):
        place = words[place]
    return place


def report() -> Iterator[str]:
    for size in SIZES:
        words = np.empty(size // 8, np.uint64)
        order = np.random.default_rng(1).permutation(len(words))
        words[order] = np.roll(order, -1)
        sequence = _median(partial(in_order, words))
        spread = _median(partial(anywhere, words, READS, np.uint64(5))) / READS
        chase = _median(partial(one_after_the_other, words, READS // 8)) / (READS // 8)
        yield (
            f"{size / 2**20:7.2f} MiB: in order {size / sequence / 1e9:5.1f} GB/s, anywhere "
            f"{spread * 1e9:5.1f} ns a line, one after the other {chase * 1e9:5.1f} ns"
        )


def _median(run: Callable[[], object]) -> float:
    run()
    return statistics.median(cpu_seconds(run) for _ in range(5))
