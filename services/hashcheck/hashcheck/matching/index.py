"""An immutable index that compares with every listed hash."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from shared.domain.content_hash import BITS, FILE_HASHES, ContentHash, HashType

Words = NDArray[np.uint64]

NOT_FOUND: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A hash of a listed entry; an entry may have several."""

    entry_id: UUID
    value: ContentHash


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """An entry within the radius; `distance` is the number of differing bits."""

    distance: int
    type: HashType
    entry_id: UUID


class Index:
    """All listed hashes of one list version, of all types."""

    def __init__(self, listed: Iterable[Listed], radius: Mapping[HashType, int]) -> None:
        """`radius`: how many bits may differ, per type; file hashes are equal or not."""
        by_type: dict[HashType, list[Listed]] = defaultdict(list)
        for each in listed:
            by_type[each.value.type].append(each)
        self._equal = {kind: _Equal(by_type[kind]) for kind in FILE_HASHES}
        self._near = {
            kind: _Near(kind, by_type[kind], radius[kind])
            for kind in HashType
            if kind not in FILE_HASHES
        }
        self._size = sum(map(len, by_type.values()))

    def __len__(self) -> int:
        return self._size

    def search(self, values: Sequence[ContentHash]) -> list[list[Found]]:
        """For each value, in order, every listed hash within the radius, nearest first."""
        return [sorted(self._table(value.type).search(value)) for value in values]

    def _table(self, kind: HashType) -> "_Equal | _Near":
        return self._equal[kind] if kind in FILE_HASHES else self._near[kind]


class _Equal:
    """Hashes that match when all bits are equal."""

    def __init__(self, listed: Sequence[Listed]) -> None:
        self._entries: dict[bytes, tuple[UUID, ...]] = {}
        for each in listed:
            known = self._entries.get(each.value.digest, NOT_FOUND)
            self._entries[each.value.digest] = (*known, each.entry_id)

    def search(self, value: ContentHash) -> list[Found]:
        entries = self._entries.get(value.digest, NOT_FOUND)
        return [Found(0, value.type, entry_id) for entry_id in entries]


class _Near:
    """Hashes that match within a number of differing bits, as rows of 64-bit words."""

    def __init__(self, kind: HashType, listed: Sequence[Listed], radius: int) -> None:
        self._radius = radius
        self._entries = [each.entry_id for each in listed]
        self._rows = _words(b"".join(each.value.digest for each in listed)).reshape(
            len(listed), BITS[kind] // 64
        )

    def search(self, value: ContentHash) -> list[Found]:
        differing = np.bitwise_count(self._rows ^ _words(value.digest)).sum(axis=1, dtype=np.uint16)
        return [
            Found(int(differing[row]), value.type, self._entries[row])
            for row in np.flatnonzero(differing <= self._radius)
        ]


def _words(digests: bytes) -> Words:
    """Only equality of bits matters, so the byte order of a word does not."""
    return np.frombuffer(digests, np.uint64)
