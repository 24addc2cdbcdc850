"""The index of hashes of one kind: in memory, or in a snapshot on disk."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hashcheck.matching import snapshot
from hashcheck.matching.equal import EqualTable
from hashcheck.matching.kinds import Comparison, Kind, kind_named
from hashcheck.matching.matches import Digests, Matches
from hashcheck.matching.near import NearTable
from hashcheck.matching.opaque import OpaqueTable

# Packed hashes, or an array of uint8 with one row of bytes per hash.
Packed = bytes | bytearray | memoryview | NDArray[np.uint8]

# A row is a number of 32 bits in every table.
MOST_ROWS = (1 << 32) - 2


class Table(Protocol):
    @property
    def layout(self) -> dict[str, Any]: ...

    @property
    def arrays(self) -> dict[str, NDArray[Any]]: ...

    def search(self, digests: Digests, radius: int) -> Matches: ...


class Index:
    """Never changes. Any number of threads may search it at once.

    Rows are numbered from 0, in the order in which their hashes were given.
    """

    def __init__(self, kind: Kind, rows: int, list_version: int, table: Table) -> None:
        self.kind = kind
        self.list_version = list_version
        self._rows = rows
        self._table = table

    def __len__(self) -> int:
        return self._rows

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return sum(array.nbytes for array in self._table.arrays.values())

    @classmethod
    def build(cls, kind: str, digests: Packed, *, list_version: int = 0) -> "Index":
        """`kind`: md5, sha1, sha256, pdq, phash or the name of a plug-in.

        `digests`: the hashes one after another, 16, 20, 32, 32 or 8 bytes each, first the byte
        that is written first in hexadecimal. Raises LookupError for an unknown kind and
        ValueError if the last hash is not whole.
        """
        known = kind_named(kind)
        rows = digests_of(known, digests)
        if len(rows) > MOST_ROWS:
            raise ValueError("too many rows")
        return cls(known, len(rows), list_version, _built(known, rows))

    def search(self, digests: Packed, radius: int | None = None) -> Matches:
        """Exactly the rows that are at most `radius` away from each digest.

        Digests are packed as for `build`. `radius`: differing bits, from 0 to the largest of the
        kind (PDQ 31, pHash 8, files 0), which is also the default. Raises ValueError.
        """
        wanted = self.kind.radius if radius is None else radius
        if not 0 <= wanted <= self.kind.radius:
            raise ValueError(f"radius {wanted} is not from 0 to {self.kind.radius}")
        return self._table.search(digests_of(self.kind, digests), wanted)

    def save(self, directory: Path) -> None:
        """Write a snapshot, which is there as a whole or not at all. Raises FileExistsError."""
        facts = {
            "kind": self.kind.name,
            "radius": self.kind.radius,
            "rows": self._rows,
            "list_version": self.list_version,
            "layout": self._table.layout,
        }
        snapshot.write(directory, facts, self._table.arrays)

    @classmethod
    def open(cls, directory: Path) -> "Index":
        """Map a snapshot into memory after checking its header and the sizes of its files.

        Raises DamagedSnapshot with the name of the file, and LookupError for an unknown kind.
        """
        header = snapshot.read_header(directory)
        kind = kind_named(header["kind"])
        arrays = snapshot.mapped(directory, header["files"])
        table = _table_of(kind, header["layout"], arrays)
        return cls(kind, header["rows"], header["list_version"], table)

    @classmethod
    def install(cls, source: Path, directory: Path) -> "Index":
        """Copy a snapshot here, compare every file with its SHA-256, and open it.

        Raises DamagedSnapshot with the name of the first file that differs; then nothing is
        installed.
        """
        snapshot.copy_verified(source, directory)
        return cls.open(directory)


def digests_of(kind: Kind, digests: Packed) -> Digests:
    """A row of bytes per hash. Raises ValueError."""
    if isinstance(digests, np.ndarray):
        # As searches of a single hash give them: there every microsecond shows.
        fits = digests.shape[1:] == (kind.length,) and digests.dtype == np.uint8
        if fits and digests.flags.c_contiguous:
            return digests
        given = np.ascontiguousarray(digests, np.uint8).reshape(-1)
    else:
        given = np.frombuffer(digests, np.uint8)
    if given.size % kind.length:
        raise ValueError(f"{kind.name}: {given.size} bytes are not hashes of {kind.length}")
    return given.reshape(-1, kind.length)


def _built(kind: Kind, digests: Digests) -> Table:
    if kind.comparison is Comparison.EQUAL:
        return EqualTable.build(digests)
    if kind.comparison is Comparison.NEAR:
        return NearTable.build(digests)
    return OpaqueTable(digests.copy(), kind.distances)


def _table_of(kind: Kind, layout: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Table:
    if kind.comparison is Comparison.EQUAL:
        return EqualTable.of_arrays(kind.length, layout, arrays)
    if kind.comparison is Comparison.NEAR:
        return NearTable.of_arrays(kind.length * 8, layout, arrays)
    return OpaqueTable(arrays["hashes"].reshape(-1, kind.length), kind.distances)
