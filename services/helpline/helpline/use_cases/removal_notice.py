"""Removal notices by people: drafting, sending, taking back, and noting what was answered."""

from datetime import date, datetime
from uuid import UUID

from shared.domain.errors import Conflict, Invalid
from shared.domain.opening_hours import ZONE
from shared.platform.unit_of_work import UnitOfWork

from helpline.domain.provider import ProviderUnusable
from helpline.domain.removal_notice import (
    CLOSED,
    SENDABLE,
    ItemOutcome,
    LegalGround,
    NoticeDraft,
    NoticePolicy,
    NoticeState,
    check_answer,
    check_draft,
    notice_reference,
    state_after,
)
from helpline.domain.role import Permission
from helpline.queries.contact import contact
from helpline.queries.removal_notice import (
    item,
    items_of,
    locked_notice,
    notices_to_erase,
    provider,
    removal_notice,
    standing_notices,
)
from helpline.tables import ItemAnswer, NoticeGround, NoticeItem, RemovalNotice

SEND_NOTICE = "helpline.send_notice"
REASONS, ADDRESS = "removal_notice.reasons", "notice_item.address"
MOST_AT_ONCE = 200


def draft_notice(
    work: UnitOfWork, contact_id: UUID, draft: NoticeDraft, notice_id: UUID
) -> RemovalNotice:
    """Write a notice that is not sent yet; the same id again is the same notice.

    Raises NotFound, ProviderUnusable, Invalid, Conflict `notified_already`.
    """
    work.require(Permission.SEND_NOTICES)
    # Held, so that two drafts about one contact see each other.
    contact(work.session, contact_id, held=True)
    known = work.session.get(RemovalNotice, notice_id)
    if known is not None and known.contact_id == contact_id:
        return known
    to = provider(work.session, draft.provider_id)
    if not to.is_usable:
        raise ProviderUnusable(fields=("provider_id",))
    check_draft(draft, to.kind)
    _check_not_asked(work, contact_id, draft)
    notice = RemovalNotice(
        id=notice_id,
        reference=notice_reference(notice_id),
        contact_id=contact_id,
        provider_id=to.id,
        route=draft.route,
        state=NoticeState.DRAFTED,
        sealed_reasons=work.vault.seal(notice_id, REASONS, notice_id, draft.reasons),
        drafted_at=work.now,
    )
    work.session.add(notice)
    work.session.flush()
    _add_details(work, notice, draft)
    work.record("notice.drafted", notice.id, contact=str(contact_id), items=len(draft.addresses))
    return notice


def send_notice(work: UnitOfWork, notice_id: UUID, *, in_good_faith: bool) -> None:
    """Queue a notice on the word of a person that it is right and whole (DSA article 16(2)(d)).

    Raises Invalid `good_faith_missing`, Conflict `bad_transition`, ProviderUnusable.
    """
    work.require(Permission.SEND_NOTICES)
    notice = locked_notice(work.session, notice_id)
    if notice.state not in SENDABLE:
        raise Conflict("sent_already")
    if not in_good_faith:
        raise Invalid("good_faith_missing", fields=("good_faith",))
    if not provider(work.session, notice.provider_id).is_usable:
        raise ProviderUnusable
    notice.state = NoticeState.QUEUED
    work.record("notice.queued", notice.id, good_faith=True)
    work.enqueue(SEND_NOTICE, notice.id)


def withdraw_notice(work: UnitOfWork, notice_id: UUID) -> None:
    """Take back what surely nobody has. Raises Conflict `bad_transition`."""
    work.require(Permission.SEND_NOTICES)
    notice = locked_notice(work.session, notice_id)
    if notice.state not in SENDABLE:
        raise Conflict("sent_already")
    notice.state, notice.ended_at = NoticeState.WITHDRAWN, work.now
    work.record("notice.withdrawn", notice.id)


def note_answer(work: UnitOfWork, item_id: UUID, outcome: ItemOutcome, on: date) -> None:
    """Note what a provider did about one address; an earlier answer stays in its history.

    Raises NotFound, Conflict `not_sent_yet`, Invalid.
    """
    work.require(Permission.SEND_NOTICES)
    notice = locked_notice(work.session, item(work.session, item_id).notice_id)
    first, today = _day(notice.sent_at or notice.drafted_at), _day(work.now)
    check_answer(notice.state, outcome, on, first, today)
    answered = item(work.session, item_id)
    answered.outcome = outcome
    work.session.add(
        ItemAnswer(
            item_id=item_id,
            outcome=outcome,
            answered_on=on,
            noted_at=work.now,
            noted_by=work.actor.id or UUID(int=0),
        )
    )
    work.record("notice.answered", notice.id, reason=outcome.value, item=str(item_id))
    stands = state_after([one.outcome for one in items_of(work.session, notice.id)])
    if stands is not None:
        notice.ended_at = notice.ended_at if notice.state in CLOSED else work.now
        notice.state = stands


def read_notice(work: UnitOfWork, notice_id: UUID) -> tuple[str, list[str]]:
    """The reasons and addresses of a notice, opened; that they were read is recorded.

    Raises NotFound, also when they were erased.
    """
    work.require(Permission.SEND_NOTICES)
    work.record("notice.read", notice_id)
    return open_texts(work, removal_notice(work.session, notice_id))


def open_texts(work: UnitOfWork, notice: RemovalNotice) -> tuple[str, list[str]]:
    sealed = [(ADDRESS, one.id, one.sealed_address) for one in items_of(work.session, notice.id)]
    texts = [(REASONS, notice.id, notice.sealed_reasons), *sealed]
    reasons, *addresses = work.vault.open_many(notice.id, texts)
    return reasons, addresses


def erase_notices(work: UnitOfWork, policy: NoticePolicy) -> None:
    """Destroy the texts of notices that ended longer ago than they are kept; codes stay."""
    for notice in notices_to_erase(work.session, work.now - policy.kept, MOST_AT_ONCE):
        work.vault.erase(notice.id)
        notice.sealed_reasons, notice.erased_at = b"", work.now
        for one in items_of(work.session, notice.id):
            one.sealed_address = b""
        work.record("notice.erased", notice.id)


def _check_not_asked(work: UnitOfWork, contact_id: UUID, draft: NoticeDraft) -> None:
    for notice in standing_notices(work.session, contact_id, draft.provider_id):
        if set(draft.addresses) & set(open_texts(work, notice)[1]):
            raise Conflict("notified_already", fields=("addresses",))


def _add_details(work: UnitOfWork, notice: RemovalNotice, draft: NoticeDraft) -> None:
    grounds = [ground for ground in LegalGround if ground in draft.grounds]
    work.session.add_all(NoticeGround(notice_id=notice.id, ground=ground) for ground in grounds)
    for position, address in enumerate(draft.addresses):
        one = NoticeItem(notice_id=notice.id, position=position, sealed_address=b"")
        one.sealed_address = work.vault.seal(notice.id, ADDRESS, one.id, address)
        work.session.add(one)


def _day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()
