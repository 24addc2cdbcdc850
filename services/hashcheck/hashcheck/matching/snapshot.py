"""A snapshot of an index: a directory of flat arrays and a header, written once, never changed.

    header.json       kind, radius, layout, number of rows, list version, and for each array its
                      type, length and SHA-256
    hashes.bin …      one array each, little-endian

It is opened by mapping the files into memory, which all processes of a machine share.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from mmap import ACCESS_COPY, mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HEADER = "header.json"
FORMAT = 1
# Linux: make the page tables now, so that the first queries need not. Unknown before 5.14.
MADV_POPULATE_READ = 22
# What a header may say its arrays are.
TYPES = {"uint8", "uint16", "uint32", "uint64"}

Arrays = Mapping[str, NDArray[Any]]


class DamagedSnapshot(Exception):
    """A file of a snapshot is not what was written. `file`: its name."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file


def write(directory: Path, facts: Mapping[str, Any], arrays: Arrays) -> None:
    """Write a snapshot that is complete as soon as `directory` exists. Raises FileExistsError.

    `facts` is what the header says besides the files.
    """
    with _appearing_at(directory) as unfinished:
        for name, array in arrays.items():
            _write_file(unfinished / file_of(name), np.ascontiguousarray(array).tobytes())
        files = {
            name: {
                "type": str(array.dtype),
                "length": int(array.size),
                "sha256": _sha256_of(unfinished / file_of(name)),
            }
            for name, array in arrays.items()
        }
        header = {"format": FORMAT, **facts, "files": files}
        sealed = {**header, "sha256": _sha256(header)}
        _write_file(unfinished / HEADER, json.dumps(sealed, indent=1).encode())


def read_header(directory: Path) -> dict[str, Any]:
    """Raises DamagedSnapshot unless the header is whole and every file has its size."""
    try:
        header = json.loads((directory / HEADER).read_bytes())
        expected = header.pop("sha256")
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        raise DamagedSnapshot(HEADER, "missing or unreadable") from None
    if _sha256(header) != expected:
        raise DamagedSnapshot(HEADER, "altered")
    if header["format"] != FORMAT:
        raise DamagedSnapshot(HEADER, "of another format")
    for name, file in header["files"].items():
        _check_size(directory / file_of(name), file)
    return dict(header)


def verify(directory: Path) -> None:
    """Compare every file with its SHA-256. Raises DamagedSnapshot."""
    for name, file in read_header(directory)["files"].items():
        if _sha256_of(directory / file_of(name)) != file["sha256"]:
            raise DamagedSnapshot(file_of(name), "altered")


def copy_verified(source: Path, directory: Path) -> None:
    """Copy a snapshot; the copy appears when it is whole. Raises DamagedSnapshot."""
    with _appearing_at(directory) as unfinished:
        for name in [HEADER, *map(file_of, read_header(source)["files"])]:
            shutil.copyfile(source / name, unfinished / name)
        verify(unfinished)


def mapped(directory: Path, files: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The arrays of a header's `files`, in memory that is shared until it is written to."""
    return {name: _mapped(directory / file_of(name), file) for name, file in files.items()}


def file_of(name: str) -> str:
    return f"{name}.bin"


def _mapped(path: Path, file: Mapping[str, Any]) -> NDArray[Any]:
    if not file["length"]:
        return np.empty(0, file["type"])
    with path.open("rb") as opened:
        # Pages that may be written to, though nobody does: kernels are compiled for such arrays.
        memory = mmap(opened.fileno(), 0, access=ACCESS_COPY)
    with suppress(OSError, ValueError):
        memory.madvise(MADV_POPULATE_READ)
    return np.frombuffer(memory, file["type"])


def _check_size(path: Path, file: Mapping[str, Any]) -> None:
    if file["type"] not in TYPES:
        raise DamagedSnapshot(HEADER, "a type that is not known")
    size = path.stat().st_size if path.is_file() else -1
    if size != file["length"] * np.dtype(file["type"]).itemsize:
        raise DamagedSnapshot(path.name, "missing" if size < 0 else "of another size")


@contextmanager
def _appearing_at(directory: Path) -> Iterator[Path]:
    """A folder to write to, which gets its name when all is written and on the disk."""
    if directory.exists():
        raise FileExistsError(directory)
    unfinished = directory.with_name(f".{directory.name}.{os.getpid()}")
    unfinished.mkdir(parents=True)
    try:
        yield unfinished
        _sync(unfinished)
        unfinished.rename(directory)
        _sync(directory.parent)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _write_file(path: Path, content: bytes) -> None:
    with path.open("xb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _sync(directory: Path) -> None:
    opened = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _sha256_of(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _sha256(header: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(header, sort_keys=True).encode()).hexdigest()
