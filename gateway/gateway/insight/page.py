"""The figures for management as a page to read and print, from the same resolvers as GraphQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BeforeValidator
from shared.domain.errors import Invalid
from shared.platform.access import signed_in, staff
from shared.ui.accounts import ACCOUNT
from shared.ui.formats import HOUSE_ZONE
from shared.ui.pages import ServicePages
from shared.ui.translations import phrase

from gateway.insight.metrics import METRICS, Metric
from gateway.permissions import Permission
from gateway.schema.context import Context
from gateway.schema.management import management_schema
from gateway.schema.routes import context_of

FIGURES_PATH = "/management"
FIGURES = """query Figures($since: Date!, $until: Date!) {
  figures(since: $since, until: $until) {
    hotline {
      reportsReceived reportsProcessed urlsReceived urlsProcessed urlsIllegal
      hoursOnlineMedian hoursOnlineMean
    }
    hashCheck { checked hits }
  }
}"""

# A longer period has no year before it that is not partly the same one.
LONGEST_COMPARED = timedelta(days=366)
RECENT = timedelta(days=29)

router = APIRouter(dependencies=[staff(Permission.SEE_FIGURES)])
entrance = APIRouter(dependencies=[signed_in()])

# A browser sends a day that was left empty as "".
TypedDay = Annotated[date | None, BeforeValidator(lambda typed: typed or None)]


@dataclass(frozen=True, slots=True)
class Period:
    """Days in Amsterdam, both included."""

    first: date
    last: date

    def a_year_earlier(self) -> "Period | None":
        """The same days of the year before, to compare with."""
        if self.last - self.first > LONGEST_COMPARED or self.first.year == date.min.year:
            return None
        return Period(_year_before(self.first), _year_before(self.last))


@dataclass(frozen=True, slots=True)
class Row:
    """A metric with its value now and a year earlier.

    A value of None is nothing to average, or not asked; `is_known` is false for a silent service.
    """

    metric: Metric
    value: float | None
    before: float | None
    is_known: bool

    @property
    def change(self) -> float | None:
        if self.value is None or self.before is None:
            return None
        return self.value - self.before

    @property
    def bars(self) -> tuple[float, float] | None:
        """How long the bars of now and before are, in percent of the longer one."""
        longest = max(self.value or 0, self.before or 0)
        if self.change is None or longest <= 0:
            return None
        return (100 * (self.value or 0) / longest, 100 * (self.before or 0) / longest)


@entrance.get("/")
async def first_place(request: Request, pages: ServicePages) -> RedirectResponse:
    """Whoever signed in goes on to the first place that is theirs."""
    may = request.state.actor.may
    places = [place for place in pages.face.navigation if may(place.permission)]
    return RedirectResponse(places[0].path if places else ACCOUNT, status_code=303)


@router.get(FIGURES_PATH)
async def figures(
    request: Request, pages: ServicePages, first: TypedDay = None, last: TypedDay = None
) -> HTMLResponse:
    """Both days count; without them this year so far."""
    today = request.app.state.clock().astimezone(HOUSE_ZONE).date()
    last = last or today
    period = Period(first or date(last.year, 1, 1), last)
    context = await context_of(request)
    try:
        rows, problem = await _rows(context, period), ""
    except Invalid as error:
        rows, problem = [], error.code
    return pages.render(
        request,
        "figures.html",
        status_code=422 if problem else 200,
        period=period,
        earlier=period.a_year_earlier(),
        usual=_usual_periods(today),
        rows=rows,
        problem=problem,
    )


async def _rows(context: Context, period: Period) -> list[Row]:
    """Raises Invalid for a period that cannot be asked."""
    now = await _figures(context, period)
    earlier = period.a_year_earlier()
    before = await _figures(context, earlier) if earlier else {}
    return [_row(metric, now, before) for metric in METRICS]


async def _figures(context: Context, period: Period) -> Mapping[str, Any]:
    if period.last == date.max:
        raise Invalid("bad_period")
    days = {
        "since": period.first.isoformat(),
        "until": (period.last + timedelta(days=1)).isoformat(),
    }
    result = await management_schema.execute(FIGURES, variable_values=days, context_value=context)
    if result.data is None:
        raise Invalid("bad_period")
    figures: Mapping[str, Any] = result.data["figures"]
    return figures


def _row(metric: Metric, now: Mapping[str, Any], before: Mapping[str, Any]) -> Row:
    service, earlier = now[metric.service], before.get(metric.service)
    return Row(
        metric,
        service[metric.field] if service else None,
        earlier[metric.field] if earlier else None,
        service is not None,
    )


def _usual_periods(today: date) -> Sequence[tuple[str, Period]]:
    """What is asked most, with its words."""
    last_year = today.year - 1
    return (
        (phrase("This year"), Period(date(today.year, 1, 1), today)),
        (phrase("Last year"), Period(date(last_year, 1, 1), date(last_year, 12, 31))),
        (phrase("Last 30 days"), Period(today - RECENT, today)),
    )


def _year_before(day: date) -> date:
    """The same day; 28 February for a 29th that the year before does not have."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
