"""Signed statements of how long the audit chain was, kept away from its database.

Each is a signed note in the shape of C2SP tlog-checkpoint (origin, size, head) with an Ed25519
signature, in a file of its own: `<directory>/<service>/2026-11-24/000000001234-9f86d081.note`. The
name tells the head too, so that a chain that was put back and grew again overwrites no evidence.
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.platform.audit import Head

# source: C2SP signed-note, signature type 0x01 is Ed25519
_ED25519 = b"\x01"
_KEY_ID_BYTES = 4


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`head` as it was at `at`; `file` is where that is written."""

    head: Head
    at: datetime
    file: Path


class Forged(Exception):
    """A checkpoint that the service did not sign, or that was changed."""


class CheckpointWriter:
    """Writes the checkpoints of one service."""

    def __init__(self, directory: Path, service: str, key: Ed25519PrivateKey) -> None:
        self._directory = directory / service
        self._origin = origin_of(service)
        self._key = key
        self._written = -1

    def write(self, head: Head, now: datetime) -> None:
        """Write a checkpoint if the chain has grown since the last one."""
        if head.size == self._written:
            return
        body = f"{self._origin}\n{head.size}\n{_text(head.mac)}\n{now.isoformat()}\n"
        signature = _key_id(self._origin, self._key.public_key()) + self._key.sign(body.encode())
        day = self._directory / f"{now:%Y-%m-%d}"
        day.mkdir(parents=True, exist_ok=True)
        note = f"{body}\n— {self._origin} {_text(signature)}\n"
        _write_whole(day / f"{head.size:012}-{head.mac[:4].hex()}.note", note.encode())
        self._written = head.size


def read_checkpoints(
    directory: Path, service: str, key: Ed25519PublicKey
) -> Iterator[Checkpoint | Forged]:
    """Every checkpoint in the order of its size; a Forged in place of one that does not verify."""
    origin = origin_of(service)
    for file in sorted((directory / service).glob("*/*.note"), key=lambda path: path.name):
        try:
            yield _read(file, origin, key)
        except Forged as forged:
            yield forged


def origin_of(service: str) -> str:
    return f"offlimits/{service}/audit"


def _read(file: Path, origin: str, key: Ed25519PublicKey) -> Checkpoint:
    try:
        body, _, signed = file.read_text(encoding="utf-8").rpartition("\n— ")
        name, _, encoded = signed.rstrip("\n").partition(" ")
        signature = base64.b64decode(encoded, validate=True)
        if name != origin or signature[:_KEY_ID_BYTES] != _key_id(origin, key):
            raise Forged(file.name)
        key.verify(signature[_KEY_ID_BYTES:], body.encode())
        stated, size, mac, at = body.splitlines()
        if stated != origin:
            raise Forged(file.name)
        return Checkpoint(Head(int(size), base64.b64decode(mac)), datetime.fromisoformat(at), file)
    except (InvalidSignature, ValueError, binascii.Error):
        raise Forged(file.name) from None


def _write_whole(path: Path, content: bytes) -> None:
    """Either the whole file is there after a crash, or none."""
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)


def _key_id(origin: str, key: Ed25519PublicKey) -> bytes:
    public = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(origin.encode() + b"\n" + _ED25519 + public).digest()[:_KEY_ID_BYTES]


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
