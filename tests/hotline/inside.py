"""The inside of the hotline on a real database, without pages: work as anybody, and what it left.

Times stand still until the clock is moved, so that every duration in a test is exact.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid5

from fastapi import FastAPI
from hotline.domain.policy import Policy
from hotline.domain.role import ROLES
from hotline.queries.takedown import notices_of
from shared.domain.actor import SYSTEM, Actor, ActorKind
from shared.platform.database import Sessions
from shared.platform.encryption import CaseVault
from shared.platform.tables import AuditEvent, Outbox
from shared.platform.unit_of_work import UnitOfWork, open_work
from sqlalchemy import update
from sqlmodel import select

from tests.applications import fixed_key
from tests.fakes import FrozenClock
from tests.hotline.pages.cases import Cases

PEOPLE = UUID("5c1f6f0e-3c1b-4a52-9d0a-1a1d2f6f3b11")
Result = TypeVar("Result")


def staff(role: str, name: str = "") -> Actor:
    """A person of this role; the same name is the same person."""
    name = name or f"test-{role}"
    return Actor(ActorKind.STAFF, name, uuid5(PEOPLE, name), ROLES[role])


ADA, BOB = staff("analyst", "ada"), staff("analyst", "bob")
SENIOR = staff("senior_analyst", "vera")
OFFICER = staff("ntd_officer", "ton")


@dataclass
class Hotline:
    """What use cases need of a process, with the published waits unless a test has others."""

    sessions: Sessions
    keys: Sessions
    clock: FrozenClock
    policy: Policy = field(default_factory=Policy)

    @property
    def vault(self) -> CaseVault:
        return CaseVault(self.keys, fixed_key("hotline master"), "hotline", clock=self.clock)

    def work(self, actor: Actor = SYSTEM) -> AbstractContextManager[UnitOfWork]:
        return open_work(self.sessions, actor, clock=self.clock, vault=self.vault)

    def do(self, act: Callable[..., Result], *given: object, by: Actor = SYSTEM) -> Result:
        """One use case in one transaction."""
        with self.work(by) as work:
            return act(work, *given)

    def ask(self, question: Callable[..., Result], *given: object, **more: object) -> Result:
        """The answer of one of the service's own queries."""
        with self.work() as work:
            return question(work.session, *given, **more)

    def rows(self, table: type[Result]) -> list[Result]:
        with self.work() as work:
            return list(work.session.exec(select(table)))

    def row(self, table: type[Result], key: object) -> Result:
        with self.work() as work:
            return work.session.get_one(table, key)

    def acts(self, *actions: str) -> list[AuditEvent]:
        """What was recorded, in order; of these kinds when some are named."""
        events = sorted(self.rows(AuditEvent), key=lambda event: event.id or 0)
        return [event for event in events if not actions or event.action in actions]

    def waiting(self) -> dict[tuple[str, UUID], datetime]:
        """What the outbox will do, by task and subject, and not before when."""
        return {
            (row.task, row.subject): row.next_at
            for row in self.rows(Outbox)
            if row.done_at is None and row.parked_at is None
        }

    def finish_outbox(self) -> None:
        """As if everything that waits had been done."""
        with self.work() as work:
            work.session.exec(update(Outbox).values(done_at=work.now))

    def mail_of(self, case_id: UUID) -> UUID:
        """The mail of the latest notice about a case."""
        return self.ask(notices_of, case_id)[-1].mail_id

    def cases(self) -> Cases:
        """Brings addresses into the state that a test is about."""
        state: Any = FastAPI()
        state.state.sessions, state.state.vault = self.sessions, self.vault
        state.state.clock, state.state.policy = self.clock, self.policy
        return Cases(state)
