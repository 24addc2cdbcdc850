"""Numbers, dates and durations in Dutch and English."""

from datetime import UTC, date, datetime, timedelta

import pytest
from shared.ui.formats import Formats

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
DUTCH = Formats("nl", lambda: NOW)
ENGLISH = Formats("en", lambda: NOW)

pytestmark = pytest.mark.requirement("PF-UI-FORMATS-1")


def test_thousands_are_parted_by_a_point_in_dutch() -> None:
    assert DUTCH.number(152964) == "152.964"
    assert ENGLISH.number(152964) == "152,964"


def test_a_share_has_a_comma_and_a_space_before_the_sign() -> None:
    assert DUTCH.percentage(0.394) == "39,4\u00a0%"


def test_an_unknown_number_is_a_dash_and_not_a_zero() -> None:
    assert DUTCH.number(None) == "–"
    assert DUTCH.number(0) == "0"


def test_a_change_shows_in_which_direction() -> None:
    assert [DUTCH.signed(value) for value in (1200, 0, -1200)] == ["+1.200", "0", "\u22121.200"]


def test_a_time_says_how_long_ago_with_the_exact_moment_on_hover() -> None:
    words = DUTCH.ago(NOW - timedelta(hours=2))
    assert "2 uur geleden" in words
    assert 'title="4 maart 2026 11:00"' in words
    assert 'datetime="2026-03-04T10:00:00+00:00"' in words


def test_a_time_ahead_says_so() -> None:
    assert "over 3 uur" in DUTCH.ago(NOW + timedelta(hours=3))


def test_a_day_is_the_day_in_amsterdam() -> None:
    assert DUTCH.day(datetime(2026, 3, 4, 23, 30, tzinfo=UTC)) == "5 maart 2026"
    assert ENGLISH.day(date(2026, 3, 4)) == "4 March 2026"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (timedelta(0), "0 minuten"),
        (timedelta(minutes=59, seconds=40), "1 uur"),
        (timedelta(hours=3, minutes=20), "3 uur 20 minuten"),
        (timedelta(days=2, hours=1, minutes=5), "2 dagen 1 uur"),
        (timedelta(minutes=-5), "0 minuten"),
        (None, "–"),
    ],
)
def test_a_duration_names_its_two_largest_units(value: timedelta | None, words: str) -> None:
    assert DUTCH.duration(value) == words
