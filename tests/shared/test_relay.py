import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from prometheus_client import generate_latest
from shared.domain.actor import SYSTEM
from shared.platform.audit_checkpoint import Checkpoint, CheckpointWriter, read_checkpoints
from shared.platform.audit_sealer import AuditSealer
from shared.platform.clock import utc_now
from shared.platform.clockwork import Clockwork
from shared.platform.database import Sessions, session_factory
from shared.platform.metrics import REGISTRY
from shared.platform.relay import CHECKPOINT_EVERY, PLATFORM_CLOCKS, Relay, RelayFigures
from shared.platform.tables import Clock
from shared.platform.unit_of_work import open_work
from sqlmodel import select

from tests.applications import fixed_key
from tests.conftest import OwnDatabase
from tests.databases import EXAMPLE, engine_on
from tests.fakes import FrozenClock, RecordingBroker

SOON = 30.0
KEY = fixed_key("audit")
SIGNING_KEY = Ed25519PrivateKey.from_private_bytes(fixed_key("checkpoint"))


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


def wait_until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + SOON
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.requirement("PF-RELAY-1")
def test_a_relay_publishes_does_what_is_due_and_seals_the_audit(
    own_database: OwnDatabase, tmp_path: Path
) -> None:
    databases, broker, subject = own_database(EXAMPLE), RecordingBroker(), uuid4()
    with engine_on(databases.app) as app, engine_on(databases.sealer) as sealing:
        sessions, sealer = session_factory(app), AuditSealer(session_factory(sealing), KEY)
        relay = Relay(
            sessions=sessions,
            publish=broker,
            clocks=[Clockwork("ring", timedelta(hours=1), lambda work: work.record("bell.rung"))],
            sealer=sealer,
            checkpoints=CheckpointWriter(tmp_path, EXAMPLE, SIGNING_KEY),
        )
        with running(relay):
            with open_work(sessions, SYSTEM) as work:
                work.enqueue("example.task", subject)
            wait_until(lambda: broker.published)
            wait_until(lambda: sealer.head().size == 1)
        (unsealed, *_) = [m for m in RelayFigures(EXAMPLE, relay).collect() if "audit" in m.name]
    assert [task for task, _ in broker.published] == ["example.task"]
    assert unsealed.samples[0].value < SOON
    found = read_checkpoints(tmp_path, EXAMPLE, SIGNING_KEY.public_key())
    assert all(isinstance(checkpoint, Checkpoint) for checkpoint in found)


@pytest.mark.requirement("PF-RELAY-1")
def test_a_turn_that_fails_is_told_without_its_text_and_the_relay_goes_on(
    committed_sessions: Sessions, capsys: pytest.CaptureFixture[str]
) -> None:
    broker, failed = RecordingBroker(), threading.Event()

    def clock() -> datetime:
        if threading.current_thread().name == "relay-publish" and not failed.is_set():
            failed.set()
            raise RuntimeError("canary-text")
        return utc_now()

    with open_work(committed_sessions, SYSTEM) as work:
        work.enqueue("example.task", uuid4())
    with running(Relay(committed_sessions, broker, clock=clock)):
        wait_until(lambda: broker.published)
    assert failed.is_set()
    said = "".join(capsys.readouterr())
    assert "relay_turn_failed" in said
    assert "canary-text" not in said


@pytest.mark.requirement("SEC-R8")
def test_a_relay_whose_turns_hang_ends_in_time_all_the_same(committed_sessions: Sessions) -> None:
    hangs, release = threading.Barrier(3), threading.Event()

    def hang(*_: object) -> None:
        hangs.wait(SOON)
        release.wait(SOON)

    stuck = [Clockwork("stuck", timedelta(hours=1), hang)]
    with open_work(committed_sessions, SYSTEM) as work:
        work.enqueue("example.task", uuid4())
    relay = Relay(committed_sessions, hang, clocks=stuck, shutdown_seconds=1)
    stop = threading.Event()
    thread = threading.Thread(target=relay.run, args=[stop])
    thread.start()
    hangs.wait(SOON)
    stopped_at = time.monotonic()
    stop.set()
    thread.join()
    took = time.monotonic() - stopped_at
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("relay-")]
    release.set()
    wait_until(lambda: not any(t.name.startswith("relay-") for t in threading.enumerate()))
    assert sorted(left) == ["relay-clocks", "relay-publish"]
    # Together, not one after the other.
    assert took < len(left)


@pytest.mark.requirement("PF-RELAY-1")
def test_every_service_forgets_what_it_need_not_keep(
    platform_sessions: Sessions, clock: FrozenClock
) -> None:
    Relay(platform_sessions, None, clock=clock).clock_turn()
    with platform_sessions() as session:
        rows = {row.name: row.due_at for row in session.exec(select(Clock))}
    assert rows == {duty.name: clock.now + duty.every for duty in PLATFORM_CLOCKS}


@pytest.mark.requirement("PF-METRICS-1")
def test_the_figures_of_a_relay_can_be_served_beside_those_of_its_process(
    platform_sessions: Sessions, clock: FrozenClock
) -> None:
    figures = RelayFigures(EXAMPLE, Relay(platform_sessions, None, clock=clock))
    REGISTRY.register(figures)
    try:
        assert b'offlimits_outbox_open{service="example"} 0.0' in generate_latest(REGISTRY)
    finally:
        REGISTRY.unregister(figures)


@pytest.mark.requirement("SEC-S5")
def test_a_checkpoint_is_written_every_minute_in_which_the_chain_grew(
    own_database: OwnDatabase, tmp_path: Path, clock: FrozenClock
) -> None:
    databases = own_database(EXAMPLE)
    with engine_on(databases.app) as app, engine_on(databases.sealer) as sealing:
        sessions, sealer = session_factory(app), AuditSealer(session_factory(sealing), KEY)
        writer = CheckpointWriter(tmp_path, EXAMPLE, SIGNING_KEY)
        relay = Relay(sessions, None, sealer=sealer, checkpoints=writer, clock=clock)
        sizes = []
        for happens in (True, False, True, True):
            if happens:
                with open_work(sessions, SYSTEM, clock=clock) as work:
                    work.record("case.read")
            relay.seal_turn(sealer)
            relay.seal_turn(sealer)
            sizes.append(len(list(tmp_path.rglob("*.note"))))
            clock.advance(CHECKPOINT_EVERY)
    assert sizes == [1, 1, 2, 3]
