"""A partner's list: a file that becomes a version of it as a whole, or not at all."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from shared.domain.content_hash import BITS, FILE_HASHES, HashType
from shared.domain.errors import Conflict, DomainError, NotPermitted

from hashcheck.domain.check import is_too_poor
from hashcheck.domain.hash_list import NAME, ListClass

# A version that takes more than this share of what is listed off is not believed.
MOST_SHRINK_PERCENT = 5
MOST_ENTRIES = 10_000_000
LONGEST_LINE = 4_096
LONGEST_REF = 100
LARGEST_VERSION = 2**53
MOST_QUALITY = 100
# A file has millions of lines: plain names and sizes, because an enumeration costs more to walk
# through and to look up than a hash to read.
KINDS = tuple((kind.value, BITS[kind] // 8, kind in FILE_HASHES) for kind in HashType)
PHASH_ALONE = [kind is HashType.PHASH for kind in HashType]
# Of a perceptual hash about half of the bits are set; one that is nearly even says nothing.
LEAST_SHARE_SET, MOST_SHARE_SET = 0.2, 0.8


class ImportState(StrEnum):
    """INCOMING is seen by nobody: it ends, or is gone, with the transaction that began it."""

    INCOMING = "incoming"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    ROLLED_BACK = "rolled_back"


class RollbackReason(StrEnum):
    """Why a steward went back to the version before."""

    WRONG_ENTRIES = "wrong_entries"
    SENT_BY_MISTAKE = "sent_by_mistake"
    KEY_LEAKED = "key_leaked"


class RefusedImport(DomainError):
    """The file is refused as a whole. `line` counts from 1; 0 when it is none of the lines."""

    status = 422
    code = "import_refused"

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(code)
        self.line = line


@dataclass(frozen=True, slots=True)
class ListHeader:
    """What the first line says of the file. `entries`: how many lines of entries follow."""

    list_name: str
    list_class: str
    version: int
    entries: int


class PartnerEntry(NamedTuple):
    """A line of the file. `ref` is what the partner calls it; its hashes in the order of KINDS."""

    line: int
    ref: str
    digests: tuple[bytes | None, ...]


def content_of(digests: Iterable[bytes | None]) -> bytes:
    """The SHA-256 of all hashes of an entry, in the order of KINDS, by which it is known again."""
    told = [digest or b"" for digest in digests]
    return sha256(bytes(map(len, told)) + b"".join(told)).digest()


def check_header(header: ListHeader, list_name: str, list_class: ListClass, newest: int) -> None:
    """`newest`: the highest version that was ever accepted, 0 for none. Raises RefusedImport."""
    if header.list_name != list_name:
        raise RefusedImport("other_list", 1)
    if header.list_class not in set(ListClass):
        raise RefusedImport("class_unknown", 1)
    if header.list_class != list_class:
        raise RefusedImport("class_differs", 1)
    if header.version <= newest:
        raise RefusedImport("version_not_newer", 1)


def header_of(told: Mapping[str, object]) -> ListHeader:
    """Raises RefusedImport `line_malformed`."""
    name, list_class = told.get("list"), told.get("class")
    version, entries = told.get("version"), told.get("entries")
    if not (isinstance(name, str) and NAME.fullmatch(name) and isinstance(list_class, str)):
        raise RefusedImport("line_malformed", 1)
    if not (isinstance(version, int) and 1 <= version <= LARGEST_VERSION):
        raise RefusedImport("line_malformed", 1)
    if not (isinstance(entries, int) and entries >= 0):
        raise RefusedImport("line_malformed", 1)
    if entries > MOST_ENTRIES:
        raise RefusedImport("too_large", 1)
    return ListHeader(name, list_class, version, entries)


def entry_of(line: int, told: Mapping[str, object]) -> PartnerEntry | None:
    """None for a picture that says too little to be compared, by looks or by file.

    Raises RefusedImport `line_malformed`, `hashes_missing` or `hash_weak`.
    """
    ref = told.get("id")
    if not isinstance(ref, str) or not 0 < len(ref) <= LONGEST_REF or not ref.isprintable():
        raise RefusedImport("line_malformed", line)
    digests, is_any_weak = [], False
    for name, size, is_of_file in KINDS:
        digest = _digest(line, size, told[name]) if told.get(name) else None
        digests.append(digest)
        is_any_weak |= digest is not None and is_weak(digest, is_of_file=is_of_file)
    if not any(digests) or [digest is not None for digest in digests] == PHASH_ALONE:
        raise RefusedImport("hashes_missing", line)
    if is_any_weak:
        raise RefusedImport("hash_weak", line)
    if is_too_poor(HashType.PDQ, _quality(line, told)):
        digests = [each if kind[2] else None for each, kind in zip(digests, KINDS, strict=True)]
    return PartnerEntry(line, ref, tuple(digests)) if any(digests) else None


def is_weak(digest: bytes, *, is_of_file: bool) -> bool:
    """Whether a hash is of nothing, or of a picture that looks like a thousand others."""
    if is_of_file:
        return digest.count(digest[0]) == len(digest) or digest in _OF_NOTHING
    bits = 8 * len(digest)
    set_bits = int.from_bytes(digest).bit_count()
    return not LEAST_SHARE_SET * bits <= set_bits <= MOST_SHARE_SET * bits


def check_shrink(before: int, gone: int) -> None:
    """`gone`: how many of the entries listed before are not in the file. Raises RefusedImport."""
    if gone * 100 > before * MOST_SHRINK_PERCENT:
        raise RefusedImport("list_shrinks")


def check_rollback(state: ImportState, *, is_newest: bool) -> None:
    """Raises Conflict `not_the_newest_version`."""
    if state is not ImportState.ACCEPTED or not is_newest:
        raise Conflict("not_the_newest_version")


def check_confirmation(proposed_by: object, confirmed_by: object, *, is_open: bool) -> None:
    """Raises Conflict `not_awaiting_decision` and NotPermitted `second_person_needed`."""
    if not is_open:
        raise Conflict("not_awaiting_decision")
    if proposed_by == confirmed_by:
        raise NotPermitted("second_person_needed")


def _digest(line: int, size: int, text: object) -> bytes:
    """Reads hexadecimal of `size` bytes. Raises RefusedImport `line_malformed`."""
    if isinstance(text, str) and len(text) == 2 * size:
        # With space between digits, which this reads too, there are too few of them.
        with suppress(ValueError):
            digest = bytes.fromhex(text)
            if len(digest) == size:
                return digest
    raise RefusedImport("line_malformed", line)


def _quality(line: int, told: Mapping[str, object]) -> int | None:
    quality = told.get("pdq_quality")
    if quality is None or (isinstance(quality, int) and 0 <= quality <= MOST_QUALITY):
        return quality
    raise RefusedImport("line_malformed", line)


# Hashes of the empty file, which every hash list of the world has met once.
_OF_NOTHING = frozenset(
    bytes.fromhex(text)
    for text in (
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    )
)
