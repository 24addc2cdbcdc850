"""Every SELECT of the prevention line, named by the question it answers."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.domain.errors import NotFound
from shared.domain.referral import ReferralOutcome
from shared.platform.month_counts import month_of, row_of_months
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col, func, select

from prevention.domain.contact_moment import (
    AppointmentState,
    RegistrationClass,
    RiskLevel,
    Subgroup,
    TargetGroup,
    TreatmentIntent,
)
from prevention.domain.referral import ReferralDestination
from prevention.tables import (
    Appointment,
    ContactMoment,
    MomentSubgroup,
    PersonRef,
    Referral,
    ReferralStep,
)


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


def moments_by_month(
    session: Session, limits: tuple[datetime, datetime], months: int, *conditions: Any
) -> list[int]:
    """Moments within `limits` that fulfil all conditions, in each of the first months of a year."""
    rows = session.exec(
        select(month_of(ContactMoment.at), func.count())
        .where(*_within(col(ContactMoment.at), limits), *conditions)
        .group_by(month_of(ContactMoment.at))
    ).all()
    return row_of_months(rows, months)


def counts_as(registered: RegistrationClass) -> Any:
    return ContactMoment.registration_class == registered


def is_of(group: TargetGroup, limits: tuple[datetime, datetime]) -> Any:
    """Of a person who is counted in this target group, whatever an earlier moment said."""
    last = _last_groups(limits)
    return col(ContactMoment.person_id).in_(
        select(last.c.person_id).where(last.c.target_group == group)
    )


def is_about(*subgroups: Subgroup) -> Any:
    return col(ContactMoment.id).in_(
        select(MomentSubgroup.moment_id).where(col(MomentSubgroup.subgroup).in_(subgroups))
    )


def shows_risk(levels: Collection[RiskLevel]) -> Any:
    return col(ContactMoment.risk_level).in_(levels)


def persons_by_group(
    session: Session, limits: tuple[datetime, datetime]
) -> Mapping[TargetGroup, int]:
    """Persons with a counted moment, each in the target group of their last one (P-05)."""
    last = _last_groups(limits)
    rows = session.exec(select(last.c.target_group, func.count()).group_by(last.c.target_group))
    return {TargetGroup(group): number for group, number in rows}


def persons_with(session: Session, limits: tuple[datetime, datetime], *conditions: Any) -> int:
    """Persons with a counted moment that fulfils all conditions, each once."""
    return session.exec(
        select(func.count(col(ContactMoment.person_id).distinct())).where(
            *_counted(limits), *conditions
        )
    ).one()


def persons_who_returned(session: Session, limits: tuple[datetime, datetime]) -> int:
    """Persons with more than one counted moment."""
    several = (
        select(ContactMoment.person_id)
        .where(*_counted(limits))
        .group_by(col(ContactMoment.person_id))
        .having(func.count() > 1)
        .subquery()
    )
    return session.exec(select(func.count()).select_from(several)).one()


def appointments(session: Session, limits: tuple[datetime, datetime], *conditions: Any) -> int:
    """Appointments that were planned within `limits` and fulfil all conditions."""
    return session.exec(
        select(func.count())
        .select_from(Appointment)
        .where(*_within(col(Appointment.planned_at), limits), *conditions)
    ).one()


def was_called() -> Any:
    return Appointment.state == AppointmentState.CALLED


def intends() -> Any:
    return Appointment.intent == TreatmentIntent.INTENDS


def _last_groups(limits: tuple[datetime, datetime]) -> Any:
    """Each person with a counted moment, and the target group of the last one."""
    return (
        select(ContactMoment.person_id, ContactMoment.target_group)
        .ext(distinct_on(col(ContactMoment.person_id)))
        .where(*_counted(limits))
        .order_by(col(ContactMoment.person_id), col(ContactMoment.at).desc(), col(ContactMoment.id))
        .subquery()
    )


def _counted(limits: tuple[datetime, datetime]) -> tuple[Any, ...]:
    return (
        ContactMoment.registration_class == RegistrationClass.HELP_REQUEST,
        *_within(col(ContactMoment.at), limits),
    )


def _within(column: Any, limits: tuple[datetime, datetime]) -> tuple[Any, ...]:
    since, until = limits
    return (column >= since, column < until)
