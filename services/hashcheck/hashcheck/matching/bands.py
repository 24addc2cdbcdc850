"""How hashes are cut into bands: order of bits, widths by number of rows, thresholds per radius."""

from collections.abc import Sequence
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

U16s = NDArray[np.uint16]
U32s = NDArray[np.uint32]
U64s = NDArray[np.uint64]
I64s = NDArray[np.int64]
# A number in a kernel; compiled code has the second only.
Count = int | np.int64

WORD_BITS = 64
# A word of the bitmap covers the 64 values that differ in the six lowest bits only.
LOW_BITS = 6
# `starts` has a number per group of four words, `supers` one per 256 groups.
GROUP_BITS = LOW_BITS + 2
SUPER_BITS = GROUP_BITS + 8
NARROWEST = GROUP_BITS
WIDEST = 29
# A threshold of a band is at most 3.
MOST_FLIPS = 3

# Columns of `Cut.table`, a row per band: where it begins in the hash, its width, where it begins in
# each array of `Tables`, and how many values it has.
OFFSET, WIDTH, BITMAP, STARTS, SUPERS, CHECKS, ROWS, VALUES = range(8)

# Bits per hash → up to how many rows → widths of the bands; without bands all are compared.
# The steps were measured: `docs/matching.md`.
WIDTHS: dict[int, list[tuple[float, list[int]]]] = {
    256: [
        (32, []),
        (20_000, [16] * 16),
        (150_000, [21] * 4 + [20] * 2 + [19] * 6 + [18]),
        (500_000, [22] * 8 + [20] * 4),
        (3_000_000, [24] * 3 + [23] * 8),
        (float("inf"), [25] * 8 + [28] * 2),
    ],
    64: [
        (32, []),
        (30_000, [16] * 4),
        (float("inf"), [22, 21, 21]),
    ],
}
# What it costs to look at one word of a bitmap, and at one candidate, in the same unit.
PROBE_COST, CANDIDATE_COST = 1, 6


class Tables(NamedTuple):
    """The arrays of a `NearTable`; those but `hashes` hold all bands, one after another.

    `hashes`: uint64 words of the hashes, row by row, bits in the order of `bit_order`.
    `bitmap`: bit v of a band is one if a row has value v there.
    `starts`, `supers`: how many values a band has before each group of 256, and of 65,536.
    `checks`: per value of a band, in order, 15 bits of the next band of its row; then the same
    per row for values that several rows have. Bit 15: several rows, or one more row follows.
    `rows`: with each check the number of the row, packed; for several rows, where they begin
    behind the checks of the values.
    """

    hashes: U64s
    bitmap: U64s
    starts: U16s
    supers: U32s
    checks: U16s
    rows: U32s


class Band(NamedTuple):
    """`width` bits with so many different `values`; `shared`: rows that are not alone with one."""

    width: int
    values: int = 0
    shared: int = 0


def widths_for(bits: int, rows: int) -> list[int]:
    """The widths of the bands for hashes of `bits` bits, best measured for so many rows."""
    return next(widths for most, widths in WIDTHS[bits] if rows <= most)


class Cut(NamedTuple):
    """How hashes are cut. `table`: a row per band, columns as above; `row_bits`: per packed row."""

    bands: Sequence[Band]
    table: I64s
    row_bits: int


def cut(bands: Sequence[Band], rows: int) -> Cut:
    """Lay the bands of `rows` hashes side by side."""
    row_bits = max(1, (rows - 1).bit_length())
    lengths = [(band.width, *_lengths(band, row_bits)) for band in bands]
    table = np.zeros((len(bands), VALUES + 1), np.int64)
    for number, band in enumerate(bands):
        begins = np.array(lengths[:number], np.int64).sum(axis=0)
        table[number, [OFFSET, BITMAP, STARTS, SUPERS, CHECKS, ROWS]] = begins
        table[number, [WIDTH, VALUES]] = band.width, band.values
    return Cut(bands, table, row_bits)


def sizes(cut_at: Cut) -> dict[str, int]:
    """How long each array of `Tables` but `hashes` is."""
    lengths = [_lengths(band, cut_at.row_bits) for band in cut_at.bands]
    names = ("bitmap", "starts", "supers", "checks", "rows")
    return {name: sum(each[place] for each in lengths) for place, name in enumerate(names)}


def _lengths(band: Band, row_bits: int) -> tuple[int, int, int, int, int]:
    """Of the band's part of bitmap, starts, supers, checks and rows."""
    entries = band.values + band.shared
    return (
        1 << band.width - LOW_BITS,
        1 << band.width - GROUP_BITS,
        1 << max(0, band.width - SUPER_BITS),
        entries,
        # One word more, as a number is read from two of them.
        -(-entries * row_bits // 32) + 1,
    )


def thresholds(widths: Sequence[int], rows: int, radius: int) -> I64s:
    """How many bits may differ in each band; -1: a band that need not be looked at.

    Thresholds with one added to each sum up to `radius` + 1, which makes the search exact. Each
    of these goes to the band where it costs least.
    """
    chosen = [-1] * len(widths)
    for _ in range(radius + 1):
        costs = [
            _cost(width, rows, threshold + 1) - _cost(width, rows, threshold)
            for width, threshold in zip(widths, chosen, strict=True)
        ]
        chosen[costs.index(min(costs))] += 1
    return np.array(chosen, np.int64)


def _cost(width: int, rows: int, threshold: int) -> float:
    if threshold > MOST_FLIPS:
        return float("inf")
    words = sum(comb(width - LOW_BITS, flips) for flips in range(threshold + 1))
    values = sum(comb(width, flips) for flips in range(threshold + 1))
    return PROBE_COST * words + CANDIDATE_COST * values * rows / (1 << width)
