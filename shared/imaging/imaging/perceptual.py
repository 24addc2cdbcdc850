"""The two hashes of what a picture shows, from one grey decode."""

import numpy as np
from PIL import Image

from imaging.pdq import Pdq, pdq
from imaging.phash import phash


def perceptual_hashes(grey: Image.Image) -> tuple[str, Pdq]:
    """pHash and PDQ of 8-bit luma."""
    pixels = np.asarray(grey)
    return phash(pixels), pdq(pixels)
