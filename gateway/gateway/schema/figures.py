"""Figures over a period, each from the service that counts it."""

from datetime import date, datetime, time
from typing import NewType
from zoneinfo import ZoneInfo

import strawberry
from shared.domain.errors import Invalid

from gateway.schema.context import Asked

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
LONGEST_PERIOD_YEARS = 5
# Far from both ends of the calendar, where days cannot be added any more.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(3000, 1, 1)

# Written as a JSON number: every count here stays below 2^53, which JSON readers keep exactly.
BigInt = NewType("BigInt", int)
BIG_INT = strawberry.scalar(
    name="BigInt",
    description="A whole number that may exceed 32 bits.",
    serialize=int,
    parse_value=int,
)


@strawberry.type
class HotlineFigures:
    reports_received: BigInt
    reports_processed: BigInt
    urls_received: BigInt
    urls_processed: BigInt
    urls_illegal: BigInt
    hours_online_median: float | None
    hours_online_mean: float | None


@strawberry.type
class HashCheckFigures:
    checked: BigInt
    hits: BigInt


@strawberry.type(
    description="Days in Europe/Amsterdam: from `since`, up to but not including `until`."
)
class Figures:
    since: date
    until: date

    @strawberry.field
    async def hotline(self, info: Asked) -> HotlineFigures | None:
        start, end = _instants(self.since, self.until)
        figures = await info.context.peers.hotline.figures(start, end)
        return HotlineFigures(
            reports_received=BigInt(figures.reports_received),
            reports_processed=BigInt(figures.reports_processed),
            urls_received=BigInt(figures.urls_received),
            urls_processed=BigInt(figures.urls_processed),
            urls_illegal=BigInt(figures.urls_illegal),
            hours_online_median=figures.hours_online_median,
            hours_online_mean=figures.hours_online_mean,
        )

    @strawberry.field
    async def hash_check(self, info: Asked) -> HashCheckFigures | None:
        start, end = _instants(self.since, self.until)
        figures = await info.context.peers.hashcheck.figures(start, end)
        return HashCheckFigures(checked=BigInt(figures.checked), hits=BigInt(figures.hits))


@strawberry.type
class FiguresQuery:
    @strawberry.field
    def figures(self, since: date, until: date) -> Figures:
        is_period = FIRST_DAY <= since < until <= LAST_DAY
        if not is_period or until > _years_after(since, LONGEST_PERIOD_YEARS):
            raise Invalid("bad_period", fields=("since", "until"))
        return Figures(since=since, until=until)


def _years_after(day: date, years: int) -> date:
    """The same day years later; 1 March when that year has no 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _instants(since: date, until: date) -> tuple[datetime, datetime]:
    return (
        datetime.combine(since, time.min, AMSTERDAM),
        datetime.combine(until, time.min, AMSTERDAM),
    )
