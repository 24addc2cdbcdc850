"""Hashes of files: found when all bits are equal.

A filter of some bits per digest answers most misses with one read; the rest look up a table of
slots, and what is found there is compared over its full length.
"""

import secrets
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashcheck.matching.bands import I64s, U32s
from hashcheck.matching.equal_build import Sizes, Slots, built, mixed_values
from hashcheck.matching.equal_kernel import search
from hashcheck.matching.intrinsics import COMPILED
from hashcheck.matching.matches import NONE, Digests, Matches, as_words, in_order, joined

# Queries that are searched at once; more are searched one part after the other.
AT_ONCE = 1 << 14
FIRST_HITS = 1 << 12
WORD_BYTES = 4


class EqualTable:
    """Digests of one length. It never changes; several threads may search it at once."""

    def __init__(self, length: int, seed: int, sizes: Sizes, slots: Slots) -> None:
        """`length`: bytes per digest; `seed`: see `equal_kernel.mixed`."""
        self._length = length
        self._words = length // WORD_BYTES
        self._seed = seed
        self._sizes = sizes
        self._slots = slots
        self._spare: list[Space] = []

    @classmethod
    def build(cls, digests: Digests) -> "EqualTable":
        """`digests`: a row of bytes per hash."""
        length = digests.shape[1]
        seed = secrets.randbits(64)
        hashes = np.array(digests).reshape(-1).view(np.uint32)
        return cls(length, seed, *built(hashes, length // WORD_BYTES, seed))

    @classmethod
    def of_arrays(
        cls, length: int, layout: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
    ) -> "EqualTable":
        """The table that had this `layout` and these `arrays`."""
        sizes = Sizes(layout["slot_bits"], layout["row_bits"], layout["filter_words"])
        return cls(length, layout["seed"], sizes, Slots(**arrays))

    @property
    def layout(self) -> dict[str, Any]:
        return {"seed": self._seed, **self._sizes._asdict()}

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        return self._slots._asdict()

    def search(self, digests: Digests, radius: int) -> Matches:
        """Rows with the very bits of each digest; `radius` is 0."""
        parts = range(0, len(digests), AT_ONCE)
        find = self._search if COMPILED else self._search_plainly
        found = (find(digests[begin : begin + AT_ONCE]) for begin in parts)
        return joined(
            [
                in_order(hits, begin) if hits.size else NONE
                for begin, hits in zip(parts, found, strict=True)
            ]
        )

    def _search(self, digests: Digests) -> I64s:
        space = self._spare.pop() if self._spare else Space()
        words = as_words(digests, np.uint32)
        found = self._hits(words, space)
        if found > space.hits.shape[1]:
            space.hits = np.empty((3, found), np.int64)
            self._hits(words, space)
        hits = space.hits[:, :found].copy()
        self._spare.append(space)
        return hits

    def _hits(self, words: U32s, space: "Space") -> int:
        found = search(
            words,
            self._words,
            np.uint64(self._seed),
            np.uint64(self._sizes.slot_bits),
            np.uint64(self._sizes.row_bits),
            *self._slots,
            space.kept,
            space.hits,
        )
        return int(found)

    def _search_plainly(self, digests: Digests) -> I64s:
        """The same in numpy, all queries one slot at a time."""
        hashes = self._slots.hashes.reshape(-1, self._words)
        queries = as_words(digests, np.uint32).reshape(-1, self._words)
        values = mixed_values(queries.reshape(-1), self._words, self._seed)
        query = np.arange(len(values))
        place = (values >> np.uint64(64 - self._sizes.slot_bits)).astype(np.int64)
        found: list[tuple[I64s, I64s]] = []
        while len(query):
            row = (self._slots.slots[place] & ((1 << self._sizes.row_bits) - 1)).astype(np.int64)
            query, place, row = query[row > 0], place[row > 0] + 1, row[row > 0] - 1
            equal = (hashes[row] == queries[query]).all(axis=1)
            found.append((query[equal], row[equal]))
            query, place = query[~equal], place[~equal]
        return self._with_following(found)

    def _with_following(self, found: list[tuple[I64s, I64s]]) -> I64s:
        query = np.concatenate([each for each, _ in found])
        row = np.concatenate([each for _, each in found])
        pairs = [(query, row)]
        while len(row) and len(self._slots.following):
            after = self._slots.following[row].astype(np.int64)
            query, row = query[after > 0], after[after > 0] - 1
            pairs.append((query, row))
        query, row = (np.concatenate(column) for column in zip(*pairs, strict=True))
        return np.stack([query, row, np.zeros(len(row), np.int64)])


class Space:
    """What one search writes to, kept for the next."""

    def __init__(self) -> None:
        self.kept = np.empty((2, AT_ONCE), np.uint64)
        self.hits = np.empty((3, FIRST_HITS), np.int64)
