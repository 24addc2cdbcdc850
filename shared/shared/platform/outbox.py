"""Publishing of the outbox: PostgreSQL is the truth, the broker is only told.

A row is published under a lease and published again when the lease ends without it being done, so
a broker that forgets everything delays work and loses none. How a published row is worked on is in
`shared.platform.delivery`.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, delete, func, or_, update
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from shared.domain.errors import Unavailable
from shared.platform.clock import Clock, utc_now
from shared.platform.database import Sessions, plain_database_errors
from shared.platform.tables import Outbox
from shared.platform.unit_of_work import UnitOfWork

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
    attempts: int = 16
    first_pause: timedelta = timedelta(seconds=5)
    longest_pause: timedelta = timedelta(hours=6)

    def pause_after(self, attempt: int) -> timedelta:
        """Doubles per attempt, half of it random: with the defaults 16 attempts span over a day."""
        doubled: timedelta = self.first_pause * 2 ** min(attempt - 1, 30)
        full = min(doubled, self.longest_pause)
        return full * (0.5 + secrets.randbelow(1_000) / 2_000)


USUAL_RULES = OutboxRules()


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: open rows, rows that were given up, and since when the oldest is due."""

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
        busy = session.exec(
            select(func.count()).select_from(Outbox).where(is_open(), col(Outbox.lease_until) > now)
        ).one()
        room = min(BATCH, rules.in_flight - busy)
        if room <= 0:
            return []
        rows = session.exec(
            select(Outbox)
            .where(is_open(), _is_due(now))
            .order_by(col(Outbox.next_at))
            .limit(room)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            row.lease_until = now + rules.lease
        return [(row.id, row.task) for row in rows]


def _release(sessions: Sessions, rows: list[UUID], until: datetime) -> None:
    with plain_database_errors(), sessions() as session, session.begin():
        session.exec(update(Outbox).where(col(Outbox.id).in_(rows)).values(lease_until=until))


def is_open() -> ColumnElement[bool]:
    return and_(col(Outbox.done_at).is_(None), col(Outbox.parked_at).is_(None))


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Nobody works on it and its time has come, or who worked on it did not come back."""
    free = and_(col(Outbox.claimed_until).is_(None), col(Outbox.next_at) <= now)
    unleased = or_(col(Outbox.lease_until).is_(None), col(Outbox.lease_until) <= now)
    return and_(or_(free, col(Outbox.claimed_until) <= now), unleased)


def backlog(session: Session) -> Backlog:
    """Counted over all open rows: for a probe or a page, not for a request of the public."""
    count, oldest = session.exec(
        select(func.count(), func.min(Outbox.next_at)).select_from(Outbox).where(is_open())
    ).one()
    parked = select(func.count()).select_from(Outbox).where(col(Outbox.parked_at).is_not(None))
    return Backlog(count, session.exec(parked).one(), oldest)


def retry_all_parked(work: UnitOfWork) -> int:
    """Put what was given up on the outbox again, with all its attempts; returns how many."""
    rows = work.session.exec(select(Outbox).where(col(Outbox.parked_at).is_not(None))).all()
    for row in rows:
        work.enqueue(row.task, row.subject)
        work.record("outbox.retried", row.subject, task=row.task)
        work.session.delete(row)
    return len(rows)


def forget_done_rows(work: UnitOfWork) -> None:
    """Delete rows that were done more than 30 days ago. Parked rows stay for a person."""
    work.session.exec(delete(Outbox).where(col(Outbox.done_at) < work.now - DONE_ROWS_ARE_KEPT))
