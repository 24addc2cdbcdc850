"""Questions about notices, and the mails that carry them."""

from dataclasses import dataclass
from uuid import UUID

from shared.domain.errors import NotFound
from sqlmodel import Session, col, func, select

from hotline.domain.takedown import NOT_UNDER_WAY, MailState, NoticeState
from hotline.tables import Assessment, NoticeMail, RemovalCase, TakedownNotice, Url


@dataclass(frozen=True, slots=True)
class NoticeOfCase:
    """A notice with everything the letter says about it."""

    notice: TakedownNotice
    case: RemovalCase
    url: Url
    assessment: Assessment


def notices_of(session: Session, case_id: UUID) -> list[TakedownNotice]:
    """Every notice of a case, first to last."""
    return list(
        session.exec(
            select(TakedownNotice)
            .where(TakedownNotice.removal_case_id == case_id)
            .order_by(col(TakedownNotice.queued_at))
        )
    )


def notices_to_cancel(session: Session, case_id: UUID) -> list[TakedownNotice]:
    """Notices of a case in mails that are not under way, which are held for this transaction."""
    return list(
        session.exec(
            select(TakedownNotice)
            .join(NoticeMail, col(NoticeMail.id) == col(TakedownNotice.mail_id))
            .where(
                TakedownNotice.removal_case_id == case_id,
                TakedownNotice.state == NoticeState.QUEUED,
                col(NoticeMail.state).in_(NOT_UNDER_WAY),
            )
            .order_by(col(NoticeMail.id))
            .with_for_update(of=NoticeMail, key_share=True)
        )
    )


def mail(session: Session, mail_id: UUID) -> NoticeMail:
    """Raises NotFound."""
    found = session.get(NoticeMail, mail_id)
    if found is None:
        raise NotFound
    return found


def locked_mail(session: Session, mail_id: UUID) -> NoticeMail:
    """The mail as it is now, held until the end of the transaction. Raises NotFound."""
    found = session.exec(
        select(NoticeMail)
        .where(NoticeMail.id == mail_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def collecting_mail(session: Session, contact_id: UUID) -> NoticeMail | None:
    """The mail to a contact that still takes notices, held until the end of the transaction."""
    return session.exec(
        select(NoticeMail)
        .where(NoticeMail.contact_id == contact_id, NoticeMail.state == MailState.COLLECTING)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def notices_in(session: Session, mail_id: UUID) -> list[NoticeOfCase]:
    """What a mail carries and was not cancelled, by reference."""
    rows = session.exec(
        select(TakedownNotice, RemovalCase, Url, Assessment)
        .join(RemovalCase, col(RemovalCase.id) == col(TakedownNotice.removal_case_id))
        .join(Url, col(Url.id) == col(RemovalCase.url_id))
        .join(Assessment, col(Assessment.id) == col(RemovalCase.assessment_id))
        .where(TakedownNotice.mail_id == mail_id, TakedownNotice.state != NoticeState.CANCELLED)
        .order_by(col(TakedownNotice.reference))
    )
    return [NoticeOfCase(*row) for row in rows]


def notice_count(session: Session, mail_id: UUID) -> int:
    return session.exec(
        select(func.count()).select_from(TakedownNotice).where(TakedownNotice.mail_id == mail_id)
    ).one()
