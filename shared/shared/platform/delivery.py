"""How a published outbox row is worked on, once per request even when it is published often.

A use case task is one transaction: its effect and the row's end commit together. A delivery talks
to something outside and therefore has three steps: `claim` (a transaction that says what will be
sent), `send` (outside any transaction) and `settle` (a transaction that stores how it went).

    tasks: TaskSet[Adapters] = TaskSet("hotline")

    @tasks.use_case("hotline.process_report")
    def process_report(work: UnitOfWork, subject: UUID) -> None: ...

    tasks.delivery(
        "hotline.deliver_notice_mail",
        claim=notice_mail.claim,      # (work, subject) -> message, or None: nothing to send
        send=lambda mail: tasks.resources.mailer.send(mail),
        settle=notice_mail.settle,    # (work, subject, outcome) -> None
        give_up=notice_mail.give_up,  # (work, subject) -> None, when parked
    )

Who is killed between `send` and `settle` leaves a claim that runs out; the next attempt sees
`work.attempt` > 1 in `claim` and asks the receiver first where it can be asked. Who was only held
up and comes back after its claim ran out settles nothing: the attempt that took over does.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

import structlog
from opentelemetry.trace import SpanKind
from sqlalchemy import case, null, update
from sqlmodel import Session, col, select

from shared.domain.actor import Actor, ActorKind
from shared.domain.errors import Conflict, DomainError, Stale, TooMany, Unavailable
from shared.platform.clock import Clock, utc_now
from shared.platform.database import Sessions
from shared.platform.encryption import CaseVault
from shared.platform.failure import code_of, place_of
from shared.platform.metrics import count_attempt
from shared.platform.outbox import NEVER, USUAL_RULES, OutboxRules, Outcome, is_open
from shared.platform.tables import Outbox
from shared.platform.traces import span
from shared.platform.unit_of_work import Run, UnitOfWork, open_work

Resources = TypeVar("Resources")
Message = TypeVar("Message")
Reply = TypeVar("Reply")
Effect = Callable[[UnitOfWork, UUID], None]

# Refusals that may end by themselves. Any other refusal stays the same and is parked at once.
PASSING = (Unavailable, TooMany, Conflict, Stale)

log = structlog.get_logger()


class ClaimRanOut(Exception):
    """Another attempt took over meanwhile, so this one must leave no trace."""


@dataclass(frozen=True)
class _Task:
    name: str
    perform: Callable[["_Attempt"], Outcome]
    give_up: Effect | None


class _Attempt:
    """One run of a row: opens its transactions and ends the row inside one of them."""

    def __init__(self, runtime: "_Runtime", run: Run, subject: UUID) -> None:
        self._runtime = runtime
        self.run = run
        self.subject = subject

    def work(self) -> AbstractContextManager[UnitOfWork]:
        return self._runtime.open(self.run)

    def settled(self, work: UnitOfWork) -> None:
        """Done, unless it was asked for again meanwhile: then it is open and free once more.

        Raises ClaimRanOut.
        """
        work.session.flush()
        asked_again = col(Outbox.requests) != self.run.request
        still_ours = col(Outbox.attempts) == self.run.attempt
        ended = work.session.exec(
            update(Outbox)
            .where(col(Outbox.id) == self.run.outbox_id, is_open(), still_ours)
            .values(
                done_at=case((asked_again, null()), else_=work.now),
                attempts=case((asked_again, 0), else_=Outbox.attempts),
                lease_until=None,
                claimed_until=None,
                last_code="",
            )
        )
        if ended.rowcount != 1:
            raise ClaimRanOut


@dataclass(frozen=True)
class _Runtime:
    sessions: Sessions
    actor: Actor
    vault: CaseVault | None
    clock: Clock
    rules: OutboxRules

    def open(self, run: Run | None = None) -> AbstractContextManager[UnitOfWork]:
        return open_work(self.sessions, self.actor, clock=self.clock, vault=self.vault, run=run)


class TaskSet(Generic[Resources]):
    """The tasks of one service by name."""

    def __init__(self, service: str) -> None:
        self.service = service
        self._tasks: dict[str, _Task] = {}
        self._runtime: _Runtime | None = None
        self._resources: Resources | None = None

    @property
    def names(self) -> list[str]:
        return sorted(self._tasks)

    @property
    def resources(self) -> Resources:
        """What `send` needs from outside, as given to `bind`."""
        if self._resources is None:
            raise RuntimeError("tasks are not bound")
        return self._resources

    def bind(
        self,
        sessions: Sessions,
        resources: Resources,
        *,
        vault: CaseVault | None = None,
        clock: Clock = utc_now,
        rules: OutboxRules = USUAL_RULES,
    ) -> None:
        """Give the tasks of this process its database and its outside; a test gives fakes."""
        actor = Actor(ActorKind.SYSTEM, self.service)
        self._runtime = _Runtime(sessions, actor, vault, clock, rules)
        self._resources = resources

    def use_case(self, name: str, *, give_up: Effect | None = None) -> Callable[[Effect], Effect]:
        def register(effect: Effect) -> Effect:
            def perform(attempt: _Attempt) -> Outcome:
                with attempt.work() as work:
                    effect(work, attempt.subject)
                    attempt.settled(work)
                return Outcome.DONE

            self._add(_Task(name, perform, give_up))
            return effect

        return register

    def delivery(
        self,
        name: str,
        *,
        claim: Callable[[UnitOfWork, UUID], Message | None],
        send: Callable[[Message], Reply],
        settle: Callable[[UnitOfWork, UUID, Reply], None],
        give_up: Effect | None = None,
    ) -> None:
        def perform(attempt: _Attempt) -> Outcome:
            with attempt.work() as work:
                message = claim(work, attempt.subject)
                if message is None:
                    attempt.settled(work)
                    return Outcome.DONE
                repeats = work.repeats or work.attempt > 1
            reply = send(message)
            with attempt.work() as work:
                settle(work, attempt.subject, reply)
                attempt.settled(work)
            return Outcome.REPEATED if repeats else Outcome.DONE

        self._add(_Task(name, perform, give_up))

    def _add(self, task: _Task) -> None:
        if task.name in self._tasks:
            raise ValueError(f"two tasks are called {task.name}")
        self._tasks[task.name] = task

    def execute(self, outbox_id: UUID) -> Outcome:
        """Make one attempt at a row. Done, parked, early or claimed rows are left alone.

        Never raises for what goes wrong in the task: that is written to the row.
        """
        if self._runtime is None:
            raise RuntimeError("tasks are not bound")
        begun = self._begin(self._runtime, outbox_id)
        if isinstance(begun, Outcome):
            return begun
        task, attempt = begun
        began_at = time.perf_counter()
        with span(task.name, SpanKind.CONSUMER) as current:
            outcome = self._perform(self._runtime, task, attempt)
            current.set_attributes({"task": task.name, "outcome": outcome.value})
        count_attempt(self.service, task.name, outcome, time.perf_counter() - began_at)
        return outcome

    def _perform(self, runtime: _Runtime, task: _Task, attempt: _Attempt) -> Outcome:
        try:
            return task.perform(attempt)
        except ClaimRanOut:
            return Outcome.IDLE
        except Exception as error:  # noqa: BLE001  the edge of the process: one row, one failure
            return self._failed(runtime, task, attempt, error)

    def _begin(self, runtime: _Runtime, outbox_id: UUID) -> tuple[_Task, _Attempt] | Outcome:
        """Claim the row in a transaction of its own, so that a killed worker is counted too."""
        with runtime.open() as work:
            row = _locked(work.session, outbox_id)
            task = self._tasks.get(row.task) if row else None
            if row is None or task is None or not _is_ready(row, work.now):
                return Outcome.IDLE
            if row.claimed_until is not None:
                count_attempt(self.service, row.task, Outcome.LOST)
            if row.attempts >= runtime.rules.attempts:
                _park(work, row, task, "lost")
                count_attempt(self.service, row.task, Outcome.PARKED)
                return Outcome.PARKED
            # A later date set while a lost attempt ran is a request of its own.
            later = row.claimed_until is not None and work.now < row.next_at < NEVER
            row.attempts += 1
            row.claimed_until = row.lease_until = work.now + runtime.rules.claim
            if not later:
                row.next_at = NEVER
            run = Run(row.id, row.attempts, row.requests - int(later))
            return task, _Attempt(runtime, run, row.subject)

    def _failed(
        self, runtime: _Runtime, task: _Task, attempt: _Attempt, error: Exception
    ) -> Outcome:
        code = code_of(error)
        with runtime.open() as work:
            row = _locked(work.session, attempt.run.outbox_id)
            if row is None or row.attempts != attempt.run.attempt:
                return Outcome.IDLE
            log.warning(
                "task_failed",
                task=row.task,
                code=code,
                attempt=row.attempts,
                outbox_id=str(row.id),
                place=place_of(error),
            )
            lasting = isinstance(error, DomainError) and not isinstance(error, PASSING)
            if lasting or row.attempts >= runtime.rules.attempts:
                _park(work, row, task, code)
                return Outcome.PARKED
            pause = runtime.rules.pause_after(row.attempts)
            if isinstance(error, DomainError) and error.retry_after:
                pause = max(pause, error.retry_after)
            row.next_at = min(row.next_at, work.now + pause)
            row.lease_until = row.claimed_until = None
            row.last_code = code
            return Outcome.LATER


def _locked(session: Session, outbox_id: UUID) -> Outbox | None:
    return session.exec(
        select(Outbox).where(Outbox.id == outbox_id, is_open()).with_for_update()
    ).one_or_none()


def _is_ready(row: Outbox, now: datetime) -> bool:
    return (row.claimed_until or row.next_at) <= now


def _park(work: UnitOfWork, row: Outbox, task: _Task, code: str) -> None:
    """Take a row out of the way for a person; what it stands for says so itself in `give_up`."""
    row.parked_at = work.now
    row.last_code = code
    row.lease_until = row.claimed_until = None
    work.record("outbox.parked", row.subject, reason=code, task=row.task, attempts=row.attempts)
    if task.give_up:
        task.give_up(work, row.subject)
