"""The third process of a service: publishes the outbox, runs the due clocks and seals the audit."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from shared.domain.errors import Unavailable
from shared.platform.audit_checkpoint import CheckpointWriter
from shared.platform.audit_sealer import BATCH as SEAL_BATCH
from shared.platform.audit_sealer import AuditSealer
from shared.platform.clock import Clock, utc_now
from shared.platform.clockwork import Clockwork, know_clocks, run_due_clocks
from shared.platform.database import Sessions, plain_database_errors
from shared.platform.encryption import CaseVault
from shared.platform.events import forget_old_events
from shared.platform.failure import code_of, place_of
from shared.platform.idempotency import forget_old_answers
from shared.platform.outbox import (
    BATCH,
    USUAL_RULES,
    OutboxRules,
    Publish,
    backlog,
    forget_done_rows,
    publish_due,
)
from shared.platform.service_token import forget_used_tokens
from shared.platform.staff import forget_old_sign_ins

OUTBOX_PAUSE_SECONDS = 0.2
CLOCK_PAUSE_SECONDS = 1.0
# "Within a second" (SEC-S5) with room for the sealing itself.
SEAL_PAUSE_SECONDS = 0.5
PAUSE_AFTER_FAILURE_SECONDS = 2.0
CHECKPOINT_EVERY = timedelta(seconds=60)
# SIGTERM to exit takes at most 10 s (SEC-R8).
SHUTDOWN_SECONDS = 8.0

PLATFORM_CLOCKS = (
    Clockwork("platform.forget_done_rows", timedelta(hours=1), forget_done_rows),
    Clockwork("platform.forget_old_events", timedelta(hours=1), forget_old_events),
    Clockwork("platform.forget_old_answers", timedelta(minutes=15), forget_old_answers),
    Clockwork("platform.forget_old_sign_ins", timedelta(minutes=15), forget_old_sign_ins),
    Clockwork("platform.forget_used_tokens", timedelta(minutes=15), forget_used_tokens),
)

log = structlog.get_logger()


@dataclass
class Relay:
    """What a relay needs. A service without tasks publishes nothing; without a sealer the audit is
    not sealed here.
    """

    sessions: Sessions
    publish: Publish | None
    clocks: Sequence[Clockwork] = ()
    sealer: AuditSealer | None = None
    checkpoints: CheckpointWriter | None = None
    vault: CaseVault | None = None
    rules: OutboxRules = USUAL_RULES
    clock: Clock = utc_now
    shutdown_seconds: float = SHUTDOWN_SECONDS
    # Until when the audit was seen to be sealed to its end.
    sealed_until: datetime | None = field(default=None, init=False)
    checkpoint_due_at: datetime | None = field(default=None, init=False)
    clocks_are_known: bool = field(default=False, init=False)

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set, then finish what was begun."""
        self.sealed_until = self.clock()
        duties: list[tuple[str, Callable[[], bool], float]] = []
        duties.append(("clocks", self.clock_turn, CLOCK_PAUSE_SECONDS))
        if self.publish:
            publish = partial(self.publish_turn, self.publish)
            duties.append(("publish", publish, OUTBOX_PAUSE_SECONDS))
        if self.sealer:
            duties.append(("seal", partial(self.seal_turn, self.sealer), SEAL_PAUSE_SECONDS))
        threads = [
            threading.Thread(
                target=_keep_on, args=(turn, pause, stop), name=f"relay-{name}", daemon=True
            )
            for name, turn, pause in duties
        ]
        for thread in threads:
            thread.start()
        stop.wait()
        ends_at = time.monotonic() + self.shutdown_seconds
        for thread in threads:
            thread.join(max(0.0, ends_at - time.monotonic()))

    def publish_turn(self, publish: Publish) -> bool:
        """True when there may be more to publish at once."""
        return publish_due(self.sessions, publish, clock=self.clock, rules=self.rules) == BATCH

    def clock_turn(self) -> bool:
        clocks = [*PLATFORM_CLOCKS, *self.clocks]
        if not self.clocks_are_known:
            know_clocks(self.sessions, clocks, clock=self.clock)
            self.clocks_are_known = True
        run_due_clocks(self.sessions, clocks, clock=self.clock, vault=self.vault)
        return False

    def seal_turn(self, sealer: AuditSealer) -> bool:
        now = self.clock()
        sealed = sealer.seal_new()
        if sealed is not None and sealed < SEAL_BATCH:
            self.sealed_until = now
        if self.checkpoints and (self.checkpoint_due_at is None or now >= self.checkpoint_due_at):
            self.checkpoints.write(sealer.head(), now)
            self.checkpoint_due_at = now + CHECKPOINT_EVERY
        return sealed == SEAL_BATCH


@dataclass(frozen=True, eq=False)
class RelayFigures(Collector):
    """What waits, counted when somebody asks; nothing while the database does not answer."""

    service: str
    relay: Relay

    def collect(self) -> Iterator[Metric]:
        now = self.relay.clock()
        if self.relay.sealer and self.relay.sealed_until:
            unsealed = (now - self.relay.sealed_until).total_seconds()
            yield self._gauge("audit_unsealed_seconds", "Age of what is not sealed yet.", unsealed)
        try:
            with plain_database_errors(), self.relay.sessions() as session:
                waiting = backlog(session, now)
        except Unavailable:
            return
        oldest = (now - (waiting.oldest_due_at or now)).total_seconds()
        yield self._gauge("outbox_open", "Rows of the outbox that are not done.", waiting.open)
        yield self._gauge("outbox_parked", "Rows of the outbox that were given up.", waiting.parked)
        yield self._gauge("outbox_oldest_seconds", "For how long the oldest row is due.", oldest)

    def _gauge(self, name: str, sentence: str, value: float) -> GaugeMetricFamily:
        gauge = GaugeMetricFamily(f"offlimits_{name}", sentence, labels=["service"])
        gauge.add_metric([self.service], value)
        return gauge


def _keep_on(turn: Callable[[], bool], pause: float, stop: threading.Event) -> None:
    wait = 0.0
    while not stop.wait(wait):
        try:
            wait = 0.0 if turn() else pause
        except Exception as error:  # noqa: BLE001  the edge of the process: it goes on
            log.warning("relay_turn_failed", code=code_of(error), place=place_of(error))
            wait = PAUSE_AFTER_FAILURE_SECONDS
