import threading
from datetime import timedelta

import pytest
from shared.platform.clockwork import Clockwork, know_clocks, run_due_clocks
from shared.platform.database import Sessions
from shared.platform.tables import AuditEvent
from shared.platform.unit_of_work import UnitOfWork
from sqlmodel import select

from tests.fakes import FrozenClock

HOUR = timedelta(hours=1)


class Bell:
    """A duty that tells each time it ran; it fails while it is `broken`."""

    def __init__(self, name: str = "example.ring") -> None:
        self.name = name
        self.broken = False

    def __call__(self, work: UnitOfWork) -> None:
        work.record(self.name)
        work.session.flush()
        if self.broken:
            raise RuntimeError("canary-text")


def rung(sessions: Sessions, name: str = "example.ring") -> int:
    with sessions() as session:
        return len(session.exec(select(AuditEvent).where(AuditEvent.action == name)).all())


@pytest.fixture
def bell() -> Bell:
    return Bell()


def turn(sessions: Sessions, clock: FrozenClock, *bells: Bell) -> None:
    duties = [Clockwork(bell.name, HOUR, bell) for bell in bells]
    know_clocks(sessions, duties, clock=clock)
    run_due_clocks(sessions, duties, clock=clock)


@pytest.mark.requirement("PF-CLOCK-1")
def test_a_duty_runs_at_once_and_then_once_per_period(
    platform_sessions: Sessions, clock: FrozenClock, bell: Bell
) -> None:
    for _ in range(3):
        turn(platform_sessions, clock, bell)
    assert rung(platform_sessions) == 1
    clock.advance(HOUR)
    turn(platform_sessions, clock, bell)
    assert rung(platform_sessions) == 2


@pytest.mark.requirement("PF-CLOCK-1")
def test_a_duty_that_was_missed_runs_once_not_once_for_each_period(
    platform_sessions: Sessions, clock: FrozenClock, bell: Bell
) -> None:
    turn(platform_sessions, clock, bell)
    clock.advance(10 * HOUR)
    for _ in range(3):
        turn(platform_sessions, clock, bell)
    assert rung(platform_sessions) == 2


@pytest.mark.requirement("PF-CLOCK-1")
def test_a_duty_that_fails_leaves_nothing_stops_no_other_and_is_tried_within_a_minute(
    platform_sessions: Sessions, clock: FrozenClock, capsys: pytest.CaptureFixture[str]
) -> None:
    torn, whole = Bell("example.torn"), Bell("example.whole")
    torn.broken = True
    turn(platform_sessions, clock, torn, whole)
    assert rung(platform_sessions, torn.name) == 0
    assert rung(platform_sessions, whole.name) == 1
    said = "".join(capsys.readouterr())
    assert "clock_failed" in said
    assert "canary-text" not in said
    torn.broken = False
    clock.advance(timedelta(minutes=1))
    turn(platform_sessions, clock, torn, whole)
    assert rung(platform_sessions, torn.name) == 1
    assert rung(platform_sessions, whole.name) == 1


@pytest.mark.requirement("PF-CLOCK-1")
def test_two_relays_run_a_duty_once(committed_sessions: Sessions, clock: FrozenClock) -> None:
    gate, bell = threading.Barrier(2), Bell()
    know_clocks(committed_sessions, [Clockwork(bell.name, HOUR, bell)], clock=clock)

    def relay() -> None:
        gate.wait()
        run_due_clocks(committed_sessions, [Clockwork(bell.name, HOUR, bell)], clock=clock)

    relays = [threading.Thread(target=relay) for _ in range(2)]
    for thread in relays:
        thread.start()
    for thread in relays:
        thread.join()
    assert rung(committed_sessions) == 1
