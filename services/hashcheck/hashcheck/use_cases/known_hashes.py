"""All listed hashes of one list version: an exact index per type, and whose each row is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from shared.domain.content_hash import ContentHash, HashType

from hashcheck.domain.listed import Found, Listed
from hashcheck.matching import AmendedIndex, Index, snapshot

ID_BYTES = 16
# Of a new index so many rows are asked for, and each has to find itself.
MOST_SELF_QUERIES = 1_000
INDEX, ROWS, SAMPLES = "index", "rows", "samples"
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

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """`arrays`: as `arrays` gives them."""
        # Two words per id, so that an entry is found among millions in a millisecond.
        self._entry_ids = arrays["entry_ids"].reshape(-1, 2)
        self._lists = arrays["lists"].reshape(-1, 2)
        self._list_of = arrays["list_of"]
        self._versions = arrays["versions"]

    @classmethod
    def of_columns(cls, packed: Packed) -> "Rows":
        lists = np.frombuffer(packed.list_ids, np.uint64).reshape(-1, 2)
        # One word stands for a list while sorting, which a million rows of two words make slow.
        _, first, list_of = np.unique(
            lists[:, 0] * ODD + lists[:, 1], return_index=True, return_inverse=True
        )
        return cls(
            {
                "entry_ids": np.frombuffer(packed.entry_ids, np.uint64),
                "lists": lists[first],
                "list_of": list_of.astype(np.uint16),
                "versions": np.frombuffer(packed.versions, ">u8").astype(np.uint64),
            }
        )

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        return {
            "entry_ids": self._entry_ids.reshape(-1),
            "lists": self._lists.reshape(-1),
            "list_of": self._list_of,
            "versions": self._versions,
        }

    def __len__(self) -> int:
        return len(self._versions)

    def __getitem__(self, row: int) -> Row:
        return Row(
            UUID(bytes=self._entry_ids[row].tobytes()),
            UUID(bytes=self._lists[self._list_of[row]].tobytes()),
            int(self._versions[row]),
        )

    def of_entries(self, entry_ids: Collection[UUID]) -> list[int]:
        """The rows of these entries, in one look at all rows however many entries there are."""
        known = {entry_id.bytes for entry_id in entry_ids}
        wanted = np.frombuffer(b"".join(known), np.uint64).reshape(-1, 2)
        (places,) = np.nonzero(np.isin(self._entry_ids[:, 0], wanted[:, 0]))
        return [int(row) for row in places if self._entry_ids[row].tobytes() in known]


class KnownHashes:
    """It never changes: a new list version is a new one."""

    def __init__(self, packed: Mapping[HashType, Packed], radius: Mapping[HashType, int]) -> None:
        """`radius`: how many bits may differ, per type. Raises DamagedIndex."""
        columns = {kind: packed.get(kind, Packed()) for kind in HashType}
        bases = {kind: Index.build(kind.value, columns[kind].digests) for kind in HashType}
        self._begin(radius, bases, {kind: Rows.of_columns(columns[kind]) for kind in HashType})
        self._samples = {
            kind: _samples(columns[kind].digests, len(bases[kind])) for kind in HashType
        }
        self._verify()

    def _begin(
        self,
        radius: Mapping[HashType, int],
        bases: Mapping[HashType, Index],
        rows: Mapping[HashType, Rows],
    ) -> None:
        self._radius, self._base = radius, rows
        self._index = {kind: AmendedIndex(bases[kind]) for kind in HashType}
        self._added: Mapping[HashType, list[Row]] = {kind: [] for kind in HashType}

    def save(self, directory: Path) -> None:
        """Write the base to a folder that does not exist yet, without what came beside it."""
        for kind in HashType:
            self._index[kind].base.save(directory / kind.value / INDEX)
            samples = np.frombuffer(self._samples[kind], np.uint8)
            arrays = {**self._base[kind].arrays, SAMPLES: samples}
            snapshot.write(directory / kind.value / ROWS, {}, arrays)

    @classmethod
    def open(cls, directory: Path, radius: Mapping[HashType, int]) -> "KnownHashes":
        """Map what `save` wrote into memory, which all processes of a machine share.

        Every file is compared with its SHA-256 first. Raises DamagedSnapshot, DamagedIndex.
        """
        made = cls.__new__(cls)
        bases, rows, made._samples = {}, {}, {}
        for kind in HashType:
            index, owners = directory / kind.value / INDEX, directory / kind.value / ROWS
            snapshot.verify(index)
            snapshot.verify(owners)
            arrays = snapshot.mapped(owners, snapshot.read_header(owners)["files"])
            made._samples[kind] = arrays.pop(SAMPLES).tobytes()
            bases[kind], rows[kind] = Index.open(index), Rows(arrays)
        made._begin(radius, bases, rows)
        made._verify()
        return made

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
        made._radius, made._base, made._samples = self._radius, self._base, self._samples
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
        gone = set(entry_ids)
        return base.of_entries(gone) + [
            len(base) + n for n, row in enumerate(added) if row.entry_id in gone
        ]

    def _verify(self) -> None:
        """Each sample has to find the row that it is of. Raises DamagedIndex."""
        for kind, samples in self._samples.items():
            query, row, distance = self._index[kind].search(samples, self._radius[kind])
            same = distance == 0
            found = set(zip(query[same].tolist(), row[same].tolist(), strict=True))
            if not found.issuperset(enumerate(_asked(len(self._base[kind])))):
                raise DamagedIndex(kind.value)


def _asked(rows: int) -> range:
    """Of how many rows these have to find themselves."""
    return range(0, rows, rows // MOST_SELF_QUERIES + 1)


def _samples(digests: bytes, rows: int) -> bytes:
    length = len(digests) // max(rows, 1)
    return b"".join(digests[row * length : (row + 1) * length] for row in _asked(rows))


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
