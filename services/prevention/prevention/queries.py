"""Every SELECT of the prevention line, named by the question it answers."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from shared.domain.errors import NotFound
from shared.domain.referral import ReferralOutcome
from sqlmodel import Session, col, func, select

from prevention.domain.referral import ReferralDestination
from prevention.tables import Appointment, ContactMoment, PersonRef, Referral, ReferralStep


def moment_of_conversation(session: Session, conversation_id: UUID) -> ContactMoment | None:
    question = select(ContactMoment).where(ContactMoment.conversation_id == conversation_id)
    return session.exec(question).one_or_none()


def person_called(session: Session, pseudonym: str) -> PersonRef | None:
    return session.exec(select(PersonRef).where(PersonRef.pseudonym == pseudonym)).one_or_none()


def newest_moments(session: Session, most: int) -> list[ContactMoment]:
    question = select(ContactMoment).order_by(col(ContactMoment.at).desc()).limit(most)
    return list(session.exec(question).all())


def names_of(session: Session, person_ids: set[UUID]) -> Mapping[UUID, str]:
    rows = session.exec(select(PersonRef).where(col(PersonRef.id).in_(person_ids))).all()
    return {row.id: row.pseudonym for row in rows}


def open_appointments(session: Session, most: int) -> list[Appointment]:
    """Those that were planned and those of which the intent is not known yet, oldest first."""
    question = select(Appointment).order_by(col(Appointment.planned_at)).limit(most)
    return [row for row in session.exec(question).all() if row.intent.value == "not_known"]


def moment(session: Session, moment_id: UUID) -> ContactMoment:
    """Raises NotFound."""
    found = session.get(ContactMoment, moment_id)
    if found is None:
        raise NotFound
    return found


def referrals_of(session: Session, moment_id: UUID) -> list[Referral]:
    question = select(Referral).where(Referral.moment_id == moment_id)
    return list(session.exec(question.order_by(col(Referral.offered_at))).all())


def referral_steps(session: Session, moment_id: UUID) -> Mapping[UUID, list[ReferralStep]]:
    """By referral of a moment, each step of it, first to last."""
    question = (
        select(ReferralStep)
        .join(Referral, col(Referral.id) == col(ReferralStep.referral_id))
        .where(Referral.moment_id == moment_id)
        .order_by(col(ReferralStep.at))
    )
    found: dict[UUID, list[ReferralStep]] = {}
    for step in session.exec(question).all():
        found.setdefault(step.referral_id, []).append(step)
    return found


def details_given(
    session: Session, since: datetime, until: datetime
) -> Mapping[ReferralDestination, int]:
    """By destination, how often details were given over [`since`, `until`), each referral once."""
    rows = session.exec(
        select(Referral.destination, func.count(func.distinct(Referral.id)))
        .join(ReferralStep, col(ReferralStep.referral_id) == col(Referral.id))
        .where(
            ReferralStep.outcome == ReferralOutcome.DETAILS_GIVEN,
            col(ReferralStep.at) >= since,
            col(ReferralStep.at) < until,
        )
        .group_by(col(Referral.destination))
    ).all()
    return {ReferralDestination(destination): count for destination, count in rows}
