"""From the bytes of a picture to its five hashes, by one read and one grey decode."""

import hashlib
from dataclasses import dataclass

import imagehash
import numpy as np

from imaging.decoding import MEDIA_TYPES, decode_grey, format_of, open_picture, stable_refusals
from imaging.pdq import pdq

# source: the published PDQ description; below it a hash says too little to be compared.
LEAST_QUALITY = 50


@dataclass(frozen=True, slots=True)
class ImageHashes:
    """All hashes in lower-case hexadecimal, most significant bit first.

    md5, sha1 and sha256 are of the file; phash (64 bits) and pdq (256 bits) of the first frame,
    upright. `quality` is PDQ's (0-100). `width` and `height` are those of the upright picture.
    """

    md5: str
    sha1: str
    sha256: str
    phash: str
    pdq: str
    quality: int
    format: str
    width: int
    height: int

    @property
    def low_quality(self) -> bool:
        """Whether the picture shows too little for its PDQ to be compared."""
        return self.quality < LEAST_QUALITY

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.format]


def hash_image(data: bytes) -> ImageHashes:
    """Hash a JPEG, PNG, WebP or GIF in this process; bytes of strangers go to ImageWorker.

    pHash is `imagehash.phash` of the luma. Raises ImageUnreadable, ImageTooLarge,
    UnsupportedImage.
    """
    picture = open_picture(data)
    kind = format_of(picture)
    grey = decode_grey(picture)
    with stable_refusals():
        perceptual = pdq(np.asarray(grey))
        return ImageHashes(
            md5=hashlib.md5(data, usedforsecurity=False).hexdigest(),
            sha1=hashlib.sha1(data, usedforsecurity=False).hexdigest(),
            sha256=hashlib.sha256(data).hexdigest(),
            phash=str(imagehash.phash(grey)),
            pdq=perceptual.text,
            quality=perceptual.quality,
            format=kind,
            width=grey.width,
            height=grey.height,
        )
