"""Harmless generated pictures and their hashes."""

from imaging import ImageHashes, hash_image
from PIL import Image

from tests.imaging.pictures import encoded, picture


def jpeg(seed: int, *, quality: int = 90, side: int = 240) -> bytes:
    return encoded(picture(side, side, seed), "JPEG", quality=quality)


def png(seed: int, *, side: int = 240) -> bytes:
    return encoded(picture(side, side, seed), "PNG")


def logo() -> bytes:
    """Over the size of a tracking dot, and smaller than anything shown as content."""
    return encoded(picture(64, 64, 99), "PNG")


def dot() -> bytes:
    return encoded(Image.new("RGB", (1, 1)), "PNG")


def hashes(content: bytes) -> ImageHashes:
    return hash_image(content)
