"""From what a person names to the files that are hashed, in the same order every time."""

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

NOT_A_FILE = "not_a_file"
UNREADABLE = "unreadable"
REASONS = {
    errno.ENOENT: "not_found",
    errno.ENOTDIR: "not_found",
    errno.EACCES: "permission_denied",
    errno.EPERM: "permission_denied",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A file to hash. `size` in bytes and `modified` in nanoseconds tell whether it changed."""

    path: str
    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read, and why: a code."""

    path: str
    code: str


def reason(error: OSError) -> str:
    return REASONS.get(error.errno or 0, UNREADABLE)


def found(path: str, status: os.stat_result) -> Found:
    return Found(path, status.st_size, status.st_mtime_ns)


def walk(
    paths: Iterable[str], except_for: os.stat_result | None = None
) -> Iterator[Found | Problem]:
    """Files as named; of folders everything in them, sorted by name.

    Links to files are followed, links to folders within folders are not, so that no walk is
    endless. `except_for` is a file that is left out: the one that the answers are written to.
    """
    for path in paths:
        try:
            status = os.stat(path)
        except OSError as error:
            yield Problem(path, reason(error))
            continue
        if stat.S_ISDIR(status.st_mode):
            yield from _walk_folder(path, except_for)
        elif stat.S_ISREG(status.st_mode):
            yield found(path, status)
        else:
            yield Problem(path, NOT_A_FILE)


def _walk_folder(path: str, except_for: os.stat_result | None) -> Iterator[Found | Problem]:
    """Depth first, with a list of what waits: folders may lie deeper than functions may call."""
    waiting: list[os.DirEntry[str] | str] = [path]
    while waiting:
        next_one = waiting.pop()
        name = os.fspath(next_one)
        try:
            if isinstance(next_one, str) or next_one.is_dir(follow_symlinks=False):
                waiting += reversed(_entries(name))
                continue
            status = next_one.stat()
        except OSError as error:
            yield Problem(name, reason(error))
            continue
        is_output = except_for is not None and os.path.samestat(status, except_for)
        if stat.S_ISREG(status.st_mode) and not is_output:
            yield found(name, status)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)
