"""What clients did with hits, and what they call false."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.hashcheck import FalseBecause
from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select

from hashcheck.domain.hit_report import Review
from hashcheck.tables import Entry, HashList, Hit, HitReport

MOST_OPEN = 100


@dataclass(frozen=True, slots=True)
class Feedback:
    """All open reports that call matches of one entry false."""

    entry: Entry
    list_name: str
    clients: int
    reports: int
    first_at: datetime
    because: Sequence[FalseBecause]


def hit_by(session: Session, caller: str, entries: Collection[UUID]) -> set[UUID]:
    """Which of these entries the caller had a hit of."""
    wanted = select(Hit.entry_id).where(Hit.caller == caller, col(Hit.entry_id).in_(entries))
    return set(session.exec(wanted.distinct()))


def open_feedback(session: Session) -> list[Feedback]:
    """The longest waiting first."""
    counted = (
        columns(
            col(HitReport.entry_id),
            func.count(func.distinct(col(HitReport.caller))),
            func.count(),
            func.min(col(HitReport.reported_at)),
            func.array_agg(func.distinct(col(HitReport.because))),
        )
        .where(col(HitReport.review) == Review.OPEN)
        .group_by(col(HitReport.entry_id))
        .order_by(func.min(col(HitReport.reported_at)))
        .limit(MOST_OPEN)
    )
    found = []
    for entry_id, clients, reports, first_at, because in session.execute(counted):
        entry = session.get_one(Entry, entry_id)
        list_name = session.get_one(HashList, entry.list_id).name
        reasons = [FalseBecause(reason) for reason in because]
        found.append(Feedback(entry, list_name, clients, reports, first_at, reasons))
    return found


def open_reports(session: Session, entry_id: UUID) -> Sequence[HitReport]:
    """Held until the end of the transaction."""
    return session.exec(
        select(HitReport)
        .where(HitReport.entry_id == entry_id, HitReport.review == Review.OPEN)
        .with_for_update()
    ).all()
