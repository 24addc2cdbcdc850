"""pHash, a perceptual hash of 64 bits, as the library `imagehash` defines it.

source: `imagehash.phash` 4.3 of a grey picture. Only its first step, shrinking to 32 x 32, is done
here, four times as fast and rows before columns. Pillow did it in that order until version 12;
later ones turn to columns first where a picture is much taller than wide, which moves a bit or two
of its hash. A hash must not depend on the version, so the order stays.
"""

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.sampling import lanczos_filtered


def phash(grey: NDArray[np.uint8]) -> str:
    """Hash 8-bit luma, rows by columns, of any size: 16 hexadecimal digits."""
    # imagehash leaves a picture of 32 x 32 as it is.
    return str(imagehash.phash(Image.fromarray(lanczos_filtered(grey))))
