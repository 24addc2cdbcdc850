"""What others search hashes with: faiss, Flat and MultiHash, and python-threatexchange."""

from collections.abc import Callable, Iterator
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray
from threatexchange.signal_type.pdq.pdq_index import PDQIndex

Rows = NDArray[np.uint8]

faiss.omp_set_num_threads(1)


def flat(rows: Rows) -> Any:
    """Compares with every row."""
    index = faiss.IndexBinaryFlat(rows.shape[1] * 8)
    index.add(rows)
    return index


def multi_hash(rows: Rows, tables: int, bits: int, flips: int) -> Any:
    """`tables` hash tables of `bits` bits, looked up with `flips` bits flipped.

    Exact where (`flips` + 1) * `tables` is more than the radius.
    """
    index = faiss.IndexBinaryMultiHash(rows.shape[1] * 8, tables, bits)
    index.add(rows)
    index.nflip = flips
    return index


def threatexchange(rows: Rows) -> PDQIndex:
    return PDQIndex(zip(hexadecimal(rows), range(len(rows)), strict=True))


def hexadecimal(rows: Rows) -> list[str]:
    return [row.tobytes().hex() for row in rows]


def found_by(index: Any, queries: Rows, radius: int) -> set[tuple[int, int, int]]:
    """Query, row, distance. faiss takes distances below what it is given."""
    limits, distances, rows = index.range_search(queries, radius + 1)
    query = np.repeat(np.arange(len(queries)), np.diff(limits.astype(np.int64)))
    return set(zip(query.tolist(), rows.tolist(), distances.astype(int).tolist(), strict=True))


def in_turn(items: Any, size: int) -> Callable[[], Any]:
    """Each call gives the next `size` items, so that no batch is asked twice soon."""

    def parts() -> Iterator[Any]:
        while True:
            for begin in range(0, len(items) - size + 1, size):
                yield items[begin : begin + size]

    each = parts()
    return lambda: next(each)
