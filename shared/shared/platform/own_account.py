"""What a member of staff does with their own account, and an administrator with the accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from shared.domain.errors import Invalid, NotAuthenticated, NotFound
from shared.platform.account_tables import StaffAccount, StaffSession
from shared.platform.passwords import hash_password, password_fits
from shared.platform.staff import LONGEST_SESSION, StaffDesk
from shared.platform.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A browser in which this account is signed in. Which browser is not known."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime


def open_sessions(work: UnitOfWork) -> list[OpenSession]:
    """The sessions of who asks that still work, the latest first."""
    rows = work.session.exec(
        select(StaffSession)
        .where(
            StaffSession.account_id == work.actor.id,
            col(StaffSession.ended_at).is_(None),
            col(StaffSession.second_factor_at).is_not(None),
            col(StaffSession.created_at) > work.now - LONGEST_SESSION,
        )
        .order_by(col(StaffSession.last_seen_at).desc())
    )
    return [OpenSession(row.id, row.created_at, row.last_seen_at) for row in rows]


def end_session(work: UnitOfWork, session_id: UUID) -> None:
    """Raises NotFound for a session of somebody else."""
    row = work.session.exec(
        select(StaffSession).where(
            StaffSession.id == session_id, StaffSession.account_id == work.actor.id
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    row.ended_at = row.ended_at or work.now
    work.record("staff.session_ended", row.id)


def change_password(work: UnitOfWork, desk: StaffDesk, current: str, new: str) -> None:
    """Ends every session of the account, this one as well.

    Wrong ones count with those at the door: who found an open browser may not try for ever.

    Raises NotAuthenticated `wrong_password`, TooMany, Invalid `password_length`,
    `password_too_guessable` or `password_the_same`.
    """
    account = work.session.get(StaffAccount, work.actor.id, with_for_update=True)
    if account is None:
        raise NotAuthenticated
    desk.refuse_throttled(account.name, work.now)
    if not password_fits(current, account.password_hash):
        desk.count_failure(account.name, work.now)
        raise NotAuthenticated("wrong_password", fields=("current",))
    if new == current:
        raise Invalid("password_the_same", fields=("password",))
    account.password_hash = hash_password(new, name=account.name)
    account.password_changed_at = work.now
    work.session.exec(
        update(StaffSession)
        .where(col(StaffSession.account_id) == account.id, col(StaffSession.ended_at).is_(None))
        .values(ended_at=work.now)
    )
    work.record("staff.password_changed", account.id)


def staff_accounts(work: UnitOfWork) -> Sequence[StaffAccount]:
    """Every account, those in use first, by name."""
    order = (col(StaffAccount.disabled_at).is_not(None), col(StaffAccount.name))
    return work.session.exec(select(StaffAccount).order_by(*order)).all()
