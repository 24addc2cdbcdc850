"""What a client asked and told, by month."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.contracts.hashcheck import HitOutcome
from sqlalchemy import cast, select
from sqlalchemy.types import Date
from sqlmodel import Session, col, func

from hashcheck.domain.check import AMSTERDAM, CountedOutcome
from hashcheck.tables import CheckCount, HitReport


@dataclass(frozen=True, slots=True)
class ClientMonth:
    """`month` is its first day; `told` leaves out what was never told."""

    month: date
    checked: int
    hits: int
    told: Mapping[HitOutcome, int]


def client_months(session: Session, caller: str, since: date) -> list[ClientMonth]:
    """The months of Amsterdam from that of `since` on, newest first; without those of nothing."""
    counts = _checks(session, caller, since.replace(day=1))
    told = _reports(session, caller, since.replace(day=1))
    months = sorted(counts.keys() | told.keys(), reverse=True)
    return [ClientMonth(month, *counts.get(month, (0, 0)), told.get(month, {})) for month in months]


def _checks(session: Session, caller: str, since: date) -> dict[date, tuple[int, int]]:
    month = cast(func.date_trunc("month", col(CheckCount.day)), Date)
    matched = func.sum(CheckCount.count).filter(col(CheckCount.outcome) == CountedOutcome.MATCH)
    rows = session.execute(
        select(month, func.sum(CheckCount.count), func.coalesce(matched, 0))
        .where(col(CheckCount.caller) == caller, col(CheckCount.day) >= since)
        .group_by(month)
    )
    return {first: (int(checked), int(hits)) for first, checked, hits in rows}


def _reports(session: Session, caller: str, since: date) -> dict[date, dict[HitOutcome, int]]:
    local = func.timezone(AMSTERDAM.key, col(HitReport.reported_at))
    month = cast(func.date_trunc("month", local), Date)
    rows = session.execute(
        select(month, col(HitReport.outcome), func.count())
        .where(col(HitReport.caller) == caller, cast(local, Date) >= since)
        .group_by(month, col(HitReport.outcome))
    )
    told: dict[date, dict[HitOutcome, int]] = defaultdict(dict)
    for first, outcome, count in rows:
        told[first][HitOutcome(outcome)] = count
    return told
