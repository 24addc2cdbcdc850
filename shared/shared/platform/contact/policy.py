"""The published rules of a line's conversations: all waits and terms are settings."""

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class ContactPolicy:
    """`offer` is how long an offered conversation waits for its worker before it goes back to its
    place; `presence` how long a worker counts as there after a heartbeat; `visitor_grace` how long
    a waiting person may be away; `idle` ends a conversation in which nothing happens.

    `hands_over_to` are the lines that a person may be handed over to from here.
    """

    line: str
    hands_over_to: frozenset[str] = field(default_factory=frozenset)
    most_waiting: int = 30
    offer: timedelta = timedelta(seconds=45)
    presence: timedelta = timedelta(seconds=60)
    visitor_grace: timedelta = timedelta(minutes=5)
    idle: timedelta = timedelta(minutes=30)
    content_kept: timedelta = timedelta(days=30)
    code_works_for: timedelta = timedelta(days=90)
