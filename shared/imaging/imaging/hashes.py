"""What is known of a picture after it was hashed."""

from dataclasses import dataclass

from imaging.decoding import MEDIA_TYPES

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
