"""When to look again, and when something is believed to be gone."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest
from hotline.domain.fetch import OfflineCause, ProbeState
from hotline.domain.online_check import (
    SCHEDULE,
    WATCH_INTERVAL,
    Look,
    OfflineRule,
    judge,
    next_egress,
    next_interval,
)
from hypothesis import given
from hypothesis import strategies as st

RULE = OfflineRule()
BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ON, OFF, NOTHING = ProbeState.ONLINE, ProbeState.OFFLINE, ProbeState.UNKNOWN


def looks(*rows: tuple[int, str, ProbeState]) -> list[Look]:
    """From (minutes since the beginning, egress, state)."""
    return [
        Look(
            BEGIN + minutes * MINUTE,
            egress,
            state,
            OfflineCause.FILE_GONE if state is OFF else None,
        )
        for minutes, egress, state in rows
    ]


@st.composite
def rows_of_looks(draw: st.DrawFn) -> list[Look]:
    gaps = draw(st.lists(st.integers(1, 40), min_size=1, max_size=12))
    states = [draw(st.sampled_from(ProbeState)) for _ in gaps]
    egresses = [draw(st.sampled_from("ab")) for _ in gaps]
    return looks(*zip(accumulate(gaps), egresses, states, strict=True))


def misses_at_the_end(row: Sequence[Look]) -> list[Look]:
    """The same rule, written from the end: misses since it was last seen."""
    found: list[Look] = []
    for look in reversed(row):
        if look.state is ON:
            break
        if look.state is OFF:
            found.append(look)
    return found[::-1]


@pytest.mark.requirement("OC-1")
@pytest.mark.parametrize(
    ("age", "interval"),
    [
        (timedelta(0), 15 * MINUTE),
        (59 * MINUTE, 15 * MINUTE),
        (HOUR, HOUR),
        (23 * HOUR, HOUR),
        (24 * HOUR, 4 * HOUR),
        (6 * DAY, 4 * HOUR),
        (7 * DAY, DAY),
        (29 * DAY, DAY),
        (30 * DAY, WATCH_INTERVAL),
        (400 * DAY, WATCH_INTERVAL),
    ],
)
def test_looks_are_dense_at_first_and_never_end(age: timedelta, interval: timedelta) -> None:
    assert next_interval(age) == interval


@pytest.mark.requirement("OC-1")
@given(st.integers(0, 60 * 24 * 400))
def test_what_was_missed_once_is_looked_at_again_soon(minutes: int) -> None:
    age = minutes * MINUTE
    assert next_interval(age, is_suspected=True) == SCHEDULE[0].interval <= next_interval(age)


@pytest.mark.requirement("OC-1")
def test_the_24_hour_figure_errs_by_at_most_an_hour() -> None:
    age, gaps = timedelta(0), []
    while age < 24 * HOUR:
        gaps.append(next_interval(age))
        age += gaps[-1]
    assert max(gaps) <= HOUR
    assert gaps[:4] == [15 * MINUTE] * 4


@pytest.mark.requirement("OC-2")
@pytest.mark.parametrize(
    ("seen", "is_confirmed"),
    [
        (looks((0, "a", OFF), (15, "b", OFF), (30, "a", OFF)), True),
        (looks((0, "a", OFF), (15, "b", OFF), (29, "a", OFF)), False),  # too short
        (looks((0, "a", OFF), (30, "b", OFF)), False),  # too few
        (looks((0, "a", OFF), (15, "a", OFF), (30, "a", OFF)), False),  # one place
        (looks((0, "a", OFF), (15, "b", OFF), (20, "a", ON), (30, "a", OFF)), False),
        (looks((0, "a", OFF), (15, "b", NOTHING), (20, "b", OFF), (30, "a", OFF)), True),
        (looks((0, "a", NOTHING), (15, "b", NOTHING), (30, "a", NOTHING)), False),
        (looks((0, "a", ON)), False),
        ([], False),
    ],
)
def test_gone_is_three_misses_over_half_an_hour_from_two_places(
    seen: list[Look], *, is_confirmed: bool
) -> None:
    assert judge(seen, RULE).is_confirmed is is_confirmed


@pytest.mark.requirement("OC-2")
@given(rows_of_looks())
def test_the_rule_counts_misses_since_it_was_last_seen(row: list[Look]) -> None:
    missed = misses_at_the_end(row)
    finding = judge(row, RULE)

    assert finding.miss_count == len(missed)
    assert finding.since == (missed[0].at if missed else None)
    assert finding.is_confirmed == (
        len(missed) >= 3
        and missed[-1].at - missed[0].at >= 30 * MINUTE
        and {look.egress for look in missed} == {"a", "b"}
    )


@pytest.mark.requirement("OC-2")
@given(rows_of_looks(), rows_of_looks())
def test_what_was_before_it_was_seen_last_never_counts(
    before: list[Look], after: list[Look]
) -> None:
    seen = looks((0, "a", ON))
    assert judge([*before, *seen, *after], RULE) == judge(after, RULE)


@pytest.mark.requirement("OC-2")
def test_a_site_that_comes_and_goes_never_closes() -> None:
    flapping = looks(*((15 * n, "ab"[n % 2], OFF if n % 3 else ON) for n in range(200)))
    assert not any(judge(flapping[:length], RULE).is_confirmed for length in range(200))


@pytest.mark.requirement("OC-5")
@pytest.mark.parametrize(
    ("causes", "cause"),
    [
        ((OfflineCause.FILE_GONE,) * 3, OfflineCause.FILE_GONE),
        ((OfflineCause.FILE_GONE, OfflineCause.DNS_GONE), OfflineCause.DNS_GONE),
        ((None,), OfflineCause.UNKNOWN),
    ],
)
def test_the_cause_is_that_of_the_latest_miss(
    causes: tuple[OfflineCause | None, ...], cause: OfflineCause
) -> None:
    row = [Look(BEGIN + n * MINUTE, "a", OFF, known) for n, known in enumerate(causes)]
    assert judge(row, RULE).cause is cause


@pytest.mark.requirement("OC-2")
@given(st.integers(1, 4), st.integers(0, 9))
def test_looks_are_spread_evenly_over_the_places(places: int, times: int) -> None:
    available = [f"e{number}" for number in range(places)]
    done: list[Look] = []
    for number in range(times):
        egress = next_egress(available, done)
        done.append(Look(BEGIN + number * MINUTE, egress, OFF))
    counts = [sum(look.egress == name for look in done) for name in available]
    assert max(counts) - min(counts) <= 1


def test_a_place_that_no_longer_exists_is_not_chosen() -> None:
    done = looks((0, "gone", OFF), (15, "a", OFF))
    assert next_egress(["a", "b"], done) == "b"
