"""Setting an entry aside that floods, and what a steward decides about it."""

from uuid import UUID

from shared.domain.errors import Conflict
from shared.platform.unit_of_work import UnitOfWork

from hashcheck.domain.entry import EntryState, WithdrawalReason
from hashcheck.domain.list_change import ListChange
from hashcheck.domain.quarantine import WINDOW, EntryHits, QuarantineState, flooding
from hashcheck.domain.role import Permission
from hashcheck.queries.entry import locked_entry
from hashcheck.queries.quarantine import busiest_entries, open_quarantine, real_hits
from hashcheck.tables import Quarantine
from hashcheck.use_cases.entry import withdraw_entry
from hashcheck.use_cases.list_version import list_changed


def set_floods_aside(work: UnitOfWork) -> None:
    """Take off what suddenly gives most of the hits, until a steward looked; a clock does this."""
    busiest = busiest_entries(work.session, work.now)
    if not busiest:
        return
    all_hits = real_hits(work.session, work.now - WINDOW)
    for entry in flooding(busiest, all_hits):
        _set_aside(work, entry, all_hits)


def release_entry(work: UnitOfWork, entry_id: UUID) -> None:
    """The hits were right: it is matched again, and not set aside again for some days.

    Raises NotFound, Conflict `not_awaiting_decision`.
    """
    _decide(work, entry_id, QuarantineState.RELEASED)
    entry = locked_entry(work.session, entry_id)
    if entry.state is not EntryState.QUARANTINED:
        # Taken off meanwhile, by a steward or by its source.
        raise Conflict("not_listed")
    entry.state = EntryState.LISTED
    version = list_changed(work, ListChange.ENTRY_LISTED, entry_id)
    entry.listed_version = version
    work.record("quarantine.released", entry_id, list_version=version)


def withdraw_from_quarantine(work: UnitOfWork, entry_id: UUID) -> None:
    """The hits were wrong: it stays off. Raises NotFound, Conflict `not_awaiting_decision`."""
    _decide(work, entry_id, QuarantineState.WITHDRAWN)
    if locked_entry(work.session, entry_id).state is EntryState.QUARANTINED:
        withdraw_entry(work, entry_id, WithdrawalReason.FALSE_POSITIVE)
    work.record("quarantine.withdrawn", entry_id)


def _set_aside(work: UnitOfWork, flood: EntryHits, all_hits: int) -> None:
    entry = locked_entry(work.session, flood.entry_id)
    if entry.state is not EntryState.LISTED:
        return
    entry.state = EntryState.QUARANTINED
    work.session.add(
        Quarantine(
            entry_id=entry.id,
            since=work.now,
            hits=flood.hits,
            all_hits=all_hits,
            callers=flood.callers,
            state=QuarantineState.OPEN,
        )
    )
    version = list_changed(work, ListChange.ENTRY_WITHDRAWN, entry.id)
    work.record("quarantine.begun", entry.id, hits=flood.hits, list_version=version)


def _decide(work: UnitOfWork, entry_id: UUID, state: QuarantineState) -> None:
    work.require(Permission.DECIDE_ENTRIES)
    found = open_quarantine(work.session, entry_id)
    if found is None:
        raise Conflict("not_awaiting_decision")
    found.state, found.decided_by, found.decided_at = state, work.actor.id, work.now
