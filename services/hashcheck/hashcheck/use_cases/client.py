"""API clients: who they are, their keys, and what was agreed with them."""

from uuid import UUID

from shared.domain.errors import NotFound
from shared.platform.api_key import ClientDesk
from shared.platform.unit_of_work import UnitOfWork
from sqlalchemy.dialects.postgresql import insert

from hashcheck import queries
from hashcheck.domain.check import SCOPE
from hashcheck.domain.role import Permission
from hashcheck.tables import ClientTerms


def add_client(work: UnitOfWork, desk: ClientDesk, name: str) -> UUID:
    """Raises Conflict `name_taken`."""
    work.require(Permission.EDIT_CLIENTS)
    return desk.create_client(work, name)


def issue_key(work: UnitOfWork, desk: ClientDesk, client_id: UUID) -> str:
    """A key for checks, never to be seen again. Raises NotFound, Conflict `two_keys_live`."""
    work.require(Permission.EDIT_CLIENTS)
    return desk.issue_key(work, client_id, SCOPE)


def revoke_key(work: UnitOfWork, desk: ClientDesk, client_id: UUID, key_id: str) -> None:
    """Raises NotFound, also for a key of another client."""
    work.require(Permission.EDIT_CLIENTS)
    if key_id not in {key.id for key in queries.keys_of(work.session, client_id)}:
        raise NotFound
    desk.revoke_key(work, key_id)


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
