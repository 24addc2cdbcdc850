"""How much somebody has looked at, and when to stop."""

from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest
from hotline.domain.exposure import Budget, Exposure, View, check_budget, exposure
from hypothesis import given
from hypothesis import strategies as st
from shared.domain.errors import TooMany

BUDGET = Budget()
BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def view(begin: float, end: float | None = None) -> View:
    """In minutes since the beginning; without an end it is open."""
    return View(BEGIN + begin * MINUTE, None if end is None else BEGIN + end * MINUTE)


@st.composite
def days(draw: st.DrawFn) -> list[View]:
    """Looks one after another, each closed at the latest when the next one begins."""
    gaps = draw(st.lists(st.integers(1, 30), min_size=1, max_size=10))
    begins = list(accumulate(gaps))
    lengths = [draw(st.integers(0, gap)) for gap in [*gaps[1:], 30]]
    return [view(begin, begin + length) for begin, length in zip(begins, lengths, strict=True)]


def test_nobody_has_looked_before_they_looked() -> None:
    assert exposure([], BUDGET, BEGIN) == Exposure(timedelta(0), timedelta(0), None)


@pytest.mark.requirement("CL-11")
def test_looks_add_up() -> None:
    seen = exposure([view(0, 2), view(3, 4)], BUDGET, BEGIN + 5 * MINUTE)
    assert (seen.today, seen.block) == (3 * MINUTE, 3 * MINUTE)


@pytest.mark.requirement("CL-11")
def test_a_picture_left_open_counts_five_minutes() -> None:
    seen = exposure([view(0)], BUDGET, BEGIN + 60 * MINUTE)
    assert seen.today == BUDGET.per_view
    assert seen.last_seen_at == BEGIN + BUDGET.per_view


@pytest.mark.requirement("CL-11")
def test_a_pause_of_ten_minutes_begins_a_new_block() -> None:
    looked = [view(0, 5), view(15, 17)]
    seen = exposure(looked, BUDGET, BEGIN + 18 * MINUTE)
    assert (seen.today, seen.block) == (7 * MINUTE, 2 * MINUTE)
    rested = exposure(looked, BUDGET, BEGIN + 27 * MINUTE)
    assert (rested.today, rested.block) == (7 * MINUTE, timedelta(0))


@pytest.mark.requirement("CL-11")
def test_after_45_minutes_a_break_is_due_and_says_how_long() -> None:
    seen = exposure([view(5 * n, 5 * n + 5) for n in range(9)], BUDGET, BEGIN + 47 * MINUTE)
    with pytest.raises(TooMany) as refused:
        check_budget(seen, BUDGET, BEGIN + 47 * MINUTE)
    assert (refused.value.code, refused.value.retry_after) == ("break_due", 8 * MINUTE)
    check_budget(exposure([view(0, 45)], BUDGET, BEGIN + 55 * MINUTE), BUDGET, BEGIN + 55 * MINUTE)


@pytest.mark.requirement("CL-11")
def test_after_four_hours_the_day_is_over() -> None:
    with pytest.raises(TooMany) as refused:
        check_budget(Exposure(timedelta(hours=4), timedelta(0), BEGIN), BUDGET, BEGIN)
    assert (refused.value.code, refused.value.retry_after) == ("budget_spent", None)
    check_budget(Exposure(timedelta(hours=4) - MINUTE, timedelta(0), BEGIN), BUDGET, BEGIN)


@pytest.mark.requirement("CL-11")
@given(days())
def test_a_block_is_part_of_the_day_and_a_look_counts_at_most_five_minutes(
    looked: list[View],
) -> None:
    now = (looked[-1].closed_at or BEGIN) + MINUTE
    seen = exposure(looked, BUDGET, now)
    assert timedelta(0) <= seen.block <= seen.today <= len(looked) * BUDGET.per_view
    assert seen.today == sum(
        (min(v.closed_at - v.opened_at, BUDGET.per_view) for v in looked if v.closed_at),
        timedelta(0),
    )


@pytest.mark.requirement("CL-11")
@given(days(), st.integers(1, 20))
def test_another_look_never_makes_the_day_shorter(looked: list[View], minutes: int) -> None:
    last = looked[-1].closed_at or BEGIN
    more = View(last, last + minutes * MINUTE)
    now = last + 21 * MINUTE
    assert exposure([*looked, more], BUDGET, now).today > exposure(looked, BUDGET, now).today


@pytest.mark.requirement("SEC-R10")
def test_a_look_that_ends_before_it_began_counts_nothing() -> None:
    assert exposure([view(5, 3)], BUDGET, BEGIN + 6 * MINUTE).today == timedelta(0)
