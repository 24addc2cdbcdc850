"""Finding out whether anything in the audit was changed, removed, added or put back."""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from shared.platform.audit import FIRST_MAC, LONGEST_UNSEALED, Head, SealedEvent, seal_mac
from shared.platform.audit_checkpoint import Checkpoint, Forged
from shared.platform.audit_sealer import EVENT_COLUMNS
from shared.platform.database import Sessions, plain_database_errors
from shared.platform.tables import AuditEvent, AuditSeal

ROWS_AT_A_TIME = 5_000
# One is written every minute while the chain grows; without any for so long, somebody took it.
LONGEST_UNWITNESSED = timedelta(minutes=5)
FAULTS = (
    "altered",
    "missing",
    "unsealed",
    "late",
    "unwitnessed",
    "forged_checkpoints",
    "contradicted_checkpoints",
)
_SEAL_COLUMNS = [
    AuditSeal.__table__.c[name]  # type: ignore[attr-defined]
    for name in ("seq", "event_id", "mac", "sealed_at")
]


@dataclass
class AuditReport:
    """What `verify` found. Events by id, seals by number in the chain.

    `unsealed` are events without a seal, `late` those that were sealed too long after they
    happened: either the sealer stood still, or somebody wrote them afterwards. `unwitnessed` are
    seals that no later checkpoint speaks for although one is long due.
    """

    seals: int = 0
    altered: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    unsealed: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    unwitnessed: list[int] = field(default_factory=list)
    forged_checkpoints: list[str] = field(default_factory=list)
    contradicted_checkpoints: list[str] = field(default_factory=list)
    checkpoints: int = 0

    @property
    def is_clean(self) -> bool:
        return not any(self.faults.values())

    @property
    def faults(self) -> dict[str, int]:
        """How many of each kind."""
        return {kind: len(getattr(self, kind)) for kind in FAULTS}


def verify(
    sessions: Sessions,
    key: bytes,
    checkpoints: Iterable[Checkpoint | Forged],
    *,
    now: datetime,
) -> AuditReport:
    """Walk the whole chain and compare it with every checkpoint."""
    report = AuditReport()
    promised = _promised_heads(report, checkpoints)
    witnessed = max(promised, default=0)
    with plain_database_errors(), sessions() as session:
        # One snapshot, so that a seal of this moment is not seen without its event.
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        # All of the chain takes as long as it takes, unlike a request.
        session.connection().execute(text("SET LOCAL statement_timeout = 0"))
        head = Head(0, FIRST_MAC)
        for seal, event in _chain(session):
            head = _check_link(report, key, head, seal, event)
            _compare(report, promised.pop(seal.seq, []), seal.mac)
            if seal.seq > witnessed and now - seal.sealed_at > LONGEST_UNWITNESSED:
                report.unwitnessed.append(seal.seq)
        report.seals = head.size
        report.unsealed = _unsealed_too_long(session, now)
    for contradicted in promised.values():
        report.contradicted_checkpoints += [checkpoint.file.name for checkpoint in contradicted]
    return report


def _promised_heads(
    report: AuditReport, checkpoints: Iterable[Checkpoint | Forged]
) -> dict[int, list[Checkpoint]]:
    """Checkpoints by size. What is left of them at the end was cut off or rolled back."""
    promised: dict[int, list[Checkpoint]] = {}
    for checkpoint in checkpoints:
        report.checkpoints += 1
        if isinstance(checkpoint, Forged):
            report.forged_checkpoints.append(str(checkpoint))
        elif checkpoint.head.size > 0:
            promised.setdefault(checkpoint.head.size, []).append(checkpoint)
    return promised


def _chain(session: Session) -> Iterator[tuple[Any, SealedEvent | None]]:
    """Every seal in order, with its event if that is still there."""
    rows = (
        session.connection()
        .execution_options(yield_per=ROWS_AT_A_TIME)
        .execute(
            select(*_SEAL_COLUMNS, *EVENT_COLUMNS)
            .select_from(AuditSeal)
            .outerjoin(AuditEvent, col(AuditEvent.id) == col(AuditSeal.event_id))
            .order_by(col(AuditSeal.seq))
        )
    )
    width = len(_SEAL_COLUMNS)
    for row in rows:
        yield row, SealedEvent(*row[width:]) if row[width] is not None else None


def _check_link(
    report: AuditReport, key: bytes, previous: Head, seal: Any, event: SealedEvent | None
) -> Head:
    """Go on from the stored MAC, so that one change is reported once and in its place."""
    report.missing += range(previous.size + 1, seal.seq)
    if event is None:
        report.missing.append(seal.seq)
    else:
        before = Head(seal.seq - 1, previous.mac)
        if not hmac.compare_digest(seal_mac(key, before, event, seal.sealed_at), seal.mac):
            report.altered.append(event.id)
        if seal.sealed_at - event.at > LONGEST_UNSEALED:
            report.late.append(event.id)
    return Head(seal.seq, seal.mac)


def _compare(report: AuditReport, checkpoints: list[Checkpoint], mac: bytes) -> None:
    for checkpoint in checkpoints:
        if not hmac.compare_digest(checkpoint.head.mac, mac):
            report.contradicted_checkpoints.append(checkpoint.file.name)


def _unsealed_too_long(session: Session, now: datetime) -> list[int]:
    rows = session.exec(
        select(AuditEvent.id)
        .outerjoin(AuditSeal, col(AuditSeal.event_id) == col(AuditEvent.id))
        .where(col(AuditSeal.seq).is_(None), col(AuditEvent.at) < now - LONGEST_UNSEALED)
        .order_by(col(AuditEvent.id))
    )
    return [event_id for event_id in rows if event_id is not None]
