"""Reporting addresses: the form, the answers once more, and the receipt.

One page asks everything. A page per question would need either something kept about the visitor
between the pages or a question of the browser ("send again?") behind every step back.

Over the limit a report is not lost and not refused for good: the page with all that was typed
stays, says how long to wait and sends the same report again. The limit fails open: when the
counter does not answer, every report goes through.
"""

import math
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from shared.contracts.hotline import ReportReceipt
from shared.domain.errors import Conflict, Invalid, TooLarge, TooMany, Unavailable
from shared.platform.access import public
from shared.ui.languages import language_of_path, with_language
from shared.ui.pages import ServicePages

from gateway.deps import GatewayPeers, SlowDown
from gateway.schema.report import REPORT_LIMIT
from gateway.website.report_form import ReportForm
from gateway.website.typed import Typed

router = APIRouter(dependencies=[public()])
A_WHILE = timedelta(minutes=10)
ABOUT_EMAIL = frozenset({"contradiction", "contact_missing", "bad_email"})


@router.get("/report/form")
async def form(request: Request, pages: ServicePages) -> HTMLResponse:
    return _form_page(request, pages, ReportForm(), {})


@router.get("/report/check")
@router.get("/report/change")
async def start_again(request: Request) -> RedirectResponse:
    """Somebody reloads, or changes the language of, a page that exists after a form only."""
    form = with_language("/report/form", request, language_of_path(request))
    return RedirectResponse(form, status_code=303)


@router.post("/report/check")
async def check(request: Request, pages: ServicePages, fields: Typed) -> HTMLResponse:
    typed = ReportForm.from_fields(fields)
    if problems := typed.problems():
        return _form_page(request, pages, typed, problems)
    return pages.render(request, "report/check.html", form=typed.with_new_key())


@router.post("/report/change")
async def change(request: Request, pages: ServicePages, fields: Typed) -> HTMLResponse:
    return _form_page(request, pages, ReportForm.from_fields(fields), {})


@router.post("/report")
async def send(
    request: Request, pages: ServicePages, peers: GatewayPeers, slow_down: SlowDown, fields: Typed
) -> HTMLResponse:
    typed = ReportForm.from_fields(fields)
    if problems := typed.problems():
        return _form_page(request, pages, typed, problems)
    try:
        await slow_down(REPORT_LIMIT)
        receipt = await peers.hotline.submit_report(typed.intake(), typed.idempotency_key())
    except TooMany as error:
        return _wait_page(request, pages, typed, error.retry_after or A_WHILE)
    except (Invalid, TooLarge) as error:
        return _form_page(request, pages, typed, {_field_of(error.code): error.code})
    except (Unavailable, Conflict) as error:
        code = "in_flight" if isinstance(error, Conflict) else "not_sent"
        return pages.render(
            request, "report/check.html", status_code=503, form=typed, problems={"": code}
        )
    return pages.render(
        request, "report/receipt.html", receipt=receipt, refused=_refused(typed, receipt)
    )


def _form_page(
    request: Request, pages: ServicePages, typed: ReportForm, problems: dict[str, str]
) -> HTMLResponse:
    status = 422 if problems else 200
    return pages.render(
        request, "report/form.html", status_code=status, form=typed, problems=problems
    )


def _wait_page(
    request: Request, pages: ServicePages, typed: ReportForm, wait: timedelta
) -> HTMLResponse:
    page = pages.render(
        request,
        "report/slow_down.html",
        status_code=429,
        form=typed,
        minutes=math.ceil(wait / timedelta(minutes=1)),
    )
    page.headers["Retry-After"] = str(math.ceil(wait.total_seconds()))
    return page


def _field_of(code: str) -> str:
    """The field that a code of the hotline is about; most are about an address."""
    return "contact_email" if code in ABOUT_EMAIL else "addresses"


def _refused(typed: ReportForm, receipt: ReportReceipt) -> list[tuple[str, str]]:
    """Each line that was not taken, with its code."""
    lines = typed.lines
    return [(lines[r.position], r.code) for r in receipt.refused if r.position < len(lines)]
