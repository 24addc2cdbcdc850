"""The number of the last change to what is listed."""

from shared.platform.unit_of_work import UnitOfWork

from hashcheck import queries


def list_changed(work: UnitOfWork) -> int:
    """Number this change; other changes wait until this transaction ends."""
    current = queries.locked_list_version(work.session)
    current.version += 1
    return current.version
