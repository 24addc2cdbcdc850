# kernel
"""The later stages of a search: from words of a bitmap to rows, and rows compared in full."""

from typing import NamedTuple

import numpy as np

from hashcheck.matching.bands import (
    BITMAP,
    CHECKS,
    LOW_BITS,
    ROWS,
    STARTS,
    SUPERS,
    VALUES,
    Count,
    I64s,
    Tables,
    U32s,
    U64s,
)
from hashcheck.matching.intrinsics import compiled, lowest_bit, popcount, prefetch
from hashcheck.matching.probe_kernel import BALLS, LOW, LOW_32, ONE, ZERO, U

CHECK_BITS = 15
# In `checks`: several rows have this value; among the rows of such a value: one more follows.
MORE = np.uint64(1 << CHECK_BITS)


class Step(NamedTuple):
    """The search in one band. `limit`: how many bits may differ in it and the next together."""

    band: I64s
    threshold: Count
    limit: int
    next_keys: U32s
    next_mask: np.uint64


class Batch(NamedTuple):
    """Queries of `words` words in the index's order of bits, and where their hits go.

    `n_hits[0]`: how many hits there are, those included that `hits` has no space for.
    """

    turned: U64s
    words: Count
    radius: Count
    row_bits: np.uint64
    hits: I64s
    n_hits: I64s


class Work(NamedTuple):
    """Space for what is between two stages."""

    found: U64s
    entries: U64s
    facts: U64s
    candidates: U64s


@compiled
def rank(
    ordered: U64s, done: Count, count: Count, step: Step, tables: Tables, work: Work
) -> tuple[np.int64, np.int64]:
    """Every listed value near enough: its place in `checks`, and query << 8 | distance in the band.

    The place is the number of listed values before this one: those before the value's group of
    four words are known, those in the group are counted. Returns how many there are, and the first
    word not looked at for want of space.
    """
    for i in range(done, count):
        prefetch(tables.starts, U(step.band[STARTS]) + ((work.found[U(i)] & LOW_32) >> U(2)))
    n = ZERO
    base = U(step.band[BITMAP])
    full = U(len(work.entries) - 64)
    for i in range(done, count):
        query = ordered[work.found[U(i)] >> U(32)]
        word = work.found[U(i)] & LOW_32
        flips = popcount(word ^ ((query & LOW_32) >> U(LOW_BITS)))
        group = word >> U(2)
        four = base + (group << U(2))
        place = U(step.band[CHECKS]) + U(tables.supers[U(step.band[SUPERS]) + (group >> U(8))])
        place += U(tables.starts[U(step.band[STARTS]) + group])
        for k in range(3):
            place += popcount(tables.bitmap[four + U(k)]) & (ZERO - U((word & U(3)) > U(k)))
        values = tables.bitmap[base + word]
        near = values & BALLS[U(step.threshold) - flips, query & LOW]
        while near != ZERO:
            value = lowest_bit(near)
            entry = place + popcount(values & ((ONE << value) - ONE))
            prefetch(tables.checks, entry)
            work.entries[n] = entry
            work.facts[n] = (query >> U(32)) << U(8) | (flips + popcount(value ^ (query & LOW)))
            n += ONE
            near &= near - ONE
        if n > full:
            return np.int64(n), np.int64(i + 1)
    return np.int64(n), np.int64(count)


@compiled
def check(count: Count, step: Step, tables: Tables, work: Work) -> np.int64:
    """Keep entries within the limit in this band and the next, and those of several rows."""
    n = ZERO
    for i in range(count):
        fact = work.facts[U(i)]
        entry = work.entries[U(i)]
        stored = U(tables.checks[entry])
        key = U(step.next_keys[fact >> U(8)])
        apart = popcount((stored ^ key) & step.next_mask) + (fact & U(255))
        work.entries[n] = entry
        work.facts[n] = fact
        n += U(apart <= U(step.limit)) | (stored >> U(CHECK_BITS))
    return np.int64(n)


@compiled
def row_at(rows: U32s, first: np.uint64, entry: np.uint64, bits: np.uint64) -> np.uint64:
    """The number at place `entry` of packed numbers of `bits` bits, from word `first` on."""
    start = entry * bits
    word = first + (start >> U(5))
    both = U(rows[word]) | U(rows[word + ONE]) << U(32)
    return (both >> (start & U(31))) & ((ONE << bits) - ONE)


@compiled
def locate(
    count: Count, step: Step, tables: Tables, batch: Batch, work: Work
) -> tuple[np.int64, np.int64]:
    """Rows of the entries, as query << 32 | row in `candidates`.

    An entry of several rows stays in `entries`, as the place where these begin. Returns how many
    candidates and how many such entries there are.
    """
    rows_of_band = U(step.band[ROWS])
    checks_of_band = U(step.band[CHECKS])
    for i in range(count):
        bit = (work.entries[U(i)] - checks_of_band) * batch.row_bits
        prefetch(tables.rows, rows_of_band + (bit >> U(5)))
    n = ZERO
    several = ZERO
    for i in range(count):
        entry = work.entries[U(i)]
        fact = work.facts[U(i)]
        row = row_at(tables.rows, rows_of_band, entry - checks_of_band, batch.row_bits)
        if U(tables.checks[entry]) < MORE:
            prefetch(tables.hashes, row * U(batch.words))
            work.candidates[n] = (fact >> U(8)) << U(32) | row
            n += ONE
        else:
            shared = U(step.band[VALUES]) + row
            prefetch(tables.checks, checks_of_band + shared)
            work.entries[several] = shared
            work.facts[several] = fact
            several += ONE
    return np.int64(n), np.int64(several)


@compiled
def expand(
    i: Count, done: Count, step: Step, tables: Tables, batch: Batch, work: Work
) -> tuple[np.int64, bool]:
    """Check the rows of entry `i` one by one and add to the `done` candidates.

    Returns how many there are now, and whether some had no space: then call again.
    """
    n = U(done)
    place = work.entries[U(i)]
    query = work.facts[U(i)] >> U(8)
    distance = work.facts[U(i)] & U(255)
    key = U(step.next_keys[query])
    more = True
    while more and n < U(len(work.candidates)):
        stored = U(tables.checks[U(step.band[CHECKS]) + place])
        row = row_at(tables.rows, U(step.band[ROWS]), place, batch.row_bits)
        work.candidates[n] = query << U(32) | row
        n += U(popcount((stored ^ key) & step.next_mask) + distance <= U(step.limit))
        more = bool(stored >= MORE)
        place += ONE
    work.entries[U(i)] = place
    return np.int64(n), more


@compiled
def verify(count: Count, tables: Tables, batch: Batch, work: Work) -> None:
    """Compare candidates in full; a hit is query, row, distance."""
    n = batch.n_hits[0]
    for i in range(count):
        query = work.candidates[U(i)] >> U(32)
        row = work.candidates[U(i)] & LOW_32
        distance = ZERO
        for w in range(batch.words):
            word = tables.hashes[row * U(batch.words) + U(w)]
            distance += popcount(word ^ batch.turned[query * U(batch.words) + U(w)])
        if distance <= U(batch.radius):
            if n < batch.hits.shape[1]:
                batch.hits[0, n] = query
                batch.hits[1, n] = row
                batch.hits[2, n] = distance
            n += 1
    batch.n_hits[0] = n
