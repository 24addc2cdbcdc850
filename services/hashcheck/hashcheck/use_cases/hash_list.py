"""Lists: made, suspended and resumed."""

from uuid import UUID

from shared.platform.database import plain_database_errors
from shared.platform.unit_of_work import UnitOfWork

from hashcheck import queries
from hashcheck.domain.hash_list import ListClass, ListState, check_description
from hashcheck.domain.list_change import ListChange
from hashcheck.domain.role import Permission
from hashcheck.tables import HashList
from hashcheck.use_cases.list_version import list_changed


def create_list(work: UnitOfWork, name: str, provenance: str, list_class: ListClass) -> UUID:
    """Make an empty list that is matched. Raises Invalid, Conflict `already_exists`."""
    work.require(Permission.EDIT_LISTS)
    check_description(name, provenance)
    made = HashList(
        name=name,
        provenance=provenance.strip(),
        list_class=list_class,
        state=ListState.ACTIVE,
        created_at=work.now,
    )
    work.session.add(made)
    with plain_database_errors():
        work.session.flush()
    made.active_since = list_changed(work, ListChange.LIST_CHANGED, made.id)
    work.record("list.created", made.id, list_class=list_class.value)
    return made.id


def suspend_list(work: UnitOfWork, list_id: UUID) -> None:
    """Match nothing of this list any more; its entries are kept."""
    _change_state(work, list_id, ListState.SUSPENDED)


def resume_list(work: UnitOfWork, list_id: UUID) -> None:
    _change_state(work, list_id, ListState.ACTIVE)


def _change_state(work: UnitOfWork, list_id: UUID, state: ListState) -> None:
    work.require(Permission.EDIT_LISTS)
    found = queries.hash_list(work.session, list_id)
    found.state = state
    version = list_changed(work, ListChange.LIST_CHANGED, list_id)
    if state is ListState.ACTIVE:
        found.active_since = version
    work.record("list.state_changed", list_id, state=state.value)
