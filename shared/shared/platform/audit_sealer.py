"""Sealing of new audit events, by a process with the sealer's role and key."""

import hashlib

from sqlalchemy import bindparam, exists, func, insert
from sqlmodel import Session, col, select

from shared.platform.audit import FIRST_MAC, Head, SealedEvent, seal_mac
from shared.platform.clock import Clock, utc_now
from shared.platform.database import Sessions, plain_database_errors
from shared.platform.tables import AuditEvent, AuditSeal

BATCH = 2_000
# Numbers are given at insert and become visible at commit, so a lower one may appear later. Looking
# back this far finds it; a restart looks at everything.
LOOK_BACK = 10_000
_LOCK = int.from_bytes(hashlib.sha256(b"audit sealer").digest()[:8], signed=True)

EVENT_COLUMNS = [AuditEvent.__table__.c[name] for name in SealedEvent.__slots__]  # type: ignore[attr-defined]
# A relay asks both twice a second: to build them each time costs more than the answers.
_TRY_LOCK = select(func.pg_try_advisory_xact_lock(_LOCK))
_UNSEALED = (
    select(*EVENT_COLUMNS)
    .where(
        col(AuditEvent.id) > bindparam("floor"),
        ~exists().where(col(AuditSeal.event_id) == col(AuditEvent.id)),
    )
    .order_by(col(AuditEvent.id))
    .limit(BATCH)
)


class AuditSealer:
    """Extends the chain of one service."""

    def __init__(self, sessions: Sessions, key: bytes, *, clock: Clock = utc_now) -> None:
        self._sessions = sessions
        self._key = key
        self._clock = clock
        self._floor = 0

    def seal_new(self) -> int | None:
        """Seal what is new, up to 2,000 events, and return how many those were.

        None when another sealer is at work: only one is at a time.
        """
        with plain_database_errors(), self._sessions() as session, session.begin():
            if not session.connection().execute(_TRY_LOCK).scalar_one():
                return None
            events = self._unsealed(session)
            if events:
                self._append(session, events)
        if len(events) < BATCH:
            self._floor = max([self._floor, *(event.id - LOOK_BACK for event in events)])
        return len(events)

    def head(self) -> Head:
        with plain_database_errors(), self._sessions() as session:
            return _head(session)

    def _unsealed(self, session: Session) -> list[SealedEvent]:
        rows = session.connection().execute(_UNSEALED, {"floor": self._floor})
        return [SealedEvent(*row) for row in rows]

    def _append(self, session: Session, events: list[SealedEvent]) -> None:
        head, now, seals = _head(session), self._clock(), []
        for event in events:
            head = Head(head.size + 1, seal_mac(self._key, head, event, now))
            seals.append(
                {"seq": head.size, "event_id": event.id, "mac": head.mac, "sealed_at": now}
            )
        session.connection().execute(insert(AuditSeal), seals)


def _head(session: Session) -> Head:
    last = session.exec(
        select(AuditSeal.seq, AuditSeal.mac).order_by(col(AuditSeal.seq).desc()).limit(1)
    ).one_or_none()
    return Head(*last) if last else Head(0, FIRST_MAC)
