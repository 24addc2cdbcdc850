"""Letters that the example service delivers to a post office which tells them apart or does not."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from shared.domain.actor import SYSTEM
from shared.platform.clock import Clock
from shared.platform.database import Sessions
from shared.platform.delivery import TaskSet
from shared.platform.outbox import OutboxRules
from shared.platform.tables import Outbox
from shared.platform.unit_of_work import UnitOfWork, open_work
from sqlmodel import select

from tests.shared.example.tables import Letter

DELIVER = "example.deliver_letter"
STAMP = "example.stamp_letter"


class Killed(BaseException):
    """What kill -9 looks like from inside: nothing after it runs, no handler either."""


@dataclass
class PostOffice:
    """Counts every physical arrival under the reference that came with it.

    `fault` is raised with the next letter: before it was taken, or after when `takes_first`.
    """

    arrivals: Counter[UUID] = field(default_factory=Counter)
    fault: BaseException | None = None
    takes_first: bool = False

    def has(self, reference: UUID) -> bool:
        return reference in self.arrivals

    def take(self, reference: UUID) -> None:
        fault, self.fault = self.fault, None
        if fault is None or self.takes_first:
            self.arrivals[reference] += 1
        if fault:
            raise fault


@dataclass
class LetterRoom:
    """The tasks of the example service, bound to a database and a post office."""

    sessions: Sessions
    clock: Clock
    rules: OutboxRules = field(default_factory=OutboxRules)
    can_be_asked: bool = False
    office: PostOffice = field(default_factory=PostOffice)

    def __post_init__(self) -> None:
        self.tasks: TaskSet[PostOffice] = TaskSet("example")
        self.tasks.bind(self.sessions, self.office, clock=self.clock, rules=self.rules)
        self.tasks.delivery(
            DELIVER,
            claim=self._claim,
            send=self._send,
            settle=lambda work, letter_id, _: _write_state(work, letter_id, "delivered"),
            give_up=lambda work, letter_id: _write_state(work, letter_id, "given up"),
        )
        self.tasks.use_case(STAMP)(_stamp)

    def new_letter(self, task: str = DELIVER, next_at: datetime | None = None) -> UUID:
        """A letter that waits, and its row on the outbox: the ids are those of the letter."""
        letter = Letter(id=uuid4())
        with open_work(self.sessions, SYSTEM, clock=self.clock) as work:
            work.session.add(letter)
            work.enqueue(task, letter.id, next_at=next_at)
        return letter.id

    def ask_again(self, letter_id: UUID, task: str = DELIVER) -> None:
        with open_work(self.sessions, SYSTEM, clock=self.clock) as work:
            work.enqueue(task, letter_id)

    def letter(self, letter_id: UUID) -> Letter:
        with self.sessions() as session:
            return session.get_one(Letter, letter_id)

    def row(self, letter_id: UUID) -> Outbox:
        with self.sessions() as session:
            return session.exec(select(Outbox).where(Outbox.subject == letter_id)).one()

    def _claim(self, work: UnitOfWork, letter_id: UUID) -> UUID | None:
        letter = work.session.get_one(Letter, letter_id)
        if work.attempt > 1 and self.can_be_asked and self.office.has(letter_id):
            letter.state = "delivered"
            return None
        letter.state = "sending"
        return letter_id

    def _send(self, letter_id: UUID) -> None:
        self.tasks.resources.take(letter_id)


def _write_state(work: UnitOfWork, letter_id: UUID, state: str) -> None:
    work.session.get_one(Letter, letter_id).state = state
    work.record(f"letter.{state.replace(' ', '_')}", letter_id)


def _stamp(work: UnitOfWork, letter_id: UUID) -> None:
    work.session.get_one(Letter, letter_id).arrivals += 1
