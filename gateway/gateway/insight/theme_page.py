"""The themes that run through the lines: a chart of each, its table, and the figures of the year.

The charts are documents of their own, because the rules of our pages allow no styles inside them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response
from shared.contracts.figures import FIRST_YEAR
from shared.domain.errors import NotFound
from shared.platform.access import staff
from shared.ui.formats import HOUSE_ZONE, Formats
from shared.ui.pages import Pages, ServicePages

from gateway.insight.annual import SERVICES
from gateway.insight.chart import Bar, Row, chart_svg, look_of
from gateway.insight.themes import SERVICE_NAMES, THEMES, Theme
from gateway.permissions import Permission
from gateway.schema.documents import registered_documents
from gateway.schema.management import management_schema
from gateway.schema.routes import context_of

THEMES_PATH = "/themes"
# The only document of these pages.
(DOCUMENT,) = registered_documents("management").values()
# As it stands in every table and chart for what is not told.
WITHHELD = "·"
FIELDS = {"hashcheck": "hashCheck"}

router = APIRouter(dependencies=[staff(Permission.SEE_FIGURES)])


@dataclass(frozen=True, slots=True)
class Column:
    """What one service tells of a theme; `cells` is None when it does not answer."""

    service: str
    unit: str
    definition: str
    cells: Sequence[int | None] | None
    total: int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    theme: Theme
    columns: Sequence[Column]
    months: Sequence[date]


Year = Annotated[int | None, Query(ge=FIRST_YEAR, le=2999)]


@router.get(THEMES_PATH)
async def themes(request: Request, pages: ServicePages, year: Year = None) -> HTMLResponse:
    """Without a year the running one."""
    this_year = _this_year(request)
    year = min(year or this_year, this_year)
    told = await _ask(request, year)
    return pages.render(
        request,
        "themes.html",
        year=year,
        years=range(this_year, this_year - 4, -1),
        sheets=[_sheet(theme, told[theme.field], year) for theme in THEMES.values()],
        annual=[(name, told["annualReport"][FIELDS.get(name, name)]) for name in SERVICES],
        withheld=WITHHELD,
    )


@router.get(THEMES_PATH + "/{theme}.svg")
async def chart(
    request: Request,
    pages: ServicePages,
    theme: Annotated[str, Path(max_length=40)],
    year: Year = None,
    *,
    dark: bool = False,
    narrow: bool = False,
) -> Response:
    """The chart of one theme. Raises NotFound."""
    if theme not in THEMES:
        raise NotFound
    year = min(year or _this_year(request), _this_year(request))
    told = await _ask(request, year)
    sheet = _sheet(THEMES[theme], told[THEMES[theme].field], year)
    picture = _Picture(pages, pages.language_of(request))
    svg = await run_in_threadpool(
        chart_svg,
        [picture.row(column, sheet.months) for column in sheet.columns],
        f"{picture.say(sheet.theme.title)}, {year}",
        picture.described(sheet),
        look_of(dark=dark, narrow=narrow),
    )
    return Response(svg, media_type="image/svg+xml")


@dataclass(frozen=True, slots=True)
class _Picture:
    """The words and numbers of a chart in one language."""

    pages: Pages
    language: str

    def say(self, text: str) -> str:
        return self.pages.translate(text, self.language)

    def row(self, column: Column, months: Sequence[date]) -> Row:
        formats = Formats(self.language)
        cells = column.cells
        bars = [
            Bar(formats.month_short(month), cell, self.text(cell))
            for month, cell in zip(months, cells or (), strict=False)
        ]
        heading = f"{self.say(SERVICE_NAMES[column.service])}: {self.say(column.unit)}"
        silent = [] if cells is not None else [Bar("", None, self.say("does not answer"))]
        return Row(heading, column.service, bars or silent)

    def text(self, cell: int | None) -> str:
        return WITHHELD if cell is None else Formats(self.language).number(cell)

    def described(self, sheet: Sheet) -> str:
        """The same figures as a sentence for each service."""
        formats = Formats(self.language)
        sentences = []
        for column in sheet.columns:
            heading = f"{self.say(SERVICE_NAMES[column.service])}, {self.say(column.unit)}"
            cells = [
                f"{formats.month(month)} {self.say('withheld') if cell is None else cell}"
                for month, cell in zip(sheet.months, column.cells or (), strict=False)
            ]
            sentences.append(f"{heading}: {', '.join(cells) or self.say('does not answer')}.")
        return " ".join(sentences)


async def _ask(request: Request, year: int) -> Mapping[str, Any]:
    result = await management_schema.execute(
        DOCUMENT, variable_values={"year": year}, context_value=await context_of(request)
    )
    told: Mapping[str, Any] = result.data or {}
    return told


def _sheet(theme: Theme, told: Mapping[str, Any], year: int) -> Sheet:
    columns = [
        Column(
            part.service,
            part.unit,
            part.definition,
            [cell["count"] for cell in found["released"]["cells"]] if found["released"] else None,
            found["released"]["total"] if found["released"] else None,
        )
        for part, found in zip(theme.parts, told["parts"], strict=True)
    ]
    begun = max((len(column.cells or ()) for column in columns), default=0)
    return Sheet(theme, columns, [date(year, month, 1) for month in range(1, begun + 1)])


def _this_year(request: Request) -> int:
    now = request.app.state.clock().astimezone(HOUSE_ZONE)
    return int(now.year)
