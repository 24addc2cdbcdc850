"""Deciding an address: the classification form."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from shared.domain.errors import Conflict, Invalid, NotPermitted, Stale
from shared.platform.access import staff
from shared.platform.work import Work
from shared.ui.pages import ServicePages

from hotline.deps import PublishedPolicy
from hotline.domain.assessment import Choice
from hotline.domain.role import Permission
from hotline.pages.desk import Filled, show_desk
from hotline.pages.question import DecisionForm
from hotline.pages.url import WORK_LIST
from hotline.use_cases.assessment import decide

router = APIRouter(include_in_schema=False)


@router.post("/urls/{url_id}/decision", dependencies=[staff(Permission.DECIDE_URL)])
def take_decision(
    request: Request,
    url_id: UUID,
    form: Annotated[DecisionForm, Form()],
    pages: ServicePages,
    work: Work,
    policy: PublishedPolicy,
) -> Response:
    try:
        with work.session.begin_nested():
            decide(work, url_id, form.decision(), form.version)
    except (Invalid, Conflict, Stale, NotPermitted) as problem:
        return show_desk(request, pages, work, policy, url_id, Filled(form, problem))
    told = "doubted" if form.verdict is Choice.DOUBT else "decided"
    return pages.see_other(WORK_LIST, told=told)
