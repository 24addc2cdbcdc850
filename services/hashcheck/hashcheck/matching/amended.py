"""An index with what changed since: additions and revocations."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from hashcheck.matching.index import Index, Packed, digests_of
from hashcheck.matching.matches import Digests, Matches, merged


class AmendedIndex:
    """A base index that stays as it is, a small one of additions, and marks on revoked rows.

    It never changes either: `amended` makes another, so whoever searches keeps what they have.
    Rows of the base keep their numbers; those of additions follow on, in the order of adding.
    """

    def __init__(self, base: Index) -> None:
        self.base = base
        self._added: Digests = digests_of(base.kind, b"")
        self._additions = Index.build(base.kind.name, b"")
        self._is_revoked: NDArray[np.bool_] = np.zeros(len(base), np.bool_)

    def __len__(self) -> int:
        """Rows that are not revoked."""
        return len(self._is_revoked) - int(self._is_revoked.sum())

    @property
    def added(self) -> int:
        """Rows beside the base: past some ten thousand it is time for a new base."""
        return len(self._added)

    def amended(self, added: Packed = b"", revoked: Iterable[int] = ()) -> "AmendedIndex":
        """An index with more hashes and without the `revoked` rows.

        Costs some milliseconds for ten thousand additions. Raises ValueError, and IndexError for
        a row that there is not.
        """
        new = digests_of(self.base.kind, added)
        made = AmendedIndex.__new__(AmendedIndex)
        made.base = self.base
        made._added = np.concatenate([self._added, new])
        made._additions = (
            Index.build(self.base.kind.name, made._added) if len(new) else self._additions
        )
        made._is_revoked = np.concatenate([self._is_revoked, np.zeros(len(new), np.bool_)])
        rows = np.fromiter(revoked, np.int64)
        if (rows < 0).any():
            raise IndexError("rows are counted from 0")
        made._is_revoked[rows] = True
        return made

    def search(self, digests: Packed, radius: int | None = None) -> Matches:
        """As `Index.search`, over the base and the additions, without what is revoked."""
        found = self.base.search(digests, radius)
        if self.added:
            query, row, distance = self._additions.search(digests, radius)
            found = merged([found, Matches(query, row + len(self.base), distance)])
        if len(found.row):
            kept = ~self._is_revoked[found.row]
            found = Matches(*(column[kept] for column in found))
        return found
