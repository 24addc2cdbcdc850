"""Files to records, on all processors: threads read, the isolated worker decodes."""

import hashlib
import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from io import BufferedReader
from itertools import chain
from typing import Protocol

from imaging import (
    MOST_BYTES,
    ImageHashes,
    ImageRefused,
    ImageTooLarge,
    UnsupportedImage,
    looks_like_picture,
)

from hashcheck_client import record
from hashcheck_client.record import Record
from hashcheck_client.walking import NOT_A_FILE, Found, Problem, found, reason

# Well within what one process of the worker may take, and few enough that a crash costs little.
MOST_FILES = 8
MOST_BATCH_BYTES = 8 * 1024 * 1024
READ_BYTES = 1024 * 1024
# While one batch of a processor is hashed, the next one is read.
BATCHES_PER_PROCESSOR = 2

Batch = list[Found | Problem]


@dataclass(frozen=True, slots=True)
class Picture:
    """What looks like one, in memory."""

    file: Found
    content: bytes


class Worker(Protocol):
    def hash_images(
        self, pictures: Sequence[bytes], *, fast: bool = False
    ) -> list[ImageHashes | ImageRefused]: ...


def processors() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0))


def hashed(
    files: Iterable[Found | Problem], worker: Worker, at_once: int, *, fast: bool
) -> Iterator[list[Record]]:
    """A record per file, in their order, a batch at a time; `at_once` batches are underway.

    The worker must have as many places, so that none waits for another. Raises WorkerUnavailable.
    """
    underway: deque[Future[list[Record]]] = deque()
    with ThreadPoolExecutor(at_once) as threads:
        for batch in batches(files):
            underway.append(threads.submit(_hash_batch, batch, worker, fast=fast))
            if len(underway) >= at_once:
                yield underway.popleft().result()
        while underway:
            yield underway.popleft().result()


def batches(files: Iterable[Found | Problem]) -> Iterator[Batch]:
    batch: Batch = []
    size = 0
    for file in files:
        batch.append(file)
        size += file.size if isinstance(file, Found) else 0
        if len(batch) >= MOST_FILES or size >= MOST_BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _hash_batch(batch: Batch, worker: Worker, *, fast: bool) -> list[Record]:
    read = [_read(file) for file in batch]
    pictures = [each.content for each in read if isinstance(each, Picture)]
    answers = iter(worker.hash_images(pictures, fast=fast))
    return [
        each if isinstance(each, Record) else _answered(each, next(answers), fast=fast)
        for each in read
    ]


def _answered(picture: Picture, answer: ImageHashes | ImageRefused, *, fast: bool) -> Record:
    if isinstance(answer, ImageHashes):
        return record.of_picture(picture.file, answer, fast=fast)
    return record.of_file(picture.file, _digests([picture.content]), answer.code)


def _read(file: Found | Problem) -> Picture | Record:
    """A picture to be decoded, or what there is to say of anything else."""
    if isinstance(file, Problem):
        return record.of_problem(file)
    try:
        # A pipe that took the place of the file since must not hold up the thread.
        descriptor = os.open(file.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as opened:
            return _look_at(file.path, opened)
    except OSError as error:
        return record.of_problem(Problem(file.path, reason(error)))


def _look_at(path: str, opened: BufferedReader) -> Picture | Record:
    status = os.fstat(opened.fileno())
    if not stat.S_ISREG(status.st_mode):
        return record.of_problem(Problem(path, NOT_A_FILE))
    file = found(path, status)
    head = opened.read(READ_BYTES)
    rest = iter(partial(opened.read, READ_BYTES), b"")
    if not looks_like_picture(head):
        return record.of_file(file, _digests(chain([head], rest)), UnsupportedImage.code)
    if file.size > MOST_BYTES:
        return record.of_file(file, _digests(chain([head], rest)), ImageTooLarge.code)
    return Picture(file, head + opened.read(MOST_BYTES))


def _digests(parts: Iterable[bytes]) -> dict[str, str]:
    digests = {name: hashlib.new(name, usedforsecurity=False) for name in record.FILE_HASHES}
    for part in parts:
        for digest in digests.values():
            digest.update(part)
    return {name: digest.hexdigest() for name, digest in digests.items()}
