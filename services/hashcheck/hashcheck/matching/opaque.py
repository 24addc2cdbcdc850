"""Hashes whose distance only a plug-in knows: compared with every row."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashcheck.matching.kinds import Distances
from hashcheck.matching.matches import Digests, Matches, joined


class OpaqueTable:
    """Rows of bytes, kept as they came."""

    def __init__(self, hashes: Digests, distances: Distances) -> None:
        self._hashes = hashes
        self._distances = distances

    @property
    def layout(self) -> dict[str, Any]:
        return {}

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"hashes": self._hashes.reshape(-1)}

    def search(self, digests: Digests, radius: int) -> Matches:
        """Rows whose distance, as the plug-in tells it, is at most `radius`."""
        return joined([self._near(query, digest, radius) for query, digest in enumerate(digests)])

    def _near(self, query: int, digest: Digests, radius: int) -> Matches:
        distances = self._distances(digest, self._hashes)
        (row,) = np.nonzero(distances <= radius)
        return Matches(np.full(len(row), query), row, distances[row].astype(np.int64))
