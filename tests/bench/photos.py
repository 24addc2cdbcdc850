"""Generated photographs, as a camera would encode them."""

from collections.abc import Iterator

import numpy as np

from tests.imaging.pictures import encoded, scene

SHAPES = ((4, 3), (3, 2), (3, 4), (1, 1), (16, 9))
MEGAPIXELS = (1.0, 3.0)
JPEG_QUALITY = (75, 93)


def photos(count: int) -> Iterator[bytes]:
    """1 to 3 megapixels, one in five progressive, one in three in full colour."""
    chance = np.random.default_rng(2026)
    for number in range(count):
        across, down = SHAPES[number % len(SHAPES)]
        unit = (chance.uniform(*MEGAPIXELS) * 1e6 / (across * down)) ** 0.5
        yield encoded(
            scene(int(across * unit), int(down * unit), number),
            "JPEG",
            quality=int(chance.integers(*JPEG_QUALITY)),
            subsampling=0 if number % 3 == 0 else 2,
            progressive=number % 5 == 0,
        )
