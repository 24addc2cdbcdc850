"""Hash values of a picture: their kinds, bit lengths, hexadecimal form and distance.

A value is written in hexadecimal, most significant bit first, two digits per byte; upper case is
read and lower case is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from shared.domain.errors import Invalid


class HashType(StrEnum):
    """A kind of hash: MD5, SHA1 and SHA256 of the file, PHASH and PDQ of what it shows."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    PHASH = "phash"
    PDQ = "pdq"


# source: RFC 1321; FIPS 180-4; imagehash 4.3 `phash` (8 x 8); PDQ description (16 x 16)
BITS: Mapping[HashType, int] = MappingProxyType(
    {
        HashType.MD5: 128,
        HashType.SHA1: 160,
        HashType.SHA256: 256,
        HashType.PHASH: 64,
        HashType.PDQ: 256,
    }
)

# Hashes of the bytes of a file: only equality of all bits is a match.
FILE_HASHES = frozenset({HashType.MD5, HashType.SHA1, HashType.SHA256})

# source: the published PDQ description: a hash of lower quality (0-100) says too little to match.
LEAST_PDQ_QUALITY = 50

BITS_PER_DIGIT = 4
HEXADECIMAL = frozenset("0123456789abcdefABCDEF")


@dataclass(frozen=True, slots=True)
class ContentHash:
    """One hash value; `digest` holds its bits, most significant byte first."""

    type: HashType
    digest: bytes

    @classmethod
    def parse(cls, hash_type: HashType, text: str) -> "ContentHash":
        """Read hexadecimal. Raises Invalid: `hash_not_hexadecimal` or `hash_wrong_length`."""
        if not HEXADECIMAL.issuperset(text):
            raise Invalid("hash_not_hexadecimal")
        if len(text) * BITS_PER_DIGIT != BITS[hash_type]:
            raise Invalid("hash_wrong_length")
        return cls(hash_type, bytes.fromhex(text))

    @property
    def text(self) -> str:
        return self.digest.hex()

    def distance(self, other: "ContentHash") -> int:
        """How many bits differ (Hamming distance). Both must be of one type."""
        if self.type is not other.type:
            raise ValueError("hashes of two types have no distance")
        return (int.from_bytes(self.digest) ^ int.from_bytes(other.digest)).bit_count()
