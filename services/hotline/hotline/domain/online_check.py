"""When to look again whether something is still online, and when it is believed to be gone.

The schedule and the rule are published: the 24-hour figure depends on them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.domain.fetch import OfflineCause, ProbeState


@dataclass(frozen=True, slots=True)
class Step:
    """Until a case has this `age`, look every `interval`."""

    age: timedelta
    interval: timedelta


# source: research 2.3: dense around the deadline, so that the 24-hour figure errs by at most an
# hour; afterwards the case stays on the list of what is watched weekly.
SCHEDULE = (
    Step(timedelta(hours=1), timedelta(minutes=15)),
    Step(timedelta(hours=24), timedelta(hours=1)),
    Step(timedelta(days=7), timedelta(hours=4)),
    Step(timedelta(days=30), timedelta(days=1)),
)
WATCH_INTERVAL = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class OfflineRule:
    """How often, over which span and from how many vantage points something must be missed."""

    misses: int = 3
    span: timedelta = timedelta(minutes=30)
    egresses: int = 2


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an address; `cause` is None when it was online."""

    at: datetime
    egress: str
    state: ProbeState
    cause: OfflineCause | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What all looks say together; `since` is the first miss of the row, `cause` of the latest."""

    is_confirmed: bool
    miss_count: int
    since: datetime | None
    cause: OfflineCause | None


def next_interval(
    age: timedelta, schedule: Sequence[Step] = SCHEDULE, *, is_suspected: bool = False
) -> timedelta:
    """How long to wait before the next look at a case of this age.

    What was missed once is looked at again at the densest interval, whatever its age.
    """
    if is_suspected:
        return schedule[0].interval
    for step in schedule:
        if age < step.age:
            return step.interval
    return WATCH_INTERVAL


def judge(looks: Sequence[Look], rule: OfflineRule) -> Finding:
    """Whether something is gone, from all looks in order of time.

    Only misses since the last time it was seen count; a look that says nothing neither counts
    nor breaks the row, so a site that comes and goes never closes early (OC-2).
    """
    row: list[Look] = []
    for look in looks:
        if look.state is ProbeState.ONLINE:
            row = []
        elif look.state is ProbeState.OFFLINE:
            row.append(look)
    if not row:
        return Finding(is_confirmed=False, miss_count=0, since=None, cause=None)
    enough = len(row) >= rule.misses
    long_enough = row[-1].at - row[0].at >= rule.span
    independent = len({look.egress for look in row}) >= rule.egresses
    return Finding(
        is_confirmed=enough and long_enough and independent,
        miss_count=len(row),
        since=row[0].at,
        cause=row[-1].cause or OfflineCause.UNKNOWN,
    )


def next_egress(available: Sequence[str], looks: Sequence[Look]) -> str:
    """The vantage point used least for this case, so that looks come from different ones."""
    used = [look.egress for look in looks]
    return min(available, key=lambda name: (used.count(name), available.index(name)))
