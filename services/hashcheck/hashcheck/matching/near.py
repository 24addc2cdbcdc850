"""Every hash within a number of differing bits: by bands, or plainly compared with all.

`docs/matching.md` says why nothing is missed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashcheck.matching.bands import (
    WORD_BITS,
    Band,
    Cut,
    I64s,
    Tables,
    U64s,
    cut,
    thresholds,
    widths_for,
)
from hashcheck.matching.intrinsics import COMPILED
from hashcheck.matching.matches import NONE, Digests, Matches, as_words, in_order, joined
from hashcheck.matching.near_build import built
from hashcheck.matching.near_kernel import LEAST_WORK, Space, search
from hashcheck.matching.scan import scan
from hashcheck.matching.turning import bit_order, nibble_table, turned

# Queries that are searched at once; more are searched one part after the other.
AT_ONCE = 1 << 14
# Reading a region of a bitmap as a whole pays when so many queries look into it.
LEAST_FOR_REGIONS = 128
REGION_BITS, NO_REGIONS = 19, 64
WORK = 2 * LEAST_WORK
FIRST_HITS = 1 << 12


class NearTable:
    """Hashes of `bits` bits. It never changes; several threads may search it at once."""

    def __init__(self, bits: int, order: NDArray[np.intp], cut_at: Cut, tables: Tables) -> None:
        """`order`: which bit of a digest comes to each place, as in `turned`."""
        self._words = bits // WORD_BITS
        self._rows = len(tables.hashes) // self._words
        self._order = order
        self._nibbles = nibble_table(order)
        self._cut = cut_at
        self._tables = tables
        self._thresholds: dict[int, I64s] = {}
        self._spare: list[Space] = []

    @classmethod
    def build(cls, digests: Digests, widths: Sequence[int] | None = None) -> "NearTable":
        """`digests`: a row of bytes per hash, the most significant first.

        `widths`: of the bands, together all bits of a hash, 8 to 29 bits each; none: every search
        compares with every row. Without it, what was measured to be best for so many rows.
        """
        bits = digests.shape[1] * 8
        order = bit_order(bits)
        hashes = turned(digests, order, nibble_table(order))
        chosen = widths_for(bits, len(digests)) if widths is None else widths
        return cls(bits, order, *built(hashes, chosen if COMPILED else [], len(digests)))

    @classmethod
    def of_arrays(
        cls, bits: int, layout: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
    ) -> "NearTable":
        """The table that had this `layout` and these `arrays`."""
        tables = Tables(**arrays)
        rows = len(tables.hashes) * WORD_BITS // bits
        cut_at = cut([Band(*numbers) for numbers in layout["bands"]], rows)
        return cls(bits, np.array(layout["bit_order"], np.intp), cut_at, tables)

    @property
    def layout(self) -> dict[str, Any]:
        return {
            "bands": [list(band) for band in self._cut.bands],
            "bit_order": self._order.tolist(),
        }

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        return self._tables._asdict()

    def search(self, digests: Digests, radius: int) -> Matches:
        """Rows within `radius` differing bits of each digest."""
        if not COMPILED or not self._cut.bands:
            hashes = self._tables.hashes.reshape(-1, self._words)
            queries = turned(digests, self._order, self._nibbles)
            return scan(hashes, queries.reshape(-1, self._words), radius)
        if len(digests) <= AT_ONCE:
            return self._search(digests, radius, 0)
        parts = range(0, len(digests), AT_ONCE)
        return joined(
            [self._search(digests[begin : begin + AT_ONCE], radius, begin) for begin in parts]
        )

    def _search(self, digests: Digests, radius: int, begin: int) -> Matches:
        space = self._spare.pop() if self._spare else self._new_space()
        words = as_words(digests, np.uint64)
        found = self._hits(words, radius, space)
        if found > space.hits.shape[1]:
            space = space._replace(hits=np.empty((3, found), np.int64))
            self._hits(words, radius, space)
        matches = in_order(space.hits[:, :found], begin) if found else NONE
        self._spare.append(space)
        return matches

    def _hits(self, words: U64s, radius: int, space: Space) -> int:
        many = len(words) >= LEAST_FOR_REGIONS * self._words
        found = search(
            words,
            self._nibbles,
            self._words,
            radius,
            self._thresholds_for(radius),
            REGION_BITS if many else NO_REGIONS,
            self._cut.table,
            self._cut.row_bits,
            *self._tables,
            *space,
        )
        return int(found)

    def _thresholds_for(self, radius: int) -> I64s:
        known = self._thresholds.get(radius)
        if known is None:
            widths = [band.width for band in self._cut.bands]
            known = thresholds(widths, self._rows, radius)
            self._thresholds[radius] = known
        return known

    def _new_space(self) -> Space:
        """Kept for later searches: allocation costs more than a single query."""
        return Space(
            turned=np.empty(AT_ONCE * self._words, np.uint64),
            keys=np.empty(AT_ONCE * len(self._cut.bands), np.uint32),
            ordered=np.empty(AT_ONCE, np.uint64),
            work=np.empty((4, WORK), np.uint64),
            hits=np.empty((3, FIRST_HITS), np.int64),
            n_hits=np.zeros(1, np.int64),
        )
