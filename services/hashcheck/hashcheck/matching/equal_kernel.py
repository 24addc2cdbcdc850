# kernel
"""The search of an `EqualTable`."""

import numpy as np

from hashcheck.matching.bands import Count, I64s, U32s, U64s
from hashcheck.matching.intrinsics import compiled, prefetch

U = np.uint64
ZERO = np.uint64(0)
ONE = np.uint64(1)
SIX_BITS = np.uint64(63)
LOW_32 = np.uint64(0xFFFF_FFFF)
AHEAD = 16


@compiled
def mixed(digests: U32s, word: np.uint64, seed: np.uint64) -> np.uint64:
    """The first 64 bits of a digest, spread over all 64 bits.

    source: the finaliser of MurmurHash3 (public domain). With a secret seed nobody can make files
    whose digests all come to one slot.
    """
    value = (U(digests[word]) | U(digests[word + ONE]) << U(32)) ^ seed
    value = (value ^ (value >> U(33))) * U(0xFF51AFD7ED558CCD)
    value = (value ^ (value >> U(33))) * U(0xC4CEB9FE1A85EC53)
    return value ^ (value >> U(33))


@compiled
def sift(digests: U32s, words: Count, seed: np.uint64, bits: U64s, kept: U64s) -> np.int64:
    """Queries that the filter `bits` lets through, and their mixed values, in the rows of `kept`.

    Each listed digest has set three bits in one word of the filter.
    """
    n = ZERO
    last = U(len(bits) - 1)
    for i in range(len(digests) // words):
        value = mixed(digests, U(i * words), seed)
        wanted = ONE << (value >> U(26) & SIX_BITS)
        wanted |= ONE << (value >> U(32) & SIX_BITS)
        wanted |= ONE << (value >> U(38) & SIX_BITS)
        kept[0, n] = U(i)
        kept[1, n] = value
        n += U(bits[value & last] & wanted == wanted)
    return np.int64(n)


@compiled
def is_equal(digests: U32s, query: np.uint64, hashes: U32s, row: np.uint64, words: Count) -> bool:
    for w in range(words):
        if digests[query * U(words) + U(w)] != hashes[row * U(words) + U(w)]:
            return False
    return True


@compiled
def row_of(
    digests: U32s,
    query: np.uint64,
    value: np.uint64,
    words: Count,
    hashes: U32s,
    slots: U32s,
    slot_bits: np.uint64,
    row_bits: np.uint64,
) -> np.uint64:
    """The first row with this digest, counted from 1; 0 if there is none."""
    numbers = (ONE << row_bits) - ONE
    tag = (value << slot_bits) >> (U(32) + row_bits)
    place = value >> (U(64) - slot_bits)
    while slots[place] != np.uint32(0):
        slot = U(slots[place])
        row = slot & numbers
        if slot >> row_bits == tag and is_equal(digests, query, hashes, row - ONE, words):
            return row
        place += ONE
    return ZERO


@compiled
def search(
    digests: U32s,
    words: Count,
    seed: np.uint64,
    slot_bits: np.uint64,
    row_bits: np.uint64,
    hashes: U32s,
    slots: U32s,
    filter_bits: U64s,
    following: U32s,
    kept: U64s,
    hits: I64s,
) -> np.int64:
    """Every row with one of the digests, in `hits` as query, row, 0.

    Returns how many there are; those beyond the space in `hits` are counted only.
    """
    n_hits = np.int64(0)
    count = sift(digests, words, seed, filter_bits, kept)
    for i in range(min(np.int64(AHEAD), count)):
        prefetch(slots, kept[1, i] >> (U(64) - slot_bits))
    for i in range(count):
        if i + AHEAD < count:
            prefetch(slots, kept[1, i + AHEAD] >> (U(64) - slot_bits))
        row = row_of(digests, kept[0, i], kept[1, i], words, hashes, slots, slot_bits, row_bits)
        while row != ZERO:
            if n_hits < hits.shape[1]:
                hits[0, n_hits] = np.int64(kept[0, i])
                hits[1, n_hits] = np.int64(row - ONE)
                hits[2, n_hits] = 0
            n_hits += 1
            row = U(following[row - ONE]) if len(following) > 0 else ZERO
    return n_hits
