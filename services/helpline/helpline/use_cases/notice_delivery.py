"""Mailing a notice: claimed in one transaction, sent outside any, settled in another."""

from uuid import UUID

from shared.platform.unit_of_work import UnitOfWork

from helpline.domain.removal_notice import (
    MailOutcome,
    NoticeLetter,
    NoticePolicy,
    NoticeState,
    answer_due,
    message_id,
    pause_before_resend,
)
from helpline.queries.removal_notice import grounds_of, locked_notice, provider
from helpline.tables import RemovalNotice
from helpline.use_cases.removal_notice import SEND_NOTICE, open_texts

UNDER_WAY = frozenset({NoticeState.SENDING, NoticeState.UNCERTAIN})


def claim_notice(work: UnitOfWork, notice_id: UUID, policy: NoticePolicy) -> NoticeLetter | None:
    """Write the letter of a notice that is to be sent; None when there is nothing (left) to say.

    One that was being sent when its worker died may have arrived. It is sent again with the same
    Message-ID, and counted as a repeat.
    """
    notice = locked_notice(work.session, notice_id)
    if notice.state in UNDER_WAY:
        work.repeats = True
        notice.repeat_count += 1
        work.record("notice.repeated", notice.id, repeats=notice.repeat_count)
    elif notice.state is not NoticeState.QUEUED:
        return None
    notice.state = NoticeState.SENDING
    notice.send_count += 1
    notice.written_at = notice.written_at or work.now
    notice.message_id = notice.message_id or message_id(notice.id, policy.sender)
    return write_letter(work, notice)


def settle_notice(
    work: UnitOfWork, notice_id: UUID, outcome: MailOutcome, policy: NoticePolicy
) -> None:
    """Store what the mail server said; an unknown end is tried once more, then shown to people."""
    notice = locked_notice(work.session, notice_id)
    if notice.state is not NoticeState.SENDING:
        return
    work.record("notice.settled", notice.id, reason=outcome.value)
    match outcome:
        case MailOutcome.ACCEPTED:
            notice.state, notice.sent_at = NoticeState.SENT, work.now
            _await_answer(work, notice)
        case MailOutcome.REFUSED:
            provider(work.session, notice.provider_id, held=True).is_usable = False
            _came_back(work, notice)
        case MailOutcome.LATER:
            notice.state = NoticeState.QUEUED
            pause = pause_before_resend(notice.send_count)
            work.enqueue(SEND_NOTICE, notice.id, next_at=work.now + pause)
        case MailOutcome.UNCERTAIN:
            if notice.repeat_count == 0:
                work.enqueue(SEND_NOTICE, notice.id, next_at=work.now + policy.resend_after)
            _is_uncertain(work, notice)


def give_up_notice(work: UnitOfWork, notice_id: UUID) -> None:
    """Show a notice to people that could not be brought to an end."""
    notice = locked_notice(work.session, notice_id)
    if notice.state in UNDER_WAY | {NoticeState.QUEUED}:
        _is_uncertain(work, notice)


def write_letter(work: UnitOfWork, notice: RemovalNotice) -> NoticeLetter:
    """The letter as it would go out now, or went out."""
    to = provider(work.session, notice.provider_id)
    reasons, addresses = open_texts(work, notice)
    return NoticeLetter(
        reference=notice.reference,
        message_id=notice.message_id or "",
        recipient=to.email,
        provider=to.name,
        route=notice.route,
        grounds=grounds_of(work.session, notice.id),
        addresses=tuple(addresses),
        reasons=reasons,
        written_at=notice.written_at or work.now,
    )


def _came_back(work: UnitOfWork, notice: RemovalNotice) -> None:
    """It can be written anew, unless an earlier sending of it may have arrived."""
    if notice.repeat_count:
        _is_uncertain(work, notice)
    else:
        notice.state, notice.written_at = NoticeState.BOUNCED, None


def _is_uncertain(work: UnitOfWork, notice: RemovalNotice) -> None:
    notice.state = NoticeState.UNCERTAIN
    _await_answer(work, notice)


def _await_answer(work: UnitOfWork, notice: RemovalNotice) -> None:
    grounds = grounds_of(work.session, notice.id)
    notice.answer_due_at = notice.answer_due_at or answer_due(work.now, grounds)
