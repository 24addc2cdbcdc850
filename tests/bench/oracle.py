"""What independent implementations say of a picture: the plain way to its five hashes.

`python -m tests.bench.oracle` writes tests/imaging/pdq_reference.json again (make bench-imaging
installs what it needs).
"""

import hashlib
import io
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import imagehash
import numpy as np
import pdqhash
from PIL import Image, ImageOps

from tests.imaging.reference_pictures import PICTURES

REFERENCE = Path(__file__).parents[1] / "imaging" / "pdq_reference.json"


def pdq_of(picture: Image.Image) -> tuple[str, int]:
    """PDQ as hexadecimal digits, and its quality, of colours as Pillow decodes them."""
    bits, quality = pdqhash.compute(np.asarray(picture))
    return np.packbits(bits).tobytes().hex(), int(quality)


def plain_hashes(data: bytes) -> tuple[str, str, str, str, str, int]:
    """md5, sha1, sha256, pHash, PDQ and its quality, each by the library of its name."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    return (
        hashlib.md5(data, usedforsecurity=False).hexdigest(),
        hashlib.sha1(data, usedforsecurity=False).hexdigest(),
        hashlib.sha256(data).hexdigest(),
        str(imagehash.phash(picture)),
        *pdq_of(picture),
    )


def reference() -> dict[str, Any]:
    """The oracle's name and version, and its answer for every picture of the fixed set."""
    answers = {}
    for name, make in PICTURES.items():
        text, quality = pdq_of(_as_seen(make()))
        answers[name] = {"pdq": text, "quality": quality}
    return {"oracle": f"pdqhash {version('pdqhash')}", "pictures": answers}


def _as_seen(data: bytes) -> Image.Image:
    picture: Image.Image = Image.open(io.BytesIO(data))
    if picture.mode.startswith("I;16"):
        # Pillow would clip 16 bits to white.
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    return ImageOps.exif_transpose(picture).convert("RGB")


if __name__ == "__main__":
    REFERENCE.write_text(json.dumps(reference(), indent=1) + "\n")
