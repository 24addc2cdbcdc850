"""Notices to hosting providers: queueing them, mailing them together, and how that ended."""

from datetime import datetime
from uuid import UUID, uuid4

from shared.domain.references import public_reference
from shared.platform.unit_of_work import UnitOfWork

from hotline.domain.assessment import DecidedBy
from hotline.domain.labels import xarf_classification
from hotline.domain.policy import Policy
from hotline.domain.removal import CLOSED, RemovalState
from hotline.domain.role import Permission
from hotline.domain.takedown import (
    FINISHED,
    LEGAL_BASIS,
    MOST_ADDRESSES_PER_MAIL,
    NOT_UNDER_WAY,
    RESPONSE_WINDOW,
    EarlierNotice,
    MailOutcome,
    MailState,
    NoticeItem,
    NoticeLetter,
    NoticeState,
    Recipient,
    message_id,
    notice_reference,
    pause_before_resend,
    plan_notice,
)
from hotline.queries.assessment import labels_of
from hotline.queries.hosting import contact, hold_contact, provider
from hotline.queries.removal import hosting_of, locked_case, locked_cases_in
from hotline.queries.takedown import (
    NoticeOfCase,
    collecting_mail,
    locked_mail,
    notice_count,
    notices_in,
    notices_of,
)
from hotline.queries.url import pages_showing, picture_of, url
from hotline.tables import AbuseContact, NoticeMail, RemovalCase, TakedownNotice
from hotline.use_cases.removal import move_case

SEND_NOTICE_MAIL = "hotline.send_notice_mail"
# Dutch first; many abuse desks in the Netherlands read English only.
LANGUAGES = ("nl", "en")


def send_notice(work: UnitOfWork, case_id: UUID, contact_id: UUID, policy: Policy) -> UUID:
    """Queue a notice about a case on the word of a person, who chose the contact.

    Raises BadTransition, ContactNotVerified.
    """
    work.require(Permission.SEND_NOTICE)
    case = locked_case(work.session, case_id)
    fact = hosting_of(work.session, case.id)
    chosen = contact(work.session, contact_id)
    return queue_notice(work, case, fact.country if fact else "", chosen, policy)


def queue_notice(
    work: UnitOfWork,
    case: RemovalCase,
    country: str,
    recipient: AbuseContact | None,
    policy: Policy,
) -> UUID:
    """Put the first notice about a case into the next mail to a contact.

    Raises NotAssessedIllegal, NotHostedHere, ContactNotVerified, AlreadyNotified, BadTransition.
    """
    earlier = notices_of(work.session, case.id)
    plan = plan_notice(
        url(work.session, case.url_id).verdict,
        country,
        Recipient(recipient.id, recipient.is_usable) if recipient else None,
        [
            EarlierNotice(notice.kind, notice.contact_id, notice.state is NoticeState.BOUNCED)
            for notice in earlier
        ],
        work.now + policy.notice_batch_window,
    )
    move_case(work, case, RemovalState.NOTICE_QUEUED)
    mail = _next_mail(work, plan.contact_id, plan.due_at, policy)
    notice_id = uuid4()
    work.session.add(
        TakedownNotice(
            id=notice_id,
            reference=notice_reference(notice_id),
            removal_case_id=case.id,
            contact_id=plan.contact_id,
            mail_id=mail.id,
            kind=plan.kind,
            round=plan.round,
            state=NoticeState.QUEUED,
            queued_at=work.now,
        )
    )
    work.record("takedown.notice_queued", notice_id, case=str(case.id), mail=str(mail.id))
    return notice_id


def claim_mail(work: UnitOfWork, mail_id: UUID) -> NoticeLetter | None:
    """Write the letter of a mail that is due; None when there is nothing (left) to say.

    A mail that was being sent when its worker died may have arrived. It is sent again with the
    same Message-ID, and counted as a repeat. One to a contact that came back meanwhile is not
    sent (any more).
    """
    locked_cases_in(work.session, mail_id)
    mail = locked_mail(work.session, mail_id)
    if mail.state in FINISHED:
        return None
    notices = notices_in(work.session, mail.id)
    if not notices:
        mail.state = MailState.EMPTY
        work.record("takedown.mail_emptied", mail.id)
        return None
    if not contact(work.session, mail.contact_id).is_usable:
        _withhold(work, mail)
        return None
    if mail.state in {MailState.SENDING, MailState.UNCERTAIN}:
        work.repeats = True
        mail.repeat_count += 1
        work.record("takedown.mail_repeated", mail.id, repeats=mail.repeat_count)
    mail.state = MailState.SENDING
    mail.send_count += 1
    mail.written_at = mail.written_at or work.now
    return _letter(work, mail, notices, mail.written_at)


def settle_mail(work: UnitOfWork, mail_id: UUID, outcome: MailOutcome, policy: Policy) -> None:
    """Store what the mail server said; an unknown end is tried once more, then shown to people.

    What surely was not taken is written anew, so that its deadline is 24 hours after delivery.
    """
    locked_cases_in(work.session, mail_id)
    mail = locked_mail(work.session, mail_id)
    if mail.state is not MailState.SENDING:
        return
    work.record("takedown.mail_settled", mail.id, reason=outcome.value)
    match outcome:
        case MailOutcome.ACCEPTED:
            mail.state, mail.sent_at = MailState.SENT, work.now
            _settle_notices(work, mail, NoticeState.DELIVERED, RemovalState.NOTICE_DELIVERED)
        case MailOutcome.REFUSED:
            mail.state = MailState.REFUSED
            contact(work.session, mail.contact_id).is_usable = False
            _settle_notices(work, mail, NoticeState.BOUNCED, RemovalState.CONTACT_REVIEW)
        case MailOutcome.LATER:
            mail.state = MailState.READY
            mail.written_at = mail.written_at if mail.repeat_count else None
            pause = pause_before_resend(mail.send_count)
            work.enqueue(SEND_NOTICE_MAIL, mail.id, next_at=work.now + pause)
        case MailOutcome.UNCERTAIN:
            mail.state = MailState.UNCERTAIN
            if mail.repeat_count == 0:
                work.enqueue(SEND_NOTICE_MAIL, mail.id, next_at=work.now + policy.resend_after)
            _settle_notices(work, mail, NoticeState.UNCERTAIN, RemovalState.NOTICE_UNCERTAIN)


def give_up_mail(work: UnitOfWork, mail_id: UUID) -> None:
    """Show a mail to people that could not be brought to an end."""
    locked_cases_in(work.session, mail_id)
    mail = locked_mail(work.session, mail_id)
    if mail.state in FINISHED:
        return
    mail.state = MailState.UNCERTAIN
    _settle_notices(work, mail, NoticeState.UNCERTAIN, RemovalState.NOTICE_UNCERTAIN)


def _withhold(work: UnitOfWork, mail: NoticeMail) -> None:
    """Close a mail to a contact that may not be written to any more."""
    work.record("takedown.mail_withheld", mail.id)
    if mail.state in NOT_UNDER_WAY and not mail.repeat_count:
        mail.state = MailState.REFUSED
        _settle_notices(work, mail, NoticeState.BOUNCED, RemovalState.CONTACT_REVIEW)
    else:
        mail.state = MailState.UNCERTAIN
        _settle_notices(work, mail, NoticeState.UNCERTAIN, RemovalState.NOTICE_UNCERTAIN)


def _next_mail(work: UnitOfWork, contact_id: UUID, due_at: datetime, policy: Policy) -> NoticeMail:
    """The mail that collects for a contact; a full one goes out now and another one collects."""
    hold_contact(work.session, contact_id)
    mail = collecting_mail(work.session, contact_id)
    if mail is not None and notice_count(work.session, mail.id) < MOST_ADDRESSES_PER_MAIL:
        return mail
    if mail is not None:
        mail.state = MailState.READY
        work.enqueue(SEND_NOTICE_MAIL, mail.id)
    mail_id = uuid4()
    mail = NoticeMail(
        id=mail_id,
        contact_id=contact_id,
        message_id=message_id(mail_id, policy.sender),
        state=MailState.COLLECTING,
        created_at=work.now,
        due_at=due_at,
    )
    work.session.add(mail)
    work.enqueue(SEND_NOTICE_MAIL, mail.id, next_at=due_at)
    return mail


def _letter(
    work: UnitOfWork, mail: NoticeMail, notices: list[NoticeOfCase], written_at: datetime
) -> NoticeLetter:
    recipient = contact(work.session, mail.contact_id)
    return NoticeLetter(
        reference=public_reference("B", mail.id),
        message_id=mail.message_id,
        recipient=recipient.email,
        hoster=provider(work.session, recipient.provider_id).name,
        languages=LANGUAGES,
        legal_basis=LEGAL_BASIS,
        written_at=written_at,
        deadline_at=written_at + RESPONSE_WINDOW,
        items=tuple(_item(work, notice) for notice in notices),
    )


def _item(work: UnitOfWork, of: NoticeOfCase) -> NoticeItem:
    picture = picture_of(work.session, of.url)
    fact = hosting_of(work.session, of.case.id)
    by_hash = of.assessment.decided_by is DecidedBy.HASH_EXACT
    return NoticeItem(
        reference=of.notice.reference,
        address=of.url.address,
        seen_on=tuple(page.address for page in pages_showing(work.session, of.url.id)),
        classification=xarf_classification(labels_of(of.assessment)),
        detection_method="hash_match" if by_hash else "manual_review",
        decided_at=of.assessment.decided_at,
        media_type=picture.media_type if picture else "",
        hashes={"sha256": picture.sha256, "md5": picture.md5} if picture else {},
        ip=fact.ip if fact else "",
        country=fact.country if fact else "",
        asn=fact.asn if fact else 0,
    )


def _settle_notices(
    work: UnitOfWork, mail: NoticeMail, state: NoticeState, case_state: RemovalState
) -> None:
    for of in notices_in(work.session, mail.id):
        of.notice.state = state
        if state is NoticeState.DELIVERED:
            of.notice.delivered_at = work.now
            of.notice.deadline_at = work.now + RESPONSE_WINDOW
        case = locked_case(work.session, of.case.id)
        if case.state not in CLOSED and case.state is not case_state:
            move_case(work, case, case_state)
