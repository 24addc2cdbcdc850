"""Every SELECT of the helpline, named by the question it answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.platform.contact.tables import MissedContact
from shared.platform.month_counts import month_of, row_of_months
from sqlmodel import Session, col, func, select

from helpline.domain.contact import (
    Category,
    FurtherHelp,
    ManipulatedImage,
    PersonGender,
    PoliceContact,
    RegistrationClass,
)
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


def requests_by_month(
    session: Session, since: datetime, until: datetime, months: int, *conditions: Any
) -> list[int]:
    """Help requests that fulfil all `conditions`, in each of the first `months` of a year."""
    rows = session.exec(
        select(month_of(Contact.at), func.count())
        .where(*_counted(since, until), *conditions)
        .group_by(month_of(Contact.at))
    ).all()
    return row_of_months(rows, months)


def has_category(category: Category) -> Any:
    return col(Contact.id).in_(
        select(ContactCategory.contact_id).where(ContactCategory.category == category)
    )


def shows_image(*kinds: ManipulatedImage) -> Any:
    return col(Contact.manipulated_image).in_(kinds)


def asked_further_help(*answers: FurtherHelp) -> Any:
    return col(Contact.further_help).in_(answers)


def was_asked_about_police() -> Any:
    return Contact.police != PoliceContact.NOT_ASKED


def known_ages(
    session: Session, gender: PersonGender, since: datetime, until: datetime
) -> tuple[int, float]:
    """How many help requests of this gender have a known age, and the mean of these ages."""
    number, mean = session.exec(
        select(func.count(), func.coalesce(func.avg(Contact.age), 0)).where(
            *_counted(since, until), Contact.gender == gender, col(Contact.age).is_not(None)
        )
    ).one()
    return int(number), float(mean)


def _counted(since: datetime, until: datetime) -> tuple[Any, ...]:
    return (
        Contact.registration_class == RegistrationClass.HELP_REQUEST,
        col(Contact.at) >= since,
        col(Contact.at) < until,
    )
