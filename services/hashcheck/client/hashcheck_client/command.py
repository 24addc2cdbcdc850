"""What `hashcheck hash` does, from names to an exit code."""

import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from imaging import ImageWorker

from hashcheck_client.hashing import BATCHES_PER_PROCESSOR, Worker, hashed, processors
from hashcheck_client.output import Finished, Output, open_output
from hashcheck_client.progress import Progress
from hashcheck_client.record import Outcome, Record
from hashcheck_client.walking import Found, Problem, walk

FROM_STANDARD_INPUT = "-"
READ_BYTES = 1 << 16

DONE = 0
SOME_FAILED = 2
INTERRUPTED = 128 + signal.SIGINT


@dataclass(frozen=True, slots=True)
class Wanted:
    paths: list[str]
    output: Path | None = None
    resume: bool = False
    fast: bool = False
    null: bool = False
    quiet: bool = False
    processors: int = 0
    """0: all of them."""


def hash_files(wanted: Wanted) -> int:
    """The exit code. Raises CannotWrite, OSError, WorkerUnavailable."""
    at_once = (wanted.processors or processors()) * BATCHES_PER_PROCESSOR
    with (
        open_output(wanted.output, resume=wanted.resume, fast=wanted.fast) as output,
        ImageWorker(at_once) as worker,
        stopped_by_signals() as stopped,
    ):
        worker.start()
        run = Run(wanted, output, stopped)
        run.hash(worker, at_once)
    if not wanted.quiet:
        sys.stderr.write(summary(run.outcomes, interrupted=stopped.is_set()))
    if stopped.is_set():
        return INTERRUPTED
    return SOME_FAILED if failed(run.outcomes) else DONE


class Run:
    """One pass over the files; what earlier passes wrote is left out and counted."""

    def __init__(self, wanted: Wanted, output: Output, stopped: threading.Event) -> None:
        self._wanted = wanted
        self._output = output
        self._stopped = stopped
        self._finished: Finished = output.finished
        self.outcomes: Counter[Outcome] = Counter(self._finished.outcomes)
        watched = sys.stderr.isatty() and not wanted.quiet
        self._progress = Progress(sys.stderr if watched else None, self._finished.outcomes.total())

    def hash(self, worker: Worker, at_once: int) -> None:
        if FROM_STANDARD_INPUT not in self._wanted.paths:
            threading.Thread(target=self._count, daemon=True).start()
        for records in hashed(self._files(), worker, at_once, fast=self._wanted.fast):
            self._take(records)
        self._progress.close()

    def _take(self, records: list[Record]) -> None:
        self._output.write(records)
        self.outcomes.update(each.outcome for each in records)
        self._progress.add(len(records), failed(self.outcomes))

    def _files(self) -> Iterator[Found | Problem]:
        for file in walk(self._names(), self._output.status):
            if self._stopped.is_set():
                return
            if isinstance(file, Problem) or not self._finished.has(file):
                yield file

    def _names(self) -> Iterator[str]:
        for path in self._wanted.paths:
            if path == FROM_STANDARD_INPUT:
                yield from names_in(sys.stdin, b"\0" if self._wanted.null else b"\n")
            else:
                yield path

    def _count(self) -> None:
        """Beside the work, so that it can begin at once."""
        self._progress.total = sum(1 for _ in walk(self._wanted.paths, self._output.status))


def names_in(stream: TextIO, separator: bytes) -> Iterator[str]:
    """File names of any bytes, as `find` prints them, each as soon as it is there."""
    rest = b""
    while part := os.read(stream.fileno(), READ_BYTES):
        *names, rest = (rest + part).split(separator)
        yield from (os.fsdecode(name) for name in names if name)
    if rest:
        yield os.fsdecode(rest)


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """Set by the first Ctrl-C or request to end; what is underway is finished and written."""
    stopped = threading.Event()
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, frame: object) -> None:
        stopped.set()
        # A second Ctrl-C does not wait, not for names on standard input either.
        signal.signal(signal.SIGINT, signal.default_int_handler)

    for each in before:
        signal.signal(each, stop)
    try:
        yield stopped
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def failed(outcomes: Counter[Outcome]) -> int:
    return outcomes[Outcome.BROKEN] + outcomes[Outcome.UNREADABLE]


def summary(outcomes: Counter[Outcome], *, interrupted: bool) -> str:
    lines = {
        "pictures hashed": outcomes[Outcome.HASHED],
        "other files, hashes of the file only": outcomes[Outcome.OTHER],
        "broken pictures, hashes of the file only": outcomes[Outcome.BROKEN],
        "not readable": outcomes[Outcome.UNREADABLE],
    }
    text = "".join(f"{number:>12,} {what}\n" for what, number in lines.items() if number)
    end = "Interrupted; with --output, --resume goes on from here.\n" if interrupted else ""
    return (text or "Nothing to hash.\n") + end
