"""The page of a hosting company itself: its keys, its figures, what it told, how to begin."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response
from shared.contracts.hashcheck import HitOutcome
from shared.domain.errors import DomainError, NotFound
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.pages import Pages, ServicePages

from hashcheck import queries
from hashcheck.deps import Clients, contact
from hashcheck.domain.check import day_of
from hashcheck.pages.snippets import SNIPPETS
from hashcheck.queries.access import latest_reports
from hashcheck.queries.client_month import ClientMonth, client_months
from hashcheck.use_cases import access as use_cases

OWN_PAGE = "/connect/client"
MONTHS = 12
# The drawing's units; the stylesheet decides how large it is.
BAR_WIDTH, BAR_GAP, HEIGHT = 40, 20, 120

router = APIRouter(include_in_schema=False, dependencies=[contact()])


@dataclass(frozen=True, slots=True)
class MonthBar:
    """A month in the drawing; its height in the drawing's units, from the bottom."""

    month: date
    checked: int
    x: int
    height: float


@router.get(OWN_PAGE)
def show_own(request: Request, pages: ServicePages, work: Work) -> Response:
    return _own_page(request, pages, work)


@router.post("/connect/client/keys/{key_id}/replace")
def replace_key(
    request: Request, key_id: str, pages: ServicePages, work: Work, clients: Clients
) -> Response:
    """The key is on this one answer only, which no browser keeps."""
    try:
        key = use_cases.replace_own_key(work, clients, key_id)
    except NotFound:
        raise
    except DomainError as error:
        return _own_page(request, pages, work, problem=error)
    return pages.render(request, "connect_key.html", key=key, is_sandbox=False)


@router.post("/connect/client/keys/{key_id}/revoke")
def revoke_key(key_id: str, pages: ServicePages, work: Work, clients: Clients) -> Response:
    use_cases.withdraw_own_key(work, clients, key_id)
    return pages.see_other(OWN_PAGE, told="key_revoked")


def month_bars(months: list[ClientMonth], now: datetime) -> list[MonthBar]:
    """The last twelve months, the oldest first, each as high as its share of the busiest."""
    by_month = {each.month: each.checked for each in months}
    most = max(by_month.values(), default=0)
    drawn: list[MonthBar] = []
    month = _months_before(day_of(now).replace(day=1), MONTHS - 1)
    for place in range(MONTHS):
        checked = by_month.get(month, 0)
        height = HEIGHT * checked / most if most else 0.0
        x = place * (BAR_WIDTH + BAR_GAP)
        drawn.append(MonthBar(month, checked, x, round(height, 1)))
        month = _months_before(month, -1)
    return drawn


def _months_before(month: date, count: int) -> date:
    number = month.year * 12 + month.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)


def _own_page(
    request: Request, pages: Pages, work: UnitOfWork, *, problem: DomainError | None = None
) -> Response:
    client_id = work.actor.id or UUID(int=0)
    caller, today = f"client:{client_id}", day_of(work.now)
    months = client_months(work.session, caller, _months_before(today.replace(day=1), MONTHS - 1))
    return pages.render(
        request,
        "connect_client.html",
        status_code=problem.status if problem else 200,
        problem=problem.code if problem else "",
        held=queries.held_client(work.session, client_id),
        keys=queries.keys_with_use(work.session, client_id, today),
        now=work.now,
        months=months,
        bars=month_bars(months, work.now),
        width=MONTHS * (BAR_WIDTH + BAR_GAP),
        height=HEIGHT,
        bar_width=BAR_WIDTH,
        outcomes=list(HitOutcome),
        reports=latest_reports(work.session, caller),
        snippets=SNIPPETS,
        origin=request.app.state.doorkeeper.origin,
    )
