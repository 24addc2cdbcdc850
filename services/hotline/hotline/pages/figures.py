"""The hotline's own figures over a period that somebody chooses."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from shared.contracts.hotline import HotlineFigures
from shared.domain.errors import Invalid
from shared.platform.access import staff
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.formats import HOUSE_ZONE
from shared.ui.pages import ServicePages
from shared.ui.translations import phrase

from hotline.domain.figures import COUNTING_RULE_VERSION
from hotline.domain.role import Permission
from hotline.use_cases.figures import count_figures

router = APIRouter(include_in_schema=False)

ONE_DAY = timedelta(days=1)
# Figure of the contract, what it is called, and when one counts.
ROWS = (
    ("reports_received", phrase("Reports received"), phrase("received in the period")),
    (
        "reports_processed",
        phrase("Reports processed"),
        phrase("the last of its addresses was decided in the period"),
    ),
    (
        "urls_received",
        phrase("Addresses received"),
        phrase("first seen in the period, in a report or on a reported page"),
    ),
    ("urls_processed", phrase("Addresses decided"), phrase("decided in the period")),
    ("urls_illegal", phrase("Addresses illegal"), phrase("decided as illegal in the period")),
    (
        "urls_ai",
        phrase("of which made or edited with AI"),
        phrase("decided as illegal in the period, with AI seen"),
    ),
    ("urls_removed", phrase("Removed"), phrase("confirmed gone in the period")),
)

TypedDay = Annotated[str, Query(max_length=20)]


@router.get("/figures", dependencies=[staff(Permission.READ_FIGURES)])
def show_figures(
    request: Request, pages: ServicePages, work: Work, first: TypedDay = "", last: TypedDay = ""
) -> Response:
    """From `first` to `last`, both days included; this year when nothing is asked."""
    today = work.now.astimezone(HOUSE_ZONE).date()
    first = first or today.replace(month=1, day=1).isoformat()
    last = last or today.isoformat()
    figures: HotlineFigures | None = None
    problem: Invalid | None = None
    try:
        figures = _count(work, first, last)
    except Invalid as refused:
        problem = refused
    return pages.render(
        request,
        "figures/figures.html",
        status_code=problem.status if problem else 200,
        figures=figures,
        rows=_rows(figures) if figures else [],
        problem=problem,
        first=first,
        last=last,
        one_day=ONE_DAY,
        counting_rules=COUNTING_RULE_VERSION,
    )


def _rows(figures: HotlineFigures) -> list[tuple[str, int, str]]:
    return [(label, getattr(figures, name), meaning) for name, label, meaning in ROWS]


def _count(work: UnitOfWork, first: str, last: str) -> HotlineFigures:
    return count_figures(work, _midnight(first), _midnight(last, ONE_DAY))


def _midnight(day: str, later: timedelta = timedelta(0)) -> datetime:
    """When a day (and so much `later`) begins in Amsterdam. Raises Invalid."""
    try:
        begins = date.fromisoformat(day) + later
    except (ValueError, OverflowError):
        raise Invalid("bad_period", fields=("first", "last")) from None
    return datetime.combine(begins, time.min, HOUSE_ZONE)
