"""Keeping the list of whom notices go to."""

from uuid import UUID

from shared.domain.errors import Conflict
from shared.platform.unit_of_work import UnitOfWork

from helpline.domain.provider import ProviderClass, check_provider
from helpline.domain.role import Permission
from helpline.queries.removal_notice import provider, provider_called
from helpline.tables import Provider


def add_provider(work: UnitOfWork, name: str, email: str, kind: ProviderClass) -> Provider:
    """Raises Invalid, Conflict `provider_known`."""
    work.require(Permission.MANAGE_PROVIDERS)
    check_provider(name, email)
    if provider_called(work.session, name):
        raise Conflict("provider_known", fields=("name",))
    added = Provider(name=name, email=email, kind=kind, added_at=work.now)
    work.session.add(added)
    work.record("provider.added", added.id, reason=kind.value)
    return added


def change_provider(
    work: UnitOfWork, provider_id: UUID, email: str, kind: ProviderClass
) -> Provider:
    """Another mailbox or class; notices may go there (again). Raises NotFound, Invalid."""
    work.require(Permission.MANAGE_PROVIDERS)
    found = provider(work.session, provider_id, held=True)
    check_provider(found.name, email)
    found.email, found.kind, found.is_usable = email, kind, True
    work.record("provider.changed", found.id, reason=kind.value)
    return found
