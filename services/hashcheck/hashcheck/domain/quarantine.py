"""When an entry is set aside: it suddenly gives most of the hits.

One entry that matches what has nothing to do with it would have thousands of pictures taken down,
or fill every queue of people that look at hits. It is better off the list for minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

# What is looked at: the hits of the last minutes, against those of the day before.
WINDOW = timedelta(minutes=10)
EARLIER = timedelta(days=1)
# Fewer hits than these are a coincidence. Of all 2025 there were 1.8 hits per ten minutes.
LEAST_HITS = 100
# One client can ask about one file as often as it likes: that alone switches no entry off, nor
# with the few hits that others have of any entry. So many are not of the busiest caller.
LEAST_OF_OTHERS = 50
# "Suddenly": so many times what the entry gave per window on the day before.
TIMES_EARLIER = 10
# What a steward let go is not set aside again at once.
TRUSTED_FOR = timedelta(days=7)


class QuarantineState(StrEnum):
    """OPEN: a steward has to look. RELEASED: listed again. WITHDRAWN: off the list for good."""

    OPEN = "open"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class EntryHits:
    """Hits of one entry within the window, from how many callers, and within the day before.

    `others`: those of the window that are not of the busiest caller.
    """

    entry_id: UUID
    hits: int
    callers: int
    others: int
    earlier: int


def flooding(entries: Sequence[EntryHits], all_hits: int) -> list[EntryHits]:
    """Which of these entries are to be set aside, of `all_hits` within the window."""
    return [entry for entry in entries if _floods(entry, all_hits)]


def _floods(entry: EntryHits, all_hits: int) -> bool:
    is_most = entry.hits * 2 > all_hits
    is_enough = entry.hits >= LEAST_HITS and entry.others >= LEAST_OF_OTHERS
    per_window_earlier = entry.earlier * (WINDOW / EARLIER)
    return is_most and is_enough and entry.hits >= TIMES_EARLIER * per_window_earlier
