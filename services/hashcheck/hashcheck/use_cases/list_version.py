"""The number of the last change to what is listed, and the feed that every process follows."""

from uuid import UUID

from shared.platform.unit_of_work import UnitOfWork

from hashcheck import queries
from hashcheck.domain.list_change import ListChange
from hashcheck.tables import Change


def list_changed(work: UnitOfWork, kind: ListChange, subject: UUID, entries: int = 1) -> int:
    """Number this change of an entry or list; others wait until this transaction ends."""
    current = queries.locked_list_version(work.session)
    current.version += 1
    work.session.add(
        Change(
            version=current.version,
            kind=kind,
            subject_id=subject,
            changed_at=work.now,
            entries=entries,
        )
    )
    return current.version
