"""Checks: answering them from a snapshot of what is listed, and counting them afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.contracts.hashcheck import (
    CheckAnswer,
    CheckItem,
    CheckResult,
    DistanceBand,
    Match,
    Outcome,
)
from shared.domain.content_hash import ContentHash, HashType
from shared.domain.errors import Invalid
from shared.platform.unit_of_work import UnitOfWork
from sqlalchemy.dialects.postgresql import insert

from hashcheck.domain.check import Counted, is_same_file, is_too_poor
from hashcheck.domain.hash_list import ListClass
from hashcheck.domain.listed import Found
from hashcheck.tables import CheckCount, Hit
from hashcheck.use_cases.known_hashes import KnownHashes


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that was listed when `version` was the newest change; it never changes itself."""

    version: int
    index: KnownHashes
    lists: Mapping[UUID, tuple[str, ListClass]]
    list_of: Mapping[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer, what each of its results is counted as, and what was found."""

    answer: CheckAnswer
    counted: Sequence[Counted]
    found: Sequence[Found]


@dataclass(frozen=True, slots=True, order=True)
class CountKey:
    day: date
    caller: str
    counted: Counted
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class NewHit:
    at: datetime
    caller: str
    found: Found
    list_version: int


def check_hashes(snapshot: Snapshot, items: Sequence[CheckItem]) -> Checked:
    """Answer every item, in order. A hash that cannot be read is `invalid`, never an error."""
    read = [_read(item) for item in items]
    searched = iter(snapshot.index.search([v for v in read if isinstance(v, ContentHash)]))
    found = [next(searched) if isinstance(value, ContentHash) else [] for value in read]
    results = [
        _result(snapshot, hits) if isinstance(value, ContentHash) else value
        for value, hits in zip(read, found, strict=True)
    ]
    return Checked(
        CheckAnswer(list_version=snapshot.version, results=results),
        [Counted(item.type.value) for item in items],
        [hit for hits in found for hit in hits],
    )


def check_picture(snapshot: Snapshot, items: Sequence[CheckItem]) -> Checked:
    """Answer one picture by all its hashes: one result, and each entry at most once.

    A picture whose PDQ says too little is known by its file only: its pHash says as little.
    """
    is_poor = any(is_too_poor(item.type, item.quality) for item in items)
    asked = [item for item in items if not (is_poor and item.type is HashType.PHASH)]
    single = check_hashes(snapshot, asked)
    found = _best_of_each_entry(single.found)
    outcomes = {result.outcome for result in single.answer.results}
    result = CheckResult(outcome=Outcome.NO_MATCH)
    if found:
        result = _result(snapshot, found)
    elif Outcome.LOW_QUALITY in outcomes:
        result = CheckResult(outcome=Outcome.LOW_QUALITY)
    answer = CheckAnswer(list_version=snapshot.version, results=[result])
    return Checked(answer, [Counted.PICTURE], found)


def store_checks(work: UnitOfWork, counts: Mapping[CountKey, int], hits: Sequence[NewHit]) -> None:
    """Add to the counters and keep the hits."""
    # In one order for all processes, so that two of them never wait for each other.
    for key in sorted(counts):
        added = insert(CheckCount).values(
            day=key.day,
            caller=key.caller,
            counted=key.counted,
            outcome=key.outcome,
            count=counts[key],
        )
        work.session.execute(
            added.on_conflict_do_update(
                index_elements=["day", "caller", "counted", "outcome"],
                set_={"count": CheckCount.count + added.excluded.count},
            )
        )
    work.session.add_all(
        Hit(
            at=hit.at,
            caller=hit.caller,
            entry_id=hit.found.entry_id,
            hash_type=hit.found.type,
            distance=hit.found.distance,
            list_version=hit.list_version,
        )
        for hit in hits
    )


def _read(item: CheckItem) -> ContentHash | CheckResult:
    """The hash to search for, or the result of an item that cannot be searched."""
    try:
        value = ContentHash.parse(item.type, item.value)
    except Invalid as unreadable:
        return CheckResult(outcome=Outcome.INVALID, code=unreadable.code)
    if is_too_poor(item.type, item.quality):
        return CheckResult(outcome=Outcome.LOW_QUALITY)
    return value


def _result(snapshot: Snapshot, found: Sequence[Found]) -> CheckResult:
    if not found:
        return CheckResult(outcome=Outcome.NO_MATCH)
    return CheckResult(outcome=Outcome.MATCH, matches=[_match(snapshot, hit) for hit in found])


def _match(snapshot: Snapshot, hit: Found) -> Match:
    """What may be said: never the listed hash, and a band instead of the distance."""
    name, list_class = snapshot.lists[snapshot.list_of[hit.entry_id]]
    return Match(
        entry_id=hit.entry_id,
        list_name=name,
        classification=list_class.value,
        hash_type=hit.type,
        band=DistanceBand.EXACT if is_same_file(hit.type) else DistanceBand.NEAR,
    )


def _best_of_each_entry(found: Sequence[Found]) -> list[Found]:
    """The same file first, then by PDQ, which says more than pHash, then the nearest."""
    best: dict[UUID, Found] = {}
    for hit in sorted(found, key=lambda hit: (_weakness(hit.type), hit)):
        best.setdefault(hit.entry_id, hit)
    return list(best.values())


def _weakness(found: HashType) -> int:
    if is_same_file(found):
        return 0
    return 1 if found is HashType.PDQ else 2
