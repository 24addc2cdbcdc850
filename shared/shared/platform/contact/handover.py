"""Handing a person over to another line: proposed, read, agreed to, and only then sent.

The sending line announces `handover.consented`; its content is built from what was agreed to.
The receiving line keeps it sealed and shows it to whoever accepts the person who brings the link.
"""

import json
import secrets
from hashlib import sha256
from uuid import UUID, uuid4

from sqlmodel import col, select

from shared.contracts.chat import ChatConsent, ChatMessage, HandoverContent, HandoverOffer
from shared.domain.conversation import ConversationState
from shared.domain.errors import Conflict, Invalid, NotFound
from shared.domain.handover import (
    CONSENT_TEXT_VERSION,
    LINK_WORKS_FOR,
    OFFER_ENDS_AFTER,
    HandoverScope,
    HandoverState,
    check_transition,
)
from shared.platform.contact.policy import ContactPolicy
from shared.platform.contact.signals import signal_news
from shared.platform.contact.tables import Arrival, Conversation, Handover, Message
from shared.platform.contact.texts import open_messages
from shared.platform.unit_of_work import UnitOfWork

HANDOVER_CONSENTED = "handover.consented"
SUMMARY, LINK, CONTENT = "handover.summary", "handover.link", "arrival.content"
LONGEST_SUMMARY = 4000
LINK_BYTES = 32


def propose(
    work: UnitOfWork,
    conversation: Conversation,
    wish: HandoverOffer,
    policy: ContactPolicy,
) -> Handover:
    """Ask the person of an active, locked conversation. Nothing leaves this line.

    Raises Invalid `unknown_line` or `summary_missing`, Conflict when one is open already.
    """
    if wish.line not in policy.hands_over_to:
        raise Invalid("unknown_line", fields=("line",))
    if conversation.state is not ConversationState.ACTIVE:
        raise Conflict("conversation_ended")
    summary = wish.summary.strip() if wish.scope is HandoverScope.SUMMARY else ""
    if wish.scope is HandoverScope.SUMMARY and not 0 < len(summary) <= LONGEST_SUMMARY:
        raise Invalid("summary_missing", fields=("summary",))
    if open_handover(work, conversation) is not None:
        raise Conflict("handover_open")
    made = Handover(
        id=uuid4(),
        conversation_id=conversation.id,
        line=wish.line,
        scope=wish.scope,
        proposed_at=work.now,
    )
    if summary:
        made.sealed_summary = work.vault.seal(conversation.id, SUMMARY, made.id, summary)
    work.session.add(made)
    work.record("handover.proposed", made.id, line=wish.line, scope=wish.scope.value)
    _news(work, conversation)
    return made


def open_handover(work: UnitOfWork, conversation: Conversation) -> Handover | None:
    """The proposal that the person has not answered yet."""
    return work.session.exec(
        select(Handover).where(
            Handover.conversation_id == conversation.id, Handover.state == HandoverState.PROPOSED
        )
    ).one_or_none()


def answer(work: UnitOfWork, conversation: Conversation, consent: ChatConsent) -> None:
    """The person agrees or not; no is an answer that costs nothing. A repeat changes nothing.

    Raises NotFound, Conflict `bad_transition` when it was answered otherwise or ended.
    """
    found = work.session.get(Handover, consent.handover_id, with_for_update=True)
    if found is None or found.conversation_id != conversation.id:
        raise NotFound
    wanted = HandoverState.CONSENTED if consent.agrees else HandoverState.DECLINED_BY_VISITOR
    if found.state is wanted:
        return
    check_transition(found.state, wanted)
    found.state = wanted
    work.record("handover.answered", found.id, reason=wanted.value)
    if consent.agrees:
        link = secrets.token_urlsafe(LINK_BYTES)
        found.sealed_link = work.vault.seal(conversation.id, LINK, found.id, link)
        found.consented_at = work.now
        found.consent_text_version = CONSENT_TEXT_VERSION
        work.announce(HANDOVER_CONSENTED, found.line, found.id)
    _news(work, conversation)


def offer_to_visitor(work: UnitOfWork, conversation: Conversation) -> HandoverOffer | None:
    """What the visitor sees of the latest hand-over: the question, or the way to the other line."""
    shown = {HandoverState.PROPOSED, HandoverState.CONSENTED}
    found = work.session.exec(
        select(Handover)
        .where(Handover.conversation_id == conversation.id, col(Handover.state).in_(shown))
        .order_by(col(Handover.proposed_at).desc())
    ).first()
    if found is None or conversation.erased_at is not None:
        return None
    summary = _open(work, found, SUMMARY, found.sealed_summary)
    link = _open(work, found, LINK, found.sealed_link)
    return HandoverOffer(
        id=found.id, line=found.line, scope=found.scope, summary=summary, link=link
    )


def content(work: UnitOfWork, handover_id: UUID) -> HandoverContent | None:
    """The content of the event: exactly what was agreed to. None without consent or erased."""
    found = work.session.get_one(Handover, handover_id)
    conversation = work.session.get_one(Conversation, found.conversation_id)
    if found.consented_at is None or conversation.erased_at is not None:
        return None
    link = _open(work, found, LINK, found.sealed_link)
    rows: list[Message] = []
    if found.scope is HandoverScope.TRANSCRIPT:
        rows = list(
            work.session.exec(
                select(Message)
                .where(Message.conversation_id == conversation.id)
                .order_by(col(Message.seq))
            ).all()
        )
    return HandoverContent(
        language=conversation.language,
        topic=conversation.topic,
        scope=found.scope,
        link_hash=sha256(link.encode()).hexdigest(),
        consent_text_version=found.consent_text_version,
        consented_at=found.consented_at,
        summary=_open(work, found, SUMMARY, found.sealed_summary),
        transcript=open_messages(work, conversation.id, rows),
    )


def receive(work: UnitOfWork, given: HandoverContent) -> None:
    """Keep what another line handed over, sealed under a key of this line."""
    arrival = Arrival(
        id=uuid4(),
        source=work.actor.name,
        link_hash=bytes.fromhex(given.link_hash),
        language=given.language,
        topic=given.topic,
        scope=given.scope,
        arrived_at=work.now,
    )
    if given.scope is not HandoverScope.NONE:
        body = given.model_dump_json(include={"summary", "transcript"})
        arrival.sealed_content = work.vault.seal(arrival.id, CONTENT, arrival.id, body)
    work.session.add(arrival)
    work.record("handover.received", arrival.id, source=arrival.source, scope=given.scope.value)


def arrive(conversation: Conversation, link: str) -> None:
    """The person comes with the link of their hand-over; the event may still be on its way."""
    conversation.link_hash = sha256(link.encode()).digest()


def arrival_of(work: UnitOfWork, conversation: Conversation) -> Arrival | None:
    """What came before this person; its content is opened apart."""
    if conversation.link_hash is None:
        return None
    return work.session.exec(
        select(Arrival).where(
            Arrival.link_hash == conversation.link_hash,
            col(Arrival.arrived_at) > conversation.enqueued_at - LINK_WORKS_FOR,
        )
    ).one_or_none()


def read_arrival(
    work: UnitOfWork, conversation: Conversation
) -> tuple[str, list[ChatMessage]] | None:
    """The summary and transcript that came along, for the worker who accepted the person."""
    arrival = arrival_of(work, conversation)
    if arrival is None or not arrival.sealed_content or conversation.worker_id != work.actor.id:
        return None
    work.record("handover.read", arrival.id)
    arrival.accepted_at = arrival.accepted_at or work.now
    body = json.loads(work.vault.open(arrival.id, CONTENT, arrival.id, arrival.sealed_content))
    return body["summary"], [
        ChatMessage.model_validate_json(json.dumps(message)) for message in body["transcript"]
    ]


def end_unanswered(work: UnitOfWork) -> None:
    """A question that nobody answered for ten minutes is taken back, and both sides see it."""
    rows = select(Handover).where(
        Handover.state == HandoverState.PROPOSED,
        col(Handover.proposed_at) < work.now - OFFER_ENDS_AFTER,
    )
    for found in work.session.exec(rows.with_for_update(skip_locked=True)).all():
        found.state = HandoverState.EXPIRED
        work.record("handover.expired", found.id)
        _news(work, work.session.get_one(Conversation, found.conversation_id))


def _open(work: UnitOfWork, found: Handover, column: str, sealed: bytes) -> str:
    if not sealed:
        return ""
    return work.vault.open(found.conversation_id, column, found.id, sealed)


def _news(work: UnitOfWork, conversation: Conversation) -> None:
    conversation.news += 1
    signal_news(work.session, conversation)
