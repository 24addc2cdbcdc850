"""The page of a contact moment: to whom the person was referred, and what came of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel
from shared.domain.referral import BEGINNINGS, ReferralOutcome, next_outcomes
from shared.platform.access import staff
from shared.platform.work import Work
from shared.ui.pages import ServicePages

from prevention.domain.referral import ReferralDestination
from prevention.domain.role import Permission
from prevention.queries import moment, names_of, referral_steps, referrals_of
from prevention.use_cases.referral import note_referral, refer

router = APIRouter(include_in_schema=False, dependencies=[staff(Permission.ANSWER_CONTACTS)])


class ReferralForm(BaseModel):
    destination: ReferralDestination
    outcome: ReferralOutcome = ReferralOutcome.OFFERED


@router.get("/moments/{moment_id}")
def show_moment(request: Request, moment_id: UUID, pages: ServicePages, work: Work) -> Response:
    found = moment(work.session, moment_id)
    return pages.render(
        request,
        "moment.html",
        moment=found,
        name=names_of(work.session, {found.person_id})[found.person_id],
        referrals=referrals_of(work.session, found.id),
        steps=referral_steps(work.session, found.id),
        destinations=list(ReferralDestination),
        beginnings=BEGINNINGS,
        next_outcomes=next_outcomes,
    )


@router.post("/moments/{moment_id}/referrals")
def add_referral(
    moment_id: UUID, pages: ServicePages, work: Work, form: Annotated[ReferralForm, Form()]
) -> Response:
    refer(work, moment_id, form.destination, form.outcome)
    return pages.see_other(f"/moments/{moment_id}", told="saved")


@router.post("/referrals/{referral_id}/outcome")
def note_outcome(
    referral_id: UUID,
    pages: ServicePages,
    work: Work,
    outcome: Annotated[ReferralOutcome, Form()],
) -> Response:
    noted = note_referral(work, referral_id, outcome)
    return pages.see_other(f"/moments/{noted.moment_id}", told="saved")
