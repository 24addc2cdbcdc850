"""Harmless pictures, computed and the same on every machine; nothing is read from a disk."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw


def waves(width: int, height: int, seed: int = 1, contrast: float = 1.0) -> NDArray[np.uint8]:
    """Smooth coloured waves with a little grain, rows by columns by RGB."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    y, x = y / height, x / width
    pixels = np.zeros((height, width, 3))
    for _ in range(9):
        across, down, phase = rng.uniform(-9, 9), rng.uniform(-9, 9), rng.uniform(0, 6)
        strength = rng.uniform(0.3, 1, 3)
        pixels += np.sin(6.28 * (across * x + down * y) + phase)[..., None] * strength
    pixels = (pixels - pixels.min()) / np.ptp(pixels) * 255
    pixels = 128 + (pixels + rng.normal(0, 3, pixels.shape) - 128) * contrast
    smooth: NDArray[np.uint8] = pixels.clip(0, 255).astype(np.uint8)
    return smooth


def picture(width: int = 200, height: int = 150, seed: int = 1) -> Image.Image:
    return Image.fromarray(waves(width, height, seed))


def scene(width: int, height: int, seed: int, grain: float = 4.0) -> Image.Image:
    """Like a photograph to an encoder: detail at every scale, edges, and a sensor's grain."""
    rng = np.random.default_rng(seed)
    light = np.zeros((height, width, 3), np.float32)
    for octave in range(2, 9):
        across, down = (max(2, 2**octave * side // max(width, height)) for side in (width, height))
        coarse = rng.normal(0, 2.0 ** (-0.9 * octave), (3, down, across)).astype(np.float32)
        for colour in range(3):
            layer = Image.fromarray(coarse[colour])
            smooth = layer.resize((width, height), Image.Resampling.BICUBIC)
            light[..., colour] += np.asarray(smooth)
    light = (light - light.mean()) * (45 / light.std()) + 120
    image = Image.fromarray(light.clip(0, 255).astype(np.uint8))
    _draw_things(image, rng)
    grains = rng.normal(0, grain, (height, width, 1)).astype(np.float32)
    return Image.fromarray((np.asarray(image) + grains).clip(0, 255).astype(np.uint8))


def _draw_things(image: Image.Image, rng: np.random.Generator) -> None:
    drawing = ImageDraw.Draw(image)
    for number in range(12):
        left, top = rng.uniform(0, image.width), rng.uniform(0, image.height)
        right = left + image.width * rng.uniform(0.02, 0.3)
        bottom = top + image.height * rng.uniform(0.02, 0.3)
        red, green, blue = (int(value) for value in rng.integers(0, 256, 3))
        draw = drawing.ellipse if number % 2 else drawing.rectangle
        draw((left, top, right, bottom), fill=(red, green, blue))


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def animated(kind: str, frames: int, side: int = 40) -> bytes:
    """Frames that differ, so that no encoder joins them."""
    pictures = [picture(side, side, seed) for seed in range(frames)]
    return encoded(pictures[0], kind, save_all=True, append_images=pictures[1:])
