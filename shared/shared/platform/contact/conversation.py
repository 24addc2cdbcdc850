"""What a visitor and a worker do in a conversation; each function is one use case.

A visitor is whoever has the secret. Messages are counted per conversation from 1 without a gap,
in the transaction that stores them, so "everything after n" is always complete.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from sqlmodel import col, select

from shared.contracts.chat import (
    Admission,
    ChatLeave,
    ChatMessage,
    ChatSend,
    ChatSent,
    ChatStart,
    ChatStarted,
)
from shared.domain.conversation import (
    IN_QUEUE,
    MOST_MESSAGES_A_MINUTE,
    WAIT_THAT_COUNTS,
    Author,
    Channel,
    ClosedBy,
    ConversationState,
    MissedReason,
    check_message,
    check_transition,
)
from shared.domain.errors import Conflict, NotFound, TooMany
from shared.platform.contact.handover import arrive
from shared.platform.contact.missed import missed, recovered
from shared.platform.contact.opening import hours_of
from shared.platform.contact.policy import ContactPolicy
from shared.platform.contact.pseudonym import draw_pseudonym
from shared.platform.contact.queue import is_full
from shared.platform.contact.return_code import ReturnCodes
from shared.platform.contact.signals import QUEUE, signal, signal_news, version_of, word_of
from shared.platform.contact.statements import (
    Place,
    Sealed,
    place_of_id,
    place_of_secret,
    sent_before,
    store,
)
from shared.platform.contact.tables import Conversation, Message
from shared.platform.contact.texts import open_messages, seal_message
from shared.platform.unit_of_work import UnitOfWork

# 256 random bits; base64url gives 43 characters.
SECRET_BYTES = 32
DRAWS = 20


def start(
    work: UnitOfWork, wish: ChatStart, policy: ContactPolicy, codes: ReturnCodes
) -> ChatStarted:
    """Put a person in the queue, or say honestly that it cannot be now. Nothing is asked first.

    Raises TooMany or NotFound for a return code that does not fit.
    """
    hours = hours_of(work.session, Channel.CHAT)
    if not hours.is_open(work.now):
        reason = hours.exception_on(work.now.date())
        short = reason is not None and reason.reason.value == "short_staffed"
        kind = MissedReason.CLOSED_SHORT_STAFFED if short else MissedReason.CLOSED_REGULAR
        missed(work, Channel.CHAT, kind, within_opening=short)
        return ChatStarted(admission=Admission.CLOSED, opens_at=hours.opens_next(work.now))
    if is_full(work.session, policy):
        missed(work, Channel.CHAT, MissedReason.QUEUE_FULL, within_opening=True)
        return ChatStarted(admission=Admission.FULL)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    begun = _new_conversation(work, wish, secret)
    if wish.return_code:
        earlier = codes.conversation_of(work, wish.return_code)
        recovered(work, earlier)
    if wish.handover:
        arrive(begun, wish.handover)
    work.record("conversation.started", begun.id)
    signal(work.session, QUEUE)
    return ChatStarted(admission=Admission.WAITING, secret=secret)


def of_secret(work: UnitOfWork, secret: str, *, lock: bool = False) -> Conversation:
    """The conversation behind a secret. Raises NotFound, the same for every reason."""
    question = select(Conversation).where(Conversation.secret_hash == secret_hash(secret))
    found = work.session.exec(question.with_for_update() if lock else question).one_or_none()
    if found is None:
        raise NotFound("chat_unknown")
    return found


def of_worker(work: UnitOfWork, conversation_id: UUID) -> Conversation:
    """The active conversation of this member of staff, locked. Raises Conflict `not_yours`."""
    found = work.session.get(Conversation, conversation_id, with_for_update=True)
    if found is None or found.worker_id != work.actor.id:
        raise Conflict("not_yours")
    return found


def send_as_visitor(work: UnitOfWork, message: ChatSend) -> ChatSent:
    """Raises NotFound, Invalid, TooMany, Conflict `conversation_ended`."""
    place = place_of_secret(work.session, secret_hash(message.secret))
    if place is None:
        raise NotFound("chat_unknown")
    return ChatSent(seq=say(work, place, Author.VISITOR, message.client_id, message.text))


def send_as_worker(work: UnitOfWork, conversation_id: UUID, client_id: UUID, text: str) -> int:
    """Raises Conflict `not_yours` or `conversation_ended`, Invalid."""
    place = place_of_id(work.session, conversation_id)
    if place is None or place.worker_id != work.actor.id:
        raise Conflict("not_yours")
    return say(work, place, Author.WORKER, client_id, text)


def say(work: UnitOfWork, place: Place, author: Author, client_id: UUID, text: str) -> int:
    """Store a message of a locked conversation; the same `client_id` again is the same message."""
    check_message(text)
    minute = to_minute(work.now)
    known, this_minute = sent_before(work.session, place, client_id, minute)
    if known is not None:
        return known
    if place.ended_at is not None:
        raise Conflict("conversation_ended")
    if author is Author.VISITOR and this_minute >= MOST_MESSAGES_A_MINUTE:
        raise TooMany("slow_down", retry_after=timedelta(seconds=30))
    seq, row_id = place.last_seq + 1, uuid4()
    sealed = seal_message(work, place.id, row_id, text)
    message = Sealed(row_id, seq, client_id, author, minute, sealed)
    store(work.session, place, message, word_of(str(place.id), version_of(place.news, seq)))
    return seq


def messages_after(
    work: UnitOfWork, conversation: Conversation, after_seq: int
) -> list[ChatMessage]:
    """Every message after `after_seq`, in order; none when the conversation was erased.

    One that was sent since the conversation was looked up belongs to the next reading.
    """
    if conversation.erased_at is not None or after_seq >= conversation.last_seq:
        return []
    rows = work.session.exec(
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.seq > after_seq,
            Message.seq <= conversation.last_seq,
        )
        .order_by(col(Message.seq))
    ).all()
    return open_messages(work, conversation.id, rows)


def leave(work: UnitOfWork, how: ChatLeave) -> None:
    """The visitor ends it, from wherever it stands; a second time changes nothing."""
    conversation = of_secret(work, how.secret, lock=True)
    if conversation.ended_at is not None:
        return
    by = ClosedBy.EXIT_BUTTON if how.by_exit else ClosedBy.VISITOR
    if conversation.state in IN_QUEUE:
        leave_queue(work, conversation, MissedReason.LEFT_QUEUE, by)
    else:
        close(work, conversation, by)


def leave_queue(
    work: UnitOfWork, conversation: Conversation, reason: MissedReason, by: ClosedBy
) -> None:
    """Out of the queue without help. Whoever leaves within 10 seconds changed their mind."""
    check_transition(conversation.state, ConversationState.MISSED)
    waited = work.now - conversation.enqueued_at
    _end(work, conversation, ConversationState.MISSED, by)
    if waited >= WAIT_THAT_COUNTS:
        missed(work, Channel.CHAT, reason, within_opening=True, conversation_id=conversation.id)
    work.record("conversation.missed", conversation.id, reason=reason.value)
    signal(work.session, QUEUE)


def close(work: UnitOfWork, conversation: Conversation, by: ClosedBy) -> None:
    """End an answered conversation; it never opens again."""
    check_transition(conversation.state, ConversationState.CLOSED)
    _end(work, conversation, ConversationState.CLOSED, by)
    work.record("conversation.closed", conversation.id, reason=by.value)


def close_as_worker(work: UnitOfWork, conversation_id: UUID) -> Conversation:
    """Raises Conflict `not_yours` or `bad_transition`."""
    conversation = of_worker(work, conversation_id)
    close(work, conversation, ClosedBy.WORKER)
    return conversation


def end_abandoned(work: UnitOfWork, policy: ContactPolicy) -> None:
    """Let go of who has left without a word: from the queue soon, from a conversation later."""
    gone = work.now - policy.visitor_grace
    silent = work.now - policy.idle
    rows = select(Conversation).with_for_update(skip_locked=True)
    waiting = rows.where(
        col(Conversation.state).in_(IN_QUEUE), col(Conversation.visitor_seen_at) < gone
    )
    for conversation in work.session.exec(waiting).all():
        leave_queue(work, conversation, MissedReason.LEFT_QUEUE, ClosedBy.TIMEOUT)
    idle = rows.where(
        Conversation.state == ConversationState.ACTIVE,
        col(Conversation.visitor_seen_at) < silent,
    )
    for conversation in work.session.exec(idle).all():
        close(work, conversation, ClosedBy.TIMEOUT)


def _end(
    work: UnitOfWork, conversation: Conversation, state: ConversationState, by: ClosedBy
) -> None:
    conversation.state = state
    conversation.offered_to = conversation.offer_ends_at = None
    conversation.ended_at = to_minute(work.now)
    conversation.enqueued_at = to_minute(conversation.enqueued_at)
    conversation.closed_by = by
    conversation.news += 1
    signal_news(work.session, conversation)


def _new_conversation(work: UnitOfWork, wish: ChatStart, secret: str) -> Conversation:
    conversation = Conversation(
        id=uuid4(),
        secret_hash=secret_hash(secret),
        pseudonym=_free_pseudonym(work),
        language=wish.language,
        topic=wish.topic,
        enqueued_at=work.now,
        visitor_seen_at=to_minute(work.now),
    )
    work.session.add(conversation)
    work.session.flush()
    return conversation


def _free_pseudonym(work: UnitOfWork) -> str:
    """Two that draw the same at the same moment are told apart by the table; one tries again."""
    for _ in range(DRAWS):
        drawn = draw_pseudonym()
        taken = select(Conversation.id).where(Conversation.pseudonym == drawn)
        if work.session.exec(taken).first() is None:
            return drawn
    raise TooMany("busy")


def secret_hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def to_minute(moment: datetime) -> datetime:
    """Nobody needs to know the second at which a person wrote (H-02)."""
    return moment.replace(second=0, microsecond=0)
