from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from shared.domain.actor import SYSTEM
from shared.domain.errors import DomainError, Invalid, TooMany, Unavailable
from shared.platform.database import Sessions
from shared.platform.delivery import TaskSet
from shared.platform.outbox import NEVER, OutboxRules, Outcome, backlog, retry_all_parked
from shared.platform.tables import AuditEvent
from shared.platform.unit_of_work import UnitOfWork, open_work
from sqlmodel import select

from tests.fakes import FrozenClock
from tests.shared.letters import DELIVER, STAMP, Killed, LetterRoom

RULES = OutboxRules(attempts=3)


@pytest.fixture
def room(platform_sessions: Sessions, clock: FrozenClock) -> LetterRoom:
    return LetterRoom(platform_sessions, clock, RULES)


def attempt(room: LetterRoom, letter: UUID) -> Outcome:
    return room.tasks.execute(room.row(letter).id)


def die_while_sending(room: LetterRoom, letter: UUID, *, after_taking: bool) -> None:
    room.office.fault, room.office.takes_first = Killed(), after_taking
    with pytest.raises(Killed):
        attempt(room, letter)


@pytest.mark.requirement("PF-DELIVERY-1")
def test_a_letter_is_claimed_sent_and_settled(room: LetterRoom, clock: FrozenClock) -> None:
    letter = room.new_letter()
    assert attempt(room, letter) is Outcome.DONE
    assert room.letter(letter).state == "delivered"
    assert (room.row(letter).done_at, room.row(letter).attempts) == (clock.now, 1)


@pytest.mark.requirement("PF-DELIVERY-1")
def test_a_row_that_is_published_often_is_worked_on_once(room: LetterRoom) -> None:
    letter = room.new_letter()
    outcomes = [attempt(room, letter) for _ in range(5)]
    assert outcomes == [Outcome.DONE, *[Outcome.IDLE] * 4]
    assert room.office.arrivals == {letter: 1}


@pytest.mark.requirement("PF-DELIVERY-1")
def test_a_row_is_not_begun_before_its_time(room: LetterRoom, clock: FrozenClock) -> None:
    letter = room.new_letter(next_at=clock.now + timedelta(hours=1))
    assert attempt(room, letter) is Outcome.IDLE
    clock.advance(timedelta(hours=1))
    assert attempt(room, letter) is Outcome.DONE


@pytest.mark.requirement("PF-DELIVERY-1")
def test_no_row_and_no_task_are_left_alone(room: LetterRoom) -> None:
    unknown = room.new_letter(task="example.nobody_does_this")
    assert room.tasks.execute(uuid4()) is Outcome.IDLE
    assert attempt(room, unknown) is Outcome.IDLE
    assert room.row(unknown).attempts == 0


@pytest.mark.requirement("PF-DELIVERY-2")
def test_nobody_else_works_on_a_row_while_its_claim_lasts(
    room: LetterRoom, clock: FrozenClock
) -> None:
    letter = room.new_letter()
    die_while_sending(room, letter, after_taking=False)
    clock.advance(RULES.claim - timedelta(seconds=1))
    assert attempt(room, letter) is Outcome.IDLE
    clock.advance(timedelta(seconds=1))
    assert attempt(room, letter) is Outcome.REPEATED


@pytest.mark.requirement("SEC-R2")
@pytest.mark.parametrize("arrived", [False, True])
def test_a_receiver_that_can_be_asked_gets_a_letter_once_whenever_the_worker_died(
    room: LetterRoom, clock: FrozenClock, *, arrived: bool
) -> None:
    room.can_be_asked = True
    letter = room.new_letter()
    die_while_sending(room, letter, after_taking=arrived)
    clock.advance(RULES.claim)
    assert attempt(room, letter) is (Outcome.DONE if arrived else Outcome.REPEATED)
    assert room.letter(letter).state == "delivered"
    assert room.office.arrivals == {letter: 1}


@pytest.mark.requirement("SEC-R2")
def test_one_death_repeats_a_letter_at_most_once_under_the_same_reference(
    room: LetterRoom, clock: FrozenClock
) -> None:
    letter = room.new_letter()
    die_while_sending(room, letter, after_taking=True)
    clock.advance(RULES.claim)
    outcomes = [attempt(room, letter) for _ in range(3)]
    assert outcomes == [Outcome.REPEATED, Outcome.IDLE, Outcome.IDLE]
    assert room.office.arrivals == {letter: 2}


@pytest.mark.requirement("PF-DELIVERY-2")
def test_who_comes_back_after_the_claim_ran_out_settles_nothing(
    room: LetterRoom, clock: FrozenClock
) -> None:
    """A worker that stood still for minutes while another one did its work."""
    letter = room.new_letter()
    row = room.row(letter).id
    inner: list[Outcome] = []

    class Standstill(list[UUID]):
        def take(self, _: UUID) -> None:
            if not inner:
                clock.advance(RULES.claim)
                inner.append(Outcome.IDLE)
                inner[0] = room.tasks.execute(row)

    room.tasks.bind(room.sessions, Standstill(), clock=clock, rules=RULES)  # type: ignore[arg-type]
    assert room.tasks.execute(row) is Outcome.IDLE
    assert inner == [Outcome.REPEATED]
    assert room.letter(letter).state == "delivered"
    assert _recorded(room, letter) == ["letter.delivered"]


@pytest.mark.requirement("PF-DELIVERY-2")
def test_an_effect_of_an_attempt_that_was_taken_over_is_rolled_back(
    room: LetterRoom, clock: FrozenClock
) -> None:
    letter = room.new_letter(task="example.slow_stamp")
    row = room.row(letter).id
    runs: list[int] = []

    @room.tasks.use_case("example.slow_stamp")
    def slow_stamp(work: UnitOfWork, letter_id: UUID) -> None:
        runs.append(work.attempt)
        if work.attempt == 1:
            clock.advance(RULES.claim)
            assert room.tasks.execute(row) is Outcome.DONE
        work.record("letter.stamped", letter_id)

    assert room.tasks.execute(row) is Outcome.IDLE
    assert runs == [1, 2]
    assert _recorded(room, letter) == ["letter.stamped"]


def _recorded(room: LetterRoom, letter: UUID) -> list[str]:
    with room.sessions() as session:
        return list(session.exec(select(AuditEvent.action).where(AuditEvent.object_id == letter)))


@pytest.mark.requirement("SEC-R6")
def test_a_use_case_and_the_end_of_its_row_commit_together(room: LetterRoom) -> None:
    letter = room.new_letter(task=STAMP)
    assert [attempt(room, letter) for _ in range(3)] == [Outcome.DONE, Outcome.IDLE, Outcome.IDLE]
    assert room.letter(letter).arrivals == 1


@pytest.mark.requirement("SEC-R6")
def test_a_use_case_that_fails_leaves_nothing_and_is_tried_again(
    room: LetterRoom, clock: FrozenClock
) -> None:
    letter = room.new_letter(task="example.torn")

    @room.tasks.use_case("example.torn")
    def torn(work: UnitOfWork, letter_id: UUID) -> None:
        work.record("letter.torn", letter_id)
        work.session.flush()
        if work.attempt == 1:
            raise Unavailable("canary_code")

    assert attempt(room, letter) is Outcome.LATER
    assert (_recorded(room, letter), room.row(letter).last_code) == ([], "canary_code")
    clock.advance(RULES.first_pause)
    assert attempt(room, letter) is Outcome.DONE
    assert _recorded(room, letter) == ["letter.torn"]


@pytest.mark.requirement("PF-OUTBOX-2")
def test_a_failure_is_tried_again_later_and_given_up_in_the_end(
    room: LetterRoom, clock: FrozenClock
) -> None:
    letter = room.new_letter()
    outcomes = []
    for _ in range(RULES.attempts):
        room.office.fault = Unavailable("office_closed")
        outcomes.append(attempt(room, letter))
        clock.advance(RULES.longest_pause)
    assert outcomes == [Outcome.LATER, Outcome.LATER, Outcome.PARKED]
    row = room.row(letter)
    assert (row.last_code, row.attempts, row.claimed_until) == ("office_closed", 3, None)
    assert room.letter(letter).state == "given up"
    assert _recorded(room, letter) == ["outbox.parked", "letter.given_up"]
    assert attempt(room, letter) is Outcome.IDLE


@pytest.mark.requirement("PF-OUTBOX-2")
def test_workers_that_die_again_and_again_do_not_take_a_row_for_ever(
    room: LetterRoom, clock: FrozenClock
) -> None:
    letter = room.new_letter()
    for _ in range(RULES.attempts):
        die_while_sending(room, letter, after_taking=False)
        clock.advance(RULES.claim)
    assert attempt(room, letter) is Outcome.PARKED
    assert (room.row(letter).last_code, room.letter(letter).state) == ("lost", "given up")


@pytest.mark.requirement("PF-OUTBOX-2")
def test_what_will_be_refused_again_is_given_up_at_once(room: LetterRoom) -> None:
    letter = room.new_letter()
    room.office.fault = Invalid("no_such_street")
    assert attempt(room, letter) is Outcome.PARKED
    assert (room.row(letter).attempts, room.row(letter).last_code) == (1, "no_such_street")


@pytest.mark.requirement("SEC-P4")
def test_what_went_wrong_is_kept_as_a_code_never_as_a_text(
    room: LetterRoom, capsys: pytest.CaptureFixture[str]
) -> None:
    letter = room.new_letter()
    room.office.fault = ValueError("canary-text of somebody")
    assert attempt(room, letter) is Outcome.LATER
    assert room.row(letter).last_code == "ValueError"
    assert "task_failed" in (said := "".join(capsys.readouterr()))
    assert "canary-text" not in said


@pytest.mark.requirement("PF-OUTBOX-2")
@pytest.mark.parametrize(
    "refusal",
    [TooMany(retry_after=timedelta(hours=2)), Unavailable(retry_after=timedelta(hours=2))],
)
def test_a_receiver_that_names_a_time_is_left_alone_until_then(
    room: LetterRoom, clock: FrozenClock, refusal: DomainError
) -> None:
    letter = room.new_letter()
    room.office.fault = refusal
    attempt(room, letter)
    assert room.row(letter).next_at >= clock.now + timedelta(hours=2)


@pytest.mark.requirement("PF-OUTBOX-1")
def test_what_is_asked_for_again_meanwhile_runs_once_more(
    room: LetterRoom, clock: FrozenClock
) -> None:
    letter = room.new_letter(task="example.asked_again")

    @room.tasks.use_case("example.asked_again")
    def asked_again(work: UnitOfWork, letter_id: UUID) -> None:
        if work.run and work.run.request == 1:
            work.enqueue("example.asked_again", letter_id)

    outcomes = [attempt(room, letter) for _ in range(3)]
    assert outcomes == [Outcome.DONE, Outcome.DONE, Outcome.IDLE]
    assert room.row(letter).requests == 2


@pytest.mark.requirement("PF-OUTBOX-1")
def test_a_later_date_asked_for_while_an_attempt_was_lost_is_kept(
    room: LetterRoom, clock: FrozenClock
) -> None:
    letter = room.new_letter()
    die_while_sending(room, letter, after_taking=False)
    later = clock.now + timedelta(hours=5)
    with open_work(room.sessions, SYSTEM, clock=clock) as work:
        work.enqueue(DELIVER, letter, next_at=later)
    clock.advance(RULES.claim)
    assert attempt(room, letter) is Outcome.REPEATED
    row = room.row(letter)
    assert (row.done_at, row.next_at) == (None, later)
    clock.advance(timedelta(hours=5))
    assert attempt(room, letter) is Outcome.DONE
    assert room.row(letter).done_at == clock.now


@pytest.mark.requirement("PF-OUTBOX-2")
def test_a_given_up_row_can_be_put_on_the_outbox_again(
    room: LetterRoom, clock: FrozenClock
) -> None:
    letter = room.new_letter()
    room.office.fault = Invalid()
    attempt(room, letter)
    parked = room.row(letter)
    with open_work(room.sessions, SYSTEM, clock=clock) as work:
        assert backlog(work.session, work.now).parked == 1
        assert retry_all_parked(work) == 1
    # The same row, and not its first attempt: the receiver may have taken it before.
    assert room.row(letter).id == parked.id
    assert attempt(room, letter) is Outcome.REPEATED
    assert room.letter(letter).state == "delivered"


@pytest.mark.requirement("PF-OUTBOX-1")
def test_a_given_up_row_that_was_asked_for_again_is_not_put_twice(
    room: LetterRoom, clock: FrozenClock
) -> None:
    letter = room.new_letter()
    room.office.fault = Invalid()
    attempt(room, letter)
    room.ask_again(letter)
    with open_work(room.sessions, SYSTEM, clock=clock) as work:
        assert retry_all_parked(work) == 1
    assert room.row(letter).attempts == 0
    assert attempt(room, letter) is Outcome.DONE


@pytest.mark.requirement("PF-DELIVERY-1")
def test_while_it_is_sent_nobody_else_may_begin_and_no_date_is_due(
    room: LetterRoom, clock: FrozenClock
) -> None:
    letter = room.new_letter()
    die_while_sending(room, letter, after_taking=False)
    row = room.row(letter)
    assert (row.next_at, row.claimed_until) == (NEVER, clock.now + RULES.claim)
    assert room.letter(letter).state == "sending"


def test_two_tasks_cannot_have_one_name(room: LetterRoom) -> None:
    with pytest.raises(ValueError, match=STAMP):
        room.tasks.use_case(STAMP)(lambda work, subject: None)


def test_tasks_that_nobody_bound_do_not_run() -> None:
    tasks: TaskSet[None] = TaskSet("example")
    with pytest.raises(RuntimeError, match="not bound"):
        tasks.execute(uuid4())
