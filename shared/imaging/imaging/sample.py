"""Harmless pictures that are listed everywhere as `public-test`: rings, computed from numbers.

They are the same, byte by byte, on every machine: whole numbers only, and a PNG that is not
compressed, because libraries compress differently.
"""

import struct
import zlib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

SIDE = 192
# Name → where the rings of its three colours have their centres, and how wide they are.
_RINGS: Mapping[str, tuple[tuple[int, int, int], ...]] = MappingProxyType(
    {
        "rings-1.png": ((20, 31, 36), (150, 60, 28), (90, 170, 44)),
        "rings-2.png": ((96, 10, 32), (10, 180, 40), (185, 140, 24)),
        "rings-3.png": ((60, 120, 48), (130, 130, 36), (5, 5, 28)),
    }
)
SAMPLE_NAMES = tuple(_RINGS)
# source: RFC 1951, 3.2.4: a stored block has at most so many bytes.
_STORED = 0xFFFF


@cache
def sample_picture(name: str) -> bytes:
    """A PNG of 192 by 192 pixels. Raises KeyError for a name that there is not."""
    return _png([_row(_RINGS[name], y) for y in range(SIDE)])


def _row(rings: tuple[tuple[int, int, int], ...], y: int) -> bytes:
    return bytes(_level(ring, x, y) for x in range(SIDE) for ring in rings)


def _level(ring: tuple[int, int, int], x: int, y: int) -> int:
    """Up and down between 0 and 255, slower the wider the ring is."""
    left, top, width = ring
    phase = (((x - left) ** 2 + (y - top) ** 2) // width) % 512
    return phase if phase < 256 else 511 - phase  # noqa: PLR2004  the brightest level


def _png(rows: list[bytes]) -> bytes:
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    content = b"".join(b"\0" + row for row in rows)
    chunks = ((b"IHDR", head), (b"IDAT", _stored(content)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _stored(content: bytes) -> bytes:
    """A zlib stream (RFC 1950) of blocks that are not compressed."""
    parts = [content[at : at + _STORED] for at in range(0, len(content), _STORED)]
    blocks = b"".join(
        struct.pack("<BHH", part is parts[-1], len(part), len(part) ^ _STORED) + part
        for part in parts
    )
    return b"\x78\x01" + blocks + struct.pack(">I", zlib.adler32(content))
