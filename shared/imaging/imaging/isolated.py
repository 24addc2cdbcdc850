"""Hashes and renders strangers' pictures in a process of their own.

    worker = ImageWorker()
    worker.hash_image(data)     # -> ImageHashes; same refusals as imaging.hash_image
    worker.hash_images([data, …])
    worker.render(data, Profile.THUMB)
    worker.close()

Calls block and may come from any thread; from a coroutine use `asyncio.to_thread`. A picture that
crashes, hangs or eats memory ends its own process only and is refused.
"""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from imaging.decoding import MOST_BYTES
from imaging.errors import ImageRefused, ImageTooLarge, ImageUnreadable, WorkerUnavailable
from imaging.hashes import ImageHashes
from imaging.rendering import Profile
from imaging.sandbox import CPU_SECONDS, WALL_SECONDS
from imaging.wire import (
    HASH,
    HASH_FAST,
    MOST_PICTURE_ANSWER,
    RENDER,
    complete_parts,
    length_of,
    read_hashes,
    read_picture,
)

# Without kept code the worker compiles its kernels first: seconds on a quiet machine.
START_SECONDS = 120
# The kernel ends a child after WALL_SECONDS; this much later the parent stops believing in it.
GRACE_SECONDS = 1
# A caller waits this long for a free place before it is told to come back.
QUEUE_SECONDS = 10
READ_BYTES = 1 << 20
MOST_STREAM = MOST_PICTURE_ANSWER + 64 * 1024

# What a numeric library needs to stay single-threaded and to find its compiled code; of the
# parent's variables nothing else.
SINGLE_THREADED = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
PASSED_ON = ("NUMBA_CACHE_DIR", "HOME")
# A forked process begins with no memory of its own and lives for one request. Large pages, and
# giving nothing back, spare it most page faults: half of the time of a picture.
# source: the manual of the GNU C library, "Memory Allocation Tunables"; other libraries ignore it
MEMORY_OF_SHORT_LIVES = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.top_pad=67108864"
    ":glibc.malloc.trim_threshold=268435456:glibc.malloc.mmap_threshold=33554432"
}


class ImageWorker:
    """A pre-loaded process that forks a sandbox per request; started at first use.

    `at_once` requests are worked on at the same time (default: one per processor).
    """

    def __init__(self, at_once: int | None = None) -> None:
        self._places = threading.BoundedSemaphore(at_once or os.cpu_count() or 1)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = 0
        self._isolation = ""

    @property
    def isolation(self) -> str:
        """Which walls stand around a picture, in words for an operator."""
        self.start()
        return self._isolation

    @property
    def pid(self) -> int:
        """The process that forks."""
        self.start()
        return self._process.pid if self._process else 0

    def hash_image(self, data: bytes, *, fast: bool = False) -> ImageHashes:
        """Raises ImageUnreadable, ImageTooLarge, UnsupportedImage, WorkerUnavailable."""
        return read_hashes(self._work_alone(HASH_FAST if fast else HASH, data))

    def hash_images(
        self, pictures: Sequence[bytes], *, fast: bool = False
    ) -> list[ImageHashes | ImageRefused]:
        """Hash pictures of one owner in as few processes as it takes; each has its own outcome.

        They share the limits of one process and whatever a broken one of them may do to it: a
        picture after one that ended it goes to another process, but one that takes it over could
        answer for those that follow. A dozen camera pictures are well within the limits. Raises
        WorkerUnavailable.
        """
        outcomes: list[ImageHashes | ImageRefused] = []
        while len(outcomes) < len(pictures):
            rest = pictures[len(outcomes) :]
            replies = self._work(HASH_FAST if fast else HASH, rest)[: len(rest)]
            outcomes += [_outcome(reply) for reply in replies]
            if len(replies) < len(rest):
                outcomes.append(self._outcome_alone(rest[len(replies)], fast=fast))
        return outcomes

    def render(self, data: bytes, profile: Profile) -> bytes:
        """A PNG. Raises ImageUnreadable, ImageTooLarge, UnsupportedImage, WorkerUnavailable."""
        return read_picture(self._work_alone(RENDER[profile], data))

    def start(self) -> None:
        """Start the process now rather than with the first picture. Raises WorkerUnavailable."""
        with self._lock:
            self._running_control()

    def close(self) -> None:
        with self._lock:
            self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _outcome_alone(self, data: bytes, *, fast: bool) -> ImageHashes | ImageRefused:
        try:
            return self.hash_image(data, fast=fast)
        except ImageRefused as refusal:
            return refusal

    def _work_alone(self, work: bytes, data: bytes) -> bytes:
        """An end without an answer is a crash, unless the process had used up its time."""
        if len(data) > MOST_BYTES:
            raise ImageTooLarge
        started = time.monotonic()
        replies = self._work(work, [data])
        if replies:
            return replies[0]
        raise ImageTooLarge if time.monotonic() - started >= CPU_SECONDS else ImageUnreadable

    def _work(self, work: bytes, pictures: Sequence[bytes]) -> list[bytes]:
        """The answers of one process, for as many pictures as it came to."""
        if not self._places.acquire(timeout=QUEUE_SECONDS):
            raise WorkerUnavailable("busy")
        try:
            ours, theirs = socket.socketpair()
            with ours:
                with theirs:
                    self._hand_over(theirs)
                return _converse(ours, work, pictures)
        finally:
            self._places.release()

    def _hand_over(self, theirs: socket.socket) -> None:
        """Give the worker one end; one that has died is replaced, once."""
        with self._lock:
            for _ in range(2):
                try:
                    socket.send_fds(self._running_control(), [b"p"], [theirs.fileno()])
                except OSError:
                    self._stop()
                else:
                    return
        raise WorkerUnavailable("not started")

    def _running_control(self) -> socket.socket:
        """The socket to a living worker of this very process."""
        if self._control and self._process and self._owner == os.getpid():
            if self._process.poll() is None:
                return self._control
            self._stop()
        return self._start()

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-I", "-m", "imaging.worker"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env=worker_environment(),
                cwd="/",
            )
        self._process, self._control, self._owner = process, ours, os.getpid()
        ours.settimeout(START_SECONDS)
        try:
            greeting = ours.recv(200)
        except OSError:
            greeting = b""
        if not greeting:
            self._stop()
            raise WorkerUnavailable("not started")
        self._isolation = greeting.decode().strip()
        return ours

    def _stop(self) -> None:
        control, process = self._control, self._process
        self._control = self._process = None
        if control:
            control.close()
        if process and self._owner == os.getpid():
            process.kill()
            process.wait()


def worker_environment() -> dict[str, str]:
    """All that the worker knows of the process that starts it."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return SINGLE_THREADED | MEMORY_OF_SHORT_LIVES | passed_on


def _outcome(reply: bytes) -> ImageHashes | ImageRefused:
    try:
        return read_hashes(reply)
    except ImageRefused as refusal:
        return refusal


def _converse(ours: socket.socket, work: bytes, pictures: Sequence[bytes]) -> list[bytes]:
    """Send pictures and read answers until the process ends."""
    until = time.monotonic() + WALL_SECONDS + GRACE_SECONDS
    ours.settimeout(WALL_SECONDS + GRACE_SECONDS)
    # A process that has ended may have answered before: what it said is read all the same.
    with contextlib.suppress(OSError):
        ours.sendall(work)
        for picture in pictures:
            ours.sendall(length_of(picture))
            ours.sendall(picture)
        ours.shutdown(socket.SHUT_WR)
    return list(complete_parts(_read_stream(ours, until)))


def _read_stream(ours: socket.socket, until: float) -> bytes:
    parts = []
    size = 0
    with contextlib.suppress(OSError):
        while part := ours.recv(READ_BYTES):
            parts.append(part)
            size += len(part)
            if size > MOST_STREAM or time.monotonic() > until:
                break
    return b"".join(parts)
