"""Comparing with every row, in numpy alone: for few rows, and wherever there is no numba."""

import numpy as np

from hashcheck.matching.bands import U64s
from hashcheck.matching.matches import Matches, joined

# How many comparisons are held at once: their words take 32 bytes each for PDQ.
AT_ONCE = 1 << 18


def scan(hashes: U64s, queries: U64s, radius: int) -> Matches:
    """Rows of uint64 words within `radius` bits of each query, a row of words too."""
    step = max(1, AT_ONCE // max(1, len(hashes)))
    parts = []
    for begin in range(0, len(queries), step):
        block = queries[begin : begin + step]
        distances = np.bitwise_count(block[:, None, :] ^ hashes).sum(axis=2, dtype=np.int64)
        query, row = np.nonzero(distances <= radius)
        parts.append(Matches(query + begin, row, distances[query, row]))
    return joined(parts)
