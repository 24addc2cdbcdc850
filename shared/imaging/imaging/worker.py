"""The process that forks a sandboxed child for every request: `python -m imaging.worker`.

It is started by `imaging.isolated`, loads and compiles everything once, and never looks at a
picture itself. On its standard input (a socket) it is handed one connected socket per request; it
forks, and the child enters the sandbox, reads a picture from that socket, answers, and so on until
the end.
"""

import gc
import io
import json
import os
import select
import signal
import socket
import sys
from dataclasses import asdict

from PIL import Image

from imaging.decoding import FORMATS
from imaging.errors import ImageRefused
from imaging.hashing import hash_image
from imaging.rendering import Profile, render
from imaging.sandbox import ISOLATION, enter_sandbox
from imaging.wire import DONE, HASH, HASH_FAST, LENGTH_BYTES, REFUSED, RENDER, length_of

ORPHAN_CHECK_SECONDS = 0.5
READ_BYTES = 1 << 20


def main() -> None:
    parent = os.getppid()
    control = socket.socket(fileno=sys.stdin.fileno())
    # A child that ended is forgotten by the kernel; its parent sees the end of the socket.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warm_up()
    control.sendall(ISOLATION.encode() + b"\n")
    # The parent may end without closing the socket, when a fork of it still holds the other end.
    while os.getppid() == parent:
        ready, _, _ = select.select([control], [], [], ORPHAN_CHECK_SECONDS)
        if ready and not _serve_next(control):
            return


def warm_up() -> None:
    """Do every kind of work once: in the sandbox nothing can be loaded or compiled any more."""
    for kind in FORMATS:
        for mode in ("L", "P", "RGB", "RGBA", "CMYK"):
            data = _sample(kind, mode)
            for work in (HASH, HASH_FAST, *RENDER.values()):
                answer(work, data)
    answer(RENDER[Profile.FULL], b"not a picture")
    gc.collect()
    gc.freeze()


def _sample(kind: str, mode: str) -> bytes:
    """Two frames where the format has frames; empty where it lacks the mode."""
    out = io.BytesIO()
    frames = [Image.new(mode, (70, 80), colour) for colour in (0, 1)]
    try:
        frames[0].save(out, kind, save_all=kind != "JPEG", append_images=frames[1:])
    except (OSError, ValueError):
        return b""
    return out.getvalue()


def _serve_next(control: socket.socket) -> bool:
    """Fork for the next picture; False when the parent has closed."""
    message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
    if not message:
        return False
    for descriptor in descriptors:
        if os.fork() == 0:
            control.close()
            _work_and_end(descriptor)
        os.close(descriptor)
    return True


def _work_and_end(descriptor: int) -> None:
    """Never returns. However it ends, nothing of the picture is printed."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        enter_sandbox()
        work = _read(descriptor, 1)
        while length := _read(descriptor, LENGTH_BYTES):
            reply = answer(work, _read(descriptor, int.from_bytes(length, "big")))
            _write(descriptor, length_of(reply))
            _write(descriptor, reply)
        os._exit(0)
    except BaseException:  # noqa: BLE001 - the edge of the process
        os._exit(1)


def answer(work: bytes, data: bytes) -> bytes:
    """Do the work that one byte names."""
    try:
        if work in {HASH, HASH_FAST}:
            return DONE + json.dumps(asdict(hash_image(data, fast=work == HASH_FAST))).encode()
        profile = next(profile for profile, name in RENDER.items() if name == work)
        return DONE + render(data, profile)
    except ImageRefused as refusal:
        return REFUSED + refusal.code.encode()


def _read(descriptor: int, size: int) -> bytes:
    """That many bytes; fewer at the end of the stream."""
    parts = []
    while size and (part := os.read(descriptor, min(size, READ_BYTES))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


if __name__ == "__main__":
    main()
