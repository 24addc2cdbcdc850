"""Opening a picture within limits: formats, bytes, pixels, frames, orientation.

Only the first frame of an animation is decoded. Bytes after the end of the picture do not matter
to what it shows; they do count in the hashes of the file.
"""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image, ImageFile

from imaging.errors import ImageTooLarge, ImageUnreadable, UnsupportedImage

# source: docs/architecture.md "Errors and limits"
MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_FRAMES = 100
LONGEST_SIDE = 20_000

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
}

# How files of FORMATS begin; a WebP has its size in between.
SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
CONTAINER, WEBP = b"RIFF", b"WEBP"

# A JPEG with several pictures (CIPA DC-007) is a JPEG whose first picture is decoded.
MULTI_PICTURE = "MPO"

# Known formats that are refused by name rather than called unreadable: offset, bytes.
REFUSED_SIGNATURES = (
    (0, b"II*\x00"),  # TIFF and most raw formats
    (0, b"MM\x00*"),
    (0, b"8BPS"),  # Photoshop
    (0, b"%!PS"),  # PostScript, EPS
    (0, b"\xc5\xd0\xd3\xc6"),  # EPS with a preview
    (0, b"%PDF"),
    (0, b"BM"),
    (0, b"<?xml"),  # SVG
    (0, b"<svg"),
    (4, b"ftyp"),  # HEIC, AVIF, video
    (0, b"\x00\x00\x00\x0cjP  "),  # JPEG 2000
    (0, b"\xff\x0a"),  # JPEG XL
    (0, b"\x00\x00\x01\x00"),  # icon
)

EXIF_ORIENTATION = 0x0112
TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

LYING = (5, 6, 7, 8)

# From shorter sides PDQ of a scaled JPEG drifts by more than its radius.
FAST_SIDE = 512

# What Pillow raises for broken input, besides its own bomb errors.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    LookupError,
    ArithmeticError,
    NotImplementedError,
    struct.error,
)
TOO_LARGE = (MemoryError, Image.DecompressionBombError)


@contextmanager
def stable_refusals() -> Iterator[None]:
    """Turn what Pillow raises into ImageTooLarge or ImageUnreadable, without its text.

    Its warnings (broken EXIF data, a bomb that is refused anyway) quote the file and are dropped.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except TOO_LARGE:
        raise ImageTooLarge from None
    except BROKEN:
        raise ImageUnreadable from None


def looks_like_picture(start: bytes) -> bool:
    """Whether a file that begins so is of a format that is decoded; at least 12 bytes of it."""
    return start.startswith(SIGNATURES) or (start[:4] == CONTAINER and start[8:12] == WEBP)


def open_picture(data: bytes) -> ImageFile.ImageFile:
    """Read the header only; no pixel is decoded before every limit is checked.

    Raises ImageTooLarge, ImageUnreadable, UnsupportedImage.
    """
    if len(data) > MOST_BYTES:
        raise ImageTooLarge
    if any(data.startswith(sign, at) for at, sign in REFUSED_SIGNATURES):
        raise UnsupportedImage
    with stable_refusals():
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
        _check_size(picture)
        _check_frames(picture)
    return picture


def _check_size(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise ImageTooLarge


def _check_frames(picture: ImageFile.ImageFile) -> None:
    if picture.format == MULTI_PICTURE:
        return
    if getattr(picture, "n_frames", 1) > MOST_FRAMES:
        raise ImageTooLarge
    picture.seek(0)


def format_of(picture: ImageFile.ImageFile) -> str:
    """One of FORMATS."""
    return "JPEG" if picture.format == MULTI_PICTURE else str(picture.format)


def upright_size(picture: Image.Image) -> tuple[int, int]:
    """Width and height as they are shown; ask before decoding, which may change the size."""
    with stable_refusals():
        width, height = picture.size
        return (height, width) if _orientation(picture) in LYING else (width, height)


def decode_grey(picture: ImageFile.ImageFile, *, fast: bool = False) -> Image.Image:
    """The first frame as 8-bit luma (ITU-R 601), upright; alpha is dropped, not blended.

    A JPEG gives its luma channel directly, which spares the conversion of colours; with `fast` at
    a half, a quarter or an eighth of its size, no side shorter than FAST_SIDE. Dropping alpha is
    what the reference implementations of pHash and PDQ do.
    """
    with stable_refusals():
        orientation = _orientation(picture)
        picture.draft("L", (FAST_SIDE, FAST_SIDE) if fast else None)
        grey = _to_grey(picture)
        return _upright(grey, orientation)


def decode_colour(picture: ImageFile.ImageFile) -> Image.Image:
    """The first frame as RGB or, with transparency, RGBA; upright."""
    with stable_refusals():
        orientation = _orientation(picture)
        picture.load()
        colour: Image.Image
        if picture.mode.startswith("I") or picture.mode == "F":
            colour = _to_grey(picture).convert("RGB")
        else:
            mode = "RGBA" if picture.has_transparency_data else "RGB"
            colour = picture if picture.mode == mode else picture.convert(mode)
        return _upright(colour, orientation)


def _to_grey(picture: Image.Image) -> Image.Image:
    picture.load()
    if picture.mode.startswith("I;16"):
        # Pillow would clip 16 bits to 8; the high byte is the brightness.
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.mode in {"L", "RGB", "RGBA"}:
        return picture.convert("L")
    return picture.convert("RGB").convert("L")


def _orientation(picture: Image.Image) -> int:
    """The EXIF orientation; broken EXIF data turns nothing and refuses nothing."""
    try:
        orientation = picture.getexif().get(EXIF_ORIENTATION, 1)
    except BROKEN:
        return 1
    return orientation if isinstance(orientation, int) else 1


def _upright(picture: Image.Image, orientation: int) -> Image.Image:
    turn = TRANSPOSITIONS.get(orientation)
    return picture if turn is None else picture.transpose(turn)
