"""What follows from a contact: its page, referrals, and addresses for the hotline."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field
from shared.domain.errors import DomainError, NotFound
from shared.domain.referral import BEGINNINGS, ReferralOutcome, next_outcomes
from shared.platform.access import staff
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.pages import Pages, ServicePages

from helpline.domain.referral import ReferralDestination
from helpline.domain.removal_notice import read_addresses
from helpline.domain.role import Permission
from helpline.pages.removal_notice import rows_of
from helpline.queries.contact import categories_of, contact, platforms_of
from helpline.queries.follow_up import hotline_reports_of, referral_steps, referrals_of
from helpline.queries.removal_notice import notices_of
from helpline.use_cases.hotline_report import hand_in
from helpline.use_cases.referral import note_referral, refer

router = APIRouter(include_in_schema=False, dependencies=[staff(Permission.ANSWER_CONTACTS)])

LONGEST_FORM = 32_000


class ReferralForm(BaseModel):
    destination: ReferralDestination
    outcome: ReferralOutcome = ReferralOutcome.OFFERED


class HandInForm(BaseModel):
    """`report_id` is drawn with the form, so that pressing twice hands in once."""

    report_id: UUID = Field(default_factory=uuid4)
    addresses: str = Field(default="", max_length=LONGEST_FORM)
    agreed: bool = False


@router.get("/contacts/{contact_id}")
def show_contact(request: Request, contact_id: UUID, pages: ServicePages, work: Work) -> Response:
    return _page(request, pages, work, contact_id)


@router.post("/contacts/{contact_id}/referrals")
def add_referral(
    contact_id: UUID, pages: ServicePages, work: Work, form: Annotated[ReferralForm, Form()]
) -> Response:
    refer(work, contact_id, form.destination, form.outcome)
    return pages.see_other(f"/contacts/{contact_id}", told="saved")


@router.post("/referrals/{referral_id}/outcome")
def note_outcome(
    referral_id: UUID,
    pages: ServicePages,
    work: Work,
    outcome: Annotated[ReferralOutcome, Form()],
) -> Response:
    noted = note_referral(work, referral_id, outcome)
    return pages.see_other(f"/contacts/{noted.contact_id}", told="saved")


@router.post("/contacts/{contact_id}/hotline")
def hand_in_addresses(
    request: Request,
    contact_id: UUID,
    pages: ServicePages,
    work: Work,
    form: Annotated[HandInForm, Form()],
) -> Response:
    addresses = read_addresses(form.addresses)
    try:
        with work.session.begin_nested():
            hand_in(work, contact_id, addresses, form.report_id, agreed=form.agreed)
    except NotFound:
        raise
    except DomainError as problem:
        return _page(request, pages, work, contact_id, form, problem)
    return pages.see_other(f"/contacts/{contact_id}", told="handed_in")


def _page(
    request: Request,
    pages: Pages,
    work: UnitOfWork,
    contact_id: UUID,
    form: HandInForm | None = None,
    problem: DomainError | None = None,
) -> Response:
    found = contact(work.session, contact_id)
    context: dict[str, Any] = {
        "contact": found,
        "categories": categories_of(work.session, [found]).get(found.id, []),
        "platforms": platforms_of(work.session, found.id),
        "notices": rows_of(work, notices_of(work.session, found.id)),
        "referrals": referrals_of(work.session, found.id),
        "steps": referral_steps(work.session, found.id),
        "reports": hotline_reports_of(work.session, found.id),
    }
    return pages.render(
        request,
        "contact.html",
        status_code=problem.status if problem else 200,
        form=form or HandInForm(),
        problem=problem,
        destinations=list(ReferralDestination),
        beginnings=BEGINNINGS,
        next_outcomes=next_outcomes,
        **context,
    )
