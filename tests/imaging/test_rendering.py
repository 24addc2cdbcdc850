"""What a reviewer sees is encoded afresh and carries nothing but pixels."""

import io

import numpy as np
import pytest
from imaging import Profile, render
from PIL import Image, PngImagePlugin

from tests.imaging.pictures import encoded, picture


def shown(data: bytes, profile: Profile) -> Image.Image:
    return Image.open(io.BytesIO(render(data, profile)))


def sharpness(image: Image.Image) -> float:
    return float(np.abs(np.diff(np.asarray(image.convert("L"), np.float64))).mean())


@pytest.mark.requirement("HM-RENDER-1")
def test_a_thumb_is_small_grey_and_blurred() -> None:
    thumb = shown(encoded(picture(800, 600), "JPEG"), Profile.THUMB)
    plain = picture(800, 600).convert("L").resize(thumb.size)

    assert (thumb.format, thumb.mode, thumb.size) == ("PNG", "L", (96, 72))
    assert sharpness(thumb) < sharpness(plain)


@pytest.mark.requirement("HM-RENDER-1")
def test_blurred_is_larger_and_shows_no_detail() -> None:
    blurred = shown(encoded(picture(800, 600), "JPEG"), Profile.BLURRED)

    assert blurred.size == (480, 360)
    assert sharpness(blurred) < sharpness(picture(800, 600).resize((480, 360))) / 2


@pytest.mark.requirement("HM-RENDER-1")
def test_a_small_picture_is_blurred_too() -> None:
    blurred = shown(encoded(picture(90, 90), "PNG"), Profile.BLURRED)

    assert blurred.size == (90, 90)
    assert sharpness(blurred) < sharpness(picture(90, 90)) * 0.8


@pytest.mark.requirement("HM-RENDER-1")
def test_full_shows_the_same_pixels() -> None:
    full = shown(encoded(picture(), "PNG"), Profile.FULL)

    assert np.array_equal(np.asarray(full), np.asarray(picture()))


@pytest.mark.requirement("SEC-P8")
@pytest.mark.parametrize("profile", list(Profile))
def test_metadata_and_trailing_bytes_are_gone(profile: Profile) -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "CANARY")
    exif = Image.Exif()
    exif[0x010E] = "CANARY"
    image = picture()
    data = encoded(image, "PNG", pnginfo=notes, exif=exif, icc_profile=b"CANARY")

    assert b"CANARY" in data
    assert b"CANARY" not in render(data + b"CANARY", profile)
    assert shown(data, profile).info == {}
