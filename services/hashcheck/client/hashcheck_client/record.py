"""What is written of a file: one line of JSON."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from imaging import ImageHashes, UnsupportedImage

from hashcheck_client.walking import Found, Problem

FILE_HASHES = ("md5", "sha1", "sha256")
KEY_BYTES = 16


class Outcome(StrEnum):
    """HASHED: all hashes. OTHER: no picture, hashes of the file only.

    BROKEN: a picture that cannot be decoded or is too large, hashes of the file only. UNREADABLE:
    no hash.
    """

    HASHED = "hashed"
    OTHER = "other"
    BROKEN = "broken"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Record:
    outcome: Outcome
    line: bytes


def of_picture(file: Found, hashes: ImageHashes, *, fast: bool) -> Record:
    shown = asdict(hashes) | {"low_quality": hashes.low_quality}
    return Record(Outcome.HASHED, _line(asdict(file) | shown | ({"fast": True} if fast else {})))


def of_file(file: Found, digests: Mapping[str, str], code: str) -> Record:
    """A file of which only the bytes are known; `code` says why."""
    other = code == UnsupportedImage.code
    outcome = Outcome.OTHER if other else Outcome.BROKEN
    return Record(outcome, _line(asdict(file) | dict(digests) | {"error": code}))


def of_problem(problem: Problem) -> Record:
    return Record(Outcome.UNREADABLE, _line({"path": problem.path, "error": problem.code}))


def _line(fields: Mapping[str, Any]) -> bytes:
    # Names that are not UTF-8 stay readable: every other character is escaped.
    return json.dumps(fields).encode("ascii") + b"\n"


def key_of(file: Found) -> bytes:
    """Equal for the same file unchanged; short, because millions are kept."""
    text = f"{file.size} {file.modified} {file.path}".encode("utf-8", "surrogateescape")
    return hashlib.blake2b(text, digest_size=KEY_BYTES).digest()


@dataclass(frozen=True, slots=True)
class Written:
    """What a line of an earlier run says."""

    outcome: Outcome
    key: bytes | None
    fast: bool | None
    """Which way its picture was hashed, if it was."""


def read(line: bytes) -> Written:
    """Raises ValueError for a line that is none of ours."""
    fields = json.loads(line)
    try:
        path = fields["path"]
        if FILE_HASHES[0] not in fields:
            return Written(Outcome.UNREADABLE, None, None)
        key = key_of(Found(path, fields["size"], fields["modified"]))
    except (KeyError, TypeError):
        raise ValueError("not a line of this program") from None
    error = fields.get("error")
    if error is None:
        return Written(Outcome.HASHED, key, bool(fields.get("fast")))
    outcome = Outcome.OTHER if error == UnsupportedImage.code else Outcome.BROKEN
    return Written(outcome, key, None)
