"""The figures for management as a page to read and print, from the same resolvers as GraphQL."""

from collections.abc import Mapping
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

from gateway.insight.metrics import METRICS, Metric
from gateway.permissions import Permission
from gateway.schema.context import Context
from gateway.schema.management import management_schema
from gateway.schema.routes import context_of

FIGURES_PATH = "/management"
FIGURES = """query Figures($since: Date!, $until: Date!) {
  figures(since: $since, until: $until) {
    hotline {
      reportsReceived reportsProcessed urlsReceived urlsProcessed urlsIllegal urlsAi
      hoursOnlineMedian hoursOnlineMean
    }
    hashCheck { checked hits }
  }
}"""

router = APIRouter(dependencies=[staff(Permission.SEE_FIGURES)])
entrance = APIRouter(dependencies=[signed_in()])

# A browser sends a day that was left empty as "".
TypedDay = Annotated[date | None, BeforeValidator(lambda typed: typed or None)]


@dataclass(frozen=True, slots=True)
class Row:
    """A metric with its value: None is nothing to average, `is_known` false a silent service."""

    metric: Metric
    value: float | None
    is_known: bool


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
    first = first or date(last.year, 1, 1)
    context = await context_of(request)
    try:
        rows, problem = await _rows(context, first, last), ""
    except Invalid as error:
        rows, problem = [], error.code
    return pages.render(
        request,
        "figures.html",
        status_code=422 if problem else 200,
        first=first,
        last=last,
        rows=rows,
        problem=problem,
    )


async def _rows(context: Context, first: date, last: date) -> list[Row]:
    """Raises Invalid for a period that cannot be asked."""
    if last == date.max:
        raise Invalid("bad_period")
    period = {"since": first.isoformat(), "until": (last + timedelta(days=1)).isoformat()}
    result = await management_schema.execute(FIGURES, variable_values=period, context_value=context)
    if result.data is None:
        raise Invalid("bad_period")
    return [_row(metric, result.data["figures"]) for metric in METRICS]


def _row(metric: Metric, figures: Mapping[str, Any]) -> Row:
    service = figures[metric.service]
    return Row(metric, service[metric.field] if service else None, service is not None)
