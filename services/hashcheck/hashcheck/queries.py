"""Every question to the database of the Hash Check Service."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.contracts.hashcheck import Outcome
from shared.domain.classification import AiInvolvement
from shared.domain.content_hash import ContentHash, HashType
from shared.domain.errors import NotFound
from shared.platform.account_tables import ApiClient, ApiKey, StaffAccount
from shared.platform.month_counts import month_of, row_of_months
from sqlmodel import Session, col, func, select

from hashcheck.domain.entry import EntryState
from hashcheck.domain.hash_list import ListClass, ListState
from hashcheck.domain.listed import Listed
from hashcheck.tables import (
    THE_VERSION,
    CheckCount,
    ClientTerms,
    Entry,
    EntryHash,
    HashList,
    Hit,
    ListVersion,
)

MOST_ROWS = 100
LISTABLE = (EntryState.PROPOSED, EntryState.LISTED)


@dataclass(frozen=True, slots=True)
class ListSummary:
    hash_list: HashList
    listed_count: int
    proposed_count: int


@dataclass(frozen=True, slots=True)
class DayCount:
    """Checks and matches of one day, for all callers together."""

    day: date
    checked: int
    hits: int


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


def active_lists(session: Session) -> dict[UUID, tuple[str, ListClass]]:
    """Name and class of the lists that are matched."""
    rows = session.exec(
        select(HashList.id, HashList.name, HashList.list_class).where(
            HashList.state == ListState.ACTIVE
        )
    )
    return {list_id: (name, ListClass(list_class)) for list_id, name, list_class in rows}


def listed_hashes(session: Session) -> Iterable[tuple[Listed, UUID]]:
    """Every hash that is to be matched, with the list it is on."""
    rows = session.exec(
        select(Entry.id, Entry.list_id, EntryHash.type, EntryHash.digest)
        .join(EntryHash, col(EntryHash.entry_id) == col(Entry.id))
        .join(HashList, col(HashList.id) == col(Entry.list_id))
        .where(Entry.state == EntryState.LISTED, HashList.state == ListState.ACTIVE)
        .order_by(col(Entry.id), col(EntryHash.type))
    )
    for entry_id, list_id, kind, digest in rows:
        yield Listed(entry_id, ContentHash(HashType(kind), digest)), list_id


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
        .join(EntryHash, col(EntryHash.entry_id) == col(Entry.id))
        .where(
            Entry.list_id == list_id,
            col(Entry.state).in_(LISTABLE),
            EntryHash.type == HashType.SHA256,
            EntryHash.digest == sha256,
        )
    ).first()


def hash_types_of(session: Session, entries: Sequence[UUID]) -> dict[UUID, list[HashType]]:
    """The kinds of hash that each of these entries has."""
    rows = session.exec(
        select(EntryHash.entry_id, EntryHash.type)
        .where(col(EntryHash.entry_id).in_(entries))
        .order_by(col(EntryHash.type))
    )
    found: dict[UUID, list[HashType]] = {entry_id: [] for entry_id in entries}
    for entry_id, kind in rows:
        found[entry_id].append(HashType(kind))
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


def checked(session: Session, since: date, until: date, *outcomes: Outcome) -> int:
    """Items answered on [since, until) for all callers; any outcome when none is named."""
    total = select(func.coalesce(func.sum(CheckCount.count), 0)).where(
        CheckCount.day >= since, CheckCount.day < until
    )
    if outcomes:
        total = total.where(col(CheckCount.outcome).in_(outcomes))
    return int(session.exec(total).one())


def ai_hits_by_month(session: Session, since: datetime, until: datetime, months: int) -> list[int]:
    """Matches with entries of which two people said that AI made or changed them."""
    is_ai = col(Entry.ai_involvement).in_((AiInvolvement.AI_EDITED, AiInvolvement.AI_GENERATED))
    rows = session.exec(
        select(month_of(Hit.at), func.count())
        .join(Entry, col(Entry.id) == col(Hit.entry_id))
        .where(Hit.at >= since, Hit.at < until, is_ai)
        .group_by(month_of(Hit.at))
    ).all()
    return row_of_months(rows, months)


def day_counts(session: Session, since: date) -> list[DayCount]:
    """Per day, newest first; a day without a check has no row."""
    matched = func.sum(CheckCount.count).filter(col(CheckCount.outcome) == Outcome.MATCH)
    rows = session.exec(
        select(col(CheckCount.day), func.sum(CheckCount.count), func.coalesce(matched, 0))
        .where(CheckCount.day >= since)
        .group_by(col(CheckCount.day))
        .order_by(col(CheckCount.day).desc())
    )
    return [DayCount(day, int(total), int(hits)) for day, total, hits in rows]


def latest_hits(session: Session) -> list[tuple[Hit, str]]:
    """The newest hits, with the name of the list that was hit."""
    return list(
        session.exec(
            select(Hit, HashList.name)
            .join(Entry, col(Entry.id) == col(Hit.entry_id))
            .join(HashList, col(HashList.id) == col(Entry.list_id))
            .order_by(col(Hit.at).desc())
            .limit(MOST_ROWS)
        )
    )


def hits_since(session: Session, since: datetime) -> int:
    return session.exec(select(func.count()).select_from(Hit).where(Hit.at >= since)).one()


def clients(session: Session) -> Sequence[ApiClient]:
    return session.exec(select(ApiClient).order_by(ApiClient.name)).all()


def client(session: Session, client_id: UUID) -> ApiClient:
    """Raises NotFound."""
    found = session.get(ApiClient, client_id)
    if found is None:
        raise NotFound
    return found


def keys_of(session: Session, client_id: UUID) -> Sequence[ApiKey]:
    """Newest first."""
    return session.exec(
        select(ApiKey).where(ApiKey.client_id == client_id).order_by(col(ApiKey.created_at).desc())
    ).all()


def may_send_pictures(session: Session, client_id: UUID) -> bool:
    terms = session.get(ClientTerms, client_id)
    return terms is not None and terms.pictures_allowed


def staff_with_role(session: Session, role: str) -> list[tuple[UUID, str]]:
    """Id and name of the accounts with a role that are in use, the oldest first."""
    return list(
        session.exec(
            select(StaffAccount.id, StaffAccount.name)
            .where(StaffAccount.role == role, col(StaffAccount.disabled_at).is_(None))
            .order_by(col(StaffAccount.created_at), col(StaffAccount.name))
        )
    )
