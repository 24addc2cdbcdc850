"""Checks: what was asked, answered from a snapshot of what is listed, and counted afterwards."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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

from hashcheck.domain.check import Counted, is_same_file, is_too_poor
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

    def is_public_test(self, hit: Found) -> bool:
        """Whether anybody may know that this is listed."""
        return self.lists[hit.list_id].name == PUBLIC_TEST


class Asked:
    """What one request asks, in order; hashes are kept by type, as they are searched."""

    def __init__(self, since: int = 0) -> None:
        self.since = since
        # Whether only what is listed for tests is matched.
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
    """

    snapshot: Snapshot
    outcomes: Sequence[Outcome]
    codes: Mapping[int, str]
    found: Mapping[int, Sequence[Found]]
    counts: Mapping[tuple[HashType | Counted, Outcome], int]
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
    for kind in HashType:
        asking = [n for n, asked in enumerate(requests) if kind in asked.digests]
        if not asking:
            continue
        hits = snapshot.index.hits(kind, b"".join(requests[n].digests[kind] for n in asking))
        owners = [(n, place) for n in asking for place in requests[n].places[kind]] if hits else []
        for query, bits, row in hits:
            n, place = owners[query]
            hit = snapshot.found(bits, kind, row, requests[n].since)
            if hit and (not requests[n].is_sandbox or snapshot.is_public_test(hit)):
                found[n][place].append(hit)
    return [_checked(snapshot, *pair) for pair in zip(requests, found, strict=True)]


def check_hashes(snapshot: Snapshot, asked: Asked) -> Checked:
    [checked] = check_together(snapshot, [asked])
    return checked


def as_picture(asked: Asked, checked: Checked) -> Checked:
    """One answer for a picture whose hashes were asked: each entry once, by its best match.

    A picture whose PDQ says too little is known by its file only: its pHash says as little.
    """
    is_poor = Outcome.LOW_QUALITY in asked.outcomes
    hits = [
        hit
        for matches in checked.found.values()
        for hit in matches
        if not (is_poor and hit.type is HashType.PHASH)
    ]
    outcome = Outcome.LOW_QUALITY if is_poor else Outcome.NO_MATCH
    if hits:
        outcome = Outcome.MATCH
    best = {0: _best_of_each_entry(hits)} if hits else {}
    counts: dict[tuple[HashType | Counted, Outcome], int] = {(Counted.PICTURE, outcome): 1}
    return Checked(checked.snapshot, [outcome], {}, best, counts, asked.is_sandbox)


def band_of(kind: HashType, distance: int) -> DistanceBand:
    """What may be said instead of the distance. A pHash alone is never more than near."""
    if is_same_file(kind):
        return DistanceBand.EXACT
    bands = PDQ_BANDS if kind is HashType.PDQ else ()
    return next((band for most, band in bands if distance <= most), DistanceBand.NEAR)


def _checked(snapshot: Snapshot, asked: Asked, found: Mapping[int, list[Found]]) -> Checked:
    outcomes = asked.outcomes
    if found:
        outcomes = list(outcomes)
    for place, hits in found.items():
        hits.sort()
        outcomes[place] = Outcome.MATCH
    counts: Counter[tuple[HashType | Counted, Outcome]] = Counter(
        zip(asked.types, outcomes, strict=True)
    )
    return Checked(snapshot, outcomes, asked.codes, found, counts, asked.is_sandbox)


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
