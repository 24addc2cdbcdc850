"""The figures of the Hash Check Service, for the gateway."""

from datetime import datetime, timedelta

from shared.contracts.hashcheck import HashcheckFigures, Outcome
from shared.domain.errors import Invalid
from shared.platform.unit_of_work import UnitOfWork

from hashcheck import queries
from hashcheck.domain.check import day_of

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
        hits=queries.checked(work.session, first, end, Outcome.MATCH),
    )
