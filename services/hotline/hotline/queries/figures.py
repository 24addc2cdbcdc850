"""The counts behind the published figures, over [since, until)."""

from datetime import datetime, timedelta
from typing import Any

from shared.platform.month_counts import month_of, row_of_months
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col, func, select

from hotline.domain.assessment import Verdict
from hotline.domain.labels import COUNTED_AS_AI
from hotline.tables import Assessment, RemovalCase, Report, Url


def reports_received(session: Session, since: datetime, until: datetime) -> int:
    return _count(session, Report, _within(col(Report.received_at), since, until))


def reports_processed(session: Session, since: datetime, until: datetime) -> int:
    return _count(session, Report, _within(col(Report.processed_at), since, until))


def urls_received(session: Session, since: datetime, until: datetime) -> int:
    """Addresses first seen in the period, in a report or on a reported page."""
    return _count(session, Url, _within(col(Url.first_seen_at), since, until))


def urls_processed(session: Session, since: datetime, until: datetime) -> int:
    """Addresses with a verdict of the period, each once."""
    return _count_latest(session, since, until)


def urls_illegal(session: Session, since: datetime, until: datetime) -> int:
    """Those of `urls_processed` whose last verdict of the period is illegal."""
    return _count_latest(session, since, until, is_illegal())


def urls_ai(session: Session, since: datetime, until: datetime) -> int:
    """Those of `urls_illegal` whose deciding assessment says: made or edited with AI."""
    return _count_latest(session, since, until, is_illegal(), is_ai())


def times_online(session: Session, since: datetime, until: datetime) -> list[timedelta]:
    """From first report to removal, of every removal confirmed in the period."""
    rows = session.exec(
        select(RemovalCase.first_reported_at, RemovalCase.offline_at).where(
            *_within(col(RemovalCase.closed_at), since, until)
        )
    )
    return [offline - reported for reported, offline in rows if offline is not None]


def received_by_month(
    session: Session, column: Any, since: datetime, until: datetime, months: int
) -> list[int]:
    """Rows whose moment `column` lies in each of the first `months` of a year."""
    rows = session.exec(
        select(month_of(column), func.count())
        .where(*_within(column, since, until))
        .group_by(month_of(column))
    ).all()
    return row_of_months(rows, months)


def decided_by_month(
    session: Session, since: datetime, until: datetime, months: int, *conditions: Any
) -> list[int]:
    """Addresses by the month of their last verdict of the year; the months add up to the year."""
    rows = session.exec(
        select(month_of(Assessment.decided_at), func.count())
        .where(_is_latest(since, until), *conditions)
        .group_by(month_of(Assessment.decided_at))
    ).all()
    return row_of_months(rows, months)


def is_illegal() -> Any:
    return Assessment.verdict == Verdict.ILLEGAL


def is_ai() -> Any:
    """Made or edited with AI, as the deciding assessment says."""
    return col(Assessment.ai_involvement).in_(COUNTED_AS_AI)


def _count_latest(session: Session, since: datetime, until: datetime, *conditions: Any) -> int:
    counted = select(func.count()).select_from(Assessment)
    return session.exec(counted.where(_is_latest(since, until), *conditions)).one()


def _is_latest(since: datetime, until: datetime) -> Any:
    """The last verdict of the period on its address.

    Assessments never change, so what is decided later changes no figure of an earlier period.
    """
    last = (
        select(Assessment.id)
        .ext(distinct_on(col(Assessment.url_id)))
        .where(
            *_within(col(Assessment.decided_at), since, until),
            Assessment.verdict != Verdict.UNDECIDED,
        )
        .order_by(col(Assessment.url_id), col(Assessment.decided_at).desc(), col(Assessment.id))
        .subquery()
    )
    return col(Assessment.id).in_(select(last.c.id))


def _within(column: Any, since: datetime, until: datetime) -> tuple[Any, ...]:
    return (column >= since, column < until)


def _count(session: Session, table: type[Any], conditions: tuple[Any, ...]) -> int:
    return session.exec(select(func.count()).select_from(table).where(*conditions)).one()
