"""Building the arrays of an `EqualTable`, in numpy alone."""

from typing import NamedTuple

import numpy as np

from hashcheck.matching.bands import I64s, U32s, U64s

# At least so many slots, and bits of the filter, there are for each digest.
SLOTS_PER_ROW = 1.45
FILTER_BITS_PER_ROW = 12


class Slots(NamedTuple):
    """The arrays of an `EqualTable`.

    `hashes`: the digests as words of 32 bits, row after row.
    `slots`: 0, or tag << row_bits | row + 1, in the first free slot from that of the digest on.
    `filter_bits`: three bits of one word per digest, so that most misses read one word only.
    `following`: row + 1 of the next row with the same digest, or 0; empty if all are different.
    """

    hashes: U32s
    slots: U32s
    filter_bits: U64s
    following: U32s


class Sizes(NamedTuple):
    slot_bits: int
    row_bits: int
    filter_words: int


def sizes_for(rows: int) -> Sizes:
    return Sizes(
        slot_bits=max(1, int(np.ceil(np.log2(max(1, rows) * SLOTS_PER_ROW)))),
        row_bits=max(1, rows.bit_length()),
        filter_words=1 << max(0, int(np.ceil(np.log2(max(1, rows) * FILTER_BITS_PER_ROW / 64)))),
    )


def mixed_values(hashes: U32s, words: int, seed: int) -> U64s:
    """As `equal_kernel.mixed`, for every row."""
    rows = hashes.reshape(-1, words).astype(np.uint64)
    value = (rows[:, 0] | rows[:, 1] << np.uint64(32)) ^ np.uint64(seed)
    half = np.uint64(33)
    value = (value ^ (value >> half)) * np.uint64(0xFF51AFD7ED558CCD)
    value = (value ^ (value >> half)) * np.uint64(0xC4CEB9FE1A85EC53)
    return value ^ (value >> half)


def wanted_bits(values: U64s) -> U64s:
    """Three bits of one word, as in `equal_kernel.sift`."""
    six, one = np.uint64(63), np.uint64(1)
    wanted: U64s = np.zeros_like(values)
    for shift in (26, 32, 38):
        wanted |= one << (values >> np.uint64(shift) & six)
    return wanted


def built(hashes: U32s, words: int, seed: int) -> tuple[Sizes, Slots]:
    """The arrays for digests of `words` words."""
    rows = len(hashes) // words
    sizes = sizes_for(rows)
    values = mixed_values(hashes, words, seed)
    order = _grouped(hashes.reshape(-1, words), values)
    first = _differs_from_the_one_before(hashes.reshape(-1, words)[order])
    filter_bits = np.zeros(sizes.filter_words, np.uint64)
    word = values & np.uint64(sizes.filter_words - 1)
    np.bitwise_or.at(filter_bits, word.astype(np.int64), wanted_bits(values))
    slots = _slots(values[order[first]], order[first], sizes)
    return sizes, Slots(hashes, slots, filter_bits, _following(order, first))


def _grouped(digests: U32s, values: U64s) -> I64s:
    """Rows by mixed value, those of one digest side by side, in their order."""
    order = np.argsort(values, kind="stable")
    same = values[order[1:]] == values[order[:-1]]
    if same.any():
        doubtful = np.concatenate([[False], same]) | np.concatenate([same, [False]])
        rows = order[doubtful]
        order[doubtful] = rows[np.lexsort((rows, *digests[rows].T, values[rows]))]
    return order


def _differs_from_the_one_before(digests: U32s) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    differs = np.ones(len(digests), np.bool_)
    differs[1:] = (digests[1:] != digests[:-1]).any(axis=1)
    return differs


def _slots(values: U64s, rows: I64s, sizes: Sizes) -> U32s:
    """Every value in the first free slot from its own on; values are in order, so are the slots."""
    slot_bits, row_bits = np.uint64(sizes.slot_bits), np.uint64(sizes.row_bits)
    own = (values >> (np.uint64(64) - slot_bits)).astype(np.int64)
    count = np.arange(len(own))
    places = np.maximum.accumulate(own - count) + count
    # The last slot is free, so that every search ends.
    slots = np.zeros(max(1 << sizes.slot_bits, int(places.max(initial=0)) + 1) + 1, np.uint32)
    tags = (values << slot_bits) >> (np.uint64(32) + row_bits)
    slots[places] = (tags << row_bits | (rows + 1).astype(np.uint64)).astype(np.uint32)
    return slots


def _following(order: I64s, first: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> U32s:
    if first.all():
        return np.empty(0, np.uint32)
    following = np.zeros(len(order), np.uint32)
    again = np.flatnonzero(~first)
    following[order[again - 1]] = order[again] + 1
    return following
