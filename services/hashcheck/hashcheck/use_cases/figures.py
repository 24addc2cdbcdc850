"""The figures of the Hash Check Service, for the gateway."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.contracts.figures import ReleasedCount, YearFigures, months_begun, year_limits
from shared.contracts.hashcheck import HashcheckFigures
from shared.domain.errors import Invalid
from shared.platform.unit_of_work import UnitOfWork

from hashcheck import queries
from hashcheck.domain.check import CountedOutcome, day_of

LONGEST_PERIOD = timedelta(days=5 * 366)
# Far from both ends of the calendar, where days cannot be added any more.
FIRST_YEAR, LAST_YEAR = 2000, 2999


def figures(work: UnitOfWork, since: datetime, until: datetime) -> HashcheckFigures:
    """What was checked and what matched on the days (Europe/Amsterdam) of [since, until).

    A day that the period only touches counts whole, for counters have no hours.
    Raises Invalid `period_invalid`.
    """
    is_period = timedelta() < until - since <= LONGEST_PERIOD
    if not is_period or since.year < FIRST_YEAR or until.year > LAST_YEAR:
        raise Invalid("period_invalid", fields=("since", "until"))
    first, end = day_of(since), day_of(until - timedelta(microseconds=1)) + timedelta(days=1)
    return HashcheckFigures(
        since=since,
        until=until,
        checked=queries.checked(work.session, first, end),
        hits=queries.checked(work.session, first, end, CountedOutcome.MATCH),
    )


def release_figures(work: UnitOfWork, year: int) -> YearFigures:
    """What was checked and matched. No caller of a line stands behind it: nothing is withheld.

    Raises Invalid `bad_year`.
    """
    months, (since, until) = months_begun(year, work.now), year_limits(year)
    days = [day for day in queries.day_counts(work.session, since.date()) if day.day.year == year]
    counted = {
        "hcs_checked": _by_month([(each.day.month, each.checked) for each in days], months),
        "hcs_hits": _by_month([(each.day.month, each.hits) for each in days], months),
        "hcs_ai_hits": queries.ai_hits_by_month(work.session, since, until, months),
    }
    return YearFigures(
        year=year,
        counts=[
            ReleasedCount(id=name, total=sum(cells), months=list(cells))
            for name, cells in counted.items()
        ],
    )


def _by_month(found: Iterable[tuple[int, int]], months: int) -> list[int]:
    row = [0] * 12
    for month, count in found:
        row[month - 1] += count
    return row[:months]
