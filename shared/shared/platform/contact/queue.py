"""Who is next, who is there to help, and who is offered to whom.

Order: safety first, then by arrival. An offered conversation keeps its place, so that an offer
that runs out costs the person nothing.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import case, or_, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, func, select

from shared.domain.conversation import (
    IN_QUEUE,
    ConversationState,
    check_transition,
    honest_wait,
)
from shared.domain.errors import Conflict, NotFound
from shared.platform.contact.policy import ContactPolicy
from shared.platform.contact.signals import QUEUE, signal, signal_news
from shared.platform.contact.tables import Conversation, WorkerPresence
from shared.platform.unit_of_work import UnitOfWork

WAITS_OF = timedelta(hours=1)
# "safety" sorts before "usual"; the names are their order.
ORDER = (col(Conversation.priority), col(Conversation.enqueued_at), col(Conversation.id))


def is_full(session: Session, policy: ContactPolicy) -> bool:
    waiting = session.exec(select(func.count()).where(_is_queued())).one()
    return waiting >= policy.most_waiting


def position(session: Session, conversation: Conversation) -> int:
    """1 for who is next in the queue of this language."""
    own = tuple_(conversation.priority.value, conversation.enqueued_at, conversation.id)
    before = session.exec(
        select(func.count()).where(
            _is_queued(),
            Conversation.language == conversation.language,
            tuple_(*ORDER) < own,
        )
    ).one()
    return before + 1


def waiting(session: Session) -> list[Conversation]:
    """The whole queue, in its order."""
    return list(session.exec(select(Conversation).where(_is_queued()).order_by(*ORDER)).all())


def held_by(session: Session, account_id: UUID) -> list[Conversation]:
    """The conversations a worker is in, the oldest first."""
    return list(
        session.exec(
            select(Conversation)
            .where(
                Conversation.worker_id == account_id,
                Conversation.state == ConversationState.ACTIVE,
            )
            .order_by(col(Conversation.accepted_at))
        ).all()
    )


def recent_wait(session: Session, now: datetime) -> tuple[int, int] | None:
    """The honest range of minutes that people waited in the last hour."""
    rows = session.exec(
        select(Conversation.enqueued_at, Conversation.accepted_at).where(
            col(Conversation.accepted_at) > now - WAITS_OF
        )
    ).all()
    return honest_wait([accepted - since for since, accepted in rows if accepted])


def present_workers(session: Session, now: datetime, policy: ContactPolicy) -> list[WorkerPresence]:
    """Those who take conversations and gave a sign of life lately."""
    return list(
        session.exec(
            select(WorkerPresence).where(
                col(WorkerPresence.is_available),
                col(WorkerPresence.seen_at) > now - policy.presence,
            )
        ).all()
    )


def be_present(work: UnitOfWork, *, available: bool, most_at_once: int | None = None) -> None:
    """A worker says whether they take conversations; also their heartbeat."""
    values: dict[str, object] = {
        "account_id": work.actor.id,
        "is_available": available,
        "seen_at": work.now,
    }
    if most_at_once is not None:
        values["most_at_once"] = most_at_once
    row = insert(WorkerPresence).values({"most_at_once": 2} | values)
    work.session.exec(row.on_conflict_do_update(index_elements=["account_id"], set_=values))
    if not available:
        _withdraw_offers(work)
    signal(work.session, QUEUE)


def heartbeat(work: UnitOfWork) -> None:
    """A sign of life that changes nothing else."""
    row = work.session.get(WorkerPresence, work.actor.id)
    if row is not None:
        row.seen_at = work.now


def accept(work: UnitOfWork, conversation_id: UUID) -> Conversation:
    """Take a conversation that was offered to this worker, or one that nobody was offered.

    Raises NotFound, Conflict `offered_to_other`, `bad_transition`.
    """
    found = work.session.get(Conversation, conversation_id, with_for_update=True)
    if found is None:
        raise NotFound
    if found.offered_to not in {None, work.actor.id}:
        raise Conflict("offered_to_other")
    return _accept(work, found)


def take_next(work: UnitOfWork) -> Conversation | None:
    """The conversation offered to this worker, or else the first that nobody was offered.

    Waits for whoever holds it at this moment: a person who just writes, or is just being offered,
    waits all the same.
    """
    is_mine = col(Conversation.offered_to) == work.actor.id
    found = work.session.exec(
        select(Conversation)
        .where(or_(is_mine, col(Conversation.state) == ConversationState.WAITING))
        .order_by(case((is_mine, 0), else_=1), *ORDER)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    return _accept(work, found) if found else None


def offer_due(work: UnitOfWork, policy: ContactPolicy) -> None:
    """Take back offers that ran out, then offer the first in the queue to whoever has a place."""
    _expire_offers(work)
    seats = _free_seats(work, policy)
    if not seats:
        return
    first = select(Conversation).where(Conversation.state == ConversationState.WAITING)
    rows = first.order_by(*ORDER).limit(len(seats)).with_for_update(skip_locked=True)
    for conversation, account_id in zip(work.session.exec(rows).all(), seats, strict=False):
        conversation.state = ConversationState.OFFERED
        conversation.offered_to = account_id
        conversation.offer_ends_at = work.now + policy.offer
        work.record("conversation.offered", conversation.id)
        signal(work.session, QUEUE)


def _is_queued() -> ColumnElement[bool]:
    return col(Conversation.state).in_(IN_QUEUE)


def _accept(work: UnitOfWork, conversation: Conversation) -> Conversation:
    check_transition(conversation.state, ConversationState.ACTIVE)
    conversation.state = ConversationState.ACTIVE
    conversation.offered_to = conversation.offer_ends_at = None
    conversation.worker_id = work.actor.id
    conversation.accepted_at = work.now
    conversation.news += 1
    work.record("conversation.accepted", conversation.id)
    signal_news(work.session, conversation)
    signal(work.session, QUEUE)
    return conversation


def _expire_offers(work: UnitOfWork) -> None:
    """Back to the old place; who did not answer is set to away."""
    rows = select(Conversation).where(
        Conversation.state == ConversationState.OFFERED,
        col(Conversation.offer_ends_at) <= work.now,
    )
    for conversation in work.session.exec(rows.with_for_update(skip_locked=True)).all():
        presence = work.session.get(WorkerPresence, conversation.offered_to)
        if presence is not None:
            presence.is_available = False
        _back_to_queue(work, conversation)


def _withdraw_offers(work: UnitOfWork) -> None:
    rows = select(Conversation).where(Conversation.offered_to == work.actor.id)
    for conversation in work.session.exec(rows.with_for_update()).all():
        _back_to_queue(work, conversation)


def _back_to_queue(work: UnitOfWork, conversation: Conversation) -> None:
    conversation.state = ConversationState.WAITING
    conversation.offered_to = conversation.offer_ends_at = None
    work.record("conversation.offer_ended", conversation.id)
    signal(work.session, QUEUE)


def _free_seats(work: UnitOfWork, policy: ContactPolicy) -> list[UUID]:
    """One entry per free place; whoever has most room comes first."""
    busy = dict(
        work.session.exec(
            select(func.coalesce(Conversation.worker_id, Conversation.offered_to), func.count())
            .where(
                col(Conversation.state).in_({ConversationState.ACTIVE, ConversationState.OFFERED})
            )
            .group_by(func.coalesce(Conversation.worker_id, Conversation.offered_to))
        ).all()
    )
    rooms = [
        (worker.most_at_once - busy.get(worker.account_id, 0), worker.account_id)
        for worker in present_workers(work.session, work.now, policy)
    ]
    seats = [(room - taken, who) for room, who in rooms for taken in range(max(room, 0))]
    return [who for _, who in sorted(seats, key=lambda seat: -seat[0])]
