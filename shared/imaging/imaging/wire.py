"""What the worker and its parent say to each other about a picture, or a small batch of them.

A request is one byte that names the work, then the pictures, each after its length, then the end of
the stream. For each picture comes one answer after its length: one byte (done or refused), then a
result or a code. A stream that ends early leaves pictures without an answer.

An answer comes from a process that has decoded a stranger's bytes, so its reader believes nothing:
sizes and shapes are checked.
"""

import json
import re
from collections.abc import Iterator

from imaging.decoding import FORMATS, LONGEST_SIDE
from imaging.errors import ImageTooLarge, ImageUnreadable, UnsupportedImage
from imaging.hashes import ImageHashes
from imaging.rendering import Profile

HASH = b"h"
HASH_FAST = b"q"
RENDER = {Profile.THUMB: b"t", Profile.BLURRED: b"b", Profile.FULL: b"f"}

DONE = b"+"
REFUSED = b"-"

LENGTH_BYTES = 4
MOST_HASH_ANSWER = 1024
MOST_PICTURE_ANSWER = 32 * 1024 * 1024

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEX_LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64, "phash": 16, "pdq": 64}
REFUSALS = {kind.code: kind for kind in (ImageUnreadable, ImageTooLarge, UnsupportedImage)}


def length_of(content: bytes) -> bytes:
    """What is sent before it."""
    return len(content).to_bytes(LENGTH_BYTES, "big")


def complete_parts(stream: bytes) -> Iterator[bytes]:
    """What was sent after its length, as far as it arrived whole."""
    at = 0
    while len(stream) - at >= LENGTH_BYTES:
        start = at + LENGTH_BYTES
        at = start + int.from_bytes(stream[at:start], "big")
        if at <= len(stream):
            yield stream[start:at]


def read_hashes(reply: bytes) -> ImageHashes:
    """Raises ImageUnreadable for an answer that is not one, and what was refused."""
    body = _body(reply, MOST_HASH_ANSWER)
    try:
        hashes = ImageHashes(**json.loads(body))
    except (ValueError, TypeError, RecursionError):
        raise ImageUnreadable from None
    if not _is_plausible(hashes):
        raise ImageUnreadable
    return hashes


def read_picture(reply: bytes) -> bytes:
    """Raises ImageUnreadable for an answer that is not a PNG, and what was refused."""
    body = _body(reply, MOST_PICTURE_ANSWER)
    if not body.startswith(PNG_SIGNATURE):
        raise ImageUnreadable
    return body


def _body(reply: bytes, most: int) -> bytes:
    kind, body = reply[:1], reply[1:]
    if kind == DONE and len(body) <= most:
        return body
    code = body.decode("ascii", "replace") if kind == REFUSED else ""
    raise REFUSALS.get(code, ImageUnreadable)


def _is_plausible(hashes: ImageHashes) -> bool:
    texts = [(getattr(hashes, name), length) for name, length in HEX_LENGTHS.items()]
    numbers = [(hashes.quality, 0, 100), (hashes.width, 1, LONGEST_SIDE)]
    numbers.append((hashes.height, 1, LONGEST_SIDE))
    return (
        all(isinstance(text, str) and _is_hex(text, length) for text, length in texts)
        and all(type(number) is int and low <= number <= high for number, low, high in numbers)
        and hashes.format in FORMATS
    )


def _is_hex(text: str, length: int) -> bool:
    return len(text) == length and re.fullmatch("[0-9a-f]*", text) is not None
