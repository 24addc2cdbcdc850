"""Pages of removal notices: what waits for an answer, the draft, the letter and its answers."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field
from shared.domain.errors import DomainError, Invalid, NotFound
from shared.domain.opening_hours import ZONE
from shared.platform.access import staff
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.pages import Pages, ServicePages

from helpline.adapters.notice_mail import GROUND_NAMES, body_of
from helpline.domain.provider import NoticeRoute
from helpline.domain.removal_notice import (
    AWAITED,
    CLOSED,
    LONGEST_REASONS,
    SENDABLE,
    ItemOutcome,
    LegalGround,
    NoticeDraft,
    NoticeState,
    read_addresses,
    roll_up,
)
from helpline.domain.role import Permission
from helpline.queries.contact import contact
from helpline.queries.removal_notice import (
    answers_of,
    item,
    items_of,
    notices_in,
    outcomes_of,
    provider,
    provider_names,
    providers,
    removal_notice,
    unanswered_count,
)
from helpline.tables import RemovalNotice
from helpline.use_cases.notice_delivery import write_letter
from helpline.use_cases.removal_notice import (
    draft_notice,
    note_answer,
    read_notice,
    send_notice,
    withdraw_notice,
)

router = APIRouter(include_in_schema=False, dependencies=[staff(Permission.SEND_NOTICES)])

NOTICES = "/notices"
ROWS_SHOWN = 200
LONGEST_FORM = 32_000


class Shown(StrEnum):
    """Which notices: those without an answer, those not sent yet, those that ended."""

    OPEN = "open"
    DRAFTS = "drafts"
    ENDED = "ended"


STATES = {
    Shown.OPEN: AWAITED | {NoticeState.QUEUED, NoticeState.SENDING},
    Shown.DRAFTS: SENDABLE,
    Shown.ENDED: CLOSED | {NoticeState.WITHDRAWN},
}


class NoticeForm(BaseModel):
    """The draft as it comes from the page; `notice_id` is drawn with the form."""

    notice_id: UUID = Field(default_factory=uuid4)
    provider_id: UUID | None = None
    route: NoticeRoute = NoticeRoute.ARTICLE_16
    ground: list[LegalGround] = Field(default_factory=list)
    addresses: str = Field(default="", max_length=LONGEST_FORM)
    reasons: str = Field(default="", max_length=LONGEST_REASONS * 2)

    def draft(self) -> NoticeDraft:
        return NoticeDraft(
            provider_id=self.provider_id or UUID(int=0),
            route=self.route,
            grounds=frozenset(self.ground),
            addresses=read_addresses(self.addresses),
            # What browsers send for the end of a line counts once.
            reasons=self.reasons.replace("\r\n", "\n").strip(),
        )


class SendForm(BaseModel):
    good_faith: bool = False


class AnswerForm(BaseModel):
    outcome: ItemOutcome = ItemOutcome.PENDING
    on: date


@dataclass(frozen=True, slots=True)
class Row:
    """A notice in a list."""

    notice: RemovalNotice
    provider: str
    outcome: ItemOutcome
    item_count: int
    is_late: bool


@router.get(NOTICES)
def show_notices(
    request: Request, pages: ServicePages, work: Work, show: Shown = Shown.OPEN
) -> Response:
    return pages.render(
        request,
        "notices.html",
        show=show,
        rows=rows_of(work, notices_in(work.session, STATES[show], ROWS_SHOWN)),
        waiting=unanswered_count(work.session),
        late=unanswered_count(work.session, due_before=work.now),
        most=ROWS_SHOWN,
    )


@router.get("/contacts/{contact_id}/notices/new")
def show_draft(request: Request, contact_id: UUID, pages: ServicePages, work: Work) -> Response:
    return _form_page(request, pages, work, contact_id, NoticeForm())


@router.post("/contacts/{contact_id}/notices/new")
def save_draft(
    request: Request,
    contact_id: UUID,
    pages: ServicePages,
    work: Work,
    form: Annotated[NoticeForm, Form()],
) -> Response:
    try:
        with work.session.begin_nested():
            notice = draft_notice(work, contact_id, form.draft(), form.notice_id)
    except NotFound:
        if form.provider_id is not None:
            raise
        missing = Invalid("provider_missing", fields=("provider_id",))
        return _form_page(request, pages, work, contact_id, form, missing)
    except DomainError as refused:
        return _form_page(request, pages, work, contact_id, form, refused)
    return pages.see_other(f"{NOTICES}/{notice.id}", told="drafted")


@router.get(f"{NOTICES}/{{notice_id}}")
def show_notice(request: Request, notice_id: UUID, pages: ServicePages, work: Work) -> Response:
    return _page(request, pages, work, notice_id)


@router.post(f"{NOTICES}/{{notice_id}}/send")
def send(
    request: Request,
    notice_id: UUID,
    pages: ServicePages,
    work: Work,
    form: Annotated[SendForm, Form()],
) -> Response:
    try:
        with work.session.begin_nested():
            send_notice(work, notice_id, in_good_faith=form.good_faith)
    except NotFound:
        raise
    except DomainError as problem:
        return _page(request, pages, work, notice_id, problem)
    return pages.see_other(f"{NOTICES}/{notice_id}", told="notice_queued")


@router.post(f"{NOTICES}/{{notice_id}}/withdraw")
def withdraw(notice_id: UUID, pages: ServicePages, work: Work) -> Response:
    withdraw_notice(work, notice_id)
    return pages.see_other(f"{NOTICES}/{notice_id}", told="notice_withdrawn")


@router.post("/notice-items/{item_id}/answer")
def answer(
    request: Request,
    item_id: UUID,
    pages: ServicePages,
    work: Work,
    form: Annotated[AnswerForm, Form()],
) -> Response:
    notice_id = item(work.session, item_id).notice_id
    try:
        with work.session.begin_nested():
            note_answer(work, item_id, form.outcome, form.on)
    except DomainError as problem:
        return _page(request, pages, work, notice_id, problem)
    return pages.see_other(f"{NOTICES}/{notice_id}", told="saved")


def rows_of(work: UnitOfWork, notices: list[RemovalNotice]) -> list[Row]:
    names, outcomes = provider_names(work.session), outcomes_of(work.session, notices)
    return [
        Row(
            notice=one,
            provider=names[one.provider_id],
            outcome=roll_up(outcomes[one.id]),
            item_count=len(outcomes[one.id]),
            is_late=one.state in AWAITED and (one.answer_due_at or work.now) < work.now,
        )
        for one in notices
    ]


def _form_page(
    request: Request,
    pages: Pages,
    work: UnitOfWork,
    contact_id: UUID,
    form: NoticeForm,
    problem: DomainError | None = None,
) -> Response:
    return pages.render(
        request,
        "notice_form.html",
        status_code=_status(problem),
        form=form,
        contact=contact(work.session, contact_id),
        providers=providers(work.session),
        routes=list(NoticeRoute),
        grounds=GROUND_NAMES,
        problem=problem,
        longest=LONGEST_REASONS,
    )


def _page(
    request: Request,
    pages: Pages,
    work: UnitOfWork,
    notice_id: UUID,
    problem: DomainError | None = None,
) -> Response:
    notice = removal_notice(work.session, notice_id)
    addresses: list[str] = []
    letter = ""
    if notice.erased_at is None:
        addresses = read_notice(work, notice_id)[1]
        letter = body_of(write_letter(work, notice))
    return pages.render(
        request,
        "notice.html",
        status_code=_status(problem),
        row=rows_of(work, [notice])[0],
        to=provider(work.session, notice.provider_id),
        items=items_of(work.session, notice_id),
        addresses=addresses,
        answers=answers_of(work.session, notice_id),
        letter=letter,
        may_send=notice.state in SENDABLE,
        may_answer=notice.state in AWAITED | CLOSED,
        outcomes=list(ItemOutcome)[1:],
        today=work.now.astimezone(ZONE).date(),
        problem=problem,
    )


def _status(problem: DomainError | None) -> int:
    return problem.status if problem else 200
