"""The first page: what waits for who signs in, and the next step."""

from typing import Any

from fastapi import APIRouter, Request, Response
from shared.platform.access import signed_in
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.pages import ServicePages

from hotline.deps import PublishedPolicy
from hotline.domain.policy import Policy
from hotline.domain.removal import WAITING_FOR_PEOPLE
from hotline.domain.role import Permission
from hotline.domain.url import UrlState
from hotline.queries.hosting import contacts_to_approve
from hotline.queries.removal import open_case_counts
from hotline.queries.report import open_report_count
from hotline.queries.url import claimed_by, waiting_counts, work_list
from hotline.use_cases.exposure import my_exposure

router = APIRouter(include_in_schema=False)


@router.get("/", dependencies=[signed_in()])
def today(request: Request, pages: ServicePages, work: Work, policy: PublishedPolicy) -> Response:
    return pages.render(
        request,
        "home.html",
        now=work.now,
        desk=_desk(work, policy) if work.actor.may(Permission.CLAIM_URL) else None,
        removals=_removals(work) if work.actor.may(Permission.READ_REMOVALS) else None,
        contacts=_contacts(work) if work.actor.may(Permission.EDIT_CONTACTS) else None,
        reports=_reports(work) if work.actor.may(Permission.READ_REPORTS) else None,
    )


def _desk(work: UnitOfWork, policy: Policy) -> dict[str, Any]:
    counts = waiting_counts(work.session)
    may_judge_again = work.actor.may(Permission.GIVE_SECOND_OPINION)
    return {
        "mine": claimed_by(work.session, work.actor.id, work.now),
        "waiting": counts[UrlState.AWAITING_DECISION],
        "second_opinions": counts[UrlState.SECOND_OPINION] if may_judge_again else None,
        "first": next(iter(work_list(work.session, 1)), None),
        "exposure": my_exposure(work, policy.budget),
        "budget": policy.budget,
    }


def _removals(work: UnitOfWork) -> dict[str, int]:
    counts = open_case_counts(work.session)
    return {
        "open": sum(counts.values()),
        "waiting": sum(counts.get(state, 0) for state in WAITING_FOR_PEOPLE),
    }


def _contacts(work: UnitOfWork) -> dict[str, int]:
    return {"to_approve": contacts_to_approve(work.session)}


def _reports(work: UnitOfWork) -> dict[str, int]:
    return {"open": open_report_count(work.session)}
