"""The counts behind the published figures, over [since, until)."""

from datetime import datetime, timedelta
from typing import Any

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
    return _count(session, Url, _within(col(Url.decided_at), since, until))


def urls_illegal(session: Session, since: datetime, until: datetime) -> int:
    decided = _within(col(Url.decided_at), since, until)
    return _count(session, Url, (*decided, Url.verdict == Verdict.ILLEGAL))


def urls_ai(session: Session, since: datetime, until: datetime) -> int:
    """Illegal addresses whose deciding assessment says: made or edited with AI."""
    return session.exec(
        select(func.count(func.distinct(Url.id)))
        .join(Assessment, col(Assessment.url_id) == col(Url.id))
        .where(
            *_within(col(Url.decided_at), since, until),
            Url.verdict == Verdict.ILLEGAL,
            Assessment.decided_at == Url.decided_at,
            col(Assessment.ai_involvement).in_(COUNTED_AS_AI),
        )
    ).one()


def times_online(session: Session, since: datetime, until: datetime) -> list[timedelta]:
    """From first report to removal, of every removal confirmed in the period."""
    rows = session.exec(
        select(RemovalCase.first_reported_at, RemovalCase.offline_at).where(
            *_within(col(RemovalCase.closed_at), since, until)
        )
    )
    return [offline - reported for reported, offline in rows if offline is not None]


def _within(column: Any, since: datetime, until: datetime) -> tuple[Any, ...]:
    return (column >= since, column < until)


def _count(session: Session, table: type[Any], conditions: tuple[Any, ...]) -> int:
    return session.exec(select(func.count()).select_from(table).where(*conditions)).one()
