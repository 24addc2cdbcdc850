"""Clients with their keys and terms, and staff by role."""

from collections.abc import Sequence
from uuid import UUID

from shared.domain.errors import NotFound
from shared.platform.account_tables import ApiClient, ApiKey, StaffAccount
from sqlmodel import Session, col, select

from hashcheck.tables import ClientTerms


def clients(session: Session) -> Sequence[ApiClient]:
    return session.exec(select(ApiClient).order_by(ApiClient.name)).all()


def client(session: Session, client_id: UUID) -> ApiClient:
    """Raises NotFound."""
    found = session.get(ApiClient, client_id)
    if found is None:
        raise NotFound
    return found


def keys_of(session: Session, client_id: UUID) -> Sequence[ApiKey]:
    """Newest first."""
    return session.exec(
        select(ApiKey).where(ApiKey.client_id == client_id).order_by(col(ApiKey.created_at).desc())
    ).all()


def may_send_pictures(session: Session, client_id: UUID) -> bool:
    terms = session.get(ClientTerms, client_id)
    return terms is not None and terms.pictures_allowed


def staff_with_role(session: Session, role: str) -> list[tuple[UUID, str]]:
    """Id and name of the accounts with a role that are in use, the oldest first."""
    return list(
        session.exec(
            select(StaffAccount.id, StaffAccount.name)
            .where(StaffAccount.role == role, col(StaffAccount.disabled_at).is_(None))
            .order_by(col(StaffAccount.created_at), col(StaffAccount.name))
        )
    )
