"""SELECTs about contacts and what they are about."""

from collections.abc import Mapping
from uuid import UUID

from shared.domain.errors import NotFound
from sqlmodel import Session, col, select

from helpline.domain.contact import Category
from helpline.tables import (
    Contact,
    ContactCategory,
    ContactPlatform,
    Platform,
)


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


def contact(session: Session, contact_id: UUID, *, held: bool = False) -> Contact:
    """A contact; `held` until the end of the transaction. Raises NotFound."""
    found = session.get(Contact, contact_id, with_for_update=held or None)
    if found is None:
        raise NotFound
    return found


def platforms_of(session: Session, contact_id: UUID) -> list[str]:
    question = select(ContactPlatform.platform).where(ContactPlatform.contact_id == contact_id)
    return sorted(session.exec(question).all())
