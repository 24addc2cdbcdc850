# kernel
"""The first stages of a search: queries in the index's order of bits, and words of the bitmaps.

Numbers that index arrays are uint64, so that no code for negative places is compiled. Every stage
is a function of its own: one large function was measured to be several times slower.
"""

from itertools import combinations
from math import comb

import numpy as np

from hashcheck.matching.bands import (
    BITMAP,
    LOW_BITS,
    MOST_FLIPS,
    OFFSET,
    WIDEST,
    WIDTH,
    Count,
    I64s,
    U32s,
    U64s,
)
from hashcheck.matching.intrinsics import compiled, prefetch

U = np.uint64
ZERO = np.uint64(0)
ONE = np.uint64(1)
LOW = np.uint64(63)
LOW_32 = np.uint64(0xFFFF_FFFF)
# Words of 8 bytes in a line of the caches.
LINE_WORDS = 8

# The band but for the bits that one word of the bitmap covers.
MOST_HIGH_BITS = WIDEST - LOW_BITS
# At most so many words does one query look at in one band.
MOST_PROBES = sum(comb(MOST_HIGH_BITS, flips) for flips in range(MOST_FLIPS + 1))


def _flips() -> U32s:
    """Row k: all masks of k bits in colexicographic order, those of few low bits first.

    So the first `comb(b, k)` of a row are all flips of k among the b lowest bits.
    """
    masks = np.zeros((MOST_FLIPS + 1, comb(MOST_HIGH_BITS, MOST_FLIPS)), np.uint32)
    for flips in range(MOST_FLIPS + 1):
        chosen = combinations(range(MOST_HIGH_BITS), flips)
        row = sorted(sum(1 << bit for bit in bits) for bits in chosen)
        masks[flips, : len(row)] = row
    return masks


def _balls() -> U64s:
    """[radius, v]: the six-bit values within `radius` of v, as the bits of one word."""
    values = range(1 << LOW_BITS)
    return np.array(
        [
            [sum(1 << u for u in values if (u ^ v).bit_count() <= radius) for v in values]
            for radius in range(MOST_FLIPS + 1)
        ],
        np.uint64,
    )


FLIPS = _flips()
BALLS = _balls()
# [b, k]: how many ways there are to flip k of b bits.
WAYS = np.array(
    [[comb(bits, k) for k in range(MOST_FLIPS + 1)] for bits in range(MOST_HIGH_BITS + 1)], np.int64
)


@compiled
def turn(digests: U64s, table: U64s, words: Count, turned: U64s) -> None:
    """Put the bits of each digest in the order of the index: one look-up for four bits."""
    for i in range(0, len(digests), words):
        for k in range(words):
            turned[U(i + k)] = ZERO
        for w in range(words):
            word = digests[U(i + w)]
            for nibble in range(16):
                place = (U((w * 16 + nibble) * 16) + (word & U(15))) * U(words)
                word >>= U(4)
                for k in range(words):
                    turned[U(i + k)] |= table[place + U(k)]


@compiled
def band_value(hashes: U64s, word: np.uint64, offset: Count, width: Count) -> np.uint64:
    """The bits [offset, offset + width) of the hash that begins at `word`."""
    w = word + U(offset >> 6)
    shift = U(offset & 63)
    value = hashes[w] >> shift
    if shift + U(width) > U(64):
        value |= hashes[w + ONE] << (U(64) - shift)
    return U(value & ((ONE << U(width)) - ONE))


@compiled
def all_keys(queries: U64s, words: Count, count: Count, bands: I64s, keys: U32s) -> None:
    """The value of every band of every query, band by band."""
    for b in range(len(bands)):
        offset, width = bands[b, OFFSET], bands[b, WIDTH]
        for i in range(count):
            keys[U(b * count + i)] = np.uint32(band_value(queries, U(i * words), offset, width))


@compiled
def by_region(keys: U32s, shift: Count, first: I64s, ordered: U64s) -> None:
    """Order queries by the highest bits of their key, the region, as query << 32 | key.

    Those of region g are `ordered[first[g] : first[g + 1]]`.
    """
    first[:] = 0
    for i in range(len(keys)):
        first[U(keys[U(i)]) >> U(shift)] += 1
    total = 0
    for region in range(len(first)):
        total += first[region]
        first[region] = total
    for i in range(len(keys) - 1, -1, -1):
        key = U(keys[U(i)])
        first[key >> U(shift)] -= 1
        ordered[U(first[key >> U(shift)])] = U(i) << U(32) | key


@compiled
def read_ahead(bitmap: U64s, first: Count, count: Count) -> None:
    """Load words in order into the caches: much faster than the same out of order."""
    for line in range(first, first + count, LINE_WORDS):
        prefetch(bitmap, U(line))


@compiled
def foresee(keys: U32s, band: I64s, threshold: Count, bitmap: U64s) -> None:
    """Begin to load every word of the bitmap that these keys will look at."""
    for i in range(len(keys)):
        word = U(keys[U(i)]) >> U(LOW_BITS)
        for flips in range(threshold + 1):
            for j in range(WAYS[band[WIDTH] - LOW_BITS, flips]):
                prefetch(bitmap, U(band[BITMAP]) + (word ^ U(FLIPS[U(flips), U(j)])))


@compiled
def probe(
    ordered: U64s,
    first: Count,
    end: Count,
    flipped: Count,
    low_bits: Count,
    room: Count,
    bitmap: U64s,
    band: I64s,
    found: U64s,
    count: Count,
) -> tuple[np.int64, np.int64]:
    """Words of the bitmap with a listed value near enough, as place in `ordered` << 32 | word.

    The queries `first` to `end` look at the words that differ from their own by `flipped` and by
    up to `room` of the `low_bits` lowest bits of the word's number. Returns how many words are in
    `found` now, and the first query that was not looked at for want of space.
    """
    n = U(count)
    base = U(band[BITMAP])
    full = U(len(found) - MOST_PROBES)
    for i in range(first, end):
        key = ordered[U(i)] & LOW_32
        own = ((key >> U(LOW_BITS)) ^ U(flipped)) | U(i) << U(32)
        for flips in range(room + 1):
            ball = BALLS[U(room - flips), key & LOW]
            for j in range(WAYS[low_bits, flips]):
                word = own ^ U(FLIPS[U(flips), U(j)])
                found[n] = word
                n += U((bitmap[base + (word & LOW_32)] & ball) != ZERO)
        if n > full:
            return np.int64(n), np.int64(i + 1)
    return np.int64(n), np.int64(end)


@compiled
def probe_ahead(
    query: np.uint64,
    band: I64s,
    threshold: Count,
    next_key: np.uint32,
    following: I64s,
    bitmap: U64s,
    found: U64s,
    count: Count,
) -> np.int64:
    """As `probe` for one query in a whole band, which begins to load the words of the next band.

    The next band's flips are taken to be those of this one: where it has fewer bits or a smaller
    threshold, words are loaded for nothing; where it has more, some are loaded late.
    """
    n = U(count)
    base, next_base = U(band[BITMAP]), U(following[BITMAP])
    high_bits = band[WIDTH] - LOW_BITS
    key = query & LOW_32
    own = (key >> U(LOW_BITS)) | (query >> U(32)) << U(32)
    next_own = U(next_key) >> U(LOW_BITS)
    for flips in range(threshold + 1):
        ball = BALLS[U(threshold - flips), key & LOW]
        for j in range(WAYS[high_bits, flips]):
            mask = U(FLIPS[U(flips), U(j)])
            prefetch(bitmap, next_base + (next_own ^ mask))
            word = own ^ mask
            found[n] = word
            n += U((bitmap[base + (word & LOW_32)] & ball) != ZERO)
    return np.int64(n)
