"""What every service tells of a calendar year: `GET /api/figures/{year}`, fit to be published."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from shared.contracts.contract import Contract
from shared.domain.errors import Invalid

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
# Far from both ends of the calendar, where days cannot be added any more.
FIRST_YEAR, LAST_YEAR = 2000, 2999
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]


class ReleasedCount(Contract):
    """One count of a year, 64-bit. None is withheld, because it or what it leaves is too small.

    `months` has one count for each month that began, January first; it is empty where months tell
    too much or do not add up, as those of persons. `id` is the name in the annual report.
    """

    id: str
    total: int | None
    months: list[int | None] = Field(default_factory=list)


class ReleasedMean(Contract):
    """An average over the known cases of a year; None is withheld."""

    id: str
    value: float | None


class YearFigures(Contract):
    """The figures of one service over a year of Europe/Amsterdam; the running one up to now."""

    year: int
    counts: list[ReleasedCount]
    means: list[ReleasedMean] = Field(default_factory=list)


def months_begun(year: int, now: datetime) -> int:
    """How many months of `year` began by `now`, 1 to 12. Raises Invalid `bad_year`."""
    today = now.astimezone(AMSTERDAM)
    if not FIRST_YEAR <= year <= today.year:
        raise Invalid("bad_year", fields=("year",))
    return today.month if year == today.year else 12


def year_limits(year: int) -> tuple[datetime, datetime]:
    """The year as [first moment, first moment of the next)."""
    return datetime(year, 1, 1, tzinfo=AMSTERDAM), datetime(year + 1, 1, 1, tzinfo=AMSTERDAM)
