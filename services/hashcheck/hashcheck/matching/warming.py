"""Compiling every kernel before it is needed."""

import numpy as np

from hashcheck.matching.index import Index
from hashcheck.matching.intrinsics import COMPILED

# Enough rows for bands and enough queries for regions.
ROWS = 1_200
QUERIES = 600


def warm() -> None:
    """Compile all kernels, or load them from the cache. Call it before the first search.

    Takes half a minute without a cache (`NUMBA_CACHE_DIR`), well under a second with one. No later
    call compiles anything. Without numba there is nothing to do.
    """
    if not COMPILED:
        return
    generator = np.random.default_rng(1)
    for kind, length in (("pdq", 32), ("phash", 8), ("md5", 16)):
        digests = generator.integers(0, 256, (ROWS, length), np.uint8)
        index = Index.build(kind, digests)
        index.search(digests[:QUERIES])
