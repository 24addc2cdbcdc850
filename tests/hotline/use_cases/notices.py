"""Notices in the state that a test is about."""

from datetime import timedelta
from uuid import UUID

from hotline.domain.hosting import ContactSource
from hotline.domain.takedown import (
    MailOutcome,
    NoticeLetter,
)
from hotline.tables import (
    AbuseContact,
    HostingProvider,
    NoticeMail,
    TakedownNotice,
)
from hotline.use_cases.takedown import (
    claim_mail,
    settle_mail,
)
from shared.platform.unit_of_work import UnitOfWork

from tests.hotline.inside import Hotline

ONE, TWO = "https://forum.example/1.png", "https://forum.example/2.png"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def queued(hotline: Hotline, address: str = ONE) -> UUID:
    """A case whose first notice waits in a mail."""
    cases = hotline.cases()
    case_id = cases.known_illegal(address)
    cases.hosted(case_id)
    return case_id


def the_mail(hotline: Hotline) -> NoticeMail:
    (mail,) = hotline.rows(NoticeMail)
    return mail


def the_notice(hotline: Hotline) -> TakedownNotice:
    (notice,) = hotline.rows(TakedownNotice)
    return notice


def write(hotline: Hotline, mail_id: UUID) -> NoticeLetter:
    letter = hotline.do(claim_mail, mail_id)
    assert letter is not None
    return letter


def settle(hotline: Hotline, mail_id: UUID, outcome: MailOutcome) -> None:
    hotline.do(settle_mail, mail_id, outcome, hotline.policy)


def mailed(hotline: Hotline, mail_id: UUID, outcome: MailOutcome) -> NoticeLetter:
    letter = write(hotline, mail_id)
    settle(hotline, mail_id, outcome)
    return letter


def another_contact(hotline: Hotline, *, is_usable: bool = True) -> UUID:
    def add(work: UnitOfWork) -> UUID:
        owner = HostingProvider(handle="VH-2", name="Ander", created_at=work.now)
        work.session.add(owner)
        work.session.flush()
        contact = AbuseContact(
            provider_id=owner.id,
            email="abuse@other.example",
            source=ContactSource.MANUAL,
            is_usable=is_usable,
            created_at=work.now,
        )
        work.session.add(contact)
        return contact.id

    return hotline.do(add)
