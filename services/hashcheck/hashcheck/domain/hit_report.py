"""What is decided about a hit that a client calls false."""

from enum import StrEnum


class Review(StrEnum):
    """OPEN: a steward has to look. KEPT: the match was right. WITHDRAWN: the entry was wrong."""

    OPEN = "open"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"
