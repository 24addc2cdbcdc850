"""PDQ, a perceptual hash of 256 bits, written from its published description.

source: Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (2019).

Luma is smoothed by two passes of a box filter in each direction, sampled to 64 x 64, and
transformed by a cosine transform; each of the 16 x 16 lowest frequencies (without the constant
terms) that lies above their median is a one bit.

Smoothing and sampling are both linear and act on rows and columns independently, so they are one
weighted sum per direction. Only the sums that are sampled are computed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SAMPLES = 64
FREQUENCIES = 16
# A box is 1/128 of the side wide, rounded up: two passes then span one sample.
BOXES_PER_SIDE = 2 * SAMPLES

# Smaller pictures have no hash: all bits zero, quality 0.
SHORTEST_SIDE = 5

# Steps of brightness are counted in percent of full range; 90 of them are one point of quality.
FULL_RANGE = 255
PERCENT = 100
STEPS_PER_POINT = 90

TRANSFORM: Floats = (
    np.sqrt(2 / SAMPLES)
    * np.cos(
        np.pi / (2 * SAMPLES) * np.outer(np.arange(1, FREQUENCIES + 1), 2 * np.arange(SAMPLES) + 1)
    )
).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Pdq:
    """`text`: 64 hexadecimal digits, highest frequency first. `quality`: 0-100."""

    text: str
    quality: int


def pdq(grey: NDArray[np.uint8]) -> Pdq:
    """Hash 8-bit luma, rows by columns, of any size."""
    if min(grey.shape) < SHORTEST_SIDE:
        return Pdq("0" * (FREQUENCIES * FREQUENCIES // 4), 0)
    samples = _sampled(grey)
    return Pdq(_bits_of(samples), _quality_of(samples))


def _sampled(grey: NDArray[np.uint8]) -> Floats:
    """Smooth and sample to 64 x 64; a picture of that size already is taken as it is."""
    rows, columns = grey.shape
    if grey.shape == (SAMPLES, SAMPLES):
        return grey.astype(np.float32)
    lines = np.empty((SAMPLES, columns), np.float32)
    for line, (start, weights) in enumerate(_weights(rows)):
        lines[line] = weights @ grey[start : start + len(weights)].astype(np.float32)
    samples = np.empty((SAMPLES, SAMPLES), np.float32)
    for column, (start, weights) in enumerate(_weights(columns)):
        samples[:, column] = lines[:, start : start + len(weights)] @ weights
    return samples


def _weights(length: int) -> Iterator[tuple[int, Floats]]:
    """For each of the 64 samples along a side: where its sum starts, and its weights.

    A box at `i` covers `i - behind` to `i + ahead` and is cut off at the edges. The weights of a
    sample are those of the boxes that its own box covers, added up.
    """
    width = -(-length // BOXES_PER_SIDE)
    ahead = (width + 2) // 2 - 1
    behind = width - 1 - ahead
    places = np.arange(length)
    first = np.maximum(places - behind, 0)
    end = np.minimum(places + ahead, length - 1) + 1
    share = 1.0 / (end - first)
    for sample in ((np.arange(SAMPLES) + 0.5) * length / SAMPLES).astype(int):
        covered = slice(first[sample], end[sample])
        start = int(first[covered][0])
        edges = np.zeros(end[covered][-1] - start + 1)
        np.add.at(edges, first[covered] - start, share[covered])
        np.subtract.at(edges, end[covered] - start, share[covered])
        yield start, (np.cumsum(edges[:-1]) * share[sample]).astype(np.float32)


def _bits_of(samples: Floats) -> str:
    frequencies = (TRANSFORM @ samples @ TRANSFORM.T).ravel()
    # The reference takes the lower of the two middle values.
    median = np.partition(frequencies, frequencies.size // 2 - 1)[frequencies.size // 2 - 1]
    little_endian = np.packbits(frequencies > median, bitorder="little").tobytes()
    return little_endian[::-1].hex()


def _quality_of(samples: Floats) -> int:
    """How much there is to see: the sum of whole percent steps between neighbours, capped."""
    down = np.diff(samples, axis=0) * np.float32(PERCENT) / np.float32(FULL_RANGE)
    across = np.diff(samples, axis=1) * np.float32(PERCENT) / np.float32(FULL_RANGE)
    steps = np.abs(down).astype(np.int64).sum() + np.abs(across).astype(np.int64).sum()
    return min(100, int(steps) // STEPS_PER_POINT)
