"""Proposing a picture by its hashes, and the decision of the second person."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field
from shared.contracts.hashcheck import LONGEST_VALUE, CheckItem
from shared.domain.classification import AGE_STEPS, AiInvolvement, Gender, SelfGenerated
from shared.domain.content_hash import ContentHash, HashType
from shared.domain.errors import DomainError, Invalid
from shared.platform.access import staff
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.pages import Pages, ServicePages

from hashcheck import queries
from hashcheck.deps import Offset
from hashcheck.domain.entry import Labels, RefusalReason, WithdrawalReason
from hashcheck.domain.role import Permission
from hashcheck.use_cases.entry import (
    Proposal,
    approve_entry,
    propose_entry,
    refuse_entry,
    withdraw_entry,
)

PROPOSALS = "/proposals"
MOST_QUALITY = 100
AGES = {f"{low}-{high}": (low, high) for low, high in AGE_STEPS}

router = APIRouter(include_in_schema=False)


class TypedEntry(BaseModel):
    """The form of a proposal: hashes in hexadecimal, empty where there is none."""

    list_name: str = Field(max_length=40)
    sha256: str = Field(default="", max_length=LONGEST_VALUE)
    sha1: str = Field(default="", max_length=LONGEST_VALUE)
    md5: str = Field(default="", max_length=LONGEST_VALUE)
    pdq: str = Field(default="", max_length=LONGEST_VALUE)
    pdq_quality: str = Field(default="", max_length=3)
    phash: str = Field(default="", max_length=LONGEST_VALUE)
    age: str = Field(default="", max_length=8)
    ai_involvement: AiInvolvement = AiInvolvement.NOT_SEEN
    gender: Gender = Gender.NOT_DETERMINED
    self_generated: SelfGenerated = SelfGenerated.UNKNOWN

    def proposal(self) -> Proposal:
        """Raises Invalid."""
        age = AGES.get(self.age)
        if self.age and age is None:
            raise Invalid("age_invalid", fields=("age",))
        low, high = age or (None, None)
        labels = Labels(self.ai_involvement, self.gender, self.self_generated, low, high)
        return Proposal(self.list_name, self._items(), labels)

    def _items(self) -> list[CheckItem]:
        typed = {kind: str(getattr(self, kind.value)).strip().lower() for kind in HashType}
        quality = self._quality()
        return [
            CheckItem(
                type=kind,
                value=_readable(kind, value),
                quality=quality if kind is HashType.PDQ else None,
            )
            for kind, value in typed.items()
            if value
        ]

    def _quality(self) -> int | None:
        """None when nothing was typed; anything else than 0 to 100 would be trusted wrongly."""
        typed = self.pdq_quality.strip()
        if typed and not (typed.isdecimal() and int(typed) <= MOST_QUALITY):
            raise Invalid("quality_invalid", fields=("pdq_quality",))
        return int(typed) if typed else None


def _readable(kind: HashType, value: str) -> str:
    """Raises Invalid with the field at fault."""
    try:
        return ContentHash.parse(kind, value).text
    except Invalid as unreadable:
        raise Invalid(unreadable.code, fields=(kind.value,)) from None


@router.get(PROPOSALS, dependencies=[staff(Permission.SEE_LISTS)])
def show_proposals(
    request: Request, pages: ServicePages, work: Work, offset: Offset = 0
) -> Response:
    return _proposals_page(request, pages, work, offset=offset)


@router.get("/proposals/new", dependencies=[staff(Permission.PROPOSE_ENTRIES)])
def ask_entry(request: Request, pages: ServicePages, work: Work) -> Response:
    return _entry_page(request, pages, work, TypedEntry(list_name=""))


@router.post("/proposals/new", dependencies=[staff(Permission.PROPOSE_ENTRIES)])
def propose(
    request: Request, pages: ServicePages, work: Work, typed: Annotated[TypedEntry, Form()]
) -> Response:
    try:
        propose_entry(work, typed.proposal())
    except DomainError as error:
        return _entry_page(request, pages, work, typed, problem=error)
    return pages.see_other(PROPOSALS, told="proposed")


@router.post("/proposals/{entry_id}/approve", dependencies=[staff(Permission.DECIDE_ENTRIES)])
def approve(request: Request, entry_id: UUID, pages: ServicePages, work: Work) -> Response:
    try:
        approve_entry(work, entry_id)
    except DomainError as error:
        return _proposals_page(request, pages, work, problem=error)
    return pages.see_other(PROPOSALS, told="listed")


@router.post("/proposals/{entry_id}/refuse", dependencies=[staff(Permission.DECIDE_ENTRIES)])
def refuse(
    request: Request,
    entry_id: UUID,
    pages: ServicePages,
    work: Work,
    reason: Annotated[RefusalReason, Form()],
) -> Response:
    try:
        refuse_entry(work, entry_id, reason)
    except DomainError as error:
        return _proposals_page(request, pages, work, problem=error)
    return pages.see_other(PROPOSALS, told="refused")


@router.post("/entries/{entry_id}/withdraw", dependencies=[staff(Permission.DECIDE_ENTRIES)])
def withdraw(
    entry_id: UUID, pages: ServicePages, work: Work, reason: Annotated[WithdrawalReason, Form()]
) -> Response:
    withdraw_entry(work, entry_id, reason)
    list_id = queries.entry(work.session, entry_id).list_id
    return pages.see_other(f"/lists/{list_id}", told="withdrawn")


def _proposals_page(
    request: Request,
    pages: Pages,
    work: UnitOfWork,
    *,
    offset: int = 0,
    problem: DomainError | None = None,
) -> Response:
    proposals = queries.proposals(work.session, offset)
    return pages.render(
        request,
        "proposals.html",
        status_code=problem.status if problem else 200,
        proposals=proposals,
        types=queries.hash_types_of(work.session, [entry.id for entry, _ in proposals]),
        reasons=list(RefusalReason),
        offset=offset,
        page_size=queries.MOST_ROWS,
        problem=problem.code if problem else "",
    )


def _entry_page(
    request: Request,
    pages: Pages,
    work: UnitOfWork,
    typed: TypedEntry,
    *,
    problem: DomainError | None = None,
) -> Response:
    at_fault = problem.fields[0] if problem and problem.fields else ""
    return pages.render(
        request,
        "entry_form.html",
        status_code=problem.status if problem else 200,
        typed=typed,
        lists=[summary.hash_list for summary in queries.list_summaries(work.session)],
        ages=list(AGES),
        choices={
            "ai_involvement": AiInvolvement,
            "gender": Gender,
            "self_generated": SelfGenerated,
        },
        problem=problem.code if problem else "",
        at_fault=at_fault if at_fault in TypedEntry.model_fields else "sha256",
    )
