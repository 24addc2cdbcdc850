"""The hours of a line: what is planned, what is exceptional, and what was really open."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlmodel import Session, col, func, select

from shared.contracts.chat import ChatDesk, OpenInterval
from shared.domain.conversation import IN_QUEUE, Channel
from shared.domain.errors import Invalid, NotFound
from shared.domain.opening_hours import (
    ZONE,
    ExceptionReason,
    OpeningException,
    OpeningHours,
    Rule,
)
from shared.platform.contact.policy import ContactPolicy
from shared.platform.contact.queue import present_workers, recent_wait
from shared.platform.contact.tables import (
    Conversation,
    OpeningExceptionRow,
    OpeningRuleRow,
    OpenSession,
)
from shared.platform.unit_of_work import UnitOfWork

DAYS_SHOWN = timedelta(days=7)


def hours_of(session: Session, channel: Channel) -> OpeningHours:
    """The planned hours of a channel."""
    rules = session.exec(select(OpeningRuleRow).where(OpeningRuleRow.channel == channel)).all()
    rows = session.exec(
        select(OpeningExceptionRow)
        .where(OpeningExceptionRow.channel == channel)
        .order_by(col(OpeningExceptionRow.day), col(OpeningExceptionRow.opens))
    ).all()
    return OpeningHours(
        [Rule(r.weekday, r.opens, r.closes, r.valid_from, r.valid_until) for r in rules],
        [_exception(day, rows) for day in sorted({row.day for row in rows})],
    )


def plan_opening(work: UnitOfWork, channel: Channel, rule: Rule, permission: str) -> UUID:
    """Add a weekly interval."""
    work.require(permission)
    row = OpeningRuleRow(
        channel=channel,
        weekday=rule.weekday,
        opens=rule.opens,
        closes=rule.closes,
        valid_from=rule.valid_from,
        valid_until=rule.valid_until,
    )
    work.session.add(row)
    work.record("opening.planned", row.id, weekday=rule.weekday)
    return row.id


def end_opening(work: UnitOfWork, rule_id: UUID, last_day: date, permission: str) -> None:
    """Let a weekly interval end after `last_day`; what was open before stays known."""
    work.require(permission)
    row = work.session.get(OpeningRuleRow, rule_id, with_for_update=True)
    if row is None:
        raise NotFound
    if last_day < row.valid_from:
        work.session.delete(row)
    else:
        row.valid_until = last_day
    work.record("opening.ended", rule_id)


def except_day(
    work: UnitOfWork,
    channel: Channel,
    exception: OpeningException,
    permission: str,
) -> None:
    """Other hours, or none, on one day; it replaces what was said of that day before."""
    work.require(permission)
    for opens, closes in exception.hours:
        if opens >= closes:
            raise Invalid("bad_interval", fields=("opens", "closes"))
    old = select(OpeningExceptionRow).where(
        OpeningExceptionRow.channel == channel, OpeningExceptionRow.day == exception.day
    )
    for row in work.session.exec(old).all():
        work.session.delete(row)
    work.session.flush()
    intervals: tuple[tuple[time | None, time | None], ...] = exception.hours or ((None, None),)
    for interval in intervals:
        work.session.add(
            OpeningExceptionRow(
                channel=channel,
                day=exception.day,
                reason=exception.reason,
                opens=interval[0],
                closes=interval[1],
            )
        )
    work.record("opening.excepted", reason=exception.reason.value)


def _last_midnight_shown(now: datetime) -> datetime:
    """Whole days: a last one that ends at this hour would look like an early closing."""
    return datetime.combine(now.astimezone(ZONE).date() + DAYS_SHOWN, time.min, ZONE)


def chat_desk(work: UnitOfWork, policy: ContactPolicy) -> ChatDesk:
    """What the website tells of the chat: open or not, how many wait, the hours of seven days."""
    hours = hours_of(work.session, Channel.CHAT)
    waiting = work.session.exec(
        select(func.count()).where(col(Conversation.state).in_(IN_QUEUE))
    ).one()
    wait = recent_wait(work.session, work.now)
    return ChatDesk(
        is_open=hours.is_open(work.now),
        is_staffed=bool(present_workers(work.session, work.now, policy)),
        waiting=waiting,
        closes_at=hours.closes_at(work.now),
        opens_at=hours.opens_next(work.now),
        hours=[
            OpenInterval(since=since, until=until)
            for since, until in hours.between(work.now, _last_midnight_shown(work.now))
        ],
        wait_from=wait[0] if wait else None,
        wait_to=wait[1] if wait else None,
    )


def realise_opening(work: UnitOfWork, policy: ContactPolicy) -> None:
    """Keep the log of what was really open true to who is there."""
    is_staffed = bool(present_workers(work.session, work.now, policy))
    running = work.session.exec(
        select(OpenSession)
        .where(OpenSession.channel == Channel.CHAT, col(OpenSession.closed_at).is_(None))
        .with_for_update()
    ).one_or_none()
    if is_staffed and running is None:
        work.session.add(OpenSession(channel=Channel.CHAT, opened_at=work.now))
    elif running is not None and not is_staffed:
        running.closed_at = work.now


def realised_time(
    session: Session, channel: Channel, since: datetime, until: datetime
) -> timedelta:
    """How long somebody was really there in [`since`, `until`)."""
    rows = session.exec(
        select(OpenSession).where(
            OpenSession.channel == channel, col(OpenSession.opened_at) < until
        )
    ).all()
    total = timedelta()
    for row in rows:
        begin, end = max(row.opened_at, since), min(row.closed_at or until, until)
        total += max(end - begin, timedelta())
    return total


def _exception(day: date, rows: Sequence[OpeningExceptionRow]) -> OpeningException:
    of_day = [row for row in rows if row.day == day]
    hours = tuple((row.opens, row.closes) for row in of_day if row.opens and row.closes)
    return OpeningException(day, ExceptionReason(of_day[0].reason), hours)
