"""How figures are counted."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hotline.domain.figures import LONGEST_PERIOD, HoursOnline, check_period, hours_online
from hypothesis import given
from hypothesis import strategies as st
from shared.domain.errors import Invalid

NEW_YEAR = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.requirement("MG-1")
def test_a_year_with_its_zone_is_a_period() -> None:
    check_period(NEW_YEAR, NEW_YEAR.replace(year=2027))
    check_period(NEW_YEAR, NEW_YEAR + LONGEST_PERIOD)


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(
    ("since", "until"),
    [
        (NEW_YEAR, NEW_YEAR),
        (NEW_YEAR, NEW_YEAR - timedelta(days=1)),
        (NEW_YEAR, NEW_YEAR + LONGEST_PERIOD + timedelta(seconds=1)),
        (NEW_YEAR.replace(tzinfo=None), NEW_YEAR.replace(year=2027)),
        (NEW_YEAR, NEW_YEAR.replace(year=2027, tzinfo=None)),
        (NEW_YEAR, NEW_YEAR.astimezone(UTC)),
    ],
)
def test_what_is_no_period_is_refused(since: datetime, until: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        check_period(since, until)
    assert (refused.value.code, refused.value.fields) == ("bad_period", ("since", "until"))


@pytest.mark.requirement("OC-8")
@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ([], HoursOnline(None, None)),
        ([2], HoursOnline(2.0, 2.0)),
        ([1, 2, 30], HoursOnline(2.0, 11.0)),
        ([1, 2, 3, 30], HoursOnline(2.5, 9.0)),
        ([0.04], HoursOnline(0.0, 0.0)),
    ],
)
def test_hours_online_have_median_and_mean(hours: list[float], expected: HoursOnline) -> None:
    assert hours_online([timedelta(hours=hour) for hour in hours]) == expected


@pytest.mark.requirement("OC-8")
@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=9))
def test_hours_lie_between_the_shortest_and_the_longest(seconds: list[int]) -> None:
    found = hours_online([timedelta(seconds=second) for second in seconds])
    assert found.median is not None
    assert found.mean is not None
    for value in (found.median, found.mean):
        assert min(seconds) / 3600 - 0.06 <= value <= max(seconds) / 3600 + 0.06
