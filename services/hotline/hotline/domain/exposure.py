"""How much an analyst has looked at today, and when to stop for a while.

source: INHOPE guideline: at most four hours of viewing a day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.errors import TooMany


class Profile(StrEnum):
    """How a picture is shown, from least to most: 96 px grey and blurred; blurred; as it is."""

    THUMB = "thumb"
    BLURRED = "blurred"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Budget:
    per_day: timedelta = timedelta(hours=4)
    per_block: timedelta = timedelta(minutes=45)
    pause: timedelta = timedelta(minutes=10)
    # A picture left open counts at most this long; the screen is covered again by then.
    per_view: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class View:
    """One look at one item; `closed_at` is None while it is open."""

    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Exposure:
    """Time spent looking today and in the block that is not yet ended by a pause."""

    today: timedelta
    block: timedelta
    last_seen_at: datetime | None


def exposure(views: Sequence[View], budget: Budget, now: datetime) -> Exposure:
    """The exposure of one person from today's views, in order of time."""
    today = block = timedelta(0)
    last: datetime | None = None
    for view in views:
        end = min(view.closed_at or now, view.opened_at + budget.per_view)
        seen = max(end - view.opened_at, timedelta(0))
        rested = last is not None and view.opened_at - last >= budget.pause
        block = seen if rested else block + seen
        today += seen
        last = end
    if last is not None and now - last >= budget.pause:
        block = timedelta(0)
    return Exposure(today, block, last)


def check_budget(spent: Exposure, budget: Budget, now: datetime) -> None:
    """Raises TooMany: budget_spent for today, or break_due with the time to wait."""
    if spent.today >= budget.per_day:
        raise TooMany("budget_spent")
    if spent.block >= budget.per_block and spent.last_seen_at is not None:
        raise TooMany("break_due", retry_after=spent.last_seen_at + budget.pause - now)
