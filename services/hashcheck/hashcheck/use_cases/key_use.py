"""How much was asked with a key: one row per key and day, whatever the number of checks."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from shared.platform.unit_of_work import UnitOfWork
from sqlalchemy import case
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from hashcheck.queries import KeyTotal
from hashcheck.tables import KeyUse


class UseKey(NamedTuple):
    """`minute` is counted since 1970."""

    key_id: str
    day: date
    minute: int


def add_key_use(work: UnitOfWork, counts: Mapping[UseKey, int]) -> list[KeyTotal]:
    """Add to the counters and return what they are now."""
    totals: dict[tuple[str, date], KeyTotal] = {}
    # In one order for all processes, so that two of them never wait for each other.
    for key in sorted(counts):
        added = insert(KeyUse).values(
            key_id=key.key_id,
            day=key.day,
            count=counts[key],
            minute=key.minute,
            minute_count=counts[key],
        )
        new, old = added.excluded, KeyUse
        minute_count = case(
            (new.minute > old.minute, new.minute_count),
            (new.minute == old.minute, old.minute_count + new.minute_count),
            else_=old.minute_count,
        )
        row = work.session.execute(
            added.on_conflict_do_update(
                index_elements=["key_id", "day"],
                set_={
                    "count": old.count + new.count,
                    "minute": case((new.minute > old.minute, new.minute), else_=old.minute),
                    "minute_count": minute_count,
                },
            ).returning(col(KeyUse.count), col(KeyUse.minute), col(KeyUse.minute_count))
        ).one()
        totals[key.key_id, key.day] = KeyTotal(key.key_id, key.day, *row)
    return list(totals.values())
