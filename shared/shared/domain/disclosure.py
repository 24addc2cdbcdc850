"""What of a count may be told to others: disclosure control of one row of months or groups.

A small count can point at a person, so it is withheld (None). A total that is told as well would
give a single withheld count back by subtraction, and so another one is withheld with it. Which of
the two was the small one stays open, also for somebody who knows this rule. Where that cannot be
done the total is left out.

source: research "Privacy of signals and management queries", rules 3, 5 and 6; docs/adr/0012.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# source: the same, rule 6: decimals of a percentage or a mean by the size of what it is of.
NO_DECIMAL_BELOW, ONE_DECIMAL_BELOW = 200, 2000
MOST_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class Release:
    """What is told of a row of counts and of their total; None is withheld."""

    cells: tuple[int | None, ...]
    total: int | None


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The rule of one line: counts from 1 up to `threshold` are withheld, and 0 where it tells."""

    threshold: int
    hides_zero: bool = False

    def tells(self, count: int, whole: int | None = None) -> bool:
        """Whether a count may be told beside the count it is a part of: so is what remains."""
        rest = [] if whole is None else [whole - count]
        return all(self._is_safe(number) for number in (count, *rest))

    def release(self, cells: Sequence[int], wholes: Sequence[int] | None = None) -> Release:
        """Release a row with its total. `wholes` are the counts that each cell is a part of.

        Cells are of events, each in one cell: the total is their sum.
        """
        whole_of = [None] * len(cells) if wholes is None else list(wholes)
        withheld = {
            place
            for place, (count, whole) in enumerate(zip(cells, whole_of, strict=True))
            if not self.tells(count, whole)
        }
        total_is_told = self.tells(sum(cells), None if wholes is None else sum(wholes))
        if withheld and total_is_told:
            beside = self._beside(cells, withheld) if wholes is None else frozenset()
            total_is_told = bool(beside)
            withheld |= beside
        told = tuple(None if place in withheld else count for place, count in enumerate(cells))
        return Release(told, sum(cells) if total_is_told else None)

    def _beside(self, cells: Sequence[int], withheld: set[int]) -> frozenset[int]:
        """The smallest count that could be told and is not nothing, and all that equal it.

        One of equal ones would be told from the others by its place.
        """
        candidates = [count for place, count in enumerate(cells) if place not in withheld and count]
        if not candidates:
            return frozenset()
        smallest = min(candidates)
        return frozenset(
            place
            for place, count in enumerate(cells)
            if place not in withheld and count == smallest
        )

    def _is_safe(self, count: int) -> bool:
        return count >= self.threshold or (count == 0 and not self.hides_zero)


# For counts of work on content, where no caller stands behind a number.
OPEN = Disclosure(threshold=0)


def decimals_told(of: int, wanted: int) -> int:
    """How many decimals of a percentage or mean over `of` cases tell no exact count."""
    if of < NO_DECIMAL_BELOW:
        return 0
    return min(wanted, 1 if of < ONE_DECIMAL_BELOW else MOST_DECIMALS)
