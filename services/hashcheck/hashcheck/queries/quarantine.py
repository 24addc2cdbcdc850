"""Hits of the last minutes, and entries that were set aside."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from hashcheck.domain.entry import EntryState
from hashcheck.domain.hash_list import ListClass
from hashcheck.domain.quarantine import (
    EARLIER,
    LEAST_HITS,
    TRUSTED_FOR,
    WINDOW,
    EntryHits,
    QuarantineState,
)
from hashcheck.tables import Entry, HashList, Hit, Quarantine

MOST_OPEN = 100


@dataclass(frozen=True, slots=True)
class SetAside:
    quarantine: Quarantine
    entry: Entry
    list_name: str


def real_hits(session: Session, since: datetime) -> int:
    """Hits of anything but test entries."""
    counted = (
        select(func.count())
        .select_from(Hit)
        .join(Entry, col(Entry.id) == col(Hit.entry_id))
        .join(HashList, col(HashList.id) == col(Entry.list_id))
        .where(Hit.at > since, HashList.list_class != ListClass.TEST)
    )
    return session.exec(counted).one()


def busiest_entries(session: Session, now: datetime) -> list[EntryHits]:
    """Listed entries, of no test list, with enough hits in the window to be looked at.

    Without those that a steward let go of late.
    """
    trusted = select(Quarantine.entry_id).where(
        Quarantine.state == QuarantineState.RELEASED,
        col(Quarantine.decided_at) > now - TRUSTED_FOR,
    )
    per_caller = (
        select(Hit.entry_id, func.count().label("hits"))
        .join(Entry, col(Entry.id) == col(Hit.entry_id))
        .join(HashList, col(HashList.id) == col(Entry.list_id))
        .where(
            Hit.at > now - WINDOW,
            HashList.list_class != ListClass.TEST,
            Entry.state == EntryState.LISTED,
            col(Hit.entry_id).not_in(trusted),
        )
        .group_by(col(Hit.entry_id), col(Hit.caller))
        .subquery()
    )
    entry_id, hits = per_caller.c.entry_id, per_caller.c.hits
    rows = session.exec(
        select(entry_id, func.sum(hits), func.count(), func.sum(hits) - func.max(hits))
        .group_by(entry_id)
        .having(func.sum(hits) >= LEAST_HITS)
    ).all()
    earlier = _earlier_hits(session, [found for found, *_ in rows], now)
    return [
        EntryHits(found, int(all_of_it), callers, int(others), earlier.get(found, 0))
        for found, all_of_it, callers, others in rows
    ]


def _earlier_hits(session: Session, entries: Collection[UUID], now: datetime) -> dict[UUID, int]:
    """Of the day before the window."""
    end = now - WINDOW
    rows = session.exec(
        select(Hit.entry_id, func.count())
        .where(col(Hit.entry_id).in_(entries), Hit.at > end - EARLIER, Hit.at <= end)
        .group_by(col(Hit.entry_id))
    )
    return dict(rows.all())


def open_quarantine(session: Session, entry_id: UUID) -> Quarantine | None:
    """Held until the end of the transaction."""
    return session.exec(
        select(Quarantine)
        .where(Quarantine.entry_id == entry_id, Quarantine.state == QuarantineState.OPEN)
        .with_for_update()
    ).one_or_none()


def set_aside(session: Session) -> Sequence[SetAside]:
    """What waits for a steward, the longest waiting first."""
    rows = session.exec(
        select(Quarantine, Entry, HashList.name)
        .join(Entry, col(Entry.id) == col(Quarantine.entry_id))
        .join(HashList, col(HashList.id) == col(Entry.list_id))
        .where(Quarantine.state == QuarantineState.OPEN)
        .order_by(col(Quarantine.since))
        .limit(MOST_OPEN)
    )
    return [SetAside(*row) for row in rows]
