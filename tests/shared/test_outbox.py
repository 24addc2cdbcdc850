import threading
from datetime import timedelta
from uuid import UUID

import pytest
from shared.domain.actor import SYSTEM
from shared.domain.errors import Unavailable
from shared.platform.database import Sessions
from shared.platform.outbox import (
    BATCH,
    BROKER_PAUSE,
    DONE_ROWS_ARE_KEPT,
    OutboxRules,
    backlog,
    forget_done_rows,
    publish_due,
)
from shared.platform.tables import Outbox
from shared.platform.unit_of_work import open_work
from sqlmodel import select

from tests.fakes import FrozenClock, RecordingBroker
from tests.shared.letters import DELIVER, Killed, LetterRoom

RULES = OutboxRules()


@pytest.fixture
def room(platform_sessions: Sessions, clock: FrozenClock) -> LetterRoom:
    return LetterRoom(platform_sessions, clock)


@pytest.fixture
def broker() -> RecordingBroker:
    return RecordingBroker()


def publish(room: LetterRoom, broker: RecordingBroker, rules: OutboxRules = RULES) -> int:
    return publish_due(room.sessions, broker, clock=room.clock, rules=rules)


def published(room: LetterRoom, broker: RecordingBroker) -> list[UUID]:
    """The letters, in the order in which the broker was told of them."""
    subjects = {}
    with room.sessions() as session:
        for row in session.exec(select(Outbox)):
            subjects[row.id] = row.subject
    return [subjects[row_id] for _, row_id in broker.published]


@pytest.mark.requirement("PF-OUTBOX-3")
def test_what_is_due_is_published_oldest_first(
    room: LetterRoom, broker: RecordingBroker, clock: FrozenClock
) -> None:
    new, old, later = (
        room.new_letter(next_at=clock.now - timedelta(minutes=minutes)) for minutes in (1, 5, -5)
    )
    assert publish(room, broker) == 2
    assert published(room, broker) == [old, new]
    assert later not in published(room, broker)
    assert {task for task, _ in broker.published} == {DELIVER}


@pytest.mark.requirement("SEC-R5")
def test_what_the_broker_forgot_is_published_again_after_its_lease(
    room: LetterRoom, broker: RecordingBroker, clock: FrozenClock
) -> None:
    letter = room.new_letter()
    publish(room, broker)
    clock.advance(RULES.lease - timedelta(seconds=1))
    assert publish(room, broker) == 0
    clock.advance(timedelta(seconds=1))
    assert publish(room, broker) == 1
    assert published(room, broker) == [letter, letter]


@pytest.mark.requirement("SEC-R5")
def test_a_broker_that_is_down_delays_and_loses_nothing(
    room: LetterRoom, broker: RecordingBroker, clock: FrozenClock
) -> None:
    letters = {room.new_letter() for _ in range(3)}
    broker.is_down = True
    assert publish(room, broker) == 0
    broker.is_down = False
    assert publish(room, broker) == 0
    clock.advance(BROKER_PAUSE)
    assert publish(room, broker) == 3
    assert set(published(room, broker)) == letters


@pytest.mark.requirement("SEC-R5")
def test_a_broker_that_goes_down_half_way_gets_the_rest_later(
    room: LetterRoom, clock: FrozenClock
) -> None:
    for _ in range(4):
        room.new_letter()
    told: list[UUID] = []

    def fading(_: str, outbox_id: UUID) -> None:
        if len(told) == 2:
            raise Unavailable
        told.append(outbox_id)

    assert publish_due(room.sessions, fading, clock=clock) == 2
    rest = RecordingBroker()
    clock.advance(BROKER_PAUSE)
    assert publish(room, rest) == 2
    assert len({*told, *(row for _, row in rest.published)}) == 4


@pytest.mark.requirement("PF-OUTBOX-3")
def test_what_is_worked_on_is_not_published_until_its_claim_ran_out(
    room: LetterRoom, broker: RecordingBroker, clock: FrozenClock
) -> None:
    letter = room.new_letter()
    room.office.fault = Killed()
    with pytest.raises(Killed):
        room.tasks.execute(room.row(letter).id)
    clock.advance(RULES.claim - timedelta(seconds=1))
    assert publish(room, broker) == 0
    clock.advance(timedelta(seconds=1))
    assert publish(room, broker) == 1


@pytest.mark.requirement("PF-OUTBOX-3")
def test_what_lost_its_worker_does_not_wait_behind_a_backlog(
    room: LetterRoom, broker: RecordingBroker, clock: FrozenClock
) -> None:
    lost = room.new_letter()
    room.office.fault = Killed()
    with pytest.raises(Killed):
        room.tasks.execute(room.row(lost).id)
    clock.advance(RULES.claim)
    for _ in range(3):
        room.new_letter(next_at=clock.now - timedelta(days=1))
    publish(room, broker, OutboxRules(in_flight=2))
    assert published(room, broker)[0] == lost
    assert len(broker.published) == 2


@pytest.mark.requirement("PF-OUTBOX-3")
def test_only_so_many_rows_are_with_the_broker_at_once(
    room: LetterRoom, broker: RecordingBroker, clock: FrozenClock
) -> None:
    for _ in range(5):
        room.new_letter()
    few = OutboxRules(in_flight=3)
    assert [publish(room, broker, few) for _ in range(2)] == [3, 0]
    room.tasks.execute(broker.published[0][1])
    assert publish(room, broker, few) == 1


@pytest.mark.requirement("PF-OUTBOX-3")
def test_one_turn_publishes_a_batch(room: LetterRoom, broker: RecordingBroker) -> None:
    for _ in range(BATCH + 1):
        room.new_letter()
    assert [publish(room, broker) for _ in range(3)] == [BATCH, 1, 0]


@pytest.mark.requirement("PF-OUTBOX-3")
def test_two_relays_publish_each_row_once(committed_sessions: Sessions, clock: FrozenClock) -> None:
    room = LetterRoom(committed_sessions, clock)
    for _ in range(40):
        room.new_letter()
    broker, gate = RecordingBroker(), threading.Barrier(2)

    def relay() -> None:
        gate.wait()
        while publish(room, broker, OutboxRules(in_flight=1000)):
            pass

    relays = [threading.Thread(target=relay) for _ in range(2)]
    for thread in relays:
        thread.start()
    for thread in relays:
        thread.join()
    assert len(broker.published) == len(set(broker.published)) == 40


@pytest.mark.requirement("PF-OUTBOX-1")
def test_the_same_task_asked_for_at_once_from_two_sides_is_one_row(
    committed_sessions: Sessions, clock: FrozenClock
) -> None:
    room = LetterRoom(committed_sessions, clock)
    letter = room.new_letter()
    gate = threading.Barrier(8)

    def ask() -> None:
        gate.wait()
        room.ask_again(letter)

    askers = [threading.Thread(target=ask) for _ in range(8)]
    for thread in askers:
        thread.start()
    for thread in askers:
        thread.join()
    assert room.row(letter).requests == 9


def test_pauses_double_up_to_the_longest_and_half_of_each_is_chance() -> None:
    rules = OutboxRules(first_pause=timedelta(seconds=4), longest_pause=timedelta(seconds=60))
    for attempt, full in ((1, 4), (2, 8), (4, 32), (5, 60), (40, 60)):
        pauses = {rules.pause_after(attempt).total_seconds() for _ in range(50)}
        assert full / 2 <= min(pauses) <= max(pauses) <= full
        assert len(pauses) > 1


@pytest.mark.requirement("PF-OUTBOX-2")
def test_a_receiver_that_is_away_for_a_day_is_not_given_up() -> None:
    pauses = (RULES.first_pause * 2**number for number in range(RULES.attempts - 1))
    shortest = sum((min(pause, RULES.longest_pause) / 2 for pause in pauses), timedelta())
    assert shortest > timedelta(days=1)


def test_the_backlog_tells_what_waits_and_since_when(room: LetterRoom, clock: FrozenClock) -> None:
    def told() -> tuple[int, object]:
        with room.sessions() as session:
            found = backlog(session, clock.now)
            return found.open, found.oldest_due_at

    assert told() == (0, None)
    room.new_letter(next_at=clock.now + timedelta(hours=1))
    assert told() == (1, None)
    old = clock.now - timedelta(minutes=3)
    working = room.new_letter(next_at=old)
    assert told() == (2, old)
    room.office.fault = Killed()
    with pytest.raises(Killed):
        room.tasks.execute(room.row(working).id)
    assert told() == (2, None)
    claimed_until = clock.now + RULES.claim
    clock.advance(RULES.claim)
    assert told() == (2, claimed_until)


@pytest.mark.requirement("SEC-P10")
def test_done_rows_are_forgotten_after_thirty_days_and_open_ones_never(
    room: LetterRoom, clock: FrozenClock
) -> None:
    done, waiting = room.new_letter(), room.new_letter()
    room.tasks.execute(room.row(done).id)
    clock.advance(DONE_ROWS_ARE_KEPT)
    _forget(room)
    assert room.row(done).done_at
    clock.advance(timedelta(seconds=1))
    _forget(room)
    with room.sessions() as session:
        assert [row.subject for row in session.exec(select(Outbox))] == [waiting]


def _forget(room: LetterRoom) -> None:
    with open_work(room.sessions, SYSTEM, clock=room.clock) as work:
        forget_done_rows(work)
