"""Pages of addresses: the work list, taking the next one, giving it back."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from shared.platform.access import staff
from shared.platform.work import Work
from shared.ui.pages import ServicePages

from hotline.deps import PublishedPolicy
from hotline.domain.role import Permission
from hotline.domain.url import ReopenReason
from hotline.pages.desk import show_desk
from hotline.queries.url import (
    claimed_by,
    matches_of,
    recently_decided,
    waiting_counts,
    work_list,
)
from hotline.use_cases.assessment import claim_next, release, reopen

router = APIRouter(include_in_schema=False)

WORK_LIST = "/urls"
ROWS = 200


class Shown(StrEnum):
    WAITING = "waiting"
    DECIDED = "decided"


@router.get(WORK_LIST, dependencies=[staff(Permission.READ_URLS)])
def show_urls(
    request: Request, pages: ServicePages, work: Work, show: Shown = Shown.WAITING
) -> Response:
    session = work.session
    waits = show is Shown.WAITING
    urls = work_list(session, ROWS) if waits else recently_decided(session, ROWS)
    return pages.render(
        request,
        "url/list.html",
        show=show,
        urls=urls,
        matches=matches_of(session, urls),
        counts=waiting_counts(session),
        mine=claimed_by(session, work.actor.id, work.now),
        now=work.now,
        most=ROWS,
    )


@router.post("/urls/next", dependencies=[staff(Permission.CLAIM_URL)])
def take_next(pages: ServicePages, work: Work, policy: PublishedPolicy) -> Response:
    taken = claim_next(work, policy)
    if taken is None:
        return pages.see_other(WORK_LIST, told="nothing_waiting")
    return pages.see_other(f"/urls/{taken.id}", told="claimed")


@router.get("/urls/{url_id}", dependencies=[staff(Permission.READ_URLS)])
def show_url(
    request: Request, url_id: UUID, pages: ServicePages, work: Work, policy: PublishedPolicy
) -> Response:
    return show_desk(request, pages, work, policy, url_id)


@router.post("/urls/{url_id}/reopen", dependencies=[staff(Permission.REOPEN_URL)])
def open_again(
    url_id: UUID, pages: ServicePages, work: Work, reason: Annotated[ReopenReason, Form()]
) -> Response:
    reopen(work, url_id, reason)
    return pages.see_other(f"/urls/{url_id}", told="reopened")


@router.post("/urls/{url_id}/release", dependencies=[staff(Permission.CLAIM_URL)])
def give_back(url_id: UUID, pages: ServicePages, work: Work) -> Response:
    release(work, url_id)
    return pages.see_other(WORK_LIST, told="released")
