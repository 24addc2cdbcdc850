"""Counting what was checked, and keeping the hits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from shared.platform.unit_of_work import UnitOfWork
from sqlalchemy.dialects.postgresql import insert

from hashcheck.domain.check import Counted, CountedOutcome
from hashcheck.domain.listed import Found
from hashcheck.tables import CheckCount, Hit


class CountKey(NamedTuple):
    day: date
    caller: str
    counted: Counted
    outcome: CountedOutcome


@dataclass(frozen=True, slots=True)
class NewHit:
    at: datetime
    caller: str
    found: Found
    list_version: int


def store_checks(work: UnitOfWork, counts: Mapping[CountKey, int], hits: Sequence[NewHit]) -> None:
    """Add to the counters and keep the hits."""
    # In one order for all processes, so that two of them never wait for each other.
    for key in sorted(counts):
        added = insert(CheckCount).values(
            day=key.day,
            caller=key.caller,
            counted=key.counted,
            outcome=key.outcome,
            count=counts[key],
        )
        work.session.execute(
            added.on_conflict_do_update(
                index_elements=["day", "caller", "counted", "outcome"],
                set_={"count": CheckCount.count + added.excluded.count},
            )
        )
    work.session.add_all(
        Hit(
            at=hit.at,
            caller=hit.caller,
            entry_id=hit.found.entry_id,
            hash_type=hit.found.type,
            distance=hit.found.distance,
            list_version=hit.list_version,
        )
        for hit in hits
    )
