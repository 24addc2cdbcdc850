# kernel
"""The search of a `NearTable`: band by band over a whole batch, region by region in a band."""

from typing import Any, NamedTuple

import numpy as np

from hashcheck.matching.bands import BITMAP, LOW_BITS, WIDTH, Count, I64s, Tables, U32s, U64s
from hashcheck.matching.candidate_kernel import (
    CHECK_BITS,
    Batch,
    Step,
    Work,
    check,
    expand,
    locate,
    rank,
    verify,
)
from hashcheck.matching.intrinsics import compiled
from hashcheck.matching.probe_kernel import (
    FLIPS,
    MOST_PROBES,
    ONE,
    WAYS,
    U,
    all_keys,
    by_region,
    foresee,
    probe,
    probe_ahead,
    read_ahead,
    turn,
)

TABLES = len(Tables._fields)
# So few queries do not load a bitmap for each other: each loads ahead for itself.
FEW = 64
LEAST_WORK = 2 * MOST_PROBES


class Space(NamedTuple):
    """What a search writes to: for each query its words and keys, work between stages, hits."""

    turned: U64s
    keys: U32s
    ordered: U64s
    work: U64s
    hits: I64s
    n_hits: I64s


@compiled
def search(
    digests: U64s,
    nibbles: U64s,
    words: Count,
    radius: Count,
    thresholds: I64s,
    region_bits: Count,
    bands: I64s,
    row_bits: Count,
    *arrays: Any,
) -> np.int64:
    """Every row within `radius` of each digest, in the hits; one may come from several bands.

    `arrays`: those of `Tables` and then of `Space`, one by one, which crosses into compiled code
    twice as fast. Returns how many hits there are; those beyond the space are counted only.
    """
    tables, space = Tables(*arrays[:TABLES]), Space(*arrays[TABLES:])
    count = len(digests) // words
    turn(digests, nibbles, words, space.turned)
    all_keys(space.turned, words, count, bands, space.keys)
    batch = Batch(space.turned, words, radius, U(row_bits), space.hits, space.n_hits)
    work = Work(space.work[0], space.work[1], space.work[2], space.work[3])
    space.n_hits[0] = 0
    if count <= FEW:
        foresee(space.keys[:count], bands[0], thresholds[0], tables.bitmap)
    for b in range(len(bands)):
        if thresholds[b] >= 0:
            following = (b + 1) % len(bands)
            step = step_in(b, following, bands, thresholds, space.keys, count)
            keys = space.keys[b * count : (b + 1) * count]
            ordered = space.ordered[:count]
            if count <= FEW:
                search_few(keys, bands[following], ordered, step, tables, work, batch)
            else:
                search_band(keys, region_bits, ordered, step, tables, work, batch)
    return np.int64(space.n_hits[0])


@compiled
def step_in(
    b: Count, following: Count, bands: I64s, thresholds: I64s, keys: U32s, count: Count
) -> Step:
    return Step(
        bands[b],
        thresholds[b],
        thresholds[b] + thresholds[following] + 1,
        keys[following * count : (following + 1) * count],
        (ONE << U(min(CHECK_BITS, bands[following, WIDTH]))) - ONE,
    )


@compiled
def search_few(
    keys: U32s,
    following: I64s,
    ordered: U64s,
    step: Step,
    tables: Tables,
    work: Work,
    batch: Batch,
) -> None:
    """Each query by itself. While it looks at one band the words of the next are on their way."""
    found = np.int64(0)
    for i in range(len(keys)):
        ordered[i] = U(i) << U(32) | U(keys[i])
        found = probe_ahead(
            ordered[i],
            step.band,
            step.threshold,
            step.next_keys[i],
            following,
            tables.bitmap,
            work.found,
            found,
        )
        if found > len(work.found) - MOST_PROBES:
            settle(found, ordered, step, tables, work, batch)
            found = np.int64(0)
    settle(found, ordered, step, tables, work, batch)


@compiled
def search_band(
    keys: U32s,
    region_bits: Count,
    ordered: U64s,
    step: Step,
    tables: Tables,
    work: Work,
    batch: Batch,
) -> None:
    """All queries in one region of the bitmap after the other, so that it stays in the caches."""
    high_bits = step.band[WIDTH] - LOW_BITS
    low_bits = min(region_bits - LOW_BITS, high_bits)
    first = np.empty((1 << (high_bits - low_bits)) + 1, np.int64)
    by_region(keys, low_bits + LOW_BITS, first, ordered)
    for region in range(len(first) - 1):
        if high_bits > low_bits:
            read_ahead(tables.bitmap, step.band[BITMAP] + (region << low_bits), 1 << low_bits)
        search_region(region, first, low_bits, ordered, step, tables, work, batch)


@compiled
def search_region(
    region: Count,
    first: I64s,
    low_bits: Count,
    ordered: U64s,
    step: Step,
    tables: Tables,
    work: Work,
    batch: Batch,
) -> None:
    """The queries of every region that is near enough, in the bitmap of this one."""
    region_bits = step.band[WIDTH] - LOW_BITS - low_bits
    found = np.int64(0)
    for flips in range(step.threshold + 1):
        room = step.threshold - flips
        for j in range(WAYS[region_bits, flips]):
            flipped = np.int64(FLIPS[flips, j])
            i = first[region ^ flipped]
            end = first[(region ^ flipped) + 1]
            flipped <<= low_bits
            while i < end:
                found, i = probe(
                    ordered,
                    i,
                    end,
                    flipped,
                    low_bits,
                    room,
                    tables.bitmap,
                    step.band,
                    work.found,
                    found,
                )
                if found > len(work.found) - MOST_PROBES:
                    settle(found, ordered, step, tables, work, batch)
                    found = np.int64(0)
    settle(found, ordered, step, tables, work, batch)


@compiled
def settle(
    found: Count,
    ordered: U64s,
    step: Step,
    tables: Tables,
    work: Work,
    batch: Batch,
) -> None:
    """From words of the bitmap to hits."""
    done = np.int64(0)
    while done < found:
        count, done = rank(ordered, done, found, step, tables, work)
        count = check(count, step, tables, work)
        n, several = locate(count, step, tables, batch, work)
        for i in range(several):
            more = True
            while more:
                n, more = expand(i, n, step, tables, batch, work)
                if n == len(work.candidates):
                    verify(n, tables, batch, work)
                    n = np.int64(0)
        verify(n, tables, batch, work)
