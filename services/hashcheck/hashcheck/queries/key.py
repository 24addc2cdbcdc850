"""The terms and the use of keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from shared.platform.account_tables import ApiKey
from sqlmodel import Session, col, func, select

from hashcheck.domain.key_terms import SANDBOX_QUOTA, SANDBOX_SCOPE, USUAL_QUOTA, Quota
from hashcheck.tables import KeyTerms, KeyUse


@dataclass(frozen=True, slots=True)
class Terms:
    """`networks` in CIDR notation; none means from anywhere."""

    networks: Sequence[str]
    quota: Quota


class KeyTotal(NamedTuple):
    """What all processes together counted: on the day, and in its newest minute since 1970."""

    key_id: str
    day: date
    asked: int
    minute: int
    minute_count: int


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as its page shows it. `used_on`: the last day (Amsterdam) on which it was used."""

    key: ApiKey
    terms: Terms
    used_on: date | None
    today: int

    @property
    def is_sandbox(self) -> bool:
        return self.key.scope == SANDBOX_SCOPE

    def is_live(self, now: datetime) -> bool:
        return self.key.revoked_at is None and self.key.expires_at > now


def key_terms(session: Session, key_id: str, *, is_sandbox: bool) -> Terms:
    """What was agreed, else what is usual."""
    found = session.get(KeyTerms, key_id)
    if found is None:
        return Terms((), SANDBOX_QUOTA if is_sandbox else USUAL_QUOTA)
    return Terms(tuple(found.networks), Quota(found.per_day, found.per_minute))


def key_total(session: Session, key_id: str, day: date) -> KeyTotal | None:
    found = session.get(KeyUse, (key_id, day))
    if found is None:
        return None
    return KeyTotal(key_id, day, found.count, found.minute, found.minute_count)


def keys_with_use(session: Session, client_id: UUID, today: date) -> list[KeyRow]:
    """Newest first."""
    keys = session.exec(
        select(ApiKey).where(ApiKey.client_id == client_id).order_by(col(ApiKey.created_at).desc())
    ).all()
    used = dict(
        session.exec(
            select(KeyUse.key_id, func.max(KeyUse.day))
            .where(col(KeyUse.key_id).in_([key.id for key in keys]))
            .group_by(col(KeyUse.key_id))
        ).all()
    )
    return [_row(session, key, used.get(key.id), today) for key in keys]


def _row(session: Session, key: ApiKey, used_on: date | None, today: date) -> KeyRow:
    terms = key_terms(session, key.id, is_sandbox=key.scope == SANDBOX_SCOPE)
    total = key_total(session, key.id, today) if used_on == today else None
    return KeyRow(key, terms, used_on, total.asked if total else 0)
