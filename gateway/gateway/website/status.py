"""How far a report is, for whoever has its code; the code is never part of an address."""

import math
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError
from shared.contracts.hotline import ReportStatusQuestion
from shared.domain.errors import Invalid, NotFound, TooMany, Unavailable
from shared.platform.access import public
from shared.ui.pages import ServicePages

from gateway.deps import GatewayPeers, SlowDown
from gateway.schema.report import STATUS_LIMIT
from gateway.website.sentences import PROGRESS
from gateway.website.typed import Typed

router = APIRouter(dependencies=[public()])
NO_WAIT, A_WHILE = timedelta(), timedelta(minutes=10)


@router.get("/status")
async def ask(request: Request, pages: ServicePages) -> HTMLResponse:
    return pages.render(request, "status/ask.html")


@router.post("/status")
async def answer(
    request: Request, pages: ServicePages, peers: GatewayPeers, slow_down: SlowDown, fields: Typed
) -> HTMLResponse:
    code, wait = fields.get("code", "").strip(), NO_WAIT
    try:
        await slow_down(STATUS_LIMIT)
        status = await peers.hotline.report_status(ReportStatusQuestion(code=code))
    except (Invalid, ValidationError):
        problem, http_status = "bad_receipt_code", 422
    except NotFound:
        problem, http_status = "unknown_code", 404
    except TooMany as error:
        problem, http_status, wait = "slow_down", 429, error.retry_after or A_WHILE
    except Unavailable:
        problem, http_status = "status_unavailable", 503
    else:
        return pages.render(
            request,
            "status/answer.html",
            progress=PROGRESS[status.progress],
            received_on=status.received_on,
        )
    page = pages.render(
        request, "status/ask.html", status_code=http_status, code=code, problem=problem
    )
    if wait:
        page.headers["Retry-After"] = str(math.ceil(wait.total_seconds()))
    return page
