"""What the worker and its parent say to each other about one picture.

A request is one byte that names the work, then the picture, then the end of the stream. An answer
is one byte (done or refused), then a result or a code, then the end. An answer comes from a process
that has decoded a stranger's bytes, so its reader believes nothing: sizes and shapes are checked.
"""

import json
import re
from dataclasses import asdict

from imaging.decoding import FORMATS, LONGEST_SIDE
from imaging.errors import ImageRefused, ImageTooLarge, ImageUnreadable, UnsupportedImage
from imaging.hashing import ImageHashes, hash_image
from imaging.rendering import Profile, render

HASH = b"h"
RENDER = {Profile.THUMB: b"t", Profile.BLURRED: b"b", Profile.FULL: b"f"}

DONE = b"+"
REFUSED = b"-"

MOST_HASH_ANSWER = 1024
MOST_PICTURE_ANSWER = 32 * 1024 * 1024

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEX_LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64, "phash": 16, "pdq": 64}
REFUSALS = {kind.code: kind for kind in (ImageUnreadable, ImageTooLarge, UnsupportedImage)}


def answer(request: bytes) -> bytes:
    """Do the work that `request` names; runs inside the sandbox."""
    try:
        work, data = request[:1], request[1:]
        if work == HASH:
            return DONE + json.dumps(asdict(hash_image(data))).encode()
        profile = next(profile for profile, name in RENDER.items() if name == work)
        return DONE + render(data, profile)
    except ImageRefused as refusal:
        return REFUSED + refusal.code.encode()


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
