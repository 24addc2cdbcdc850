"""Content dies early and provably: the key goes first, then the rows (SEC-P3, SEC-P10).

What stays is that there was a conversation, for the figures: no word of it and no way to it.
"""

import secrets

from sqlmodel import col, delete, select

from shared.domain.handover import LINK_WORKS_FOR
from shared.platform.contact.policy import ContactPolicy
from shared.platform.contact.tables import Arrival, Conversation, Handover, Message, ReturnCodeRow
from shared.platform.unit_of_work import UnitOfWork

MOST_AT_ONCE = 200


def erase_content(work: UnitOfWork, policy: ContactPolicy) -> None:
    """Destroy the keys and texts of what ended longer ago than the line keeps content."""
    due = select(Conversation).where(
        col(Conversation.ended_at) < work.now - policy.content_kept,
        col(Conversation.erased_at).is_(None),
    )
    for conversation in work.session.exec(due.limit(MOST_AT_ONCE).with_for_update()).all():
        erase(work, conversation)
    _erase_arrivals(work, policy)
    expired = delete(ReturnCodeRow).where(col(ReturnCodeRow.expires_at) < work.now)
    work.session.exec(expired)


def erase(work: UnitOfWork, conversation: Conversation) -> None:
    """Nothing of it can be read again, from old backups neither; the secret opens nothing."""
    work.vault.erase(conversation.id)
    work.session.exec(delete(Message).where(col(Message.conversation_id) == conversation.id))
    for handover in work.session.exec(
        select(Handover).where(Handover.conversation_id == conversation.id)
    ).all():
        handover.sealed_summary = handover.sealed_link = b""
    conversation.erased_at = work.now
    conversation.secret_hash = secrets.token_bytes(32)
    conversation.link_hash = None
    work.record("conversation.erased", conversation.id)


def _erase_arrivals(work: UnitOfWork, policy: ContactPolicy) -> None:
    """What was handed over: read, it goes with the usual term; never fetched, after a day."""
    usual, unread = work.now - policy.content_kept, work.now - LINK_WORKS_FOR
    due = select(Arrival).where(
        col(Arrival.sealed_content) != b"",
        (col(Arrival.arrived_at) < usual)
        | (col(Arrival.accepted_at).is_(None) & (col(Arrival.arrived_at) < unread)),
    )
    for arrival in work.session.exec(due.limit(MOST_AT_ONCE).with_for_update()).all():
        work.vault.erase(arrival.id)
        arrival.sealed_content = b""
        work.record("arrival.erased", arrival.id)
