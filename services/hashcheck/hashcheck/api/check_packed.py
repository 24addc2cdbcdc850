"""Hashes asked, and answered, in as few bytes as there are: for who checks millions.

Question, all numbers big-endian:

    8 bytes    list version that the hashes were checked at before; 0 for never
    then, as often as wanted:
    1 byte     type: 1 md5, 2 sha1, 3 sha256, 4 phash, 5 pdq
    2 bytes    how many of them follow
    …          the hashes, of 16, 20, 32, 8 or 33 bytes; a PDQ has its quality (0 to 100, or 255
               for not known) before its 32 bytes

Answer:

    8 bytes    list version
    2 bytes    how many items
    1 byte     for each item: 0 no match, 1 match, 2 low quality
    …          if anything matched: JSON, [{"item": place, "matches": [Match, …]}, …]
"""

import struct

import numpy as np
import orjson
from shared.contracts.hashcheck import MOST_ITEMS, Outcome
from shared.domain.content_hash import BITS, LEAST_PDQ_QUALITY, HashType
from shared.domain.errors import Invalid, Malformed, TooLarge

from hashcheck.use_cases.check import Asked, Checked

PACKED = "application/vnd.offlimits.hashes"
LARGEST_PACKED = 256 * 1024
HEAD = struct.Struct(">Q")
SECTION = struct.Struct(">BH")
ANSWER_HEAD = struct.Struct(">QH")
TYPES = {
    1: HashType.MD5,
    2: HashType.SHA1,
    3: HashType.SHA256,
    4: HashType.PHASH,
    5: HashType.PDQ,
}
BEST_QUALITY, NOT_KNOWN = 100, 255
OUTCOMES = {Outcome.NO_MATCH: 0, Outcome.MATCH: 1, Outcome.LOW_QUALITY: 2}


def asked_in_bytes(body: bytes) -> Asked:
    """Raises Malformed `bad_packing`, TooLarge `batch_too_large`, Invalid."""
    if len(body) < HEAD.size:
        raise Malformed("bad_packing")
    asked = Asked(*HEAD.unpack_from(body))
    at = HEAD.size
    while at < len(body):
        at = _read_section(asked, body, at)
    if not asked.types:
        raise Invalid(fields=("items",))
    return asked


def answer_in_bytes(checked: Checked) -> bytes:
    outcomes = bytes([OUTCOMES[outcome] for outcome in checked.outcomes])
    head = ANSWER_HEAD.pack(checked.list_version, len(outcomes))
    if not checked.found:
        return head + outcomes
    hits = [
        {"item": place, "matches": [match.model_dump(mode="json") for match in matches]}
        for place in sorted(checked.found)
        if (matches := checked.matches(place))
    ]
    return head + outcomes + orjson.dumps(hits)


def _read_section(asked: Asked, body: bytes, at: int) -> int:
    """Returns where the next one begins."""
    if len(body) < at + SECTION.size:
        raise Malformed("bad_packing")
    number, count = SECTION.unpack_from(body, at)
    kind = TYPES.get(number)
    if kind is None:
        raise Invalid("unknown_type", fields=("type",))
    if len(asked) + count > MOST_ITEMS:
        raise TooLarge("batch_too_large", fields=("items",))
    begin = at + SECTION.size
    end: int = begin + count * (BITS[kind] // 8 + (kind is HashType.PDQ))
    if len(body) < end:
        raise Malformed("bad_packing")
    if kind is HashType.PDQ and count:
        _add_pdq(asked, body[begin:end], count)
    elif count:
        asked.add_many(kind, body[begin:end], count)
    return end


def _add_pdq(asked: Asked, records: bytes, count: int) -> None:
    rows = np.frombuffer(records, np.uint8).reshape(count, -1)
    quality, digests = rows[:, 0], rows[:, 1:]
    if ((quality > BEST_QUALITY) & (quality != NOT_KNOWN)).any():
        raise Invalid("quality_invalid", fields=("quality",))
    is_poor = quality < LEAST_PDQ_QUALITY
    if not is_poor.any():
        asked.add_many(HashType.PDQ, digests.tobytes(), count)
        return
    for poor, digest in zip(is_poor.tolist(), digests, strict=True):
        if poor:
            asked.add_poor(HashType.PDQ)
        else:
            asked.add_many(HashType.PDQ, digest.tobytes(), 1)
