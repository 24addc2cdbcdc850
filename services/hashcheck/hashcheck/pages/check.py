"""How many checks there were and how many matched, per day, and the latest hits."""

from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Request, Response
from shared.platform.access import staff
from shared.platform.work import Work
from shared.ui.pages import ServicePages

from hashcheck import queries
from hashcheck.domain.check import day_of
from hashcheck.domain.role import Permission
from hashcheck.queries import DayCount

DAYS_SHOWN = 30
# The drawing's units; the stylesheet decides how large it is.
BAR_WIDTH, BAR_GAP, HEIGHT = 18, 6, 120

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Bar:
    """A day in the drawing; heights in its units, from the bottom."""

    day: date
    checked: int
    hits: int
    x: int
    height: float
    hit_height: float


@router.get("/checks", dependencies=[staff(Permission.SEE_CHECKS)])
def show_checks(request: Request, pages: ServicePages, work: Work) -> Response:
    today = day_of(work.now)
    first = today - timedelta(days=DAYS_SHOWN - 1)
    counts = queries.day_counts(work.session, first)
    return pages.render(
        request,
        "checks.html",
        bars=bars(counts, first),
        counts=counts,
        hits=queries.latest_hits(work.session),
        width=DAYS_SHOWN * (BAR_WIDTH + BAR_GAP),
        height=HEIGHT,
        bar_width=BAR_WIDTH,
    )


def bars(counts: list[DayCount], first: date) -> list[Bar]:
    """A bar for every day from `first` on, as high as its share of the busiest; its hits too."""
    by_day = {count.day: count for count in counts}
    most = max((count.checked for count in counts), default=0)
    most_hits = max((count.hits for count in counts), default=0)
    drawn: list[Bar] = []
    for place in range(DAYS_SHOWN):
        day = first + timedelta(days=place)
        count = by_day.get(day, DayCount(day, 0, 0))
        height = HEIGHT * count.checked / most if most else 0.0
        x = place * (BAR_WIDTH + BAR_GAP)
        hit_height = HEIGHT * count.hits / most_hits if most_hits else 0.0
        drawn.append(Bar(day, count.checked, count.hits, x, round(height, 1), round(hit_height, 1)))
    return drawn
