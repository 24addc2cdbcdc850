"""Near hashes: the index against comparing with every row, for all shapes and sizes."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hashcheck.matching import Index
from hashcheck.matching.bands import WIDTHS
from hashcheck.matching.kinds import OUR_OWN
from hashcheck.matching.near import AT_ONCE, LEAST_FOR_REGIONS, NearTable
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hashcheck.matching.shapes import (
    LENGTH,
    SHAPES,
    Rows,
    as_tuples,
    asked,
    clustered,
    even,
    every_one,
)

NEAR = ["pdq", "phash"]
# Larger borders are crossed by `make bench-matching`.
MOST_ROWS = 30_000
BORDERS = [
    (kind, int(border) + beside)
    for kind in NEAR
    for border, _ in WIDTHS[LENGTH[kind] * 8]
    if border <= MOST_ROWS
    for beside in (-1, 0, 1)
]
LAYOUTS = [(kind, number) for kind in NEAR for number in range(len(WIDTHS[LENGTH[kind] * 8]))]


def assert_exact(kind: str, rows: Rows, queries: Rows, radius: int) -> None:
    found = Index.build(kind, rows).search(queries, radius)
    assert as_tuples(found) == every_one(rows, queries, radius)


@pytest.mark.requirement("HM-EXACT-1")
@given(
    kind=st.sampled_from(NEAR),
    shape=st.sampled_from(sorted(SHAPES)),
    count=st.integers(0, 3_000),
    batch=st.integers(1, 40),
    seed=st.integers(0, 2**32),
    data=st.data(),
)
@settings(deadline=None, max_examples=60)
def test_the_result_is_what_comparing_with_every_row_gives(
    kind: str, shape: str, count: int, batch: int, seed: int, data: st.DataObject
) -> None:
    radius = data.draw(st.integers(0, OUR_OWN[kind].radius))
    random = np.random.default_rng(seed)
    rows = SHAPES[shape](random, count, LENGTH[kind])
    assert_exact(kind, rows, asked(random, rows, batch, radius), radius)


@pytest.mark.requirement("HM-EXACT-1")
@pytest.mark.parametrize("shape", sorted(SHAPES))
@pytest.mark.parametrize("kind", NEAR)
def test_every_radius_is_exact(kind: str, shape: str) -> None:
    random = np.random.default_rng(7)
    rows = SHAPES[shape](random, 1_500, LENGTH[kind])
    index = Index.build(kind, rows)
    for radius in range(OUR_OWN[kind].radius + 1):
        queries = asked(random, rows, 12, radius)
        assert as_tuples(index.search(queries, radius)) == every_one(rows, queries, radius)


@pytest.mark.requirement("HM-EXACT-1")
@pytest.mark.parametrize(("kind", "count"), BORDERS)
def test_the_result_is_exact_on_both_sides_of_every_change_of_layout(kind: str, count: int) -> None:
    random = np.random.default_rng(count)
    rows = even(random, count, LENGTH[kind])
    radius = OUR_OWN[kind].radius
    assert_exact(kind, rows, asked(random, rows, 50, radius), radius)


@pytest.mark.requirement("HM-EXACT-1")
@pytest.mark.parametrize(("kind", "number"), LAYOUTS)
@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_every_layout_is_exact_for_every_shape(kind: str, number: int, shape: str) -> None:
    random = np.random.default_rng(number)
    rows = SHAPES[shape](random, 400, LENGTH[kind])
    _, widths = WIDTHS[LENGTH[kind] * 8][number]
    table = NearTable.build(rows, widths)
    radius = OUR_OWN[kind].radius
    queries = asked(random, rows, 600, radius)
    assert as_tuples(table.search(queries, radius)) == every_one(rows, queries, radius)
    assert as_tuples(table.search(queries[:5], 3)) == every_one(rows, queries[:5], 3)


@pytest.mark.requirement("HM-EXACT-1")
@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("kind", NEAR)
def test_an_index_of_no_row_or_one_answers_like_any_other(kind: str, count: int) -> None:
    random = np.random.default_rng(count)
    rows = even(random, count, LENGTH[kind])
    assert_exact(kind, rows, asked(random, rows, 9, 4), 4)


@pytest.mark.requirement("HM-EXACT-1")
@pytest.mark.parametrize(
    "batch", [1, 2, LEAST_FOR_REGIONS - 1, LEAST_FOR_REGIONS, AT_ONCE, AT_ONCE + 1, 20_000]
)
def test_a_batch_of_any_size_is_answered_in_its_order(batch: int) -> None:
    random = np.random.default_rng(batch)
    rows = even(random, 1_500, 32)
    index = Index.build("pdq", rows)
    some = asked(random, rows, 60, 31)
    expected = every_one(rows, some, 31)
    repeated = np.resize(some, (batch, 32))

    found = as_tuples(index.search(repeated))

    assert found == [
        (query + begin, row, distance)
        for begin in range(0, batch, 60)
        for query, row, distance in expected
        if query + begin < batch
    ]


@pytest.mark.requirement("HM-EXACT-1")
def test_more_hits_than_were_expected_are_all_reported() -> None:
    rows = np.zeros((5_000, 32), np.uint8)
    found = Index.build("pdq", rows).search(rows[:3])
    assert as_tuples(found) == [(query, row, 0) for query in range(3) for row in range(5_000)]


@pytest.mark.requirement("HM-EXACT-1")
def test_threads_that_search_at_once_do_not_disturb_each_other() -> None:
    random = np.random.default_rng(3)
    rows = clustered(random, 3_000, 32)
    index = Index.build("pdq", rows)
    batches = [asked(random, rows, size, 31) for size in (1, 7, 40, 700) * 4]
    alone = [as_tuples(index.search(batch)) for batch in batches]

    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(lambda batch: as_tuples(index.search(batch)), batches * 3))

    assert together == alone * 3


@pytest.mark.requirement("HM-EXACT-1")
@pytest.mark.parametrize("shape", sorted(SHAPES))
@pytest.mark.parametrize("kind", NEAR)
def test_a_mapped_snapshot_answers_as_the_index_in_memory(
    kind: str, shape: str, tmp_path: Path
) -> None:
    random = np.random.default_rng(11)
    rows = SHAPES[shape](random, 2_000, LENGTH[kind])
    Index.build(kind, rows).save(tmp_path / "snapshot")
    mapped = Index.open(tmp_path / "snapshot")
    radius = OUR_OWN[kind].radius
    queries = asked(random, rows, 60, radius)
    assert as_tuples(mapped.search(queries)) == every_one(rows, queries, radius)


@pytest.mark.requirement("HM-API-1")
@pytest.mark.parametrize("radius", [-1, 32])
def test_a_radius_that_the_kind_does_not_have_is_refused(radius: int) -> None:
    with pytest.raises(ValueError, match="is not from 0 to 31"):
        Index.build("pdq", bytes(32)).search(bytes(32), radius)


@pytest.mark.requirement("HM-API-1")
def test_a_hash_that_is_not_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="not hashes of 32"):
        Index.build("pdq", bytes(33))
    with pytest.raises(ValueError, match="not hashes of 32"):
        Index.build("pdq", bytes(32)).search(bytes(31))


@pytest.mark.requirement("HM-API-1")
def test_hashes_may_come_in_any_kind_of_buffer() -> None:
    rows = even(np.random.default_rng(1), 1_200, 32)
    index = Index.build("pdq", rows.tobytes())
    packed = rows[:4].tobytes()
    unaligned = memoryview(b"x" + packed)[1:]
    for given_as in (packed, bytearray(packed), memoryview(packed), unaligned, rows[:4]):
        assert as_tuples(index.search(given_as)) == every_one(rows, rows[:4], 31)
    assert as_tuples(index.search(rows[:8:2])) == every_one(rows, rows[:8:2], 31)
