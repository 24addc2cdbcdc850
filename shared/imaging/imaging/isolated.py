"""Hashes and renders strangers' pictures in a process of their own, one per picture.

    worker = ImageWorker()
    worker.hash_image(data)     # -> ImageHashes; same refusals as imaging.hash_image
    worker.render(data, Profile.THUMB)
    worker.close()

Calls block and may come from any thread; from a coroutine use `asyncio.to_thread`. A picture that
crashes, hangs or eats memory ends its own process only and is refused.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from types import TracebackType
from typing import Self

from imaging.decoding import MOST_BYTES
from imaging.errors import ImageTooLarge, ImageUnreadable, WorkerUnavailable
from imaging.hashing import ImageHashes
from imaging.rendering import Profile
from imaging.sandbox import CPU_SECONDS, WALL_SECONDS
from imaging.wire import HASH, MOST_PICTURE_ANSWER, RENDER, read_hashes, read_picture

START_SECONDS = 30
# The kernel ends a child after WALL_SECONDS; this much later the parent stops believing in it.
GRACE_SECONDS = 1
# A caller waits this long for a free place before it is told to come back.
QUEUE_SECONDS = 10
READ_BYTES = 1 << 20

# The variables a numeric library needs to stay single-threaded, and nothing of the parent's.
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class ImageWorker:
    """A pre-loaded process that forks a sandbox per picture; started at first use.

    `at_once` pictures are worked on at the same time (default: one per processor).
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

    def hash_image(self, data: bytes) -> ImageHashes:
        """Raises ImageUnreadable, ImageTooLarge, UnsupportedImage, WorkerUnavailable."""
        return read_hashes(self._work(HASH, data))

    def render(self, data: bytes, profile: Profile) -> bytes:
        """A PNG. Raises ImageUnreadable, ImageTooLarge, UnsupportedImage, WorkerUnavailable."""
        return read_picture(self._work(RENDER[profile], data))

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

    def _work(self, work: bytes, data: bytes) -> bytes:
        if len(data) > MOST_BYTES:
            raise ImageTooLarge
        if not self._places.acquire(timeout=QUEUE_SECONDS):
            raise WorkerUnavailable("busy")
        try:
            ours, theirs = socket.socketpair()
            with ours:
                with theirs:
                    self._hand_over(theirs)
                return _converse(ours, work, data)
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
                env=ENVIRONMENT,
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


def _converse(ours: socket.socket, work: bytes, data: bytes) -> bytes:
    """Send one picture and read the answer until the child ends.

    An end without an answer is a crash, unless the child had used up its time.
    """
    started = time.monotonic()
    ours.settimeout(WALL_SECONDS + GRACE_SECONDS)
    try:
        ours.sendall(work + data)
        ours.shutdown(socket.SHUT_WR)
        reply = _read_reply(ours, started + WALL_SECONDS + GRACE_SECONDS)
    except OSError:
        reply = b""
    if reply:
        return reply
    raise ImageTooLarge if time.monotonic() - started >= CPU_SECONDS else ImageUnreadable


def _read_reply(ours: socket.socket, until: float) -> bytes:
    parts = []
    size = 0
    while part := ours.recv(READ_BYTES):
        parts.append(part)
        size += len(part)
        if size > MOST_PICTURE_ANSWER + 1 or time.monotonic() > until:
            return b""
    return b"".join(parts)
