"""What `hashcheck scan` and `hashcheck watch` do: hash here, ask there, tell what is known.

Files that are unchanged since they were checked are not read again: their hashes are asked for
again, and only against what was listed since.
"""

import json
import os
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from imaging import ImageWorker

from hashcheck_client.cache import Cache, Known
from hashcheck_client.command import (
    DONE,
    FROM_STANDARD_INPUT,
    INTERRUPTED,
    SOME_FAILED,
    names_in,
    stopped_by_signals,
)
from hashcheck_client.hashing import BATCHES_PER_PROCESSOR, Worker, hashed, processors
from hashcheck_client.output import CannotWrite
from hashcheck_client.progress import Progress
from hashcheck_client.record import Outcome, key_of
from hashcheck_client.service import MOST_FILES, Service, packed
from hashcheck_client.trying import SANDBOX_WARNING
from hashcheck_client.walking import Found, Problem, walk

FOUND_SOMETHING = 3
SECONDS_BETWEEN_ROUNDS = 10.0
# What a question for the list version alone asks about.
NOTHING = bytes(68)


@dataclass(frozen=True, slots=True)
class WantedScan:
    paths: list[str]
    output: Path | None = None
    cache: Path | None = None
    null: bool = False
    quiet: bool = False
    processors: int = 0
    watch: bool = False
    pause: float = SECONDS_BETWEEN_ROUNDS


@dataclass
class Totals:
    files: int = 0
    hits: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)


class Scan:
    """One pass or, watching, many. `output` is written to as soon as there is an answer."""

    def __init__(self, wanted: WantedScan, service: Service, cache: Cache, out: BinaryIO) -> None:
        self._wanted = wanted
        self._service = service
        self._cache = cache
        self._out = out
        self.totals = Totals()
        self.stopped = threading.Event()
        watched = sys.stderr.isatty() and not wanted.quiet
        self._progress = Progress(sys.stderr if watched else None, 0)
        self._fresh: list[tuple[Found, bytes]] = []
        self._seen: list[tuple[Found, Known]] = []
        self._version = 0
        # While watching, what was told in an earlier round.
        self._told: set[bytes] = set()

    def run(self, worker: Worker, at_once: int) -> None:
        """Raises CannotCheck, WorkerUnavailable, OSError."""
        self._version = self._service.check([NOTHING]).list_version
        for records in hashed(self._unknown_files(), worker, at_once, fast=False):
            for record in records:
                self._take(json.loads(record.line), record.outcome)
        self._ask_fresh()
        self._ask_seen()
        self._progress.close()

    def watch(self, worker: Worker, at_once: int) -> None:
        while not self.stopped.is_set():
            self.run(worker, at_once)
            self.stopped.wait(self._wanted.pause)

    def _unknown_files(self) -> Iterator[Found | Problem]:
        """Those that have to be read; the hashes of the others are asked for again."""
        for file in walk(self._names(), os.fstat(self._out.fileno())):
            if self.stopped.is_set():
                return
            if isinstance(file, Problem):
                yield file
                continue
            if key_of(file) in self._told:
                continue
            known = self._cache.known(file)
            if known is None:
                yield file
                continue
            self._count(1)
            if known.list_version < self._version:
                self._seen.append((file, known))
                if len(self._seen) >= MOST_FILES:
                    self._ask_seen()

    def _names(self) -> Iterator[str]:
        for path in self._wanted.paths:
            if path == FROM_STANDARD_INPUT:
                yield from names_in(sys.stdin, b"\0" if self._wanted.null else b"\n")
            else:
                yield path

    def _take(self, fields: dict[str, object], outcome: Outcome) -> None:
        self._count(1)
        self.totals.outcomes[outcome] += 1
        if outcome is Outcome.UNREADABLE:
            self._write(fields)
            return
        file = Found(str(fields["path"]), int(str(fields["size"])), int(str(fields["modified"])))
        self._fresh.append((file, packed(fields)))
        if len(self._fresh) >= MOST_FILES:
            self._ask_fresh()

    def _ask_fresh(self) -> None:
        files, self._fresh = self._fresh, []
        self._ask(files, 0)

    def _ask_seen(self) -> None:
        seen, self._seen = self._seen, []
        # The lowest of all: what one of them was checked for twice harms nothing.
        since = min((known.list_version for _, known in seen), default=0)
        self._ask([(file, known.hashes) for file, known in seen], since)

    def _ask(self, files: list[tuple[Found, bytes]], since: int) -> None:
        if not files:
            return
        checked = self._service.check([hashes for _, hashes in files], since)
        for place, matches in sorted(checked.matches.items()):
            file, _ = files[place]
            self._cache.forget(file)
            self._told.add(key_of(file))
            self.totals.hits += 1
            self._write(
                {"path": file.path, "size": file.size, "modified": file.modified}
                | {"matches": matches, "list_version": checked.list_version}
            )
        missed = [each for place, each in enumerate(files) if place not in checked.matches]
        self._cache.keep(missed, checked.list_version)

    def _write(self, fields: dict[str, object]) -> None:
        self._out.write(json.dumps(fields).encode("ascii") + b"\n")
        self._out.flush()

    def _count(self, files: int) -> None:
        self.totals.files += files
        self._progress.add(files, self.totals.hits)


def scan_files(wanted: WantedScan, service: Service) -> int:
    """The exit code. Raises CannotCheck, CannotWrite, WorkerUnavailable, OSError."""
    at_once = (wanted.processors or processors()) * BATCHES_PER_PROCESSOR
    with (
        closing(Cache(wanted.cache)) as cache,
        closing(_opened(wanted.output)) as out,
        ImageWorker(at_once) as worker,
        stopped_by_signals() as stopped,
    ):
        worker.start()
        scan = Scan(wanted, service, cache, out)
        scan.stopped = stopped
        (scan.watch if wanted.watch else scan.run)(worker, at_once)
        if not wanted.quiet:
            sys.stderr.write(summary(scan.totals))
        if service.is_sandbox:
            # Also when quiet: an empty answer of such a key says nothing about any file.
            sys.stderr.write(SANDBOX_WARNING)
        is_cut_short = stopped.is_set() and not wanted.watch
    return exit_code(scan.totals, is_cut_short=is_cut_short)


def exit_code(totals: Totals, *, is_cut_short: bool) -> int:
    """A hit is what a caller must not miss, so it comes first."""
    if totals.hits:
        return FOUND_SOMETHING
    if is_cut_short:
        return INTERRUPTED
    return SOME_FAILED if totals.outcomes[Outcome.UNREADABLE] else DONE


def summary(totals: Totals) -> str:
    lines = {
        "files checked": totals.files - totals.outcomes[Outcome.UNREADABLE],
        "of them known to the service": totals.hits,
        "not readable": totals.outcomes[Outcome.UNREADABLE],
    }
    return "".join(f"{number:>12,} {what}\n" for what, number in lines.items())


def _opened(path: Path | None) -> BinaryIO:
    """Raises CannotWrite."""
    if path is None:
        return open(sys.stdout.fileno(), "wb", closefd=False)
    try:
        return path.open("xb")
    except FileExistsError:
        raise CannotWrite(f"{path} exists already: name another file") from None
