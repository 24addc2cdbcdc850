"""The kinds of hash that an index can hold: five of our own, and those that plug-ins add.

A plug-in is an entry point of the group `hashcheck.kinds`. Its name is the kind's; what it loads
has three attributes:

    length: int       bytes of a hash
    radius: int       the largest distance that may be asked for
    distances(digest, hashes)
                      whole numbers, one per row: how far each row of `hashes` (uint8, rows by
                      length) is from `digest` (uint8, length)
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from importlib.metadata import entry_points
from typing import Any

import numpy as np
from numpy.typing import NDArray

PLUG_INS = "hashcheck.kinds"

Distances = Callable[[NDArray[np.uint8], NDArray[np.uint8]], NDArray[np.integer[Any]]]


def _no_distances(digest: NDArray[np.uint8], hashes: NDArray[np.uint8]) -> NDArray[np.int64]:
    raise NotImplementedError("only plug-ins measure distances themselves")


class Comparison(Enum):
    """What makes two hashes match: all bits equal, few bits different, or a plug-in's word."""

    EQUAL = auto()
    NEAR = auto()
    OPAQUE = auto()


@dataclass(frozen=True, slots=True)
class Kind:
    """`length`: bytes of a hash. `radius`: the largest distance that may be asked for."""

    name: str
    length: int
    radius: int
    comparison: Comparison
    distances: Distances = field(default=_no_distances, compare=False)


# source: RFC 1321; FIPS 180-4. PDQ: its description calls 31 of 256 bits a confident match.
# pHash: above 8 of 64 bits chance decides (one million rows: 3 chance matches in 10,000 queries).
OUR_OWN = {
    kind.name: kind
    for kind in (
        Kind("md5", 16, 0, Comparison.EQUAL),
        Kind("sha1", 20, 0, Comparison.EQUAL),
        Kind("sha256", 32, 0, Comparison.EQUAL),
        Kind("pdq", 32, 31, Comparison.NEAR),
        Kind("phash", 8, 8, Comparison.NEAR),
    )
}


def kind_named(name: str) -> Kind:
    """Raises LookupError unless it is one of our own or exactly one plug-in's."""
    if name in OUR_OWN:
        return OUR_OWN[name]
    found = entry_points(group=PLUG_INS, name=name)
    if len(found) != 1:
        raise LookupError(f"{len(found)} plug-ins for hashes of kind {name!r}")
    (entry_point,) = found
    plug_in = entry_point.load()
    return Kind(name, plug_in.length, plug_in.radius, Comparison.OPAQUE, plug_in.distances)
