"""Where the lines go: standard output, or a file that an interrupted run can go on with."""

import fcntl
import os
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from hashcheck_client import record
from hashcheck_client.record import Outcome, Record
from hashcheck_client.walking import Found

OWNER_ONLY = 0o600


class CannotWrite(Exception):
    """The message says what to do."""


@dataclass
class Finished:
    """What earlier runs have written."""

    keys: set[bytes] = field(default_factory=set)
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    whole_bytes: int = 0

    def has(self, file: Found) -> bool:
        return record.key_of(file) in self.keys


class Output:
    """Open from `with`; a batch is there as a whole when `write` returns."""

    def __init__(self, stream: BinaryIO, finished: Finished) -> None:
        self._stream = stream
        self.finished = finished

    @property
    def status(self) -> os.stat_result:
        return os.fstat(self._stream.fileno())

    def write(self, records: Iterable[Record]) -> None:
        self._stream.write(b"".join(each.line for each in records))
        self._stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._stream is not sys.stdout.buffer:
            os.fsync(self._stream.fileno())
            self._stream.close()


def open_output(path: Path | None, *, resume: bool, fast: bool) -> Output:
    """Raises CannotWrite, OSError."""
    if path is None:
        return Output(sys.stdout.buffer, Finished())
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    stream = os.fdopen(os.open(path, flags, OWNER_ONLY), "r+b")
    try:
        return Output(stream, _go_on(stream, path, resume=resume, fast=fast))
    except BaseException:
        stream.close()
        raise


def _go_on(stream: BinaryIO, path: Path, *, resume: bool, fast: bool) -> Finished:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotWrite(f"{path}: another run is writing to it") from None
    if os.fstat(stream.fileno()).st_size and not resume:
        raise CannotWrite(f"{path} exists already: add --resume to go on with it")
    finished = _read_finished(stream, path, fast=fast)
    # The last line of a run that was killed may be cut off.
    stream.truncate(finished.whole_bytes)
    stream.seek(finished.whole_bytes)
    return finished


def _read_finished(stream: BinaryIO, path: Path, *, fast: bool) -> Finished:
    finished = Finished()
    for number, line in enumerate(stream, 1):
        if not line.endswith(b"\n"):
            break
        try:
            written = record.read(line)
        except ValueError:
            raise CannotWrite(f"{path}, line {number}: not written by this program") from None
        if written.fast not in {None, fast}:
            raise CannotWrite(f"{path} was begun {'without' if fast else 'with'} --fast")
        finished.whole_bytes += len(line)
        # What could not be read is tried again, and counted again if it still cannot.
        if written.key is not None:
            finished.keys.add(written.key)
            finished.outcomes[written.outcome] += 1
    return finished
