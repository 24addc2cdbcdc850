"""The order of bits of a table: bits that are neighbours in a hash go far apart.

In hashes of pictures neighbouring bits depend on each other, and a band of such bits would have
few values that many rows share. The order is fixed and does not change any distance.
"""

import numpy as np
from numpy.typing import NDArray

from hashcheck.matching.bands import U64s
from hashcheck.matching.intrinsics import COMPILED
from hashcheck.matching.matches import Digests, as_words
from hashcheck.matching.probe_kernel import turn

# Bits per hash → a multiplier prime to it.
STRIDE = {256: 89, 64: 27}
AT_ONCE = 1 << 14


def bit_order(bits: int) -> NDArray[np.intp]:
    """Which bit of a digest (0: the highest of its first byte) comes to each place."""
    return (np.arange(bits) * STRIDE[bits]) % bits


def turned(digests: Digests, order: NDArray[np.intp], nibbles: U64s) -> U64s:
    """The hashes as words of 64 bits, bits in the given order, row after row.

    `nibbles`: the `nibble_table` of the order.
    """
    words = np.empty(digests.size // 8, np.uint64)
    if COMPILED:
        turn(as_words(digests, np.uint64), nibbles, len(order) // 64, words)
        return words
    into = words.view(np.uint8).reshape(digests.shape)
    for begin in range(0, len(digests), AT_ONCE):
        into[begin : begin + AT_ONCE] = _turned(digests[begin : begin + AT_ONCE], order)
    return words


def _turned(digests: Digests, order: NDArray[np.intp]) -> Digests:
    return np.packbits(np.unpackbits(digests, axis=1)[:, order], axis=1)


def nibble_table(order: NDArray[np.intp]) -> U64s:
    """For each four bits of a digest and each of their 16 values: where the one bits go.

    Four bits are counted from the lowest of the first word of 64, little-endian.
    """
    nibbles = len(order) // 4
    place, value = np.divmod(np.arange(nibbles * 16), 16)
    digests = np.zeros((nibbles * 16, nibbles // 2), np.uint8)
    digests[np.arange(nibbles * 16), place // 2] = value << 4 * (place % 2)
    return _turned(digests, order).reshape(-1).view(np.uint64)
