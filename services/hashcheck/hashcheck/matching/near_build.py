"""Building the arrays of a `NearTable`."""

from collections.abc import Sequence

import numpy as np

from hashcheck.matching import build_kernel as kernel
from hashcheck.matching.bands import Band, Cut, Tables, U64s, cut, sizes

EMPTY = Tables(
    hashes=np.empty(0, np.uint64),
    bitmap=np.empty(0, np.uint64),
    starts=np.empty(0, np.uint16),
    supers=np.empty(0, np.uint32),
    checks=np.empty(0, np.uint16),
    rows=np.empty(0, np.uint32),
)


def built(hashes: U64s, widths: Sequence[int], rows: int) -> tuple[Cut, Tables]:
    """Bands of `widths` bits over `rows` hashes, whose bits are in the order of the table."""
    planned = cut([Band(width) for width in widths], rows)
    space = np.empty((2, rows), np.uint64)
    bands, parts = [], [EMPTY]
    for number in range(len(widths)):
        band, part = _band(hashes, planned, number, space)
        bands.append(band)
        parts.append(part)
    arrays = Tables(*map(np.concatenate, zip(*parts, strict=True)))
    return cut(bands, rows), arrays._replace(hashes=hashes)


def _band(hashes: U64s, planned: Cut, number: int, space: U64s) -> tuple[Band, Tables]:
    """One band and its part of the arrays; of `hashes` nothing."""
    rows = space.shape[1]
    words = len(hashes) // rows
    following = planned.table[(number + 1) % len(planned.table)]
    ordered = space[0]
    kernel.sort_band(hashes, words, planned.table[number], space[1], ordered)
    band = Band(planned.bands[number].width, *map(int, kernel.count_values(ordered)))
    size = sizes(Cut([band], planned.table, planned.row_bits))
    part = Tables(
        EMPTY.hashes,
        np.zeros(size["bitmap"], np.uint64),
        np.empty(size["starts"], np.uint16),
        np.empty(size["supers"], np.uint32),
        np.empty(size["checks"], np.uint16),
        np.zeros(size["rows"], np.uint32),
    )
    kernel.fill_bitmap(ordered, part.bitmap, part.starts, part.supers)
    unpacked = np.empty(size["checks"], np.uint32)
    kernel.fill_entries(ordered, band.values, following, hashes, words, part.checks, unpacked)
    kernel.pack(unpacked, planned.row_bits, part.rows)
    return band, part
