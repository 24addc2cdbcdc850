"""Hashes of every shape that an index may meet, and what comparing with every one would find."""

from collections.abc import Callable
from functools import cache
from io import BytesIO

import numpy as np
from hashcheck.matching import Matches
from imaging import hash_image
from numpy.typing import NDArray
from PIL import Image

Rows = NDArray[np.uint8]
Random = np.random.Generator

LENGTH = {"md5": 16, "sha1": 20, "sha256": 32, "pdq": 32, "phash": 8}
NATURAL = 160


def even(random: Random, rows: int, length: int) -> Rows:
    """All bits by chance."""
    return random.integers(0, 256, (rows, length), np.uint8)


def clustered(random: Random, rows: int, length: int) -> Rows:
    """A few centres with many rows near them; some rows are the same."""
    centres = even(random, max(1, rows // 50), length)
    near = centres[random.integers(0, len(centres), rows)]
    made = [flipped(random, row, int(random.integers(0, 12))) for row in near]
    return np.array(made, np.uint8).reshape(rows, length)


def spread(random: Random, rows: int, length: int) -> Rows:
    """Rows that differ from one by bits at even distances: the worst case for bands."""
    one = even(random, 1, length)[0]
    made = [
        spread_flips(one, int(random.integers(0, 40)), int(random.integers(0, 256)))
        for _ in range(rows)
    ]
    return np.array(made, np.uint8).reshape(rows, length)


def constant(random: Random, rows: int, length: int) -> Rows:
    """The same hash again and again, as of blank pictures."""
    return np.zeros((rows, length), np.uint8)


def natural(random: Random, rows: int, length: int) -> Rows:
    """Hashes of overlapping parts of one picture, whose detail falls off as in photographs."""
    known = natural_pdq() if length == LENGTH["pdq"] else natural_phash()
    chosen = known[random.integers(0, len(known), rows)]
    return np.ascontiguousarray(chosen[:, :length])


SHAPES: dict[str, Callable[[Random, int, int], Rows]] = {
    "even": even,
    "clustered": clustered,
    "spread": spread,
    "constant": constant,
    "natural": natural,
}


def flipped(random: Random, row: Rows, bits: int) -> Rows:
    """`bits` bits differ, anywhere."""
    changed = row.copy()
    for bit in random.choice(row.size * 8, bits, replace=False):
        changed[bit // 8] ^= np.uint8(1 << bit % 8)
    return changed


def spread_flips(row: Rows, bits: int, start: int) -> Rows:
    """`bits` bits differ, at even distances from bit `start` on."""
    changed = row.copy()
    for number in range(min(bits, row.size * 8)):
        bit = (start + number * row.size * 8 // bits) % (row.size * 8)
        changed[bit // 8] ^= np.uint8(1 << bit % 8)
    return changed


def asked(random: Random, rows: Rows, count: int, radius: int) -> Rows:
    """Queries: up to some bits beyond the radius from a row, spread or not, and by chance."""
    length = rows.shape[1]
    queries = even(random, count, length)
    for query in range(count if len(rows) else 0):
        row = rows[int(random.integers(0, len(rows)))]
        bits = int(random.integers(0, radius + 3))
        if query % 3 == 1:
            queries[query] = flipped(random, row, bits)
        elif query % 3 == 2:
            queries[query] = spread_flips(row, bits, int(random.integers(0, 256)))
    return queries


def every_one(rows: Rows, queries: Rows, radius: int) -> list[tuple[int, int, int]]:
    """Query, row and distance of all that an index has to find, in order, one by one."""
    found = []
    for query, digest in enumerate(queries):
        distances = np.bitwise_count(rows ^ digest).sum(axis=1, dtype=np.int64)
        found += [
            (query, int(row), int(distances[row])) for row in np.flatnonzero(distances <= radius)
        ]
    return found


def as_tuples(matches: Matches) -> list[tuple[int, int, int]]:
    return list(zip(*(column.tolist() for column in matches), strict=True))


@cache
def natural_pdq() -> Rows:
    return _natural("pdq")


@cache
def natural_phash() -> Rows:
    return _natural("phash")


def _natural(kind: str) -> Rows:
    scene = _scene()
    random = np.random.default_rng(5)
    texts = []
    for _ in range(NATURAL):
        top, left = random.integers(0, scene.shape[0] - 128, 2)
        buffer = BytesIO()
        Image.fromarray(scene[top : top + 128, left : left + 128]).save(buffer, "PNG")
        texts.append(getattr(hash_image(buffer.getvalue()), kind))
    return np.frombuffer(bytes.fromhex("".join(texts)), np.uint8).reshape(NATURAL, -1)


def _scene() -> Rows:
    """Grey noise whose amplitude falls with frequency, as it does in photographs."""
    side = 256
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side)))
    noise = np.fft.fft2(np.random.default_rng(4).normal(size=(side, side)))
    scene = np.fft.ifft2(noise / np.maximum(frequency, 1 / side)).real
    low, high = scene.min(), scene.max()
    grey: Rows = ((scene - low) / (high - low) * 255).astype(np.uint8)
    return grey
