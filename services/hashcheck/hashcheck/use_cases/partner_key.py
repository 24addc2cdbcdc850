"""Keys with which partners sign their lists: two people agree on one, any steward stops it."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from shared.domain.content_hash import ContentHash
from shared.domain.errors import Conflict, Invalid, NotPermitted
from shared.platform.database import plain_database_errors
from shared.platform.unit_of_work import UnitOfWork

from hashcheck import queries
from hashcheck.domain.partner_list import check_confirmation
from hashcheck.domain.role import Permission
from hashcheck.queries.partner_list import partner_key
from hashcheck.tables import Honeypot, PartnerKey

MOST_HONEYPOTS = 20


def propose_key(
    work: UnitOfWork, list_id: UUID, public_key: bytes, honeypots: Sequence[ContentHash]
) -> UUID:
    """Put a key before a second person, with the hashes that every file has to have.

    `public_key`: 32 bytes of Ed25519. Raises NotFound, Invalid `honeypots_missing`, Conflict
    `already_exists`.
    """
    work.require(Permission.DECIDE_ENTRIES)
    if work.actor.id is None:
        raise NotPermitted
    if not 0 < len(honeypots) <= MOST_HONEYPOTS:
        raise Invalid("honeypots_missing", fields=("honeypots",))
    queries.hash_list(work.session, list_id)
    made = PartnerKey(
        id=uuid4(),
        list_id=list_id,
        public_key=public_key,
        proposed_by=work.actor.id,
        proposed_at=work.now,
    )
    with plain_database_errors():
        work.session.add(made)
        work.session.flush()
    work.session.add_all(
        Honeypot(key_id=made.id, type=each.type, digest=each.digest) for each in set(honeypots)
    )
    work.record("partner_key.proposed", made.id, honeypots=len(set(honeypots)))
    return made.id


def confirm_key(work: UnitOfWork, key_id: UUID) -> UUID:
    """Files signed with this key are taken from now on: a second person agrees. Returns the list.

    Raises NotFound, NotPermitted `second_person_needed`, Conflict `not_awaiting_decision`.
    """
    work.require(Permission.DECIDE_ENTRIES)
    key = partner_key(work.session, key_id)
    is_open = key.confirmed_by is None and key.stopped_by is None
    check_confirmation(key.proposed_by, work.actor.id, is_open=is_open)
    key.confirmed_by, key.confirmed_at = work.actor.id, work.now
    work.record("partner_key.confirmed", key.id)
    return key.list_id


def stop_key(work: UnitOfWork, key_id: UUID) -> UUID:
    """Take no file signed with this key any more; one person is enough. Returns the list."""
    work.require(Permission.DECIDE_ENTRIES)
    key = partner_key(work.session, key_id)
    if key.stopped_by is not None:
        raise Conflict("not_awaiting_decision")
    key.stopped_by, key.stopped_at = work.actor.id, work.now
    work.record("partner_key.stopped", key.id)
    return key.list_id
