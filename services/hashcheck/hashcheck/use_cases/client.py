"""What was agreed with an API client."""

from uuid import UUID

from shared.platform.unit_of_work import UnitOfWork
from sqlalchemy.dialects.postgresql import insert

from hashcheck import queries
from hashcheck.domain.role import Permission
from hashcheck.tables import ClientTerms


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
