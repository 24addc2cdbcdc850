"""One decode of a picture to its hashes, in an isolated worker."""

from imaging.decoding import MOST_BYTES, looks_like_picture
from imaging.errors import (
    ImageRefused,
    ImageTooLarge,
    ImageUnreadable,
    UnsupportedImage,
    WorkerUnavailable,
)
from imaging.hashes import ImageHashes
from imaging.hashing import hash_image
from imaging.isolated import ImageWorker
from imaging.rendering import RENDERED_MEDIA_TYPE, Profile, render

__all__ = [
    "MOST_BYTES",
    "RENDERED_MEDIA_TYPE",
    "ImageHashes",
    "ImageRefused",
    "ImageTooLarge",
    "ImageUnreadable",
    "ImageWorker",
    "Profile",
    "UnsupportedImage",
    "WorkerUnavailable",
    "hash_image",
    "looks_like_picture",
    "render",
]
