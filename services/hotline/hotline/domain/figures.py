"""How the hotline's figures are counted. Week and year limits come from the asker, with zone."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.disclosure import Disclosure
from shared.domain.errors import Invalid

# source: research "Privacy of signals and management queries", rule 3: 5 for items of the hotline.
# How much came in and was worked off is public; what was found in it is under this rule.
RULE = Disclosure(threshold=5)

COUNTING_RULE_VERSION = "2026-1"
LONGEST_PERIOD = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True)
class HoursOnline:
    """Wall-clock hours from first report to removal, one decimal; None without a removal."""

    median: float | None
    mean: float | None


def check_period(since: datetime, until: datetime) -> None:
    """Raises Invalid when the period is empty, inverted, longer than five years or zoneless."""
    if since.tzinfo is None or until.tzinfo is None:
        raise Invalid("bad_period", fields=("since", "until"))
    if not timedelta(0) < until - since <= LONGEST_PERIOD:
        raise Invalid("bad_period", fields=("since", "until"))


def hours_online(times: Sequence[timedelta]) -> HoursOnline:
    if not times:
        return HoursOnline(None, None)
    hours = [time / timedelta(hours=1) for time in times]
    return HoursOnline(round(statistics.median(hours), 1), round(statistics.mean(hours), 1))
