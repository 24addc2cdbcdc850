"""What staff call a visitor: a name drawn by chance, of no person."""

import secrets
from functools import cache
from importlib.resources import files

SMALLEST, LARGEST = 10, 99


@cache
def _words() -> tuple[tuple[str, ...], tuple[str, ...]]:
    lines = (files("shared.platform.contact") / "pseudonyms.txt").read_text("utf-8").splitlines()
    adjectives, nouns = (line.split() for line in lines if not line.startswith("#"))
    return tuple(adjectives), tuple(nouns)


def draw_pseudonym() -> str:
    """One of some hundred thousand; whether it is taken is found out by the table."""
    adjectives, nouns = _words()
    number = SMALLEST + secrets.randbelow(LARGEST - SMALLEST + 1)
    return f"{secrets.choice(adjectives)} {secrets.choice(nouns)} {number}"
