"""What a visitor has not seen yet: the whole state, with the messages after the last one seen."""

from datetime import datetime
from hashlib import sha256

from shared.contracts.chat import ChatNews, ChatQuestion, HandoverOffer
from shared.domain.conversation import ENDED, IN_QUEUE
from shared.platform.contact.conversation import messages_after, of_secret, to_minute
from shared.platform.contact.handover import offer_to_visitor
from shared.platform.contact.queue import position, recent_wait
from shared.platform.contact.reading import Seen
from shared.platform.contact.statements import Facts
from shared.platform.contact.tables import Conversation
from shared.platform.unit_of_work import UnitOfWork

NAME_LENGTH = 16


def read_news(work: UnitOfWork, question: ChatQuestion) -> ChatNews:
    """Everything since what the question names. Raises NotFound."""
    conversation = of_secret(work, question.secret)
    if conversation.visitor_seen_at != to_minute(work.now) and conversation.ended_at is None:
        conversation.visitor_seen_at = to_minute(work.now)
    is_queued = conversation.state in IN_QUEUE
    place = position(work.session, conversation) if is_queued else None
    wait = recent_wait(work.session, work.now) if is_queued else None
    handover = offer_to_visitor(work, conversation) if conversation.news else None
    return ChatNews(
        state=conversation.state,
        known=_name_of(conversation, place, handover),
        last_seq=conversation.last_seq,
        messages=messages_after(work, conversation, question.after_seq),
        position=place,
        wait_from=wait[0] if wait else None,
        wait_to=wait[1] if wait else None,
        closed_by=conversation.closed_by,
        handover=handover,
    )


def news_of(seen: Seen, now: datetime) -> ChatNews | None:
    """What `read_news` would tell, or None when there is more to tell or to note than messages."""
    facts = seen.facts
    is_noted = facts.visitor_seen_at == to_minute(now) or facts.state in ENDED
    if facts.state in IN_QUEUE or facts.is_asked or not is_noted:
        return None
    return ChatNews(
        state=facts.state,
        known=_name_of(facts, None, None),
        last_seq=facts.last_seq,
        messages=seen.messages,
        closed_by=facts.closed_by,
    )


def is_new(news: ChatNews, question: ChatQuestion) -> bool:
    return bool(news.messages) or news.known != question.known


def _name_of(
    conversation: Conversation | Facts, place: int | None, handover: HandoverOffer | None
) -> str:
    """Names a state without its messages; "offered" looks like waiting from outside."""
    shown = "waiting" if conversation.state in IN_QUEUE else conversation.state.value
    asked = f"{handover.id}{bool(handover.link)}" if handover else ""
    text = f"{conversation.id}|{shown}|{place}|{asked}|{conversation.closed_by}"
    return sha256(text.encode()).hexdigest()[:NAME_LENGTH]
