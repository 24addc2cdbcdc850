"""The fixed set of encoded pictures on which PDQ is compared with another implementation."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from PIL import Image

from tests.imaging.pictures import encoded, picture, scene, waves

Make = Callable[[], bytes]

# Width, height, seed, contrast: sizes around the 64 samples and the 128 boxes, and pictures that
# show little.
WAVES = (
    (4, 100, 10, 1.0),
    (5, 5, 9, 1.0),
    (63, 65, 5, 1.0),
    (64, 64, 4, 1.0),
    (127, 129, 6, 1.0),
    (128, 128, 16, 1.0),
    (300, 2000, 7, 1.0),
    (2000, 90, 8, 1.0),
    (200, 150, 1, 1.0),
    (200, 150, 12, 0.3),
    (200, 150, 13, 0.1),
    (640, 480, 2, 1.0),
    (640, 480, 14, 0.2),
    (640, 480, 15, 0.1),
)
# Width, height, seed, JPEG quality, chroma subsampling, progressive.
CAMERA = (
    (800, 600, 20, 75, 2, False),
    (600, 800, 21, 80, 2, True),
    (900, 600, 22, 85, 0, False),
    (720, 720, 23, 90, 2, False),
    (960, 540, 24, 92, 0, True),
    (640, 480, 25, 60, 2, False),
)
ORIENTATION = 0x0112
SIDEWAYS = 6


def _wave(width: int, height: int, seed: int, contrast: float) -> bytes:
    return encoded(Image.fromarray(waves(width, height, seed, contrast)), "PNG", compress_level=1)


def _photo(case: tuple[int, int, int, int, int, bool]) -> bytes:
    width, height, seed, quality, subsampling, progressive = case
    options = {"quality": quality, "subsampling": subsampling, "progressive": progressive}
    return encoded(scene(width, height, seed), "JPEG", **options)


def _dim(seed: int, contrast: float) -> bytes:
    image = scene(640, 480, seed)
    return encoded(Image.blend(Image.new("RGB", image.size, "grey"), image, contrast), "JPEG")


def _seen_through() -> bytes:
    image = scene(500, 400, 30)
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return encoded(image, "PNG")


def _sixteen_bits() -> bytes:
    grey = np.asarray(scene(500, 400, 31).convert("L")).astype(np.uint16)
    return encoded(Image.fromarray(grey * 257), "PNG")


def _sideways() -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = SIDEWAYS
    return encoded(scene(640, 480, 32), "JPEG", quality=88, exif=exif)


def _moving(kind: str) -> bytes:
    frames = [scene(200, 150, seed) for seed in (33, 34, 35)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:])


def _forty_megapixels() -> bytes:
    whole = picture(800, 500, 36).resize((8000, 5000), Image.Resampling.BILINEAR)
    return encoded(whole, "JPEG", quality=80)


PICTURES: Mapping[str, Make] = {
    **{f"waves {w}x{h} contrast {c}": partial(_wave, w, h, s, c) for w, h, s, c in WAVES},
    **{f"camera {case[0]}x{case[1]}": partial(_photo, case) for case in CAMERA},
    **{f"dim camera {seed}": partial(_dim, seed, 0.3) for seed in range(40, 44)},
    "greyscale": lambda: encoded(scene(500, 400, 26).convert("L"), "JPEG", quality=85),
    "black and white": lambda: encoded(scene(500, 400, 27).convert("1"), "PNG"),
    "palette": lambda: encoded(scene(500, 400, 28).quantize(64), "PNG"),
    "palette gif": lambda: encoded(scene(500, 400, 29), "GIF"),
    "alpha": _seen_through,
    "sixteen bits": _sixteen_bits,
    "printing colours": lambda: encoded(scene(500, 400, 37).convert("CMYK"), "JPEG", quality=90),
    "webp": lambda: encoded(scene(500, 400, 38), "WEBP", quality=80),
    "webp without loss": lambda: encoded(scene(300, 200, 39), "WEBP", lossless=True),
    "turned camera": _sideways,
    "moving gif": partial(_moving, "GIF"),
    "moving png": partial(_moving, "PNG"),
    "moving webp": partial(_moving, "WEBP"),
    "one pixel": lambda: encoded(picture(1, 1), "PNG"),
    "forty megapixels": _forty_megapixels,
}
