"""A partner's file on disk with its detached signature: NDJSON, or CSV.

The signature is Ed25519 over the exact bytes of the file, 64 bytes in a file beside it. The first
line says which list this is, of which class and version, and how many lines of entries follow:

    {"list": "partner", "class": "illegal", "version": 7, "entries": 2}
    {"id": "A-1", "md5": "…", "sha256": "…"}
    {"id": "A-2", "pdq": "…", "pdq_quality": 90}

The same as CSV (RFC 4180, no line breaks within a value):

    list,partner,class,illegal,version,7,entries,2
    id,md5,sha1,sha256,pdq,pdq_quality,phash
    A-1,…
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from shared.domain.content_hash import HashType
from shared.domain.errors import DomainError, Invalid
from shared.platform.strict_json import parse_strictly

from hashcheck.domain.partner_list import (
    LARGEST_VERSION,
    LONGEST_LINE,
    ListHeader,
    PartnerEntry,
    RefusedImport,
    entry_of,
    header_of,
)

SIGNATURE_BYTES = 64
CSV_BEGINNING = b"list,"
CSV_COLUMNS = {"id", "pdq_quality", *(kind.value for kind in HashType)}
NUMBERS = {"version", "entries", "pdq_quality"}
KEYS_OF_HEADER = ("list", "class", "version", "entries")


def public_key_of(pem: str) -> bytes:
    """The 32 bytes of an Ed25519 key in PEM. Raises Invalid `public_key_unreadable`."""
    try:
        key = load_pem_public_key(pem.strip().encode())
    except ValueError:
        raise Invalid("public_key_unreadable", fields=("public_key",)) from None
    if not isinstance(key, Ed25519PublicKey):
        raise Invalid("public_key_unreadable", fields=("public_key",))
    return key.public_bytes_raw()


@contextmanager
def opened(path: Path, signature: Path) -> Iterator["PartnerFile"]:
    """Mapped into memory and never read as a whole. Raises OSError and RefusedImport."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            raise RefusedImport("line_malformed", 1)
        with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
            yield PartnerFile(content, signature.read_bytes())


class PartnerFile:
    """A file that was written to between the look at its signature and its end is refused."""

    def __init__(self, content: mmap | bytes, signature: bytes) -> None:
        self._content = content
        self._signature = signature
        self.sha256 = hashlib.sha256(content).digest()

    def signed_with(self, public_keys: Sequence[bytes]) -> bytes:
        """The key with which the exact bytes were signed. Raises RefusedImport."""
        for public_key in public_keys if len(self._signature) == SIGNATURE_BYTES else ():
            try:
                # The library takes any buffer, and nothing is copied.
                Ed25519PublicKey.from_public_bytes(public_key).verify(
                    self._signature,
                    self._content,  # type: ignore[arg-type]
                )
            except InvalidSignature:
                continue
            return public_key
        raise RefusedImport("signature_invalid")

    def header(self) -> ListHeader:
        """Raises RefusedImport."""
        line = next(self._lines(), b"")
        if not line.startswith(CSV_BEGINNING):
            return header_of(_object(1, line))
        values = _values(1, line)
        if len(values) % 2 or tuple(values[::2]) != KEYS_OF_HEADER:
            raise RefusedImport("line_malformed", 1)
        return header_of(_typed(1, dict(zip(values[::2], values[1::2], strict=True))))

    def entries(self) -> Iterator[PartnerEntry]:
        """Every line but those that say too little to be compared. Raises RefusedImport."""
        count = 0
        for line, told in self._told():
            count += 1
            entry = entry_of(line, told)
            if entry is not None:
                yield entry
        if count != self.header().entries:
            raise RefusedImport("entries_miscounted")
        if hashlib.sha256(self._content).digest() != self.sha256:
            raise RefusedImport("file_changed")

    def _told(self) -> Iterator[tuple[int, Mapping[str, object]]]:
        """Line number and values of each line of an entry."""
        lines = enumerate(self._lines(), 1)
        _, first = next(lines)
        if not first.startswith(CSV_BEGINNING):
            for number, line in lines:
                yield number, _object(number, line)
            return
        number, line = next(lines, (2, b""))
        columns = _values(number, line)
        if len(set(columns)) < len(columns) or not CSV_COLUMNS.issuperset(columns):
            raise RefusedImport("line_malformed", number)
        for number, line in lines:
            values = _values(number, line)
            if len(values) != len(columns):
                raise RefusedImport("line_malformed", number)
            yield number, _typed(number, dict(zip(columns, values, strict=True)))

    def _lines(self) -> Iterator[bytes]:
        """Without their ends; an empty line is none of the format. Raises RefusedImport."""
        begin, number, size = 0, 0, len(self._content)
        while begin < size:
            number += 1
            end = self._content.find(b"\n", begin, begin + LONGEST_LINE + 1)
            if end < 0:
                end = size
            if end - begin > LONGEST_LINE:
                raise RefusedImport("line_too_long", number)
            yield self._content[begin:end].removesuffix(b"\r")
            begin = end + 1


def _object(number: int, line: bytes) -> Mapping[str, object]:
    plain = plain_object(line)
    if plain is not None:
        return plain
    try:
        told = parse_strictly(line)
    except DomainError:
        raise RefusedImport("line_malformed", number) from None
    if not isinstance(told, dict):
        raise RefusedImport("line_malformed", number)
    return told


def plain_object(line: bytes) -> Mapping[str, object] | None:
    """What `parse_strictly` reads of a plain line, four times as fast; None for it to judge.

    Plain: visible ASCII without escapes, texts and counts within one object, and no name twice.
    Without escapes every text has two quotation marks, so a name that was dropped leaves too many.
    """
    if not line.isascii() or b"\\" in line or b"\x7f" in line:
        return None
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(told, dict):
        return None
    texts = len(told)
    for value in told.values():
        if type(value) is str:
            texts += 1
        elif type(value) is not int or not 0 <= value <= LARGEST_VERSION:
            return None
    return told if line.count(b'"') == 2 * texts else None


def _values(number: int, line: bytes) -> list[str]:
    try:
        [values] = csv.reader([line.decode()], strict=True)
    except (UnicodeDecodeError, csv.Error, ValueError):
        raise RefusedImport("line_malformed", number) from None
    return values


def _typed(number: int, values: Mapping[str, str]) -> Mapping[str, object]:
    """As JSON would have it: an empty value is none, and numbers are numbers."""
    told: dict[str, object] = {}
    for name, value in values.items():
        if not value:
            continue
        if name not in NUMBERS:
            told[name] = value
        elif value.isascii() and value.isdecimal():
            told[name] = int(value)
        else:
            raise RefusedImport("line_malformed", number)
    return told
