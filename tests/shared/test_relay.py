import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from shared.domain.actor import SYSTEM
from shared.platform.audit_checkpoint import CheckpointWriter, read_checkpoints
from shared.platform.audit_sealer import AuditSealer
from shared.platform.audit_verify import verify
from shared.platform.clockwork import Clockwork
from shared.platform.database import Sessions, session_factory
from shared.platform.relay import PLATFORM_CLOCKS, Relay
from shared.platform.tables import Clock, Outbox
from shared.platform.unit_of_work import open_work
from sqlmodel import select

from tests.applications import fixed_key
from tests.conftest import OwnDatabase
from tests.databases import EXAMPLE, engine_on
from tests.fakes import FrozenClock, RecordingBroker
from tests.shared.letters import LetterRoom

SOON = 10.0


@contextmanager
def running(relay: Relay) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=relay.run, args=[stop])
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def wait_until(what: str, is_so: object) -> None:
    deadline = time.monotonic() + SOON
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@pytest.mark.requirement("PF-RELAY-1")
def test_a_relay_publishes_runs_what_is_due_and_seals_the_audit(
    own_database: OwnDatabase, tmp_path: Path
) -> None:
    databases, key = own_database(EXAMPLE), fixed_key("audit")
    signing = Ed25519PrivateKey.from_private_bytes(fixed_key("checkpoint"))
    with engine_on(databases.app) as app, engine_on(databases.sealer) as sealing:
        sessions, sealer_sessions = session_factory(app), session_factory(sealing)
        broker = RecordingBroker()
        ring = Clockwork("example.ring", timedelta(hours=1), lambda work: work.record("rung"))
        relay = Relay(
            sessions=sessions,
            publish=broker,
            clocks=[ring],
            sealer=AuditSealer(sealer_sessions, key),
            checkpoints=CheckpointWriter(tmp_path, EXAMPLE, signing),
        )
        with running(relay):
            with open_work(sessions, SYSTEM) as work:
                work.enqueue("example.task", fixed_id := work.session.bind and _new_id())
            wait_until("published", lambda: broker.published)
            wait_until("sealed", lambda: AuditSealer(sealer_sessions, key).head().size == 1)
        found = read_checkpoints(tmp_path, EXAMPLE, signing.public_key())
        report = verify(sealer_sessions, key, found, now=relay.clock())
    assert fixed_id
    assert (report.seals, report.is_clean) == (1, True)
    assert report.checkpoints >= 1
