"""Alarms about how clients ask, and who is held back for it."""

from datetime import datetime
from uuid import UUID

from shared.domain.content_hash import HashType
from shared.domain.errors import NotFound
from shared.platform.account_tables import ApiClient
from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select

from hashcheck.domain.probing import Probing
from hashcheck.tables import HeldClient, Hit, ProbeAlarm

MOST_ALARMS = 100


def alarms(session: Session) -> list[tuple[ProbeAlarm, str]]:
    """With the name of the client: the open ones first, each kind newest first."""
    is_answered = col(ProbeAlarm.acknowledged_at).is_not(None)
    return list(
        session.exec(
            select(ProbeAlarm, ApiClient.name)
            .join(ApiClient, col(ApiClient.id) == col(ProbeAlarm.client_id))
            .order_by(is_answered, col(ProbeAlarm.raised_at).desc())
            .limit(MOST_ALARMS)
        )
    )


def open_alarm_count(session: Session) -> int:
    is_open = col(ProbeAlarm.acknowledged_at).is_(None)
    return session.exec(select(func.count()).select_from(ProbeAlarm).where(is_open)).one()


def locked_alarm(session: Session, alarm_id: UUID) -> ProbeAlarm:
    """Raises NotFound."""
    found = session.get(ProbeAlarm, alarm_id, with_for_update=True)
    if found is None:
        raise NotFound
    return found


def was_raised(session: Session, client_id: UUID, kind: Probing, since: datetime) -> bool:
    same = (ProbeAlarm.client_id == client_id, ProbeAlarm.kind == kind)
    newest = select(ProbeAlarm.id).where(*same, ProbeAlarm.raised_at >= since).limit(1)
    return session.exec(newest).first() is not None


def held_client(
    session: Session, client_id: UUID, *, for_update: bool = False
) -> HeldClient | None:
    """None for a client that may check."""
    held = select(HeldClient).where(
        HeldClient.client_id == client_id, col(HeldClient.released_at).is_(None)
    )
    return session.exec(held.with_for_update() if for_update else held).one_or_none()


def held_clients(session: Session) -> set[UUID]:
    """Those whose checks are refused now."""
    held = select(HeldClient.client_id).where(col(HeldClient.released_at).is_(None))
    return set(session.exec(held))


def last_release(session: Session, client_id: UUID) -> datetime | None:
    newest = select(func.max(HeldClient.released_at)).where(HeldClient.client_id == client_id)
    return session.exec(newest).one()


def most_distances(session: Session, caller: str, since: datetime) -> int:
    """At how many different distances one entry was hit by its PDQ, of the entry with the most."""
    of_entry = (
        columns(func.count(func.distinct(col(Hit.distance))).label("distances"))
        .where(col(Hit.caller) == caller, col(Hit.at) >= since)
        .where(col(Hit.hash_type) == HashType.PDQ, col(Hit.distance) > 0)
        .group_by(col(Hit.entry_id))
        .subquery()
    )
    most = columns(func.coalesce(func.max(of_entry.c.distances), 0))
    return int(session.execute(most).scalar_one())
