"""All listed hashes of one list version: an exact index per type, and whose each row is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from shared.domain.content_hash import ContentHash, HashType

from hashcheck.domain.listed import Found, Listed
from hashcheck.matching import Index

ID_BYTES = 16


class KnownHashes:
    """It never changes: a new list version is a new one."""

    def __init__(self, listed: Iterable[Listed], radius: Mapping[HashType, int]) -> None:
        """`radius`: how many bits may differ, per type."""
        self._radius = radius
        digests: dict[HashType, bytearray] = defaultdict(bytearray)
        # 16 bytes per row and not an object: a list has millions of them.
        self._entry_ids: dict[HashType, bytearray] = defaultdict(bytearray)
        for each in listed:
            digests[each.value.type] += each.value.digest
            self._entry_ids[each.value.type] += each.entry_id.bytes
        self._index = {kind: Index.build(kind.value, digests[kind]) for kind in HashType}

    def __len__(self) -> int:
        return sum(map(len, self._index.values()))

    def search(self, values: Sequence[ContentHash]) -> list[list[Found]]:
        """For each value, in order, every listed hash within the radius, nearest first."""
        found: list[list[Found]] = [[] for _ in values]
        for kind, places in _by_type(values).items():
            batch = b"".join(values[place].digest for place in places)
            matches = self._index[kind].search(batch, self._radius[kind])
            for query, row, distance in zip(*(each.tolist() for each in matches), strict=True):
                found[places[query]].append(Found(distance, kind, self._entry_id(kind, row)))
        for each in found:
            each.sort()
        return found

    def _entry_id(self, kind: HashType, row: int) -> UUID:
        begin = row * ID_BYTES
        return UUID(bytes=bytes(self._entry_ids[kind][begin : begin + ID_BYTES]))


def _by_type(values: Sequence[ContentHash]) -> dict[HashType, list[int]]:
    places: dict[HashType, list[int]] = defaultdict(list)
    for place, value in enumerate(values):
        places[value.type].append(place)
    return places
