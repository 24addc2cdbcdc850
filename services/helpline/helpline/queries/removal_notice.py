"""SELECTs about providers and removal notices."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from shared.domain.errors import NotFound
from sqlmodel import Session, col, func, select

from helpline.domain.removal_notice import (
    AWAITED,
    ENDED,
    STANDING,
    ItemOutcome,
    LegalGround,
    NoticeState,
)
from helpline.tables import (
    ItemAnswer,
    NoticeGround,
    NoticeItem,
    Provider,
    RemovalNotice,
)


def provider(session: Session, provider_id: UUID, *, held: bool = False) -> Provider:
    """Raises NotFound."""
    found = session.get(Provider, provider_id, with_for_update=held or None)
    if found is None:
        raise NotFound
    return found


def provider_called(session: Session, name: str) -> Provider | None:
    question = select(Provider).where(func.lower(Provider.name) == name.lower())
    return session.exec(question).first()


def providers(session: Session) -> list[Provider]:
    return list(session.exec(select(Provider).order_by(func.lower(Provider.name))).all())


def provider_names(session: Session) -> Mapping[UUID, str]:
    return {found.id: found.name for found in providers(session)}


def removal_notice(session: Session, notice_id: UUID) -> RemovalNotice:
    """Raises NotFound."""
    found = session.get(RemovalNotice, notice_id)
    if found is None:
        raise NotFound
    return found


def locked_notice(session: Session, notice_id: UUID) -> RemovalNotice:
    """The notice as it is now, held until the end of the transaction. Raises NotFound."""
    question = select(RemovalNotice).where(RemovalNotice.id == notice_id).with_for_update()
    found = session.exec(question.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound
    return found


def grounds_of(session: Session, notice_id: UUID) -> tuple[LegalGround, ...]:
    """The grounds of a notice, in the order in which the registry lists them."""
    question = select(NoticeGround.ground).where(NoticeGround.notice_id == notice_id)
    found = set(session.exec(question).all())
    return tuple(ground for ground in LegalGround if ground in found)


def items_of(session: Session, notice_id: UUID) -> list[NoticeItem]:
    question = select(NoticeItem).where(NoticeItem.notice_id == notice_id)
    return list(session.exec(question.order_by(col(NoticeItem.position))).all())


def item(session: Session, item_id: UUID) -> NoticeItem:
    """Raises NotFound."""
    found = session.get(NoticeItem, item_id)
    if found is None:
        raise NotFound
    return found


def answers_of(session: Session, notice_id: UUID) -> Mapping[UUID, list[ItemAnswer]]:
    """By item, what was answered about it, first to last."""
    question = (
        select(ItemAnswer)
        .join(NoticeItem, col(NoticeItem.id) == col(ItemAnswer.item_id))
        .where(NoticeItem.notice_id == notice_id)
        .order_by(col(ItemAnswer.noted_at))
    )
    found: dict[UUID, list[ItemAnswer]] = {}
    for answer in session.exec(question).all():
        found.setdefault(answer.item_id, []).append(answer)
    return found


def notices_of(session: Session, contact_id: UUID) -> list[RemovalNotice]:
    question = select(RemovalNotice).where(RemovalNotice.contact_id == contact_id)
    return list(session.exec(question.order_by(col(RemovalNotice.drafted_at))).all())


def standing_notices(session: Session, contact_id: UUID, provider_id: UUID) -> list[RemovalNotice]:
    """What already asks this provider something for this contact, and has not ended."""
    question = select(RemovalNotice).where(
        RemovalNotice.contact_id == contact_id,
        RemovalNotice.provider_id == provider_id,
        col(RemovalNotice.state).in_(STANDING),
    )
    return list(session.exec(question).all())


def notices_in(session: Session, states: Collection[NoticeState], most: int) -> list[RemovalNotice]:
    """Those in these states; what waits longest for an answer first, drafts last."""
    question = select(RemovalNotice).where(col(RemovalNotice.state).in_(states))
    order = col(RemovalNotice.answer_due_at).asc().nulls_last(), col(RemovalNotice.drafted_at)
    return list(session.exec(question.order_by(*order).limit(most)).all())


def unanswered_count(session: Session, due_before: datetime | None = None) -> int:
    """Notices that went out and wait for an answer; those due before a moment when it is given."""
    question = select(func.count()).where(col(RemovalNotice.state).in_(AWAITED))
    if due_before:
        question = question.where(col(RemovalNotice.answer_due_at) < due_before)
    return session.exec(question).one()


def outcomes_of(session: Session, notices: list[RemovalNotice]) -> Mapping[UUID, list[ItemOutcome]]:
    """The outcomes of the items of each of these notices."""
    ids = [notice.id for notice in notices]
    question = select(NoticeItem).where(col(NoticeItem.notice_id).in_(ids))
    found: dict[UUID, list[ItemOutcome]] = {}
    for row in session.exec(question).all():
        found.setdefault(row.notice_id, []).append(row.outcome)
    return found


def notices_to_erase(session: Session, before: datetime, most: int) -> list[RemovalNotice]:
    """Notices that ended before a moment and whose texts are still there, held."""
    question = select(RemovalNotice).where(
        col(RemovalNotice.state).in_(ENDED),
        col(RemovalNotice.ended_at) < before,
        col(RemovalNotice.erased_at).is_(None),
    )
    return list(session.exec(question.limit(most).with_for_update(skip_locked=True)).all())
