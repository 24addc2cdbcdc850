"""Passwords of staff: argon2id with the library's parameters, and what a password must be.

Source of the rules: OWASP ASVS 5.0 chapter 6.2 (15 to 128 characters, any characters, no
composition rule). Verifying costs 64 MiB, so only as many run at once as there are processors:
otherwise signing in would be a way to exhaust the machine.
"""

import os
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from shared.domain.errors import Invalid

SHORTEST = 15
LONGEST = 128
OUR_WORDS = ("offlimits", "meldpunt", "hulplijn", "preventielijn")

_hasher = PasswordHasher()
_at_once = threading.BoundedSemaphore(os.cpu_count() or 1)
# What an unknown name is checked against, so that it takes as long as a known one.
_nobody = _hasher.hash("nobody has this password")


def hash_password(password: str, *, name: str) -> str:
    """An argon2id hash. Raises Invalid `password_length` or `password_too_guessable`."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid("password_length", fields=("password",))
    bare = password.lower().strip("0123456789!@#$%^&*-_ ")
    if bare in (*OUR_WORDS, name.lower()) or len(set(password)) <= len(password) // 4:
        raise Invalid("password_too_guessable", fields=("password",))
    with _at_once:
        return _hasher.hash(password)


def password_fits(password: str, password_hash: str | None) -> bool:
    """Whether it is the password; None (no such account) costs the same and is never right."""
    with _at_once:
        try:
            _hasher.verify(password_hash or _nobody, password[: LONGEST + 1])
        except (VerifyMismatchError, InvalidHashError):
            return False
    return password_hash is not None
