"""SELECTs that count."""

from datetime import datetime
from typing import Any

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
from helpline.domain.provider import NoticeRoute
from helpline.tables import (
    Contact,
    ContactCategory,
    RemovalNotice,
)


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


def notices_sent(
    session: Session, route: NoticeRoute, since: datetime, until: datetime
) -> list[RemovalNotice]:
    """Those that went out on this route, over [`since`, `until`)."""
    question = select(RemovalNotice).where(
        RemovalNotice.route == route,
        col(RemovalNotice.sent_at) >= since,
        col(RemovalNotice.sent_at) < until,
    )
    return list(session.exec(question).all())
