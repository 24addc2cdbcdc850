"""PDQ against values of an independent implementation, and against its own definition."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from imaging import hash_image
from imaging.pdq import pdq
from PIL import Image

from tests.imaging.pictures import waves
from tests.imaging.reference_pictures import PICTURES

# `make bench-imaging` asks the oracle again and compares.
REFERENCE = json.loads(Path(__file__).with_name("pdq_reference.json").read_text())

# source: docs of the reference: implementations may differ by rounding of the luma.
ROUNDING_BITS = 6


def grey(pixels: np.ndarray[Any, np.dtype[np.uint8]]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.asarray(Image.fromarray(pixels).convert("L"))


@pytest.mark.requirement("HM-PDQ-1")
def test_the_reference_names_its_oracle_and_has_every_picture() -> None:
    assert REFERENCE["oracle"] == "pdqhash 0.2.8"
    assert list(REFERENCE["pictures"]) == list(PICTURES)


@pytest.mark.requirement("HM-PDQ-1")
@pytest.mark.parametrize("name", PICTURES)
def test_pdq_agrees_with_the_reference_implementation(name: str) -> None:
    expected, ours = REFERENCE["pictures"][name], hash_image(PICTURES[name]())
    # In a dim JPEG the rounding of colours, which only the reference sees, adds a step or two.
    allowed = 1 if name.startswith("dim") else 0

    assert (int(ours.pdq, 16) ^ int(expected["pdq"], 16)).bit_count() <= ROUNDING_BITS
    assert abs(ours.quality - expected["quality"]) <= allowed


@pytest.mark.requirement("HM-PDQ-1")
def test_about_half_of_the_bits_are_one() -> None:
    ones = int(pdq(grey(waves(640, 480))).text, 16).bit_count()

    assert ones in range(112, 145)


@pytest.mark.requirement("HM-PDQ-1")
@pytest.mark.parametrize("size", [(1, 1), (4, 300), (300, 4)])
def test_a_picture_too_small_to_show_anything_has_quality_zero(size: tuple[int, int]) -> None:
    assert pdq(np.zeros(size, np.uint8)) == pdq(np.full(size, 255, np.uint8))
    assert pdq(np.zeros(size, np.uint8)).quality == 0


@pytest.mark.requirement("HM-PDQ-1")
def test_a_flat_picture_has_quality_zero() -> None:
    assert pdq(np.full((300, 300), 90, np.uint8)).quality == 0


@pytest.mark.requirement("HM-PDQ-1")
def test_a_smaller_copy_stays_near_and_another_picture_far() -> None:
    original = Image.fromarray(waves(800, 600))
    smaller = original.resize((500, 375), Image.Resampling.LANCZOS)
    hashes = [int(pdq(np.asarray(each.convert("L"))).text, 16) for each in (original, smaller)]
    other = int(pdq(grey(waves(800, 600, 99))).text, 16)

    assert (hashes[0] ^ hashes[1]).bit_count() <= 10
    assert (hashes[0] ^ other).bit_count() > 31
