"""All listed hashes of one list version: an exact index per type, and whose each row is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from shared.domain.content_hash import ContentHash, HashType

from hashcheck.domain.listed import Found, Listed
from hashcheck.matching import AmendedIndex, Index

ID_BYTES = 16
# Of a new index so many rows are asked for, and each has to find itself.
MOST_SELF_QUERIES = 1_000
ODD = np.uint64(0x9E3779B97F4A7C15)


class DamagedIndex(Exception):
    """A row of a new index did not find itself."""


class Row(NamedTuple):
    """Whose a hash is, and which change listed it."""

    entry_id: UUID
    list_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Packed:
    """Many listed hashes of one type, one after another in each column, all in one order.

    A digest has the length of its type, an id 16 bytes, a version 8 bytes, big-endian.
    """

    digests: bytes = b""
    entry_ids: bytes = b""
    list_ids: bytes = b""
    versions: bytes = b""


class Rows:
    """Whose the rows of one index are: columns and not objects, for a list has millions."""

    def __init__(self, packed: Packed) -> None:
        # Two words per id, so that an entry is found among millions in a millisecond.
        self._entry_ids = np.frombuffer(packed.entry_ids, np.uint64).reshape(-1, 2)
        lists = np.frombuffer(packed.list_ids, np.uint64).reshape(-1, 2)
        # One word stands for a list while sorting, which a million rows of two words make slow.
        _, first, list_of = np.unique(
            lists[:, 0] * ODD + lists[:, 1], return_index=True, return_inverse=True
        )
        self._lists, self._list_of = lists[first], list_of.astype(np.uint16)
        self._versions = np.frombuffer(packed.versions, ">i8").astype(np.int64)

    def __len__(self) -> int:
        return len(self._versions)

    def __getitem__(self, row: int) -> Row:
        return Row(
            UUID(bytes=self._entry_ids[row].tobytes()),
            UUID(bytes=self._lists[self._list_of[row]].tobytes()),
            int(self._versions[row]),
        )

    def of(self, entry_id: UUID) -> NDArray[np.intp]:
        """The rows of an entry."""
        wanted = np.frombuffer(entry_id.bytes, np.uint64)
        (places,) = np.nonzero((self._entry_ids == wanted).all(axis=1))
        return places


class KnownHashes:
    """It never changes: a new list version is a new one."""

    def __init__(self, packed: Mapping[HashType, Packed], radius: Mapping[HashType, int]) -> None:
        """`radius`: how many bits may differ, per type. Raises DamagedIndex."""
        self._radius = radius
        self._base = {kind: Rows(packed.get(kind, Packed())) for kind in HashType}
        self._index = {
            kind: AmendedIndex(Index.build(kind.value, packed.get(kind, Packed()).digests))
            for kind in HashType
        }
        self._added: Mapping[HashType, list[Row]] = {kind: [] for kind in HashType}
        for kind, columns in packed.items():
            self._verify(kind, columns)

    @classmethod
    def of(cls, listed: Iterable[Listed], radius: Mapping[HashType, int]) -> "KnownHashes":
        return cls(packed(listed), radius)

    def __len__(self) -> int:
        return sum(map(len, self._index.values()))

    @property
    def added(self) -> int:
        """Hashes beside the base: past some ten thousand it is time for a new one."""
        return sum(index.added for index in self._index.values())

    def amended(self, listed: Iterable[Listed], withdrawn: Collection[UUID]) -> "KnownHashes":
        """With these hashes more, and without those entries."""
        made = KnownHashes.__new__(KnownHashes)
        made._radius, made._base = self._radius, self._base
        new: dict[HashType, list[Listed]] = {kind: [] for kind in HashType}
        for each in listed:
            new[each.value.type].append(each)
        made._index = {
            kind: index.amended(
                b"".join(each.value.digest for each in new[kind]), self._rows(kind, withdrawn)
            )
            for kind, index in self._index.items()
        }
        made._added = {
            kind: self._added[kind] + [_row(each) for each in new[kind]] for kind in HashType
        }
        return made

    def hits(self, kind: HashType, digests: bytes) -> list[tuple[int, int, Row]]:
        """(place in `digests`, differing bits, row) of all within the radius.

        `digests`: hashes of one type, one after another.
        """
        query, row, distance = self._index[kind].search(digests, self._radius[kind])
        if not len(query):
            return []
        return [
            (place, bits, self._row(kind, number))
            for place, number, bits in zip(
                query.tolist(), row.tolist(), distance.tolist(), strict=True
            )
        ]

    def search(self, values: Sequence[ContentHash]) -> list[list[Found]]:
        """For each value, in order, every listed hash within the radius, nearest first."""
        found: list[list[Found]] = [[] for _ in values]
        for kind in {value.type for value in values}:
            places = [place for place, value in enumerate(values) if value.type is kind]
            batch = b"".join(values[place].digest for place in places)
            for query, bits, row in self.hits(kind, batch):
                found[places[query]].append(Found(bits, kind, row.entry_id, row.list_id))
        for each in found:
            each.sort()
        return found

    def _row(self, kind: HashType, row: int) -> Row:
        base = self._base[kind]
        return base[row] if row < len(base) else self._added[kind][row - len(base)]

    def _rows(self, kind: HashType, entry_ids: Collection[UUID]) -> list[int]:
        base, added = self._base[kind], self._added[kind]
        rows = [int(row) for entry_id in entry_ids for row in base.of(entry_id)]
        gone = set(entry_ids)
        return rows + [len(base) + n for n, row in enumerate(added) if row.entry_id in gone]

    def _verify(self, kind: HashType, columns: Packed) -> None:
        rows = len(self._base[kind])
        length = len(columns.digests) // max(rows, 1)
        asked = range(0, rows, rows // MOST_SELF_QUERIES + 1)
        batch = b"".join(columns.digests[row * length : (row + 1) * length] for row in asked)
        query, row, distance = self._index[kind].search(batch, self._radius[kind])
        same = distance == 0
        found = set(zip(query[same].tolist(), row[same].tolist(), strict=True))
        if not found.issuperset(enumerate(asked)):
            raise DamagedIndex(kind.value)


def packed(listed: Iterable[Listed]) -> dict[HashType, Packed]:
    columns = {kind: (bytearray(), bytearray(), bytearray(), bytearray()) for kind in HashType}
    for each in listed:
        digests, entry_ids, list_ids, versions = columns[each.value.type]
        digests += each.value.digest
        entry_ids += each.entry_id.bytes
        list_ids += each.list_id.bytes
        versions += each.version.to_bytes(8)
    return {kind: Packed(*map(bytes, column)) for kind, column in columns.items()}


def _row(listed: Listed) -> Row:
    return Row(listed.entry_id, listed.list_id, listed.version)
