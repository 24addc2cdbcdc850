"""Passwords of staff: argon2id with the library's parameters, and what a password must be.

Source of the rules: OWASP ASVS 5.0 chapter 6.2 (15 to 128 characters, any characters, no
composition rule). No list of leaked passwords is shipped; those of 15 characters and more are
mostly repeats, rows and well-known words, and these are recognised.

Verifying costs 64 MiB, so only as many run at once as there are processors: otherwise signing in
would be a way to exhaust the machine.
"""

import os
import threading
from functools import cache
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from shared.domain.errors import Invalid

SHORTEST = 15
LONGEST = 128
# What people who work here try first; the rest of a password has to be worth something.
TRIED_FIRST = (
    "offlimits", "meldpunt", "hulplijn", "preventielijn", "hotline", "helpline", "prevention",
    "hashcheck", "kinderporno", "password", "wachtwoord", "welkom", "welcome", "qwertyuiop",
    "asdfghjkl", "zxcvbnm", "qwerty", "azerty", "amsterdam", "admin", "login", "geheim", "secret",
    "letmein",
)  # fmt: skip
FEWEST_OWN_SIGNS = 6

_hasher = PasswordHasher()
_at_once = threading.BoundedSemaphore(os.cpu_count() or 1)


def hash_password(password: str, *, name: str) -> str:
    """An argon2id hash. Raises Invalid `password_length` or `password_too_guessable`."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid("password_length", fields=("password",))
    if is_guessable(password, name):
        raise Invalid("password_too_guessable", fields=("password",))
    with _at_once:
        return _hasher.hash(password)


def is_guessable(password: str, name: str) -> bool:
    """Whether its length promises more than there is: few signs, repeats, rows, well-known words.

    The name of the account counts as such a word.
    """
    text = password.casefold()
    bare = "".join(sign for sign in text if sign.isalnum())
    own = bare
    for word in (*TRIED_FIRST, name.casefold()):
        own = own.replace(word, "")
    own = own.strip("0123456789")
    few = len(set(text)) <= len(text) // 4
    return few or _repeats(bare) or _is_row(bare) or len(own) < FEWEST_OWN_SIGNS


def _repeats(text: str) -> bool:
    """Whether it is one piece again and again: then it is found within its own double."""
    return text in (text + text)[1:-1]


def _is_row(text: str) -> bool:
    """Whether most signs are the next or the one before: abcdef, 654321."""
    steps = [abs(ord(b) - ord(a)) for a, b in pairwise(text)]
    return 2 * sum(step == 1 for step in steps) > len(steps)


def password_fits(password: str, password_hash: str | None) -> bool:
    """Whether it is the password; None (no such account) costs the same and is never right."""
    with _at_once:
        nobody = _hash_of_nobody()
        try:
            _hasher.verify(password_hash or nobody, password[: LONGEST + 1])
        except (VerifyMismatchError, InvalidHashError):
            return False
    return password_hash is not None


@cache
def _hash_of_nobody() -> str:
    """What an unknown name is checked against, so that it takes as long as a known one.

    Made by the first who signs in, whoever that is: most processes check no password.
    """
    return _hasher.hash("nobody has this password")
