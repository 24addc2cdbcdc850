"""What the drill of the Hash Check Service saw, and which promise that breaks."""

from collections import Counter
from dataclasses import dataclass, field

LONGEST_REVOCATION, LONGEST_PICTURE = 5.0, 3.0
MOST_COPIES = 1.2


@dataclass
class Count:
    """What was seen, and what should not have been."""

    answers: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    mixed: int = 0
    swaps: int = 0
    revocations: list[float] = field(default_factory=list)
    kills: int = 0
    lost: int = 0
    # Importers that were killed at work, and lists of which some was listed then.
    importers: int = 0
    half: int = 0
    bases: int = 0
    unready: bool = False
    ready_again: bool = False
    without_redis: bool = False
    copies: float = 0.0
    pictures: Counter[str] = field(default_factory=Counter)
    slowest_picture: float = 0.0
    deaths: int = 0

    @property
    def faults_found(self) -> list[str]:
        """What was promised and not kept, one line each."""
        crashed = sum(n for code, n in self.pictures.items() if code not in {"200", "422", "415"})
        found = {
            "nothing was asked": self.answers == 0,
            "a check failed": self.failed.total() > 0,
            "an answer mixed two versions": self.mixed > 0,
            "nothing was swapped": self.swaps == 0,
            "what was withdrawn matched on": max(self.revocations, default=9) > LONGEST_REVOCATION,
            "nothing was killed": self.kills == 0,
            "an entry was lost": self.lost > 0,
            "no importer was killed": self.importers == 0,
            "half of a list came in": self.half > 0,
            "old indexes were left behind": self.bases != 1,
            "who lagged was ready": not self.unready,
            "who caught up was not ready": not self.ready_again,
            "without Redis nothing arrived": not self.without_redis,
            "the index was in memory twice": self.copies > MOST_COPIES,
            "a picture was not answered": crashed > 0 or not self.pictures,
            "a picture held it up": self.slowest_picture > LONGEST_PICTURE,
            "a process died": self.deaths > 0,
        }
        return [complaint for complaint, is_so in found.items() if is_so]

    def lines(self) -> list[str]:
        pictures = ", ".join(f"{n} {code}" for code, n in sorted(self.pictures.items()))
        return [
            f"answers                   {self.answers}, failed {dict(self.failed)},"
            f" of two versions {self.mixed}",
            f"swaps                     {self.swaps}",
            f"withdrawn, seconds        {max(self.revocations, default=0):.2f} at most"
            f" of {len(self.revocations)}",
            f"kills                     {self.kills}, entries lost {self.lost}",
            f"importers killed at work  {self.importers}, lists that came in by half {self.half}",
            f"copies of the index       {self.copies:.2f}, folders {self.bases}",
            f"lag                       unready {self.unready}, ready again {self.ready_again}",
            f"without Redis             updates arrive: {self.without_redis}",
            f"damaged pictures          {pictures}; slowest {self.slowest_picture:.2f} s",
        ]
