"""A hosting company gets a sandbox key and its own page by itself, through a mailed link.

Nobody learns from it whether a mailbox is known: the answer is the same, only the mail is not.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from shared.domain.actor import ActorKind
from shared.domain.errors import Conflict, NotFound, NotPermitted, TooMany
from shared.platform.api_key import ClientDesk
from shared.platform.unit_of_work import UnitOfWork
from sqlmodel import col, delete

from hashcheck import queries
from hashcheck.domain.access import (
    LINK_LIFE,
    LINKS_ARE_KEPT,
    MOST_LINKS,
    MOST_SANDBOXES,
    SESSION_LIFE,
    Letter,
    company_in,
    mailbox_in,
)
from hashcheck.domain.key_terms import SANDBOX_LIFE, SANDBOX_SCOPE
from hashcheck.domain.role import Permission
from hashcheck.tables import AccessLink, ClientContact, ClientSession
from hashcheck.use_cases.client import replaced_key, revoke_own_key

TOKEN_BYTES = 32
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entered:
    """The session of who came by a link; `key` is a new sandbox key, if one was asked for."""

    session_token: str
    key: str = ""


def ask_sandbox(work: UnitOfWork, company: str, mailbox: str) -> Letter:
    """A link that makes a client with a sandbox key; to its own page for who is known already.

    Raises Invalid, TooMany `too_many_links`, `sandbox_busy`.
    """
    name, to = company_in(company), mailbox_in(mailbox)
    if queries.sandbox_count(work.session, work.now - DAY) >= MOST_SANDBOXES:
        raise TooMany("sandbox_busy", retry_after=HOUR)
    is_known = queries.contact_at(work.session, to) is not None
    return _new_link(work, to, "" if is_known else name)


def ask_link(work: UnitOfWork, mailbox: str) -> Letter | None:
    """A link to the page of a client; None for a mailbox that is nobody's.

    Raises Invalid, TooMany `too_many_links`.
    """
    letter = _new_link(work, mailbox_in(mailbox), "")
    return letter if queries.contact_at(work.session, letter.mailbox) else None


def is_open(work: UnitOfWork, token: str) -> bool:
    return queries.open_link(work.session, hash_of(token), work.now) is not None


def use_link(work: UnitOfWork, desk: ClientDesk, token: str) -> Entered:
    """Works once. Raises NotFound `link_ended`."""
    link = queries.open_link(work.session, hash_of(token), work.now, for_update=True)
    if link is None:
        raise NotFound("link_ended")
    link.used_at = work.now
    contact, key = queries.contact_at(work.session, link.mailbox), ""
    if contact is None and link.company:
        contact, key = _make_sandbox(work, desk, link)
    if contact is None:
        raise NotFound("link_ended")
    session_token = secrets.token_urlsafe(TOKEN_BYTES)
    work.session.add(
        ClientSession(
            token_hash=hash_of(session_token),
            contact_id=contact.id,
            created_at=work.now,
            expires_at=work.now + SESSION_LIFE,
        )
    )
    work.record("client_contact.entered", contact.client_id)
    return Entered(session_token, key)


def leave(work: UnitOfWork, session_token: str) -> None:
    ended = col(ClientSession.token_hash) == hash_of(session_token)
    work.session.exec(delete(ClientSession).where(ended))


def add_contact(work: UnitOfWork, client_id: UUID, mailbox: str) -> None:
    """Who may see the page of a client. Raises Invalid, NotFound, Conflict `mailbox_taken`."""
    work.require(Permission.EDIT_CLIENTS)
    client, typed = queries.client(work.session, client_id), mailbox_in(mailbox)
    if queries.contact_at(work.session, typed):
        raise Conflict("mailbox_taken", fields=("mailbox",))
    work.session.add(ClientContact(client_id=client.id, mailbox=typed, created_at=work.now))
    work.record("client_contact.added", client.id)


def remove_contact(work: UnitOfWork, client_id: UUID, contact_id: UUID) -> None:
    """Ends their sessions too. Raises NotFound."""
    work.require(Permission.EDIT_CLIENTS)
    contact = work.session.get(ClientContact, contact_id)
    if contact is None or contact.client_id != client_id:
        raise NotFound
    work.session.delete(contact)
    work.record("client_contact.removed", client_id)


def replace_own_key(work: UnitOfWork, desk: ClientDesk, key_id: str) -> str:
    """As `client.replace_key`, by the client itself."""
    return replaced_key(work, desk, _own_client(work), key_id)


def withdraw_own_key(work: UnitOfWork, desk: ClientDesk, key_id: str) -> None:
    """Raises NotFound, also for a key of another client."""
    revoke_own_key(work, desk, _own_client(work), key_id)


def hash_of(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _own_client(work: UnitOfWork) -> UUID:
    if work.actor.kind is not ActorKind.CLIENT or work.actor.id is None:
        raise NotPermitted
    return work.actor.id


def _new_link(work: UnitOfWork, mailbox: str, company: str) -> Letter:
    _forget_old_links(work, work.now - LINKS_ARE_KEPT)
    if queries.link_count(work.session, mailbox, work.now - HOUR) >= MOST_LINKS:
        raise TooMany("too_many_links", retry_after=HOUR)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    work.session.add(
        AccessLink(
            token_hash=hash_of(token),
            mailbox=mailbox,
            company=company,
            created_at=work.now,
            expires_at=work.now + LINK_LIFE,
        )
    )
    return Letter(mailbox, token, bool(company), work.now)


def _make_sandbox(
    work: UnitOfWork, desk: ClientDesk, link: AccessLink
) -> tuple[ClientContact, str]:
    """Anybody may call themselves anything: the name says that nobody looked at it."""
    name = f"{link.company} (sandbox {secrets.token_hex(3)})"
    client_id = desk.create_client(work, name)
    contact = ClientContact(client_id=client_id, mailbox=link.mailbox, created_at=work.now)
    work.session.add(contact)
    work.session.flush()
    return contact, desk.issue_key(work, client_id, SANDBOX_SCOPE, SANDBOX_LIFE)


def _forget_old_links(work: UnitOfWork, before: datetime) -> None:
    work.session.exec(delete(AccessLink).where(col(AccessLink.created_at) < before))
    work.session.exec(delete(ClientSession).where(col(ClientSession.expires_at) < before))
