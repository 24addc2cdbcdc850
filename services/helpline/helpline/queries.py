"""Every SELECT of the helpline, named by the question it answers."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from shared.platform.contact.tables import MissedContact
from sqlmodel import Session, col, func, select

from helpline.domain.contact import Category, RegistrationClass
from helpline.tables import Contact, ContactCategory, Platform


def contact_of_conversation(session: Session, conversation_id: UUID) -> Contact | None:
    question = select(Contact).where(Contact.conversation_id == conversation_id)
    return session.exec(question).one_or_none()


def known_platforms(session: Session) -> set[str]:
    return set(session.exec(select(Platform.name)).all())


def newest_contacts(session: Session, most: int) -> list[Contact]:
    question = select(Contact).order_by(col(Contact.at).desc()).limit(most)
    return list(session.exec(question).all())


def categories_of(session: Session, contacts: list[Contact]) -> Mapping[UUID, list[Category]]:
    """The categories of each of these contacts."""
    rows = session.exec(
        select(ContactCategory).where(
            col(ContactCategory.contact_id).in_([contact.id for contact in contacts])
        )
    ).all()
    found: dict[UUID, list[Category]] = {}
    for row in rows:
        found.setdefault(row.contact_id, []).append(row.category)
    return found


def help_requests(session: Session, since: datetime, until: datetime) -> int:
    """Contacts that count, over [`since`, `until`)."""
    return session.exec(
        select(func.count()).where(
            Contact.registration_class == RegistrationClass.HELP_REQUEST,
            col(Contact.at) >= since,
            col(Contact.at) < until,
        )
    ).one()


def requests_with(session: Session, category: Category, since: datetime, until: datetime) -> int:
    """Help requests that have a category, each once."""
    return session.exec(
        select(func.count())
        .select_from(Contact)
        .join(ContactCategory, col(ContactCategory.contact_id) == col(Contact.id))
        .where(
            ContactCategory.category == category,
            Contact.registration_class == RegistrationClass.HELP_REQUEST,
            col(Contact.at) >= since,
            col(Contact.at) < until,
        )
    ).one()


def missed_count(session: Session, since: datetime, until: datetime) -> int:
    return session.exec(
        select(func.count()).where(col(MissedContact.at) >= since, col(MissedContact.at) < until)
    ).one()
