"""API clients: who they are, their keys, and what was agreed with them."""

from collections.abc import Sequence
from uuid import UUID

from shared.domain.errors import Conflict, NotFound
from shared.platform.account_tables import ApiKey
from shared.platform.api_key import KEY_LIFE, ClientDesk
from shared.platform.unit_of_work import UnitOfWork
from sqlalchemy.dialects.postgresql import insert

from hashcheck import queries
from hashcheck.domain.check import SCOPE
from hashcheck.domain.key_terms import ROTATION_OVERLAP, SANDBOX_LIFE, SANDBOX_SCOPE, Quota
from hashcheck.domain.role import Permission
from hashcheck.tables import ClientTerms, KeyTerms


def add_client(work: UnitOfWork, desk: ClientDesk, name: str) -> UUID:
    """Raises Conflict `name_taken`."""
    work.require(Permission.EDIT_CLIENTS)
    return desk.create_client(work, name)


def issue_key(work: UnitOfWork, desk: ClientDesk, client_id: UUID) -> str:
    """A key for checks, never to be seen again. Raises NotFound, Conflict `two_keys_live`."""
    work.require(Permission.EDIT_CLIENTS)
    return desk.issue_key(work, client_id, SCOPE)


def replace_key(work: UnitOfWork, desk: ClientDesk, client_id: UUID, key_id: str) -> str:
    """A new key on the same terms; the one it replaces works on for two weeks at most.

    Raises NotFound, also for a key of another client, Conflict `two_keys_live`, `key_not_live`.
    """
    work.require(Permission.EDIT_CLIENTS)
    return replaced_key(work, desk, client_id, key_id)


def replaced_key(work: UnitOfWork, desk: ClientDesk, client_id: UUID, key_id: str) -> str:
    old = _key_of(work, client_id, key_id)
    if old.revoked_at is not None or old.expires_at <= work.now:
        raise Conflict("key_not_live")
    life = SANDBOX_LIFE if old.scope == SANDBOX_SCOPE else KEY_LIFE
    made = desk.issue_key(work, client_id, old.scope, life)
    terms = work.session.get(KeyTerms, key_id)
    if terms:
        same = terms.model_dump() | {"key_id": made.split("_")[1]}
        work.session.add(KeyTerms(**same))
    old.expires_at = min(old.expires_at, work.now + ROTATION_OVERLAP)
    work.record("api_key.replaced", client_id, key=key_id)
    return made


def set_key_terms(
    work: UnitOfWork, client_id: UUID, key_id: str, networks: Sequence[str], quota: Quota
) -> None:
    """From where and how much may be asked with a key; effective within a second.

    `networks` as `domain.key_terms.networks_in` reads them. Raises NotFound.
    """
    work.require(Permission.EDIT_CLIENTS)
    key = _key_of(work, client_id, key_id)
    agreed = {
        "networks": list(networks),
        "per_day": quota.per_day,
        "per_minute": quota.per_minute,
    }
    terms = insert(KeyTerms).values(key_id=key.id, **agreed)
    work.session.execute(terms.on_conflict_do_update(index_elements=["key_id"], set_=agreed))
    work.record(
        "api_key.terms_changed",
        client_id,
        key=key.id,
        networks=len(networks),
        per_day=quota.per_day,
        per_minute=quota.per_minute,
    )


def revoke_key(work: UnitOfWork, desk: ClientDesk, client_id: UUID, key_id: str) -> None:
    """Raises NotFound, also for a key of another client."""
    work.require(Permission.EDIT_CLIENTS)
    revoke_own_key(work, desk, client_id, key_id)


def revoke_own_key(work: UnitOfWork, desk: ClientDesk, client_id: UUID, key_id: str) -> None:
    desk.revoke_key(work, _key_of(work, client_id, key_id).id)


def allow_pictures(work: UnitOfWork, client_id: UUID, *, allowed: bool) -> None:
    """Whether a client may send pictures besides hashes. Raises NotFound."""
    work.require(Permission.EDIT_CLIENTS)
    found = queries.client(work.session, client_id)
    terms = insert(ClientTerms).values(client_id=found.id, pictures_allowed=allowed)
    work.session.execute(
        terms.on_conflict_do_update(
            index_elements=["client_id"], set_={"pictures_allowed": allowed}
        )
    )
    work.record("client.pictures_changed", found.id, allowed=allowed)


def _key_of(work: UnitOfWork, client_id: UUID, key_id: str) -> ApiKey:
    for key in queries.keys_of(work.session, client_id):
        if key.id == key_id:
            return key
    raise NotFound
