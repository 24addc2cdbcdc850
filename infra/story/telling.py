"""Saying what happens, waiting for what happens by itself, and stopping at what went wrong."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

Found = TypeVar("Found")
SECONDS_BETWEEN_LOOKS = 0.3


class StoryFailed(Exception):
    """A step did not go as it should; the message is one line for a person."""


@dataclass
class Teller:
    """Prints each act with the time since the beginning, and what happened in it."""

    say: Callable[[str], None] = print
    started: float = field(default_factory=time.monotonic)
    act_name: str = ""

    def act(self, name: str) -> None:
        self.act_name = name
        self.say(f"\n[{time.monotonic() - self.started:5.1f} s] {name}")

    def tell(self, sentence: str) -> None:
        self.say(f"  - {sentence}")


def expect(condition: object, complaint: str) -> None:
    """Raises StoryFailed with the complaint when something is not as it should be."""
    if not condition:
        raise StoryFailed(complaint)


def wait_for(what: str, look: Callable[[], Found | None], seconds: float = 30.0) -> Found:
    """What `look` finds, as soon as it finds something; StoryFailed when it never does."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise StoryFailed(f"waited {seconds:.0f} s for {what}")
        time.sleep(SECONDS_BETWEEN_LOOKS)
