"""How much was asked with each key, held against its quota.

A request costs a few additions in memory. Once a second every process adds what it counted to one
row per key and day, and learns what all of them counted together: so a quota is exact but for the
last second. Without the database each process goes on with what it knows.
"""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from shared.domain.actor import Actor, ActorKind
from shared.domain.errors import TooMany
from shared.platform.clock import Clock, utc_now
from shared.platform.database import Sessions
from shared.platform.unit_of_work import open_work

from hashcheck.domain.check import day_of
from hashcheck.domain.key_terms import Quota, end_of_day
from hashcheck.queries import KeyTotal
from hashcheck.use_cases.key_use import UseKey, add_key_use

MINUTE_SECONDS = 60
WRITER = Actor(ActorKind.SYSTEM, "hashcheck")


@dataclass(slots=True)
class _Use:
    """What all processes together asked with one key, as far as this one knows."""

    day: date
    day_count: int = 0
    minute: int = 0
    minute_count: int = 0


class Ledger:
    """Thread-safe."""

    def __init__(self, sessions: Sessions, *, clock: Clock = utc_now) -> None:
        self._sessions = sessions
        self._clock = clock
        self._lock = threading.Lock()
        self._uses: dict[str, _Use] = {}
        self._pending: Counter[UseKey] = Counter()
        self._turn_of_day(clock().timestamp())

    def take(self, key_id: str, quota: Quota, count: int) -> None:
        """Count what is about to be asked. Raises TooMany `quota_day_used`, `quota_minute_used`.

        What is refused does not count.
        """
        now = self._clock().timestamp()
        minute = int(now // MINUTE_SECONDS)
        with self._lock:
            if now >= self._day_ends:
                self._turn_of_day(now)
            use = self._uses.get(key_id)
            if use is None or use.day != self._day:
                use = self._uses[key_id] = _Use(self._day)
            if use.minute != minute:
                use.minute, use.minute_count = minute, 0
            if use.day_count + count > quota.per_day:
                raise TooMany("quota_day_used", retry_after=_seconds(self._day_ends - now))
            if use.minute_count + count > quota.per_minute:
                left = (minute + 1) * MINUTE_SECONDS - now
                raise TooMany("quota_minute_used", retry_after=_seconds(left))
            use.day_count += count
            use.minute_count += count
            self._pending[UseKey(key_id, self._day, minute)] += count

    def learn(self, totals: Iterable[KeyTotal]) -> None:
        """What all processes together counted, this one included up to its last flush."""
        with self._lock:
            for total in totals:
                self._learn(total)

    def flush(self) -> None:
        """Write what was counted; what cannot be written is kept for the next time."""
        with self._lock:
            pending, self._pending = self._pending, Counter()
        if not pending:
            return
        try:
            with open_work(self._sessions, WRITER, clock=self._clock) as work:
                totals = add_key_use(work, pending)
        except Exception:
            with self._lock:
                self._pending.update(pending)
            raise
        self.learn(totals)

    def _learn(self, total: KeyTotal) -> None:
        if total.day != self._day:
            return
        mine = [each for each in self._pending if each[:2] == (total.key_id, total.day)]
        use = self._uses.setdefault(total.key_id, _Use(total.day))
        if use.day != total.day:
            use = self._uses[total.key_id] = _Use(total.day)
        use.day_count = total.asked + sum(self._pending[each] for each in mine)
        if use.minute <= total.minute:
            waiting = self._pending[UseKey(total.key_id, total.day, total.minute)]
            use.minute, use.minute_count = total.minute, total.minute_count + waiting

    def _turn_of_day(self, now: float) -> None:
        moment = self._clock()
        self._day, self._day_ends = day_of(moment), end_of_day(moment).timestamp()
        # Of keys that nobody uses any more nothing is held for ever.
        self._uses.clear()


def _seconds(left: float) -> timedelta:
    """At least one: a client that comes back within the same second comes too early."""
    return timedelta(seconds=max(1, int(left) + 1))
