"""When a line is open: rules by weekday, exceptions by date, in local time.

All results are aware UTC. A rule speaks of wall-clock time in Europe/Amsterdam, so that "19:00 to
21:30" is two and a half hours on every day, and an interval across a change of the clock has the
minutes that really pass.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from shared.domain.errors import Invalid

ZONE = ZoneInfo("Europe/Amsterdam")
LOOK_AHEAD = timedelta(days=60)

Interval = tuple[datetime, datetime]


class ExceptionReason(StrEnum):
    HOLIDAY = "holiday"
    SHORT_STAFFED = "short_staffed"
    TRAINING = "training"
    FAILURE = "failure"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Rule:
    """Open on a weekday (0 is Monday) from `opens` to `closes`, local time, on days in
    [`valid_from`, `valid_until`]; without an end it stays."""

    weekday: int
    opens: time
    closes: time
    valid_from: date
    valid_until: date | None = None

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise Invalid("bad_interval", fields=("opens", "closes"))
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise Invalid("bad_period", fields=("valid_until",))

    def holds_on(self, day: date) -> bool:
        begun = self.valid_from <= day
        ended = self.valid_until is not None and day > self.valid_until
        return day.weekday() == self.weekday and begun and not ended


@dataclass(frozen=True, slots=True)
class OpeningException:
    """On `day` these hours hold instead of the rules; no hours means closed."""

    day: date
    reason: ExceptionReason
    hours: tuple[tuple[time, time], ...] = ()


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The planned hours of one line and channel."""

    rules: Sequence[Rule]
    exceptions: Sequence[OpeningException] = ()

    def on(self, day: date) -> list[Interval]:
        """The open intervals of a local day, in order, joined where they touch."""
        exception = self.exception_on(day)
        hours = exception.hours if exception else self._by_rule(day)
        return _joined((_at(day, opens), _at(day, closes)) for opens, closes in hours)

    def exception_on(self, day: date) -> OpeningException | None:
        return next((found for found in self.exceptions if found.day == day), None)

    def is_open(self, at: datetime) -> bool:
        return any(since <= at < until for since, until in self.on(at.astimezone(ZONE).date()))

    def closes_at(self, at: datetime) -> datetime | None:
        """When it closes; None when it is closed at `at`."""
        intervals = self.on(at.astimezone(ZONE).date())
        return next((until for since, until in intervals if since <= at < until), None)

    def opens_next(self, at: datetime) -> datetime | None:
        """The next opening after `at`; None when there is none within 60 days."""
        first = at.astimezone(ZONE).date()
        for number in range(LOOK_AHEAD.days):
            for since, _ in self.on(first + timedelta(days=number)):
                if since > at:
                    return since
        return None

    def open_time(self, since: datetime, until: datetime) -> timedelta:
        """How long it is open in [`since`, `until`)."""
        total = timedelta()
        for begin, end in self.between(since, until):
            total += end - begin
        return total

    def between(self, since: datetime, until: datetime) -> Iterator[Interval]:
        """The open intervals within [`since`, `until`), cut at its ends."""
        day, last = since.astimezone(ZONE).date(), until.astimezone(ZONE).date()
        while day <= last:
            for begin, end in self.on(day):
                if max(begin, since) < min(end, until):
                    yield max(begin, since), min(end, until)
            day += timedelta(days=1)

    def _by_rule(self, day: date) -> tuple[tuple[time, time], ...]:
        return tuple((rule.opens, rule.closes) for rule in self.rules if rule.holds_on(day))


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=ZONE).astimezone(UTC)


def _joined(intervals: Iterable[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for since, until in sorted(intervals):
        if joined and since <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(until, joined[-1][1])
        elif since < until:
            joined.append((since, until))
    return joined
