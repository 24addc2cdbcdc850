"""What waits, and how the service is doing today."""

from fastapi import APIRouter, Request, Response
from shared.platform.access import signed_in
from shared.platform.work import Work
from shared.ui.pages import ServicePages

from hashcheck import queries
from hashcheck.domain.check import day_of

router = APIRouter(include_in_schema=False)


@router.get("/", dependencies=[signed_in()])
def today(request: Request, pages: ServicePages, work: Work) -> Response:
    session = work.session
    counts = {count.day: count for count in queries.day_counts(session, day_of(work.now))}
    return pages.render(
        request,
        "today.html",
        alarms=queries.open_alarm_count(session),
        waiting=queries.proposal_count(session),
        lists=queries.list_summaries(session),
        today=counts.get(day_of(work.now)),
        version=queries.list_version(session),
    )
