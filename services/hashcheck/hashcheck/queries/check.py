"""What was checked, and what matched."""

from dataclasses import dataclass
from datetime import date, datetime

from shared.domain.classification import AiInvolvement
from shared.platform.month_counts import month_of, row_of_months
from sqlmodel import Session, col, func, select

from hashcheck.domain.check import CountedOutcome
from hashcheck.domain.hash_list import ListClass
from hashcheck.tables import CheckCount, Entry, HashList, Hit

MOST_HITS = 100


@dataclass(frozen=True, slots=True)
class DayCount:
    """Checks and matches of one day, for all callers together."""

    day: date
    checked: int
    hits: int


def checked(session: Session, since: date, until: date, *outcomes: CountedOutcome) -> int:
    """Items answered on [since, until) for all callers; any outcome when none is named."""
    total = select(func.coalesce(func.sum(CheckCount.count), 0)).where(
        CheckCount.day >= since, CheckCount.day < until
    )
    if outcomes:
        total = total.where(col(CheckCount.outcome).in_(outcomes))
    return int(session.exec(total).one())


def ai_hits_by_month(session: Session, since: datetime, until: datetime, months: int) -> list[int]:
    """Matches with entries, of no test list, of which two people said that AI changed them."""
    is_ai = col(Entry.ai_involvement).in_((AiInvolvement.AI_EDITED, AiInvolvement.AI_GENERATED))
    rows = session.exec(
        select(month_of(Hit.at), func.count())
        .join(Entry, col(Entry.id) == col(Hit.entry_id))
        .join(HashList, col(HashList.id) == col(Entry.list_id))
        .where(Hit.at >= since, Hit.at < until, is_ai, HashList.list_class != ListClass.TEST)
        .group_by(month_of(Hit.at))
    ).all()
    return row_of_months(rows, months)


def day_counts(session: Session, since: date) -> list[DayCount]:
    """Per day, newest first; a day without a check has no row."""
    matched = func.sum(CheckCount.count).filter(col(CheckCount.outcome) == CountedOutcome.MATCH)
    rows = session.exec(
        select(col(CheckCount.day), func.sum(CheckCount.count), func.coalesce(matched, 0))
        .where(CheckCount.day >= since)
        .group_by(col(CheckCount.day))
        .order_by(col(CheckCount.day).desc())
    )
    return [DayCount(day, int(total), int(hits)) for day, total, hits in rows]


def latest_hits(session: Session) -> list[tuple[Hit, str]]:
    """The newest hits, with the name of the list that was hit."""
    return list(
        session.exec(
            select(Hit, HashList.name)
            .join(Entry, col(Entry.id) == col(Hit.entry_id))
            .join(HashList, col(HashList.id) == col(Entry.list_id))
            .order_by(col(Hit.at).desc())
            .limit(MOST_HITS)
        )
    )


def hits_since(session: Session, since: datetime) -> int:
    return session.exec(select(func.count()).select_from(Hit).where(Hit.at >= since)).one()
