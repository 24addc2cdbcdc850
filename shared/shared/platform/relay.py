"""The third process of a service: publishes the outbox, runs the due clocks and seals the audit."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from shared.platform.audit_checkpoint import CheckpointWriter
from shared.platform.audit_sealer import BATCH as SEAL_BATCH
from shared.platform.audit_sealer import AuditSealer
from shared.platform.clock import Clock, utc_now
from shared.platform.clockwork import Clockwork, know_clocks, run_due_clocks
from shared.platform.database import Sessions
from shared.platform.encryption import CaseVault
from shared.platform.events import forget_old_events
from shared.platform.failure import code_of, place_of
from shared.platform.idempotency import forget_old_answers
from shared.platform.outbox import (
    BATCH,
    USUAL_RULES,
    OutboxRules,
    Publish,
    forget_done_rows,
    publish_due,
)

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
    checkpoint_due_at: datetime | None = field(default=None, init=False)
    clocks_are_known: bool = field(default=False, init=False)

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set, then finish what was begun."""
        duties: list[tuple[Callable[[], bool], float]] = [(self.clock_turn, CLOCK_PAUSE_SECONDS)]
        if self.publish:
            duties.append((partial(self.publish_turn, self.publish), OUTBOX_PAUSE_SECONDS))
        if self.sealer:
            duties.append((partial(self.seal_turn, self.sealer), SEAL_PAUSE_SECONDS))
        threads = [
            threading.Thread(target=_keep_on, args=(turn, pause, stop), daemon=True)
            for turn, pause in duties
        ]
        for thread in threads:
            thread.start()
        stop.wait()
        ends_at = time.monotonic() + SHUTDOWN_SECONDS
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
        sealed = sealer.seal_new()
        now = self.clock()
        if self.checkpoints and (self.checkpoint_due_at is None or now >= self.checkpoint_due_at):
            self.checkpoints.write(sealer.head(), now)
            self.checkpoint_due_at = now + CHECKPOINT_EVERY
        return sealed == SEAL_BATCH


def _keep_on(turn: Callable[[], bool], pause: float, stop: threading.Event) -> None:
    wait = 0.0
    while not stop.wait(wait):
        try:
            wait = 0.0 if turn() else pause
        except Exception as error:  # noqa: BLE001  the edge of the process: it goes on
            log.warning("relay_turn_failed", code=code_of(error), place=place_of(error))
            wait = PAUSE_AFTER_FAILURE_SECONDS
