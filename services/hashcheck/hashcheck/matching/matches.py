"""What a search found."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

I64s = NDArray[np.int64]
Word = TypeVar("Word", np.uint32, np.uint64)
# A row of bytes per hash, the most significant first.
Digests = NDArray[np.uint8]


class Matches(NamedTuple):
    """Every pair of a query and a row within the radius, once, by query and then by row.

    `query`: place of the digest in the batch; `row`: place of the hash in the index, both from 0;
    `distance`: how many bits differ (for a plug-in: its own whole number). Three int64 arrays of
    one length.
    """

    query: I64s
    row: I64s
    distance: I64s


NONE = Matches(*(np.empty(0, np.int64) for _ in range(3)))


def joined(parts: Sequence[Matches]) -> Matches:
    """Searches of one part of a batch after the other as one."""
    if len(parts) == 1:
        return parts[0]
    return Matches(*map(np.concatenate, zip(*parts, strict=True))) if parts else NONE


def in_order(found: I64s, begin: int) -> Matches:
    """Pairs as three rows of numbers, some more than once, as matches of queries from `begin`."""
    query, row, distance = found[:, np.lexsort((found[1], found[0]))]
    first = np.ones(len(row), bool)
    first[1:] = (query[1:] != query[:-1]) | (row[1:] != row[:-1])
    return Matches(query[first] + begin, row[first], distance[first])


def merged(parts: Sequence[Matches]) -> Matches:
    """Searches of one batch over different rows as one."""
    query, row, distance = map(np.concatenate, zip(*parts, strict=True))
    order = np.lexsort((row, query))
    return Matches(query[order], row[order], distance[order])


def as_words(digests: Digests, word: type[Word]) -> NDArray[Word]:
    """All bytes as words, read-only: kernels are compiled for one kind of array."""
    words = digests.reshape(-1).view(word)
    flags = words.flags
    if not flags.aligned:
        words = words.copy()
        flags = words.flags
    flags.writeable = False
    return words
