"""Every SELECT of the prevention line, named by the question it answers."""

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import Session, col, select

from prevention.tables import Appointment, ContactMoment, PersonRef


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
