"""Reports as the website hands them in, and how far they are."""

from fastapi import APIRouter
from shared.contracts.hotline import (
    ReportIntake,
    ReportReceipt,
    ReportStatus,
    ReportStatusQuestion,
)
from shared.platform.access import service
from shared.platform.idempotency import Request, RequiredKey
from shared.platform.work import Work

from hotline.deps import Answers
from hotline.use_cases.report import receive_report, report_status

router = APIRouter(dependencies=[service("gateway")])


@router.post("/api/reports", status_code=201)
def submit_report(
    intake: ReportIntake, key: RequiredKey, work: Work, answers: Answers
) -> ReportReceipt:
    request = Request("reports.submit", key, intake)
    return answers.once(work, request, ReportReceipt, lambda: receive_report(work, intake))


@router.post("/api/reports/status")
def ask_status(question: ReportStatusQuestion, work: Work) -> ReportStatus:
    return report_status(work, question)
