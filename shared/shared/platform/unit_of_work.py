"""One use case, one transaction: what was done, who did it and what follows commit together."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.domain.actor import Actor
from shared.domain.errors import NotPermitted
from shared.platform.clock import Clock, utc_now
from shared.platform.database import Sessions, plain_database_errors
from shared.platform.encryption import CaseVault
from shared.platform.tables import AuditEvent, Outbox

Fact = str | int | bool | None


class UnitOfWork:
    """An open session with who acts and when; the first parameter of every use case.

    A use case never commits: the edge that opened the work does.
    """

    def __init__(
        self, session: Session, actor: Actor, now: datetime, vault: CaseVault | None = None
    ) -> None:
        self.session = session
        self.actor = actor
        self.now = now
        self._vault = vault

    @property
    def vault(self) -> CaseVault:
        """Seals and opens the texts of a case. A service without case texts has none."""
        if self._vault is None:
            raise RuntimeError("this service keeps no case texts")
        return self._vault

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
        """Put `task` on the outbox; the same open task for the same subject is put once."""
        self.session.flush()
        entry = Outbox(task=task, subject=subject, created_at=self.now, next_at=next_at or self.now)
        self.session.execute(insert(Outbox).values(entry.model_dump()).on_conflict_do_nothing())


@contextmanager
def open_work(
    sessions: Sessions, actor: Actor, *, clock: Clock = utc_now, vault: CaseVault | None = None
) -> Iterator[UnitOfWork]:
    """Commit what was done inside, or roll all of it back when anything was raised."""
    with plain_database_errors(), sessions() as session, session.begin():
        yield UnitOfWork(session, actor, clock(), vault)
