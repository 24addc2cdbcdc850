"""The two ways down to a few samples do what their definitions say, for pictures of any size."""

import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imaging.phash import phash
from imaging.sampling import PDQ_SIDE, box_filtered, box_weights, lanczos_filtered
from numpy.typing import NDArray
from PIL import Image

from tests.imaging.pictures import scene

SIDES = st.integers(1, 300)
SEEDS = st.integers(0, 2**32 - 1)


def noise(width: int, height: int, seed: int) -> NDArray[np.uint8]:
    """Any grey values, or black and white only, where rounding and clipping show most."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.uint8)
    return pixels if seed % 2 else (pixels > 127).astype(np.uint8) * np.uint8(255)


def shrunk_by_pillow(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Rows first, then columns, whatever order this version of Pillow prefers."""
    rows, _ = grey.shape
    narrow = Image.fromarray(grey).resize((32, rows), Image.Resampling.LANCZOS)
    return np.asarray(narrow.resize((32, 32), Image.Resampling.LANCZOS))


def mean_of_boxes(values: NDArray[np.float64], times: int) -> NDArray[np.float64]:
    """The box filter of the published description, one box at a time, along the last axis."""
    length = values.shape[-1]
    width = -(-length // 128)
    ahead = (width + 2) // 2 - 1
    behind = width - 1 - ahead
    for _ in range(times):
        values = np.stack(
            [
                values[..., max(i - behind, 0) : min(i + ahead, length - 1) + 1].mean(axis=-1)
                for i in range(length)
            ],
            axis=-1,
        )
    return values


@pytest.mark.requirement("HM-HASH-2")
@settings(max_examples=60, deadline=None)
@given(width=SIDES, height=SIDES, seed=SEEDS)
def test_shrinking_gives_the_bits_of_pillow(width: int, height: int, seed: int) -> None:
    grey = noise(width, height, seed)

    assert np.array_equal(lanczos_filtered(grey), shrunk_by_pillow(grey))


@pytest.mark.requirement("HM-HASH-2")
@pytest.mark.parametrize(("width", "height"), [(2000, 1500), (1500, 2000), (5000, 31), (32, 32)])
def test_shrinking_large_pictures_gives_the_bits_of_pillow(width: int, height: int) -> None:
    grey = noise(width, height, 6)

    assert np.array_equal(lanczos_filtered(grey), shrunk_by_pillow(grey))


@pytest.mark.requirement("HM-HASH-2")
@pytest.mark.parametrize(("width", "height"), [(640, 480), (480, 640), (40, 33), (1, 1), (8, 8)])
def test_phash_is_that_of_imagehash(width: int, height: int) -> None:
    grey = scene(width, height, 5).convert("L")

    assert phash(np.asarray(grey)) == str(imagehash.phash(grey))


@pytest.mark.requirement("HM-HASH-2")
def test_phash_of_a_tall_picture_moves_by_two_bits_at_most() -> None:
    for seed in range(8):
        grey = scene(100, 400, seed).convert("L")
        ours, theirs = phash(np.asarray(grey)), str(imagehash.phash(grey))
        assert (int(ours, 16) ^ int(theirs, 16)).bit_count() <= 2


@pytest.mark.requirement("HM-PDQ-1")
@settings(max_examples=25, deadline=None)
@given(width=st.integers(5, 400), height=st.integers(5, 400), seed=SEEDS)
def test_weighted_sums_are_two_passes_of_boxes_sampled(width: int, height: int, seed: int) -> None:
    grey = noise(width, height, seed)
    filtered = mean_of_boxes(mean_of_boxes(grey.astype(np.float64), 2).T, 2).T
    rows, columns = (((np.arange(64) + 0.5) * side / 64).astype(int) for side in (height, width))

    assert np.allclose(box_filtered(grey), filtered[np.ix_(rows, columns)], atol=1e-3)


@pytest.mark.requirement("HM-PDQ-1")
@given(length=st.integers(1, 5000))
def test_the_weights_of_a_sample_add_up_to_one_and_stay_inside(length: int) -> None:
    starts, weights = box_weights(length)

    assert np.allclose(weights.sum(axis=1), 1, atol=1e-5)
    for sample in range(PDQ_SIDE):
        used = np.flatnonzero(weights[sample])
        assert starts[sample] >= 0
        assert starts[sample] + used[-1] < length


@pytest.mark.requirement("HM-HASH-2")
def test_a_picture_that_cannot_be_written_is_read_by_the_same_kernel() -> None:
    grey = noise(70, 50, 3)
    locked = grey.copy()
    locked.flags.writeable = False

    assert np.array_equal(lanczos_filtered(locked), lanczos_filtered(grey))
    assert np.array_equal(box_filtered(locked), box_filtered(grey))
    for kernel in (box_filtered, lanczos_filtered):
        assert len(kernel.signatures) == 1  # type: ignore[attr-defined]
