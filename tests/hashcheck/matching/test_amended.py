"""Additions and revocations on top of an index that stays as it is."""

import numpy as np
import pytest
from hashcheck.matching import AmendedIndex, Index
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hashcheck.matching.shapes import LENGTH, as_tuples, asked, clustered, even, every_one


@pytest.mark.requirement("HM-AMEND-1")
@given(
    kind=st.sampled_from(sorted(LENGTH)),
    count=st.integers(0, 300),
    changes=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=4),
    seed=st.integers(0, 2**32),
)
@settings(deadline=None, max_examples=60)
def test_after_any_changes_it_answers_as_an_index_of_what_is_left(
    kind: str, count: int, changes: list[tuple[int, int]], seed: int
) -> None:
    random = np.random.default_rng(seed)
    rows = clustered(random, count, LENGTH[kind])
    index = AmendedIndex(Index.build(kind, rows))
    gone: set[int] = set()
    for added, revoked in changes:
        new = clustered(random, added, LENGTH[kind])
        rows = np.concatenate([rows, new])
        leaving = random.choice(len(rows), min(revoked, len(rows)), replace=False).tolist()
        gone |= set(leaving)
        index = index.amended(new, leaving)
    radius = {"pdq": 31, "phash": 8}.get(kind, 0)
    queries = asked(random, rows, 40, radius)

    expected = [match for match in every_one(rows, queries, radius) if match[1] not in gone]

    assert as_tuples(index.search(queries)) == expected
    assert len(index) == len(rows) - len(gone)


@pytest.mark.requirement("HM-AMEND-1")
def test_whoever_searches_the_earlier_index_keeps_it() -> None:
    rows = even(np.random.default_rng(1), 20, 32)
    before = AmendedIndex(Index.build("pdq", rows[:10]))
    after = before.amended(added=rows[10:], revoked=[3])
    assert [row for _, row, _ in as_tuples(before.search(rows))] == list(range(10))
    assert [row for _, row, _ in as_tuples(after.search(rows))] == [0, 1, 2, *range(4, 20)]
    assert (before.added, after.added) == (0, 10)


@pytest.mark.requirement("HM-AMEND-1")
@pytest.mark.parametrize("row", [-1, 3])
def test_a_row_that_there_is_not_cannot_be_revoked(row: int) -> None:
    index = AmendedIndex(Index.build("md5", bytes(16 * 3)))
    with pytest.raises(IndexError):
        index.amended(revoked=[row])
