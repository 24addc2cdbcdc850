"""What the privacy drill sends so that it would be recognised anywhere, in whatever form.

All words of a run begin alike, with random characters that do not compress, and the caller comes
from an address of loopback that nobody else uses.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from tests.canary import forms_of_address, forms_of_text, text_canary

CALLER = "127.66.77.88"
FORWARDED = "203.0.113.77"
# Those of what is planted on purpose.
PLANTED_CALLER = "127.66.77.99"


@dataclass
class Marks:
    """The words of one run; `root` is what all begin with."""

    address: str = CALLER
    forwarded: str = FORWARDED
    root: str = field(default_factory=text_canary)
    _numbers: Iterator[int] = field(default_factory=count)

    def word(self) -> str:
        return f"{self.root}x{next(self._numbers)}"

    @property
    def headers(self) -> dict[str, str]:
        """Everything that a browser, a proxy or a foreign page might tell of a caller."""
        return {
            "User-Agent": f"Mozilla/5.0 ({self.word()})",
            "Referer": f"https://elsewhere.example/{self.word()}",
            "X-Forwarded-For": self.forwarded,
            "X-Real-IP": self.forwarded,
            "Forwarded": f"for={self.forwarded}",
        }

    def forms(self) -> list[bytes]:
        """In which any of it might be kept."""
        return [
            *forms_of_text(self.root),
            *forms_of_address(self.address),
            *forms_of_address(self.forwarded),
        ]


def planted_marks() -> Marks:
    return Marks(address=PLANTED_CALLER, forwarded=PLANTED_CALLER)
