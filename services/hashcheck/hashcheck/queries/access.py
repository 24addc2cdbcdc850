"""Who may see a client's own page, and what they told."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.platform.account_tables import ApiClient
from sqlmodel import Session, col, func, select

from hashcheck.tables import AccessLink, ClientContact, ClientSession, HitReport

MOST_REPORTS = 50


def contact_at(session: Session, mailbox: str) -> ClientContact | None:
    return session.exec(select(ClientContact).where(ClientContact.mailbox == mailbox)).first()


def contacts_of(session: Session, client_id: UUID) -> Sequence[ClientContact]:
    return session.exec(
        select(ClientContact)
        .where(ClientContact.client_id == client_id)
        .order_by(ClientContact.mailbox)
    ).all()


def contact_of_session(
    session: Session, token_hash: bytes, now: datetime
) -> tuple[ClientContact, ApiClient] | None:
    """None for a session that ended and for a client that may not check any more."""
    return session.exec(
        select(ClientContact, ApiClient)
        .join(ClientSession, col(ClientSession.contact_id) == col(ClientContact.id))
        .join(ApiClient, col(ApiClient.id) == col(ClientContact.client_id))
        .where(
            ClientSession.token_hash == token_hash,
            ClientSession.expires_at > now,
            col(ApiClient.disabled_at).is_(None),
        )
    ).first()


def link_count(session: Session, mailbox: str, since: datetime) -> int:
    wanted = (AccessLink.mailbox == mailbox, AccessLink.created_at > since)
    return session.exec(select(func.count()).select_from(AccessLink).where(*wanted)).one()


def sandbox_count(session: Session, since: datetime) -> int:
    wanted = (AccessLink.company != "", AccessLink.created_at > since)
    return session.exec(select(func.count()).select_from(AccessLink).where(*wanted)).one()


def open_link(
    session: Session, token_hash: bytes, now: datetime, *, for_update: bool = False
) -> AccessLink | None:
    """None for one that is not, ran out or was used."""
    found = session.get(AccessLink, token_hash, with_for_update=True if for_update else None)
    if found is None or found.used_at is not None or found.expires_at <= now:
        return None
    return found


def latest_reports(session: Session, caller: str) -> Sequence[HitReport]:
    """What a client told about its hits, newest first."""
    return session.exec(
        select(HitReport)
        .where(HitReport.caller == caller)
        .order_by(col(HitReport.reported_at).desc())
        .limit(MOST_REPORTS)
    ).all()
