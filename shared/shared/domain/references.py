"""References that people read aloud, type over and mistype: with a check character.

Written in Crockford's base 32 (no I, L, O or U; case does not matter; I and L read as 1, O as 0).
The check character is a weighted sum over GF(32), so every single wrong character and every swap
of two characters is noticed.
"""

import hashlib
import secrets
from uuid import UUID

from shared.domain.errors import Invalid

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOK_ALIKES = str.maketrans("ILO", "110")

# x^5 + x^2 + 1, primitive, so that the weights of 31 places in a row all differ.
FIELD_POLYNOMIAL = 0b100101

REFERENCE_LENGTH = 12
RECEIPT_LENGTH = 28
GROUP_LENGTH = 4


def public_reference(prefix: str, object_id: UUID) -> str:
    """The reference of an object, such as `N-7K3M-9QXT-2HWC`: 55 bits of its random id.

    Not a secret: it names an object and opens nothing.
    """
    digits = [(object_id.int >> (5 * place)) & 31 for place in range(REFERENCE_LENGTH - 1)]
    return f"{prefix}-{_written(digits)}"


def read_reference(prefix: str, text: str) -> str:
    """The reference as it is stored, from what somebody typed. Raises Invalid."""
    typed = text.strip().upper()
    if not typed.startswith(prefix):
        raise Invalid("bad_reference")
    return f"{prefix}-{_read(typed[len(prefix) :], REFERENCE_LENGTH, 'bad_reference')}"


def new_receipt_code() -> str:
    """A code only the reporter has: 135 random bits and a check character, in groups of four."""
    return _written([secrets.randbelow(32) for _ in range(RECEIPT_LENGTH - 1)])


def receipt_hash(code: str) -> bytes:
    """What is stored of a receipt code: 32 bytes of SHA-256, which cannot be turned back.

    Raises Invalid when the code was mistyped.
    """
    return hashlib.sha256(_read(code, RECEIPT_LENGTH, "bad_receipt_code").encode()).digest()


def _written(digits: list[int]) -> str:
    characters = "".join(ALPHABET[digit] for digit in [*digits, _check(digits)])
    return _grouped(characters)


def _read(text: str, length: int, code: str) -> str:
    bare = text.upper().translate(LOOK_ALIKES).replace("-", "").replace(" ", "")
    if len(bare) != length or any(character not in ALPHABET for character in bare):
        raise Invalid(code)
    digits = [ALPHABET.index(character) for character in bare]
    if _check(digits[:-1]) != digits[-1]:
        raise Invalid(code)
    return _grouped(bare)


def _grouped(characters: str) -> str:
    starts = range(0, len(characters), GROUP_LENGTH)
    return "-".join(characters[start : start + GROUP_LENGTH] for start in starts)


def _check(digits: list[int]) -> int:
    """The sum of digit times x^place, places counted from the right and from 1, by Horner."""
    total = 0
    for digit in digits:
        total = _times_x(total ^ digit)
    return total


def _times_x(value: int) -> int:
    doubled = value << 1
    return doubled ^ FIELD_POLYNOMIAL if doubled & 32 else doubled
