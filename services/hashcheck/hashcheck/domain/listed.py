"""A listed hash, and finding it."""

from dataclasses import dataclass
from uuid import UUID

from shared.domain.content_hash import ContentHash, HashType


@dataclass(frozen=True, slots=True)
class Listed:
    """A hash of a listed entry; an entry may have several.

    `version` is the change of the lists that listed it.
    """

    entry_id: UUID
    value: ContentHash
    list_id: UUID
    version: int


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """An entry within the radius; `distance` is the number of differing bits."""

    distance: int
    type: HashType
    entry_id: UUID
    list_id: UUID
