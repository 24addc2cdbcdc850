"""Fakes written by hand that tests of several parts share."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.domain.errors import Unavailable

MONDAY_MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class FrozenClock:
    """A clock that stands still until it is told otherwise; pass it wherever a Clock goes."""

    def __init__(self, now: datetime = MONDAY_MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


class RecordingBroker:
    """Takes what the relay publishes; refuses while it is `down`."""

    def __init__(self) -> None:
        self.published: list[tuple[str, UUID]] = []
        self.is_down = False

    def __call__(self, task: str, outbox_id: UUID) -> None:
        if self.is_down:
            raise Unavailable("broker_unavailable")
        self.published.append((task, outbox_id))
