"""Stops asking a service that does not answer, and tries again after a while."""

from collections import deque
from collections.abc import Callable

from shared.domain.errors import Unavailable

# Five failures within ten seconds open the breaker for five seconds (SEC-R4).
FAILURES = 5
WINDOW_SECONDS = 10.0
REST_SECONDS = 5.0


class Breaker:
    """Counts failures of one peer; `seconds` is a monotonic clock."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._opened_at: float | None = None

    def before_call(self) -> None:
        """Raise Unavailable while open; after the rest one call is let through to try."""
        if self._opened_at is None:
            return
        if self._seconds() - self._opened_at < REST_SECONDS:
            raise Unavailable("service_unavailable")
        self._opened_at = self._seconds()

    def succeeded(self) -> None:
        self._failures.clear()
        self._opened_at = None

    def failed(self) -> None:
        now = self._seconds()
        self._failures.append(now)
        if len(self._failures) == FAILURES and now - self._failures[0] <= WINDOW_SECONDS:
            self._opened_at = now
