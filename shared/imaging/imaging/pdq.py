"""PDQ, a perceptual hash of 256 bits, written from its published description.

source: Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (2019).

Luma is smoothed by two passes of a box filter in each direction, sampled to 64 x 64, and
transformed by a cosine transform; each of the 16 x 16 lowest frequencies (without the constant
terms) that lies above their median is a one bit.

Smoothing and sampling are both linear and act on rows and columns independently, so they are one
weighted sum per direction. Only the sums that are sampled are computed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.sampling import PDQ_SIDE, box_filtered

Floats = NDArray[np.float32]

FREQUENCIES = 16

# Smaller pictures have no hash: all bits zero, quality 0.
SHORTEST_SIDE = 5

# Steps of brightness are counted in percent of full range; 90 of them are one point of quality.
FULL_RANGE = 255
PERCENT = 100
STEPS_PER_POINT = 90

TRANSFORM: Floats = (
    np.sqrt(2 / PDQ_SIDE)
    * np.cos(
        np.pi
        / (2 * PDQ_SIDE)
        * np.outer(np.arange(1, FREQUENCIES + 1), 2 * np.arange(PDQ_SIDE) + 1)
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
    # A picture of the size of the samples is taken as it is.
    whole = grey.shape == (PDQ_SIDE, PDQ_SIDE)
    samples = grey.astype(np.float32) if whole else box_filtered(grey)
    return Pdq(_bits_of(samples), _quality_of(samples))


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
