"""Questions about networks, providers and their abuse contacts."""

from uuid import UUID

from shared.domain.errors import NotFound
from sqlalchemy import Text, cast, func
from sqlalchemy.dialects.postgresql import INET
from sqlmodel import Session, col, select

from hotline.domain.hosting import NetworkFacts
from hotline.tables import AbuseContact, HostingProvider, IpNetwork


def network_of(session: Session, ip: str) -> NetworkFacts | None:
    """The smallest loaded network that holds an IP address."""
    covers = col(IpNetwork.prefix).op(">>=")(cast(ip, INET))
    row = session.exec(
        select(cast(IpNetwork.prefix, Text), IpNetwork.country, IpNetwork.asn, IpNetwork.as_name)
        .where(covers)
        .order_by(func.masklen(IpNetwork.prefix).desc())
        .limit(1)
    ).one_or_none()
    return NetworkFacts(*row) if row else None


def contact(session: Session, contact_id: UUID) -> AbuseContact:
    """Raises NotFound."""
    found = session.get(AbuseContact, contact_id)
    if found is None:
        raise NotFound
    return found


def hold_contact(session: Session, contact_id: UUID) -> None:
    """Let one transaction at a time put notices into the mails of a contact."""
    session.exec(
        select(AbuseContact.id).where(AbuseContact.id == contact_id).with_for_update(key_share=True)
    ).one()


def provider(session: Session, provider_id: UUID) -> HostingProvider:
    """Raises NotFound."""
    found = session.get(HostingProvider, provider_id)
    if found is None:
        raise NotFound
    return found


def provider_by_handle(session: Session, handle: str) -> HostingProvider | None:
    return session.exec(
        select(HostingProvider).where(HostingProvider.handle == handle)
    ).one_or_none()


def contact_by_email(session: Session, provider_id: UUID, email: str) -> AbuseContact | None:
    return session.exec(
        select(AbuseContact).where(
            AbuseContact.provider_id == provider_id, AbuseContact.email == email
        )
    ).one_or_none()


def contacts(session: Session, *, limit: int) -> list[tuple[AbuseContact, HostingProvider]]:
    """Abuse contacts with their providers; those that wait for approval first."""
    rows = session.exec(
        select(AbuseContact, HostingProvider)
        .join(HostingProvider, col(HostingProvider.id) == col(AbuseContact.provider_id))
        .order_by(col(AbuseContact.is_usable), col(HostingProvider.name), col(AbuseContact.email))
        .limit(limit)
    )
    return [(found, owner) for found, owner in rows]


def contacts_to_approve(session: Session) -> int:
    """How many contacts may not be written to (yet)."""
    return session.exec(
        select(func.count()).select_from(AbuseContact).where(~col(AbuseContact.is_usable))
    ).one()
