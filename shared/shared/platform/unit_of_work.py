"""One use case, one transaction: what was done, who did it and what follows commit together."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from shared.domain.actor import Actor
from shared.domain.errors import NotPermitted
from shared.platform.clock import Clock, utc_now
from shared.platform.database import Sessions, plain_database_errors
from shared.platform.encryption import CaseVault
from shared.platform.tables import IS_OPEN, AuditEvent, Outbox

Fact = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt at an outbox row. `request` grows when it was asked for again while open."""

    outbox_id: UUID
    attempt: int
    request: int


class UnitOfWork:
    """An open session with who acts and when; the first parameter of every use case.

    A use case never commits: the edge that opened the work does. A `claim` says with `repeats` that
    what it lets be sent may have arrived before.
    """

    def __init__(
        self,
        session: Session,
        actor: Actor,
        now: datetime,
        vault: CaseVault | None = None,
        run: Run | None = None,
    ) -> None:
        self.session = session
        self.actor = actor
        self.now = now
        self.run = run
        self.repeats = False
        self._vault = vault

    @property
    def vault(self) -> CaseVault:
        """Seals and opens the texts of a case. A service without case texts has none."""
        if self._vault is None:
            raise RuntimeError("this service keeps no case texts")
        return self._vault

    @property
    def attempt(self) -> int:
        """Which attempt at an outbox row this is; from 2 on an earlier one may have arrived."""
        return self.run.attempt if self.run else 1

    def require(self, permission: str) -> None:
        """Raise NotPermitted unless the actor holds `permission`."""
        if not self.actor.may(permission):
            raise NotPermitted

    def record(
        self, action: str, object_id: UUID | None = None, *, reason: str = "", **facts: Fact
    ) -> None:
        """Write the audit event of this act; `facts` are ids, codes and counts, never texts."""
        self.session.add(
            AuditEvent(
                at=self.now,
                actor_kind=self.actor.kind.value,
                actor_name=self.actor.name,
                actor_id=self.actor.id,
                action=action,
                object_id=object_id,
                reason=reason,
                facts=facts,
            )
        )

    def enqueue(self, task: str, subject: UUID, *, next_at: datetime | None = None) -> None:
        """Put `task` on the outbox, not to be started before `next_at` (default: at once).

        There is one open row per task and subject. Asking again moves it forward if `next_at` is
        earlier, and lets it run once more when it is being worked on already.
        """
        self.session.flush()
        entry = Outbox(task=task, subject=subject, created_at=self.now, next_at=next_at or self.now)
        put = insert(Outbox).values(entry.model_dump())
        self.session.execute(
            put.on_conflict_do_update(
                index_elements=["task", "subject"],
                index_where=IS_OPEN,
                set_={
                    "requests": Outbox.__table__.c.requests + 1,  # type: ignore[attr-defined]
                    "next_at": func.least(Outbox.next_at, put.excluded.next_at),
                },
            )
        )

    def announce(self, event: str, destination: str, subject: UUID) -> None:
        """Send `event` about `subject` to another service, after the commit.

        Its content is built from ids when it is delivered (`shared.platform.events`).
        """
        self.enqueue(announcement(event, destination), subject)


def announcement(event: str, destination: str) -> str:
    """The name of the task that delivers `event` to `destination`."""
    return f"announce:{event}:{destination}"


@contextmanager
def open_work(
    sessions: Sessions,
    actor: Actor,
    *,
    clock: Clock = utc_now,
    vault: CaseVault | None = None,
    run: Run | None = None,
) -> Iterator[UnitOfWork]:
    """Commit what was done inside, or roll all of it back when anything was raised."""
    with plain_database_errors(), sessions() as session, session.begin():
        yield UnitOfWork(session, actor, clock(), vault, run)
