"""`POST /v1/hits`: what a client did with its hits."""

from fastapi import APIRouter, Depends
from shared.contracts.hashcheck import HitReports, HitReportsTaken
from shared.platform.work import Work

from hashcheck.api.admission import CheckAccess
from hashcheck.use_cases.hit_report import report_hits

router = APIRouter(dependencies=[Depends(CheckAccess())])


@router.post("/v1/hits")
def report(sent: HitReports, work: Work) -> HitReportsTaken:
    return report_hits(work, sent.reports)
