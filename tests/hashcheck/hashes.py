"""Invented hashes: the same on every machine, of nothing that exists."""

from collections.abc import Iterable
from hashlib import shake_256

from shared.contracts.hashcheck import CheckItem
from shared.domain.content_hash import BITS, ContentHash, HashType

GOOD, POOR = 80, 49


def value(kind: HashType, seed: object) -> ContentHash:
    """As even as random bits, and for each seed another."""
    return ContentHash(kind, shake_256(f"{kind}:{seed}".encode()).digest(BITS[kind] // 8))


def flipped(original: ContentHash, places: Iterable[int]) -> ContentHash:
    """The same but for the bits at these places, 0 being the least significant."""
    mask = 0
    for place in places:
        mask |= 1 << place
    number = int.from_bytes(original.digest) ^ mask
    return ContentHash(original.type, number.to_bytes(len(original.digest)))


def item(hash_value: ContentHash, quality: int | None = None) -> CheckItem:
    return CheckItem(type=hash_value.type, value=hash_value.text, quality=quality)


def picture(seed: object, quality: int = GOOD) -> list[CheckItem]:
    """All five hashes of one invented picture."""
    return [item(value(kind, seed), quality if kind is HashType.PDQ else None) for kind in HashType]
