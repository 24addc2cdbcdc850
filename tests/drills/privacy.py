"""Sends marked words from a marked caller through every public path, then looks everywhere.

Promised: not one byte of them is in a dump, the data directory, the write-ahead log, either Valkey
server, any log, the metrics or the traces; and what is planted in each of these is found.
`python -m tests.drills.privacy --rounds 3`
"""

import argparse
import sys
from dataclasses import dataclass, field

from infra.state import CHECKOUT
from tests.drills.privacy_marks import Marks, planted_marks
from tests.drills.privacy_media import Medium, Search
from tests.drills.privacy_paths import Caller, staffed
from tests.whole_platform import WholePlatform, whole_platform

LOGS = CHECKOUT / ".dev" / "logs" / "privacy"


@dataclass
class Findings:
    """What was searched, and what was found where."""

    paths: int = 0
    media: list[Medium] = field(default_factory=list)
    forms: list[bytes] = field(default_factory=list)

    @property
    def faults_found(self) -> list[str]:
        """What was promised and not kept, one line each."""
        leaks = [
            f"{medium.name} holds {form!r}" for medium in self.media for form in self._hits(medium)
        ]
        blind = [
            f"{medium.name}: what was planted is not found, the search is blind"
            for medium in self.media
            if medium.is_blind
        ]
        return [*leaks, *blind, *([] if self.paths and self.media else ["nothing was searched"])]

    def lines(self) -> list[str]:
        rows = [
            f"{medium.name:<22} {medium.size / 1e3:10,.0f} kB {len(self._hits(medium)):4} hits"
            f"   control {'not found' if medium.is_blind else 'found'}"
            for medium in self.media
        ]
        return [f"{self.paths} public paths taken, {len(self.forms)} forms searched for", *rows]

    def _hits(self, medium: Medium) -> list[bytes]:
        return medium.holds(self.forms)


def drill(whole: WholePlatform, rounds: int) -> Findings:
    """A caller takes every path `rounds` times; then everything is read."""
    marks, planted = Marks(), planted_marks()
    findings = Findings(forms=marks.forms())
    search = Search(whole, planted)
    with staffed(whole.platform) as staff, search.listening():
        caller = Caller(whole.platform, marks, staff)
        for _ in range(rounds):
            findings.paths += caller.takes_every_path()
    findings.media = search.media()
    return findings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="drill-privacy")
    # More from one address within ten minutes would be slowed down, as it should be.
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    with whole_platform(LOGS) as whole:
        findings = drill(whole, wanted.rounds)
    faults = findings.faults_found
    sys.stdout.write("\n".join([*findings.lines(), *(f"BROKEN: {f}" for f in faults), ""]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
