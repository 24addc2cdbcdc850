"""Hashes of files: the index against comparing with every row."""

import numpy as np
import pytest
from hashcheck.matching import Index
from hashcheck.matching.equal import AT_ONCE
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hashcheck.matching.shapes import LENGTH, as_tuples, even, every_one

FILES = ["md5", "sha1", "sha256"]


@pytest.mark.requirement("HM-EXACT-1")
@given(
    kind=st.sampled_from(FILES),
    count=st.integers(0, 400),
    repeated=st.integers(0, 40),
    seed=st.integers(0, 2**32),
)
@settings(deadline=None, max_examples=60)
def test_every_row_of_a_digest_is_found_and_nothing_else(
    kind: str, count: int, repeated: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    rows = even(random, count, LENGTH[kind])
    if count:
        rows = np.concatenate([rows, rows[random.integers(0, count, repeated)]])
    queries = np.concatenate([even(random, 9, LENGTH[kind]), rows[:30], rows[-30:]])
    assert as_tuples(Index.build(kind, rows).search(queries)) == every_one(rows, queries, 0)


@pytest.mark.requirement("HM-EXACT-1")
@pytest.mark.parametrize("kind", FILES)
def test_a_digest_is_compared_over_its_full_length(kind: str) -> None:
    """The table looks up the first eight bytes; digests that share these are told apart."""
    one = even(np.random.default_rng(1), 1, LENGTH[kind])[0]
    rows = np.array([one] * (LENGTH[kind] - 8))
    for place in range(8, LENGTH[kind]):
        rows[place - 8, place] ^= 1
    index = Index.build(kind, rows)
    assert as_tuples(index.search(rows)) == [(n, n, 0) for n in range(len(rows))]
    assert as_tuples(index.search(one)) == []


@pytest.mark.requirement("HM-EXACT-1")
def test_digests_that_share_their_beginning_and_repeat_in_turn_are_all_found() -> None:
    rows = np.zeros((3_000, 32), np.uint8)
    rows[::3, 31] = 1
    queries = np.array([rows[0], rows[1], np.full(32, 7, np.uint8)])
    found = Index.build("sha256", rows).search(queries)
    assert as_tuples(found) == every_one(rows, queries, 0)


@pytest.mark.requirement("HM-EXACT-1")
@pytest.mark.parametrize("batch", [1, AT_ONCE, AT_ONCE + 1, 20_000])
def test_a_batch_of_any_size_is_answered_in_its_order(batch: int) -> None:
    random = np.random.default_rng(2)
    rows = even(random, 50_000, 16)
    queries = even(random, batch, 16)
    queries[::7] = rows[: len(queries[::7])]
    found = Index.build("md5", rows).search(queries)
    assert as_tuples(found) == [(7 * n, n, 0) for n in range(len(queries[::7]))]
