"""What of small counts is told: nobody can compute what is withheld, knowing the rule or not."""

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared.domain.disclosure import OPEN, Disclosure, Release, decimals_told

HELPLINE = Disclosure(threshold=5)
PREVENTION = Disclosure(threshold=10, hides_zero=True)
ROWS = st.lists(st.integers(0, 40), min_size=1, max_size=12)
RULES = st.builds(Disclosure, st.integers(3, 12), st.booleans())

pytestmark = pytest.mark.requirement("SEC-P9")


def rows_that_look_alike(
    rule: Disclosure, length: int, most: int
) -> dict[Release, list[Sequence[int]]]:
    """Every row of counts up to `most`, by what is told of it: all that an attacker can work out.

    Rows are left out of which a count above `most` would be told the same.
    """
    alike: dict[Release, list[Sequence[int]]] = {}
    for row in product(range(most + 1), repeat=length):
        release = rule.release(row)
        if release.total is None or release.total <= most:
            alike.setdefault(release, []).append(row)
    return alike


@pytest.mark.parametrize(
    ("rule", "length", "most"),
    [
        (Disclosure(3), 3, 9),
        (Disclosure(3), 4, 8),
        (Disclosure(5), 3, 16),
        (Disclosure(3, hides_zero=True), 4, 8),
        (Disclosure(5, hides_zero=True), 3, 16),
    ],
)
def test_who_knows_the_rule_and_everything_told_cannot_say_which_count_is_small(
    rule: Disclosure, length: int, most: int
) -> None:
    for release, rows in rows_that_look_alike(rule, length, most).items():
        for place, told in enumerate(release.cells):
            possible = {row[place] for row in rows}
            if told is not None:
                assert possible == {told}
                continue
            assert len(possible) > 1, release
            if release.total is not None:
                assert min(possible) < rule.threshold <= max(possible), release


def test_the_attacker_finds_what_a_rule_without_a_second_count_tells() -> None:
    """The control: withholding the small count alone gives it back by subtraction."""

    class Careless(Disclosure):
        def release(self, cells: Sequence[int], wholes: Sequence[int] | None = None) -> Release:
            told = tuple(count if self.tells(count) else None for count in cells)
            return Release(told, sum(cells))

    found = rows_that_look_alike(Careless(3), 3, 9)
    assert any(
        told is None and len({row[place] for row in rows}) == 1
        for release, rows in found.items()
        for place, told in enumerate(release.cells)
    )


@given(RULES, ROWS)
def test_what_is_told_is_true_and_never_small(rule: Disclosure, row: list[int]) -> None:
    release = rule.release(row)
    for told, count in zip(release.cells, row, strict=True):
        assert told in {None, count}
        assert told is None or told >= rule.threshold or (told == 0 and not rule.hides_zero)
    assert release.total in {None, sum(row)}


@given(RULES, ROWS)
def test_one_withheld_count_never_stands_beside_a_told_total(
    rule: Disclosure, row: list[int]
) -> None:
    release = rule.release(row)
    withheld = [count for count, told in zip(row, release.cells, strict=True) if told is None]
    assert release.total is None or len(withheld) != 1
    assert release.total is None or not withheld or max(withheld) >= rule.threshold


@given(RULES, st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=6))
def test_neither_a_part_nor_what_it_leaves_of_its_whole_is_told_small(
    rule: Disclosure, pairs: list[tuple[int, int]]
) -> None:
    parts, wholes = [part for part, _ in pairs], [part + rest for part, rest in pairs]
    release = rule.release(parts, wholes)
    for told, whole in zip((*release.cells, release.total), (*wholes, sum(wholes)), strict=True):
        assert told is None or rule.tells(told, whole)
    # With a withheld part its total is left out, so that nothing can be subtracted.
    assert release.total is None or None not in release.cells


@pytest.mark.parametrize(
    ("rule", "row", "told", "total"),
    [
        (HELPLINE, [40, 52, 61], (40, 52, 61), 153),
        (HELPLINE, [0, 6, 0], (0, 6, 0), 6),
        (HELPLINE, [4, 52, 40], (None, 52, None), 96),
        (HELPLINE, [4, 40, 40, 52], (None, None, None, 52), 136),
        (HELPLINE, [4, 0, 3], (None, 0, None), None),
        (HELPLINE, [4], (None,), None),
        (HELPLINE, [0, 0], (0, 0), 0),
        (PREVENTION, [150, 160], (150, 160), 310),
        (PREVENTION, [0, 150, 160], (None, None, 160), 310),
        (PREVENTION, [0, 0], (None, None), None),
        (PREVENTION, [], (), None),
        (OPEN, [1, 11_192_234_293], (1, 11_192_234_293), 11_192_234_294),
    ],
)
def test_what_is_told_of_a_row(
    rule: Disclosure, row: list[int], told: tuple[int | None, ...], total: int | None
) -> None:
    assert rule.release(row) == Release(told, total)


@pytest.mark.parametrize(
    ("part", "whole", "is_told"),
    [(5, 10, True), (5, 5, True), (0, 5, True), (5, 9, False), (4, 40, False), (36, 40, False)],
)
def test_a_part_is_told_when_the_rest_may_be_too(part: int, whole: int, *, is_told: bool) -> None:
    assert HELPLINE.tells(part, whole) is is_told


@pytest.mark.parametrize(
    ("of", "wanted", "told"), [(118, 1, 0), (578, 1, 1), (578, 2, 1), (9281, 1, 1), (9281, 2, 2)]
)
def test_a_percentage_of_few_has_no_decimals(of: int, wanted: int, told: int) -> None:
    assert decimals_told(of, wanted) == told
