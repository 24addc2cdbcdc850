"""Sends marked words from a marked caller through every public path, then looks everywhere.

Promised: not one byte of them is in a dump, the data directory, the write-ahead log, either Valkey
server, any log, the metrics or the traces; and what is planted in each of these is found.
`python -m tests.drills.privacy --rounds 3`
"""

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path

from infra.ports import free_base, port_plan
from infra.startup import running_platform
from infra.state import CHECKOUT, throw_away_state
from tests.drills.privacy_marks import Marks, planted_marks
from tests.drills.privacy_media import Medium, Search, trace_collector
from tests.drills.privacy_paths import Caller, staffed

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


def drill(rounds: int, logs: Path) -> Findings:
    """A platform of its own; a caller takes every path `rounds` times; then everything is read."""
    marks, planted = Marks(), planted_marks()
    findings = Findings(forms=marks.forms())
    ports = port_plan(free_base())
    with (
        trace_collector() as collector,
        running_platform(
            throw_away_state(), ports, logs, throw_away=True, traces_url=collector.url
        ) as platform,
    ):
        search = Search(platform, logs, collector, planted)
        with staffed(platform) as staff, search.listening():
            caller = Caller(platform, marks, staff)
            for _ in range(rounds):
                findings.paths += caller.takes_every_path()
        findings.media = search.media()
    return findings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="drill-privacy")
    # More from one address within ten minutes would be slowed down, as it should be.
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    findings = drill(wanted.rounds, LOGS)
    faults = findings.faults_found
    sys.stdout.write("\n".join([*findings.lines(), *(f"BROKEN: {f}" for f in faults), ""]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
