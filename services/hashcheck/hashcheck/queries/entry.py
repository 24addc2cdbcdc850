"""Lists, their entries, and what changed about them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from shared.domain.content_hash import HashType
from shared.domain.errors import NotFound
from sqlalchemy import text
from sqlmodel import Session, col, func, select

from hashcheck.domain.entry import EntryState
from hashcheck.domain.hash_list import ListState
from hashcheck.domain.list_change import ListChange
from hashcheck.domain.listed import Listed
from hashcheck.tables import (
    THE_VERSION,
    Change,
    Entry,
    EntryHashes,
    HashList,
    ListImport,
    ListVersion,
)

MOST_ROWS = 100
LISTABLE = (EntryState.PROPOSED, EntryState.LISTED)


@dataclass(frozen=True, slots=True)
class ListSummary:
    hash_list: HashList
    listed_count: int
    proposed_count: int


def list_version(session: Session) -> int:
    return session.exec(select(ListVersion.version).where(ListVersion.id == THE_VERSION)).one()


def locked_list_version(session: Session) -> ListVersion:
    """Held until the end of the transaction, so that versions commit in their order."""
    return session.exec(
        select(ListVersion)
        .where(ListVersion.id == THE_VERSION)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def changes_after(session: Session, version: int) -> list[Change]:
    """In their order."""
    return list(
        session.exec(select(Change).where(Change.version > version).order_by(col(Change.version)))
    )


def change_count_after(session: Session, version: int) -> int:
    """How many entries the later changes are about; an import is one change of very many."""
    total = select(func.coalesce(func.sum(Change.entries), 0)).where(Change.version > version)
    return int(session.exec(total).one())


def withdrawn_after(session: Session, version: int) -> list[UUID]:
    """The entries that people took off, one by one, in later changes."""
    kind = Change.kind == ListChange.ENTRY_WITHDRAWN
    return list(session.exec(select(Change.subject_id).where(Change.version > version, kind)))


def fingerprint_of(session: Session, version: int) -> str:
    """What tells this change from one of the same number in another history; "" without it.

    A database that was put back to an earlier state counts its changes anew.
    """
    change = session.get(Change, version)
    return f"{change.subject_id} {change.changed_at.isoformat()}" if change else ""


def active_lists(session: Session) -> list[HashList]:
    """The lists that are matched."""
    return list(session.exec(select(HashList).where(HashList.state == ListState.ACTIVE)))


def listed_hashes(session: Session, entries: Sequence[UUID]) -> Iterable[Listed]:
    """The hashes of these entries, without those that are not listed (any more)."""
    version = func.greatest(Entry.listed_version, ListImport.list_version)
    rows = session.exec(
        select(Entry.list_id, version, EntryHashes)
        .join(EntryHashes, col(EntryHashes.entry_id) == col(Entry.id))
        .join(ListImport, col(ListImport.id) == col(Entry.import_id), isouter=True)
        .where(col(Entry.id).in_(entries), Entry.state == EntryState.LISTED)
        .order_by(version)
    )
    for list_id, listed_version, hashes in rows:
        for content in hashes.contents:
            yield Listed(hashes.entry_id, content, list_id, listed_version)


# The database packs the columns: a row of its own for each of millions of hashes would take
# minutes to read, and the interpreter with it. By the first byte of the entry's id, as no value
# may be larger than 1 GB: ids are random, so that is 8,500 million hashes of a type.
_EACH = ", ".join(f"('{kind}', {kind})" for kind in HashType)
_PACKED = f"""
SELECT hash.type, string_agg(hash.digest, '' ORDER BY entry.id),
       string_agg(uuid_send(entry.id), '' ORDER BY entry.id),
       string_agg(uuid_send(entry.list_id), '' ORDER BY entry.id),
       string_agg(int8send(greatest(entry.listed_version, import.list_version)), ''
                  ORDER BY entry.id)
FROM entry JOIN entry_hashes ON entry_hashes.entry_id = entry.id
LEFT JOIN list_import AS import ON import.id = entry.import_id
CROSS JOIN LATERAL (VALUES {_EACH}) AS hash (type, digest)
WHERE entry.state = 'listed' AND hash.digest IS NOT NULL
GROUP BY hash.type, get_byte(uuid_send(entry.id), 0)
ORDER BY hash.type, get_byte(uuid_send(entry.id), 0)
"""  # noqa: S608  our own names
# Parts that are under way at a time.
_PARTS = {"stream_results": True, "yield_per": 16}


def packed_hashes(session: Session) -> Iterable[tuple[HashType, bytes, bytes, bytes, bytes]]:
    """Per type: digests, entry ids, list ids and versions of all that is listed, one order."""
    parts = session.execute(text(_PACKED), execution_options=_PARTS)
    for kind, rows in groupby(parts, key=itemgetter(0)):
        columns = (bytearray(), bytearray(), bytearray(), bytearray())
        for _, *told in rows:
            for column, part in zip(columns, told, strict=True):
                column.extend(part)
        digests, entry_ids, list_ids, versions = map(bytes, columns)
        yield HashType(kind), digests, entry_ids, list_ids, versions


def hash_list(session: Session, list_id: UUID) -> HashList:
    """Raises NotFound."""
    found = session.get(HashList, list_id)
    if found is None:
        raise NotFound
    return found


def locked_list_named(session: Session, name: str) -> HashList:
    """Held until the end of the transaction, so that no entry is added twice. Raises NotFound."""
    found = session.exec(select(HashList).where(HashList.name == name).with_for_update()).first()
    if found is None:
        raise NotFound("list_unknown", fields=("list_name",))
    return found


def list_summaries(session: Session) -> list[ListSummary]:
    counts = {
        (list_id, state): count
        for list_id, state, count in session.exec(
            select(Entry.list_id, Entry.state, func.count()).group_by(
                col(Entry.list_id), col(Entry.state)
            )
        )
    }
    lists = session.exec(select(HashList).order_by(HashList.name))
    return [
        ListSummary(
            each,
            counts.get((each.id, EntryState.LISTED), 0),
            counts.get((each.id, EntryState.PROPOSED), 0),
        )
        for each in lists
    ]


def entry(session: Session, entry_id: UUID) -> Entry:
    """Raises NotFound."""
    found = session.get(Entry, entry_id)
    if found is None:
        raise NotFound
    return found


def locked_entry(session: Session, entry_id: UUID) -> Entry:
    """The entry as it is now, held until the end of the transaction. Raises NotFound."""
    found = session.exec(
        select(Entry)
        .where(Entry.id == entry_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def entry_of_source(session: Session, source_id: UUID) -> Entry | None:
    return session.exec(select(Entry).where(Entry.source_id == source_id)).one_or_none()


def entry_of_file(session: Session, list_id: UUID, sha256: bytes) -> Entry | None:
    """The proposed or listed entry of a list for this very file."""
    return session.exec(
        select(Entry)
        .join(EntryHashes, col(EntryHashes.entry_id) == col(Entry.id))
        .where(
            Entry.list_id == list_id,
            col(Entry.state).in_(LISTABLE),
            EntryHashes.sha256 == sha256,
        )
    ).first()


def hash_types_of(session: Session, entries: Sequence[UUID]) -> dict[UUID, list[HashType]]:
    """The kinds of hash that each of these entries has."""
    rows = session.exec(select(EntryHashes).where(col(EntryHashes.entry_id).in_(entries)))
    found: dict[UUID, list[HashType]] = {entry_id: [] for entry_id in entries}
    for hashes in rows:
        found[hashes.entry_id] = [each.type for each in hashes.contents]
    return found


def entries_of(session: Session, list_id: UUID, state: EntryState, offset: int) -> list[Entry]:
    """A page of the entries of a list, newest first."""
    return list(
        session.exec(
            select(Entry)
            .where(Entry.list_id == list_id, Entry.state == state)
            .order_by(col(Entry.proposed_at).desc(), col(Entry.id))
            .offset(offset)
            .limit(MOST_ROWS)
        )
    )


def proposals(session: Session, offset: int) -> list[tuple[Entry, HashList]]:
    """A page of what awaits a second person, oldest first."""
    return list(
        session.exec(
            select(Entry, HashList)
            .join(HashList, col(HashList.id) == col(Entry.list_id))
            .where(Entry.state == EntryState.PROPOSED)
            .order_by(col(Entry.proposed_at), col(Entry.id))
            .offset(offset)
            .limit(MOST_ROWS)
        )
    )


def proposal_count(session: Session) -> int:
    waiting = select(func.count()).select_from(Entry).where(Entry.state == EntryState.PROPOSED)
    return session.exec(waiting).one()
