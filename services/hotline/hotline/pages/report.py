"""Pages of reports: what came in and how far it is; who reported it, only on purpose."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response
from shared.platform.access import staff
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.pages import Pages, ServicePages

from hotline.domain.role import Permission
from hotline.queries.report import mentions, open_report_count, report, reports
from hotline.use_cases.report import read_reporter

router = APIRouter(include_in_schema=False)

ROWS = 100


@router.get("/reports", dependencies=[staff(Permission.READ_REPORTS)])
def show_reports(
    request: Request, pages: ServicePages, work: Work, before: datetime | None = None
) -> Response:
    found = reports(work.session, limit=ROWS, before=before)
    return pages.render(
        request,
        "report/list.html",
        reports=found,
        open_count=open_report_count(work.session),
        older=found[-1].received_at if len(found) == ROWS else None,
        is_first=before is None,
    )


@router.get("/reports/{report_id}", dependencies=[staff(Permission.READ_REPORTS)])
def show_report(request: Request, report_id: UUID, pages: ServicePages, work: Work) -> Response:
    return _report_page(request, pages, work, report_id)


@router.post("/reports/{report_id}/reporter", dependencies=[staff(Permission.READ_REPORTER)])
def show_reporter(request: Request, report_id: UUID, pages: ServicePages, work: Work) -> Response:
    """On this one answer only, and written down: opening the page again does not show it."""
    return _report_page(request, pages, work, report_id, read_reporter(work, report_id))


def _report_page(
    request: Request,
    pages: Pages,
    work: UnitOfWork,
    report_id: UUID,
    reporter: tuple[str, str] | None = None,
) -> Response:
    return pages.render(
        request,
        "report/report.html",
        report=report(work.session, report_id),
        mentions=mentions(work.session, report_id),
        reporter=reporter,
    )
