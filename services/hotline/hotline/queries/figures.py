"""The counts behind the published figures, over [since, until)."""

from datetime import datetime, timedelta
from typing import Any

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
    return _count_latest(session, since, until, Assessment.verdict == Verdict.ILLEGAL)


def urls_ai(session: Session, since: datetime, until: datetime) -> int:
    """Those of `urls_illegal` whose deciding assessment says: made or edited with AI."""
    return _count_latest(
        session,
        since,
        until,
        Assessment.verdict == Verdict.ILLEGAL,
        col(Assessment.ai_involvement).in_(COUNTED_AS_AI),
    )


def times_online(session: Session, since: datetime, until: datetime) -> list[timedelta]:
    """From first report to removal, of every removal confirmed in the period."""
    rows = session.exec(
        select(RemovalCase.first_reported_at, RemovalCase.offline_at).where(
            *_within(col(RemovalCase.closed_at), since, until)
        )
    )
    return [offline - reported for reported, offline in rows if offline is not None]


def _count_latest(session: Session, since: datetime, until: datetime, *conditions: Any) -> int:
    """Addresses whose last verdict of the period fulfils all conditions.

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
    counted = (
        select(func.count())
        .select_from(Assessment)
        .where(col(Assessment.id).in_(select(last.c.id)), *conditions)
    )
    return session.exec(counted).one()


def _within(column: Any, since: datetime, until: datetime) -> tuple[Any, ...]:
    return (column >= since, column < until)


def _count(session: Session, table: type[Any], conditions: tuple[Any, ...]) -> int:
    return session.exec(select(func.count()).select_from(table).where(*conditions)).one()
