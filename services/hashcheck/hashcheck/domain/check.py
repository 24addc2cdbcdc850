"""What is near enough to be a match, and what may be said about it."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from shared.domain.actor import Actor, ActorKind
from shared.domain.content_hash import FILE_HASHES, LEAST_PDQ_QUALITY, HashType

# What an API key must be for.
SCOPE = "hash:check"

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HOUR_SECONDS = 3_600

# Bits that may differ. source: the published PDQ description (31 of 256). pHash (64 bits) is kept
# at 4: at 8, one million entries would give 2.8 chance matches per 10,000 checks, at 4 one in 27
# million (64 fair bits; real pictures do worse).
RADIUS: Mapping[HashType, int] = MappingProxyType(
    {
        HashType.MD5: 0,
        HashType.SHA1: 0,
        HashType.SHA256: 0,
        HashType.PDQ: 31,
        HashType.PHASH: 4,
    }
)


# How near to a harmless picture one has to look for that to suppress a match by looks. Beyond it
# two pictures are only perhaps the same, and a wrong silence is worse than a wrong match.
HARMLESS_RADIUS: Mapping[HashType, int] = MappingProxyType(
    {**dict.fromkeys(FILE_HASHES, 0), HashType.PDQ: 10, HashType.PHASH: 2}
)


class Counted(StrEnum):
    """What a check is counted under: the type of its hash, or a whole picture."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    PHASH = "phash"
    PDQ = "pdq"
    PICTURE = "picture"


class CountedOutcome(StrEnum):
    """How an answer is counted: a match of nothing but test entries is no hit of any figure."""

    MATCH = "match"
    TEST_MATCH = "test_match"
    NO_MATCH = "no_match"
    LOW_QUALITY = "low_quality"
    INVALID = "invalid"


def is_same_file(found: HashType) -> bool:
    """Whether a match by this type means the very same file, bit by bit."""
    return found in FILE_HASHES


def is_too_poor(kind: HashType, quality: int | None) -> bool:
    """Whether a hash says too little to be compared at all; unknown quality is trusted.

    What is true of the PDQ of a picture is true of its pHash, which has no quality of its own.
    """
    return kind is HashType.PDQ and quality is not None and quality < LEAST_PDQ_QUALITY


def caller_of(actor: Actor) -> str:
    """Under which name checks are counted."""
    return f"client:{actor.id}" if actor.kind is ActorKind.CLIENT else f"service:{actor.name}"


def day_of(moment: datetime) -> date:
    """The day in Europe/Amsterdam, where weeks and years of every figure close."""
    return _day_of_hour(int(moment.timestamp() // HOUR_SECONDS))


@lru_cache(maxsize=1_024)
def _day_of_hour(hour: int) -> date:
    """Counted since 1970. A day of Amsterdam ends with an hour of the world (since 1940)."""
    return datetime.fromtimestamp(hour * HOUR_SECONDS, AMSTERDAM).date()
