"""A picture for the eyes of a reviewer: decoded, made smaller and encoded afresh.

What is shown is never the original: no metadata, no trailing bytes, nothing that was not pixels.
"""

import io
from enum import StrEnum

from PIL import Image, ImageFilter

from imaging.decoding import decode_colour, decode_grey, open_picture, stable_refusals

RENDERED_MEDIA_TYPE = "image/png"

THUMB_SIDE = 96
BLURRED_SIDE = 480
# As many pixels as a reviewer's screen shows; more costs seconds to encode.
FULL_SIDE = 2048

FAST_COMPRESSION = 1


class Profile(StrEnum):
    """THUMB: 96 pixels, grey and blurred. BLURRED: larger, blurred. FULL: as it is."""

    THUMB = "thumb"
    BLURRED = "blurred"
    FULL = "full"


def render(data: bytes, profile: Profile) -> bytes:
    """A PNG of the first frame, upright, without metadata, never larger than the original.

    Raises ImageUnreadable, ImageTooLarge, UnsupportedImage.
    """
    picture = open_picture(data)
    grey = profile is Profile.THUMB
    shown = decode_grey(picture) if grey else decode_colour(picture)
    with stable_refusals():
        return _encoded(_shown(shown, profile))


def _shown(picture: Image.Image, profile: Profile) -> Image.Image:
    side = {
        Profile.THUMB: THUMB_SIDE,
        Profile.BLURRED: BLURRED_SIDE,
        Profile.FULL: FULL_SIDE,
    }[profile]
    if max(picture.size) > side:
        picture.thumbnail((side, side))
    if profile is Profile.FULL:
        return picture
    # Blurred relative to what is there, so that a small picture is not shown sharper.
    return picture.filter(ImageFilter.GaussianBlur(max(picture.size) / 40))


def _encoded(picture: Image.Image) -> bytes:
    # A copy is pixels only; saving an opened file would ask where that file lies.
    pixels = picture.copy()
    pixels.info.clear()
    out = io.BytesIO()
    pixels.save(out, "PNG", compress_level=FAST_COMPRESSION)
    return out.getvalue()
