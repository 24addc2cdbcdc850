"""Checks: what was asked, answered from a snapshot of what is listed, and counted afterwards."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from shared.contracts.hashcheck import (
    MEANINGS,
    CheckAnswer,
    CheckItem,
    CheckResult,
    DistanceBand,
    Match,
    Outcome,
)
from shared.domain.content_hash import BITS, ContentHash, HashType
from shared.domain.errors import Invalid

from hashcheck.domain.check import (
    HARMLESS_RADIUS,
    RADIUS,
    Counted,
    CountedOutcome,
    is_same_file,
    is_too_poor,
)
from hashcheck.domain.hash_list import PUBLIC_TEST, ListClass
from hashcheck.domain.listed import Found
from hashcheck.use_cases.known_hashes import KnownHashes, Row

# Differing bits of a PDQ up to which a match is called so; beyond the last it is merely near.
# source: the published PDQ description calls 20 of 256 better than the 31 that it trusts.
PDQ_BANDS = (
    (0, DistanceBand.IDENTICAL),
    (10, DistanceBand.NEAR_IDENTICAL),
    (20, DistanceBand.STRONG),
)

CountedAs = tuple[HashType | Counted, Outcome | CountedOutcome]


@dataclass(frozen=True, slots=True)
class ActiveList:
    """A list that is matched. `since`: the change that last put it to use."""

    name: str
    list_class: ListClass
    since: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that was listed when `version` was the newest change; it never changes itself."""

    version: int
    index: KnownHashes
    lists: Mapping[UUID, ActiveList]

    def found(self, bits: int, kind: HashType, row: Row, since: int) -> Found | None:
        """None for what is on a list that is not in use, or was listed at `since` or before."""
        known = self.lists.get(row.list_id)
        if known is None or (since and max(row.version, known.since) <= since):
            return None
        return Found(bits, kind, row.entry_id, row.list_id)

    def is_harmless(self, row: Row) -> bool:
        known = self.lists.get(row.list_id)
        return known is not None and known.list_class is ListClass.HARMLESS

    def is_test(self, hits: Iterable[Found]) -> bool:
        """Whether all of them are on lists for trying a connection."""
        return all(self.lists[hit.list_id].list_class is ListClass.TEST for hit in hits)


class Asked:
    """What one request asks, in order; hashes by type. A sandbox matches public tests only."""

    def __init__(self, since: int = 0) -> None:
        self.since = since
        self.is_sandbox = False
        self.types: list[HashType] = []
        # Of each item what is answered unless something is found.
        self.outcomes: list[Outcome] = []
        self.codes: dict[int, str] = {}
        self.digests: dict[HashType, bytearray] = {}
        self.places: dict[HashType, list[int]] = {}

    def __len__(self) -> int:
        return len(self.types)

    @classmethod
    def of(cls, items: Iterable[CheckItem], since: int = 0) -> "Asked":
        asked = cls(since)
        for item in items:
            asked.add(item.type, item.value, item.quality)
        return asked

    def add(self, kind: HashType, text: str, quality: int | None = None) -> None:
        """One hash in hexadecimal; what cannot be read is `invalid`, never an error."""
        try:
            digest = bytes.fromhex(text)
        except ValueError:
            digest = b""
        # The library skips spaces, so the text is measured as well.
        if not len(text) * 4 == len(digest) * 8 == BITS[kind]:
            self.add_unreadable(kind, _fault_of(kind, text))
        elif is_too_poor(kind, quality):
            self._add(kind, Outcome.LOW_QUALITY)
        else:
            self.places.setdefault(kind, []).append(len(self.types))
            self.digests.setdefault(kind, bytearray()).extend(digest)
            self._add(kind, Outcome.NO_MATCH)

    def add_many(self, kind: HashType, digests: bytes, count: int) -> None:
        """`count` hashes of one type, one after another."""
        begin = len(self.types)
        self.places.setdefault(kind, []).extend(range(begin, begin + count))
        self.digests.setdefault(kind, bytearray()).extend(digests)
        self.types += [kind] * count
        self.outcomes += [Outcome.NO_MATCH] * count

    def add_poor(self, kind: HashType) -> None:
        """A hash that says too little to be compared."""
        self._add(kind, Outcome.LOW_QUALITY)

    def add_unreadable(self, kind: HashType, code: str) -> None:
        self.codes[len(self.types)] = code
        self._add(kind, Outcome.INVALID)

    def _add(self, kind: HashType, outcome: Outcome) -> None:
        self.types.append(kind)
        self.outcomes.append(outcome)


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer to one request, all of one list version.

    `found`: place of an item → what matches it, nearest first; items without are not in it.
    `harmless`: place of an item → its distance to what is known to be harmless.
    """

    snapshot: Snapshot
    outcomes: Sequence[Outcome]
    codes: Mapping[int, str]
    found: Mapping[int, Sequence[Found]]
    counts: Mapping[CountedAs, int]
    harmless: Mapping[int, int] = field(default_factory=dict)
    is_sandbox: bool = False

    @property
    def list_version(self) -> int:
        return self.snapshot.version

    @property
    def answer(self) -> CheckAnswer:
        return CheckAnswer(
            list_version=self.list_version,
            results=[
                CheckResult(
                    outcome=outcome, code=self.codes.get(place), matches=self.matches(place)
                )
                for place, outcome in enumerate(self.outcomes)
            ],
        )

    def matches(self, place: int) -> list[Match]:
        """What may be said: never the listed hash, and a band instead of the distance."""
        return [_match(self.snapshot, hit) for hit in self.found.get(place, ())]


def check_together(snapshot: Snapshot, requests: Sequence[Asked]) -> list[Checked]:
    """Answer requests of any clients with one search per type."""
    found: list[dict[int, list[Found]]] = [defaultdict(list) for _ in requests]
    harmless: list[dict[int, int]] = [{} for _ in requests]
    asking_by_kind: dict[HashType, list[int]] = defaultdict(list)
    for n, asked in enumerate(requests):
        for kind in asked.digests:
            asking_by_kind[kind].append(n)
    for kind, asking in asking_by_kind.items():
        hits = snapshot.index.hits(kind, b"".join(requests[n].digests[kind] for n in asking))
        owners = [(n, place) for n in asking for place in requests[n].places[kind]] if hits else []
        for query, bits, row in hits:
            n, place = owners[query]
            if snapshot.is_harmless(row):
                harmless[n][place] = min(bits, harmless[n].get(place, bits))
                continue
            hit = snapshot.found(bits, kind, row, requests[n].since)
            if hit and (
                not requests[n].is_sandbox or snapshot.lists[row.list_id].name == PUBLIC_TEST
            ):
                found[n][place].append(hit)
    return [_checked(snapshot, *each) for each in zip(requests, found, harmless, strict=True)]


def check_hashes(snapshot: Snapshot, asked: Asked) -> Checked:
    return check_together(snapshot, [asked])[0]


def as_picture(asked: Asked, checked: Checked) -> Checked:
    """One answer for a picture whose hashes were asked: each entry once, by its best match.

    A picture whose PDQ says too little is known by its file only: its pHash says as little. A file
    that is known to be harmless matches nothing; a look that is, nothing by pHash.
    """
    is_poor = Outcome.LOW_QUALITY in asked.outcomes
    unfit = _suppressed_types(asked, checked) | ({HashType.PHASH} if is_poor else set())
    hits = [hit for each in checked.found.values() for hit in each if hit.type not in unfit]
    missed = Outcome.LOW_QUALITY if is_poor else Outcome.NO_MATCH
    outcome = Outcome.MATCH if hits else missed
    best = {0: _best_of_each_entry(hits)} if hits else {}
    counted = CountedOutcome(outcome.value)
    if hits and checked.snapshot.is_test(hits):
        counted = CountedOutcome.TEST_MATCH
    counts: dict[CountedAs, int] = {(Counted.PICTURE, counted): 1}
    return Checked(checked.snapshot, [outcome], {}, best, counts, is_sandbox=asked.is_sandbox)


def _suppressed_types(asked: Asked, checked: Checked) -> set[HashType]:
    """A pHash alone says too little to suppress anything but a match by pHash."""
    harmless = {asked.types[place]: bits for place, bits in checked.harmless.items()}
    if any(is_same_file(kind) for kind in harmless):
        return set(HashType)
    if harmless.get(HashType.PDQ, RADIUS[HashType.PDQ]) > HARMLESS_RADIUS[HashType.PDQ]:
        return set()
    # PDQ says more than pHash; its own matches were weighed by their distance already.
    return {HashType.PHASH}


def band_of(kind: HashType, distance: int) -> DistanceBand:
    """What may be said instead of the distance. A pHash alone is never more than near."""
    if is_same_file(kind):
        return DistanceBand.EXACT
    bands = PDQ_BANDS if kind is HashType.PDQ else ()
    return next((band for most, band in bands if distance <= most), DistanceBand.NEAR)


def _checked(
    snapshot: Snapshot, asked: Asked, found: dict[int, list[Found]], harmless: Mapping[int, int]
) -> Checked:
    for place, distance in harmless.items():
        kept = [hit for hit in found.pop(place, ()) if not is_suppressed(hit, distance)]
        if kept:
            found[place] = kept
    outcomes = asked.outcomes
    if found:
        outcomes = list(outcomes)
    for place, hits in found.items():
        hits.sort()
        outcomes[place] = Outcome.MATCH
    counts: Counter[CountedAs] = Counter(zip(asked.types, outcomes, strict=True))
    for place, hits in found.items():
        if snapshot.is_test(hits):
            counts[asked.types[place], Outcome.MATCH] -= 1
            counts[asked.types[place], CountedOutcome.TEST_MATCH] += 1
    told = +counts if found else counts
    return Checked(snapshot, outcomes, asked.codes, found, told, harmless, asked.is_sandbox)


def is_suppressed(hit: Found, harmless: int) -> bool:
    """Whether a match is not told because what was asked looks like something harmless.

    `harmless`: distance to that, by the same hash. What is listed wins when it is nearer.
    """
    return harmless <= HARMLESS_RADIUS[hit.type] and harmless <= hit.distance


def _fault_of(kind: HashType, text: str) -> str:
    try:
        ContentHash.parse(kind, text)
    except Invalid as unreadable:
        return unreadable.code
    raise AssertionError("this hash can be read")


def _match(snapshot: Snapshot, hit: Found) -> Match:
    known, band = snapshot.lists[hit.list_id], band_of(hit.type, hit.distance)
    return Match(
        entry_id=hit.entry_id,
        list_name=known.name,
        classification=known.list_class.value,
        hash_type=hit.type,
        band=band,
        meaning=MEANINGS[band],
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
