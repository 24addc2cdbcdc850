"""What the services release of a year: single figures, the annual report, and themes by month.

Everything here passed the disclosure control of its service: no argument makes a slice of its own.
"""

import asyncio
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated

import strawberry
from shared.contracts.figures import FIRST_YEAR, YearFigures
from shared.domain.errors import Invalid, NotFound

from gateway.insight.annual import ANNUAL, Told, told_of
from gateway.insight.themes import AI_MATERIAL, SEXTORTION, Part, Theme
from gateway.schema.context import Asked, Context
from gateway.schema.figures import BigInt

LAST_YEAR, MONTHS = 2999, 12


@strawberry.enum
class Service(StrEnum):
    HOTLINE = "hotline"
    HELPLINE = "helpline"
    PREVENTION = "prevention"
    HASH_CHECK = "hashcheck"


@strawberry.type(
    description="Either a `count` or a `ratio`; neither when it is withheld because it is small."
)
class Metric:
    id: str
    service: Service
    label_nl: str
    label_en: str
    unit: str
    count: BigInt | None
    ratio: float | None
    is_withheld: bool


@strawberry.type(description="A figure that is not counted yet is absent.")
class AnnualReport:
    year: int

    @strawberry.field
    async def hotline(self, info: Asked) -> list[Metric] | None:
        return await _metrics(info.context, Service.HOTLINE, self.year)

    @strawberry.field
    async def helpline(self, info: Asked) -> list[Metric] | None:
        return await _metrics(info.context, Service.HELPLINE, self.year)

    @strawberry.field
    async def prevention(self, info: Asked) -> list[Metric] | None:
        return await _metrics(info.context, Service.PREVENTION, self.year)

    @strawberry.field
    async def hash_check(self, info: Asked) -> list[Metric] | None:
        return await _metrics(info.context, Service.HASH_CHECK, self.year)


@strawberry.type(description="`count` is null when it is withheld because it is small.")
class SeriesCell:
    month: date
    count: BigInt | None
    is_withheld: bool


@strawberry.type(description="`total` is null when it would tell a withheld month.")
class ReleasedSeries:
    cells: list[SeriesCell]
    total: BigInt | None


@strawberry.type(description="`released` is null when the service does not answer.")
class SeriesPart:
    service: Service
    unit: str
    definition: str
    figure: strawberry.Private[str]
    year: strawberry.Private[int]

    @strawberry.field
    async def released(self, info: Asked) -> ReleasedSeries | None:
        figures = await year_figures(info.context, self.service, self.year)
        count = next((each for each in figures.counts if each.id == self.figure), None)
        if count is None:
            return None
        return ReleasedSeries(
            total=None if count.total is None else BigInt(count.total),
            cells=[
                SeriesCell(
                    month=date(self.year, month, 1),
                    count=None if number is None else BigInt(number),
                    is_withheld=number is None,
                )
                for month, number in enumerate(count.months, start=1)
            ],
        )


@strawberry.type(description="Each part has its own unit; they are not added up.")
class CrossLineSeries:
    year: int
    parts: list[SeriesPart]


@strawberry.type
class ReleasedQuery:
    @strawberry.field
    async def metric(
        self,
        info: Asked,
        name: Annotated[str, strawberry.argument(name="id")],
        year: int,
        month: int | None = None,
    ) -> Metric | None:
        """None when there is no such value, as in a month to come. Raises NotFound, Invalid."""
        figure = ANNUAL.get(name)
        if figure is None:
            raise NotFound("unknown_metric")
        if month is not None and not 1 <= month <= MONTHS:
            raise Invalid("bad_month", fields=("month",))
        figures = await year_figures(info.context, Service(figure.service), _checked(year))
        told = told_of(figure, figures, month)
        return _metric(told, info.context) if told else None

    @strawberry.field
    def annual_report(self, year: int) -> AnnualReport:
        return AnnualReport(year=_checked(year))

    @strawberry.field
    def sextortion(self, year: int) -> CrossLineSeries:
        return _series(SEXTORTION, _checked(year))

    @strawberry.field
    def ai_material(self, year: int) -> CrossLineSeries:
        return _series(AI_MATERIAL, _checked(year))


async def year_figures(context: Context, service: Service, year: int) -> YearFigures:
    """Each service is asked once per request, however often its figures are named in it."""
    key = (service.value, year)
    if key not in context.years:
        context.years[key] = asyncio.ensure_future(
            context.peers.by_name(service.value).year_figures(year)
        )
    return await context.years[key]


async def _metrics(context: Context, service: Service, year: int) -> list[Metric]:
    figures = await year_figures(context, service, year)
    mine = (figure for figure in ANNUAL.values() if figure.service == service.value)
    return list(_known((told_of(figure, figures) for figure in mine), context))


def _known(found: Iterable[Told | None], context: Context) -> Iterable[Metric]:
    return (_metric(told, context) for told in found if told)


def _metric(told: Told, context: Context) -> Metric:
    figure = told.figure
    return Metric(
        id=figure.id,
        service=Service(figure.service),
        label_nl=context.translate(figure.label, "nl"),
        label_en=figure.label,
        unit=figure.unit,
        count=None if told.count is None else BigInt(told.count),
        ratio=told.ratio,
        is_withheld=told.is_withheld,
    )


def _series(theme: Theme, year: int) -> CrossLineSeries:
    return CrossLineSeries(year=year, parts=[_part(part, year) for part in theme.parts])


def _part(part: Part, year: int) -> SeriesPart:
    return SeriesPart(
        service=Service(part.service),
        unit=part.unit,
        definition=part.definition,
        figure=part.figure,
        year=year,
    )


def _checked(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid("bad_year", fields=("year",))
    return year
