"""Counts of checks, gathered in memory and written in batches.

A check costs no write. What was not yet written when a process is killed is lost: at most the
checks of the last second; hits are written at once. While the database does not answer, counts go
on without end, and the newest hits beyond a number are counted but not kept one by one.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

import structlog
from shared.domain.actor import Actor, ActorKind
from shared.platform.clock import Clock, utc_now
from shared.platform.database import Sessions
from shared.platform.failure import code_of, place_of
from shared.platform.unit_of_work import open_work

from hashcheck.domain.check import Counted, CountedOutcome, day_of
from hashcheck.use_cases.check import Checked, CountedAs
from hashcheck.use_cases.counting import CountKey, NewHit, store_checks

FLUSH_SECONDS = 1.0
# Hits that may wait to be written: about 30 MB.
MOST_WAITING_HITS = 100_000
STOP_SECONDS = 10.0

WRITER = Actor(ActorKind.SYSTEM, "hashcheck")

log = structlog.get_logger()


class Tally:
    """Thread-safe. `beside` is what else is written as often, after the checks."""

    def __init__(
        self,
        sessions: Sessions,
        *,
        clock: Clock = utc_now,
        every: float = FLUSH_SECONDS,
        most_hits: int = MOST_WAITING_HITS,
        beside: Sequence[Callable[[], None]] = (),
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._every = every
        self._most_hits = most_hits
        self._flushes = (self.flush, *beside)
        self._lock = threading.Lock()
        self._counts: Counter[tuple[date, str, CountedAs]] = Counter()
        self._hits: list[NewHit] = []
        self._wake = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._keep_flushing, name="tally", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Write what is left and end."""
        self._ending = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def add(self, answers: Iterable[tuple[str, Checked]]) -> None:
        """Who asked, and what was answered; all at this moment."""
        now = self._clock()
        day = day_of(now)
        hits: list[NewHit] = []
        with self._lock:
            for caller, checked in answers:
                for counted_as, count in checked.counts.items():
                    self._counts[day, caller, counted_as] += count
                for found in checked.found.values():
                    hits += [NewHit(now, caller, hit, checked.list_version) for hit in found]
            room = max(0, self._most_hits - len(self._hits))
            self._hits.extend(hits[:room])
        if hits:
            self._wake.set()
        if len(hits) > room:
            log.warning("hits_not_kept", count=len(hits) - room)

    def flush(self) -> None:
        """Write what has been gathered; what cannot be written is kept for the next time."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
            hits, self._hits = self._hits, []
        if not counts:
            return
        try:
            with open_work(self._sessions, WRITER, clock=self._clock) as work:
                store_checks(work, _by_key(counts), hits)
        except Exception:
            with self._lock:
                self._counts.update(counts)
                self._hits[:0] = hits
            raise

    def _keep_flushing(self) -> None:
        ended = False
        while not ended:
            self._wake.wait(self._every)
            self._wake.clear()
            ended = self._ending
            for flush in self._flushes:
                try:
                    flush()
                except Exception as error:  # noqa: BLE001  tried again with the next flush
                    log.warning("checks_not_counted", code=code_of(error), place=place_of(error))


def _by_key(counts: Mapping[tuple[date, str, CountedAs], int]) -> Counter[CountKey]:
    by_key: Counter[CountKey] = Counter()
    for (day, caller, (counted, outcome)), count in counts.items():
        key = CountKey(day, caller, Counted(counted.value), CountedOutcome(outcome.value))
        by_key[key] += count
    return by_key
