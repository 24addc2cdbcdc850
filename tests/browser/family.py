"""A family is a page as a person meets it: where it stands and what has to happen before.

Tests look at every family, and `make screenshots` takes pictures of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.browser.people import DUTCH
from tests.browser.stage import Stage

Opener = Callable[[Stage], Page]


@dataclass(frozen=True)
class Family:
    """`empty_too` says that it is worth looking at before anything has happened."""

    face: str
    name: str
    open: Opener
    empty_too: bool = False

    def __str__(self) -> str:
        return f"{self.face}-{self.name}"


@dataclass(frozen=True)
class Families:
    """The families of one face, in the order in which they are written down."""

    face: str
    all: list[Family] = field(default_factory=list)

    def __iter__(self) -> Iterator[Family]:
        return iter(self.all)

    def add(self, name: str, *, empty_too: bool = False) -> Callable[[Opener], Opener]:
        def keep(opener: Opener) -> Opener:
            self.all.append(Family(self.face, name, opener, empty_too))
            return opener

        return keep

    def visit(self, name: str, path: str, *, language: str = DUTCH) -> None:
        """A page that needs nothing but its address."""
        self.add(name)(lambda stage: stage.visit(self.face, path, language=language))

    def work(self, name: str, person: str, path: str, *, empty_too: bool = False) -> None:
        """A page that needs nothing but its address and somebody who is signed in."""
        self.add(name, empty_too=empty_too)(lambda stage: stage.work(self.face, person, path))
