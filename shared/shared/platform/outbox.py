"""Publishing of the outbox: PostgreSQL is the truth, the broker is only told.

A row is published under a lease and published again when the lease ends without it being done, so
a broker that forgets everything delays work and loses none. How a published row is worked on is in
`shared.platform.delivery`.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, and_, bindparam, delete, func, or_, update
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from shared.domain.errors import Unavailable
from shared.platform.clock import Clock, utc_now
from shared.platform.database import Sessions, plain_database_errors
from shared.platform.tables import UTC_TIME, Outbox
from shared.platform.unit_of_work import UnitOfWork

When = datetime | BindParameter[datetime]
Publish = Callable[[str, UUID], None]
"""Tell the broker: task name and outbox id. Raises Unavailable."""

# The date of a row that nobody asked for again while it is being worked on.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
BATCH = 100
DONE_ROWS_ARE_KEPT = timedelta(days=30)
BROKER_PAUSE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class OutboxRules:
    """The waits of the outbox. `claim` must exceed the longest time one attempt may take."""

    lease: timedelta = timedelta(seconds=60)
    claim: timedelta = timedelta(seconds=120)
    in_flight: int = 200
    attempts: int = 21
    first_pause: timedelta = timedelta(seconds=5)
    longest_pause: timedelta = timedelta(hours=6)

    def pause_after(self, attempt: int) -> timedelta:
        """Doubles per attempt, half of it random: with the defaults 21 attempts span over a day."""
        doubled: timedelta = self.first_pause * 2 ** min(attempt - 1, 30)
        full = min(doubled, self.longest_pause)
        return full * (0.5 + secrets.randbelow(1_000) / 2_000)


USUAL_RULES = OutboxRules()


class Outcome(StrEnum):
    """How an attempt at a row ended.

    IDLE: there was nothing to do. REPEATED: done, and what was sent may have arrived before.
    LATER: failed and tried again. PARKED: given up. LOST: its process died or took too long.
    """

    IDLE = "idle"
    DONE = "done"
    REPEATED = "repeated"
    LATER = "later"
    PARKED = "parked"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: open rows, rows that were given up, and since when the oldest is due.

    A row that somebody works on is due when their claim runs out; None when nothing is.
    """

    open: int
    parked: int
    oldest_due_at: datetime | None


def publish_due(
    sessions: Sessions,
    publish: Publish,
    *,
    clock: Clock = utc_now,
    rules: OutboxRules = USUAL_RULES,
) -> int:
    """Publish what is due, oldest first, and return how many rows that were.

    Stops at the first refusal of the broker; what was not published is due again soon.
    """
    leased = _lease_due(sessions, clock(), rules)
    for number, (outbox_id, task) in enumerate(leased):
        try:
            publish(task, outbox_id)
        except Unavailable:
            _release(sessions, [row for row, _ in leased[number:]], clock() + BROKER_PAUSE)
            return number
    return len(leased)


def _lease_due(sessions: Sessions, now: datetime, rules: OutboxRules) -> list[tuple[UUID, str]]:
    """Committed before publishing, so that no worker meets a row that is still locked."""
    with plain_database_errors(), sessions() as session, session.begin():
        busy, waits = session.connection().execute(_WAITING, {"now": now}).one()
        if not waits:
            return []
        room = min(BATCH, rules.in_flight - busy)
        # Whose worker did not come back goes first: it waited for a claim already.
        rows = _locked(session, _is_lost(now), Outbox.claimed_until, room)
        rows += _locked(session, _is_due(now), Outbox.next_at, room - len(rows))
        for row in rows:
            row.lease_until = now + rules.lease
        return [(row.id, row.task) for row in rows]


def _locked(session: Session, which: ColumnElement[bool], since: Any, most: int) -> list[Outbox]:
    """Open rows that nobody else is about to publish, the oldest first."""
    rows = select(Outbox).where(is_open(), which).order_by(col(since)).limit(max(0, most))
    return list(session.exec(rows.with_for_update(skip_locked=True)))


def _release(sessions: Sessions, rows: list[UUID], until: datetime) -> None:
    with plain_database_errors(), sessions() as session, session.begin():
        session.exec(update(Outbox).where(col(Outbox.id).in_(rows)).values(lease_until=until))


def is_open() -> ColumnElement[bool]:
    return and_(col(Outbox.done_at).is_(None), col(Outbox.parked_at).is_(None))


def _is_due(now: When) -> ColumnElement[bool]:
    """Nobody works on it, its time has come, and it is not with the broker."""
    unleased = or_(col(Outbox.lease_until).is_(None), col(Outbox.lease_until) <= now)
    return and_(col(Outbox.claimed_until).is_(None), col(Outbox.next_at) <= now, unleased)


def _is_lost(now: When) -> ColumnElement[bool]:
    """Who worked on it did not come back, and it is not with the broker again."""
    return and_(col(Outbox.claimed_until) <= now, col(Outbox.lease_until) <= now)


# A relay asks this several times a second: to build it each time costs more than the answer.
_NOW = bindparam("now", type_=UTC_TIME)
_WAITING = select(
    func.count().filter(col(Outbox.lease_until) > _NOW),
    func.bool_or(or_(_is_lost(_NOW), _is_due(_NOW))),
).where(is_open())


def backlog(session: Session, now: datetime) -> Backlog:
    """Counted over all open rows: for a probe or a page, not for a request of the public."""
    since = func.coalesce(Outbox.claimed_until, Outbox.next_at)
    count, oldest = session.exec(
        select(func.count(), func.min(since).filter(since <= now)).where(is_open())
    ).one()
    parked = select(func.count()).select_from(Outbox).where(col(Outbox.parked_at).is_not(None))
    return Backlog(count, session.exec(parked).one(), oldest)


def retry_all_parked(work: UnitOfWork) -> int:
    """Put what was given up on the outbox again, with its attempts; returns how many.

    It stays the same row, so that a receiver knows what it has already, and its next attempt is
    not the first. A row whose task was asked for again meanwhile is dropped.
    """
    rows = work.session.exec(
        select(Outbox).where(col(Outbox.parked_at).is_not(None)).with_for_update()
    ).all()
    for row in rows:
        work.record("outbox.retried", row.subject, task=row.task)
        if _is_open_again(work.session, row):
            work.session.delete(row)
        else:
            row.parked_at, row.next_at, row.attempts = None, work.now, min(row.attempts, 1)
        work.session.flush()
    return len(rows)


def _is_open_again(session: Session, parked: Outbox) -> bool:
    same = (Outbox.task == parked.task, Outbox.subject == parked.subject, is_open())
    return session.exec(select(Outbox.id).where(*same)).first() is not None


def forget_done_rows(work: UnitOfWork) -> None:
    """Delete rows that were done more than 30 days ago. Parked rows stay for a person."""
    work.session.exec(delete(Outbox).where(col(Outbox.done_at) < work.now - DONE_ROWS_ARE_KEPT))
