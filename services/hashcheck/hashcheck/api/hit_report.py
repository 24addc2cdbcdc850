"""`POST /v1/hits`: what a client did with its hits."""

from fastapi import APIRouter
from shared.contracts.hashcheck import HitReports, HitReportsTaken
from shared.platform.access import api_key
from shared.platform.work import Work

from hashcheck.domain.check import SCOPE
from hashcheck.use_cases.hit_report import report_hits

router = APIRouter(dependencies=[api_key(SCOPE)])


@router.post("/v1/hits")
def report(sent: HitReports, work: Work) -> HitReportsTaken:
    return report_hits(work, sent.reports)
