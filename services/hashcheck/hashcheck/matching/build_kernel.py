# kernel
"""Building the arrays of a `NearTable` for one band."""

import numpy as np

from hashcheck.matching.bands import LOW_BITS, OFFSET, WIDTH, Count, I64s, U16s, U32s, U64s
from hashcheck.matching.candidate_kernel import CHECK_BITS, MORE
from hashcheck.matching.intrinsics import compiled, popcount, prefetch
from hashcheck.matching.probe_kernel import LOW, LOW_32, ONE, ZERO, U, band_value

AHEAD = 16


@compiled
def sort_band(hashes: U64s, words: Count, band: I64s, other: U64s, ordered: U64s) -> None:
    """Rows in the order of their value in the band, as value << 32 | row; `other` is space."""
    offset, width = band[OFFSET], band[WIDTH]
    half = width >> 1
    for i in range(len(ordered)):
        value = band_value(hashes, U(i * words), offset, width)
        ordered[U(i)] = value << U(32) | U(i)
    _sort_by_bits(ordered, other, U(32), half)
    _sort_by_bits(other, ordered, U(32 + half), width - half)


@compiled
def _sort_by_bits(given: U64s, ordered: U64s, shift: np.uint64, bits: Count) -> None:
    """A stable sort by the `bits` bits from `shift` on, by counting."""
    mask = (ONE << U(bits)) - ONE
    place = np.zeros((1 << bits) + 1, np.int64)
    for i in range(len(given)):
        place[((given[U(i)] >> shift) & mask) + ONE] += 1
    for digit in range(1 << bits):
        place[digit + 1] += place[digit]
    for i in range(len(given)):
        digit = (given[U(i)] >> shift) & mask
        ordered[U(place[digit])] = given[U(i)]
        place[digit] += 1


@compiled
def count_values(ordered: U64s) -> tuple[np.int64, np.int64]:
    """How many values there are, and how many rows whose value other rows have, too."""
    values = np.int64(0)
    shared = np.int64(0)
    for i in range(len(ordered)):
        value = ordered[i] >> U(32)
        as_before = i > 0 and ordered[i - 1] >> U(32) == value
        as_after = i + 1 < len(ordered) and ordered[i + 1] >> U(32) == value
        values += not as_before
        shared += as_before or as_after
    return values, shared


@compiled
def fill_bitmap(ordered: U64s, bitmap: U64s, starts: U16s, supers: U32s) -> None:
    """Mark the values, and count those before each group."""
    for i in range(len(ordered)):
        value = ordered[i] >> U(32)
        bitmap[value >> U(LOW_BITS)] |= ONE << (value & LOW)
    before: Count = 0
    before_super: Count = 0
    for group in range(len(starts)):
        if group & 255 == 0:
            supers[group >> 8] = np.uint32(before)
            before_super = before
        starts[group] = np.uint16(before - before_super)
        for word in range(group * 4, group * 4 + 4):
            before += np.int64(popcount(bitmap[word]))


@compiled
def fill_entries(
    ordered: U64s,
    values: Count,
    following: I64s,
    hashes: U64s,
    words: Count,
    checks: U16s,
    rows: U32s,
) -> None:
    """Write the checks of a band, and to `rows` the row of each, not packed yet."""
    mask = (ONE << U(min(CHECK_BITS, following[WIDTH]))) - ONE
    entry = ZERO
    extra = U(values)
    for i in range(len(ordered)):
        if i + AHEAD < len(ordered):
            prefetch(hashes, (ordered[i + AHEAD] & LOW_32) * U(words))
        value = ordered[i] >> U(32)
        row = ordered[i] & LOW_32
        stored = band_value(hashes, row * U(words), following[OFFSET], following[WIDTH]) & mask
        as_before = i > 0 and ordered[i - 1] >> U(32) == value
        as_after = i + 1 < len(ordered) and ordered[i + 1] >> U(32) == value
        if as_after and not as_before:
            checks[entry] = np.uint16(MORE)
            rows[entry] = np.uint32(extra - U(values))
            entry += ONE
        place = entry
        if as_before or as_after:
            place = extra
            extra += ONE
        else:
            entry += ONE
        checks[place] = np.uint16(stored | (MORE if as_after else ZERO))
        rows[place] = np.uint32(row)


@compiled
def pack(numbers: U32s, bits: Count, packed: U32s) -> None:
    """Write numbers of `bits` bits side by side, lowest bits first."""
    word = 0
    held = ZERO
    waiting = ZERO
    for i in range(len(numbers)):
        waiting |= U(numbers[i]) << held
        held += U(bits)
        if held >= U(32):
            packed[word] = np.uint32(waiting & LOW_32)
            word += 1
            waiting >>= U(32)
            held -= U(32)
    packed[word] = np.uint32(waiting & LOW_32)
