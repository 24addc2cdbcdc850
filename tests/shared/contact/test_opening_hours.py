from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared.domain.errors import Invalid
from shared.domain.opening_hours import ExceptionReason, OpeningException, OpeningHours, Rule

pytestmark = pytest.mark.requirement("H-04")

LONG_AGO = date(2024, 1, 1)
MONDAY, SUNDAY = 0, 6
NIGHT = OpeningHours([Rule(SUNDAY, time(0, 0), time(6, 0), LONG_AGO)])


def minutes(hours: OpeningHours, day: date) -> float:
    return sum((until - since) / timedelta(minutes=1) for since, until in hours.on(day))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 3, 23), 360),
        (date(2025, 3, 30), 300),
        (date(2025, 10, 26), 420),
    ],
    ids=["usual", "clock forward", "clock back"],
)
def test_a_night_across_a_change_of_the_clock_has_the_minutes_that_pass(
    day: date, expected: int
) -> None:
    assert minutes(NIGHT, day) == expected
    whole_day = datetime.combine(day, time(), tzinfo=UTC) - timedelta(hours=3)
    assert NIGHT.open_time(whole_day, whole_day + timedelta(hours=30)) == timedelta(
        minutes=expected
    )


def test_an_evening_has_the_same_length_in_summer_and_in_winter() -> None:
    hours = OpeningHours([Rule(MONDAY, time(19, 0), time(21, 30), LONG_AGO)])
    summer, winter = hours.on(date(2026, 7, 6)), hours.on(date(2026, 12, 7))
    assert summer == [
        (datetime(2026, 7, 6, 17, 0, tzinfo=UTC), datetime(2026, 7, 6, 19, 30, tzinfo=UTC))
    ]
    assert winter == [
        (datetime(2026, 12, 7, 18, 0, tzinfo=UTC), datetime(2026, 12, 7, 20, 30, tzinfo=UTC))
    ]


def test_an_exception_replaces_the_hours_of_its_day() -> None:
    rules = [Rule(MONDAY, time(9, 0), time(17, 0), LONG_AGO)]
    closed = OpeningException(date(2026, 4, 6), ExceptionReason.HOLIDAY)
    short = OpeningException(
        date(2026, 4, 13), ExceptionReason.SHORT_STAFFED, ((time(9, 0), time(12, 0)),)
    )
    hours = OpeningHours(rules, [closed, short])
    assert minutes(hours, date(2026, 4, 6)) == 0
    assert minutes(hours, date(2026, 4, 13)) == 180
    assert minutes(hours, date(2026, 4, 20)) == 480


def test_a_rule_holds_within_its_days_only() -> None:
    rule = Rule(MONDAY, time(9, 0), time(10, 0), date(2026, 3, 9), date(2026, 3, 16))
    hours = OpeningHours([rule])
    days = [date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16), date(2026, 3, 23)]
    assert [minutes(hours, day) for day in days] == [0, 60, 60, 0]


def test_it_is_open_from_the_first_moment_and_closed_from_the_last() -> None:
    hours = OpeningHours([Rule(MONDAY, time(9, 0), time(10, 0), LONG_AGO)])
    begin = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    end = begin + timedelta(hours=1)
    assert [hours.is_open(at) for at in (begin, end - timedelta(seconds=1), end)] == [
        True,
        True,
        False,
    ]
    assert hours.closes_at(begin) == end
    assert hours.opens_next(begin) == begin + timedelta(days=7)


def test_a_line_without_rules_never_opens() -> None:
    assert OpeningHours([]).opens_next(datetime(2026, 3, 2, tzinfo=UTC)) is None


def test_an_interval_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Invalid, match="bad_interval"):
        Rule(MONDAY, time(17, 0), time(9, 0), LONG_AGO)


CLOCK_TIMES = st.integers(0, 23 * 60 + 58).map(lambda minute: time(minute // 60, minute % 60))


@given(
    st.lists(st.tuples(CLOCK_TIMES, CLOCK_TIMES).filter(lambda pair: pair[0] < pair[1]), max_size=5)
)
def test_rules_that_touch_or_overlap_are_counted_once(pairs: list[tuple[time, time]]) -> None:
    day = date(2026, 3, 2)
    hours = OpeningHours([Rule(MONDAY, opens, closes, LONG_AGO) for opens, closes in pairs])
    open_minutes = {
        minute
        for opens, closes in pairs
        for minute in range(opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute)
    }
    assert minutes(hours, day) == len(open_minutes)
