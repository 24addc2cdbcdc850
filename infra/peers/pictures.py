"""Harmless generated pictures, the same bytes on every machine with this Pillow.

Each is smooth coloured noise: enough detail for a perceptual hash of full quality, and no two look
alike.
"""

from functools import cache
from io import BytesIO

import numpy as np
from PIL import Image

SIZE = (640, 480)
COARSE = (12, 9)

# What the demonstration does with each picture of the gallery.
EXACTLY_KNOWN = "canal.png"
NEARLY_KNOWN = "harbour.jpg"
MADE_BY_AI = "market.png"
NOT_ILLEGAL = "orchard.png"
UNDECIDED = "windmill.png"
GALLERY = (EXACTLY_KNOWN, NEARLY_KNOWN, MADE_BY_AI, NOT_ILLEGAL, UNDECIDED)


@cache
def picture(name: str) -> bytes:
    """The file that the site serves as `name`; KeyError when it has none."""
    image = _noise(GALLERY.index(name)) if name in GALLERY else None
    if image is None:
        raise KeyError(name)
    return _encoded(image, "JPEG" if name.endswith(".jpg") else "PNG")


@cache
def listed_original() -> bytes:
    """What the hash list knows of NEARLY_KNOWN: the same picture, larger and not yet squeezed."""
    return _encoded(_noise(GALLERY.index(NEARLY_KNOWN)).resize((960, 720)), "PNG")


def _noise(seed: int) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 256, (*COARSE[::-1], 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(SIZE, Image.Resampling.BICUBIC)


def _encoded(image: Image.Image, encoding: str) -> bytes:
    file = BytesIO()
    image.save(file, encoding, **({"quality": 70} if encoding == "JPEG" else {}))
    return file.getvalue()
