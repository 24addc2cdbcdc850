"""The five hashes over every kind of picture that is taken."""

import hashlib

import numpy as np
import pytest
from imaging import ImageTooLarge, ImageUnreadable, UnsupportedImage, hash_image
from imaging.decoding import MOST_BYTES, MOST_FRAMES
from PIL import Image

from tests.imaging.pictures import animated, encoded, picture, waves


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


@pytest.mark.requirement("HM-HASH-1")
def test_file_hashes_are_those_of_the_bytes() -> None:
    data = encoded(picture(), "PNG")
    hashes = hash_image(data)

    assert hashes.md5 == hashlib.md5(data).hexdigest()  # noqa: S324 - what is tested
    assert hashes.sha1 == hashlib.sha1(data).hexdigest()  # noqa: S324
    assert hashes.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.requirement("HM-HASH-1")
@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("GIF", "image/gif"),
    ],
)
def test_each_format_shows_the_same_picture(kind: str, media_type: str) -> None:
    hashes = hash_image(encoded(picture(), kind))
    original = hash_image(encoded(picture(), "PNG"))

    assert hashes.media_type == media_type
    assert (hashes.width, hashes.height) == (200, 150)
    assert distance(hashes.pdq, original.pdq) <= 20
    assert distance(hashes.phash, original.phash) <= 8


@pytest.mark.requirement("HM-HASH-1")
@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1"])
def test_each_way_to_store_colours_is_hashed(mode: str) -> None:
    stored = picture().convert(mode)
    seen = stored.convert("RGB").convert("L")
    hashes = hash_image(encoded(stored, "PNG"))

    assert distance(hashes.pdq, hash_image(encoded(seen, "PNG")).pdq) <= 2


@pytest.mark.requirement("HM-HASH-1")
def test_printing_colours_are_hashed() -> None:
    hashes = hash_image(encoded(picture().convert("CMYK"), "JPEG", quality=95))

    assert distance(hashes.pdq, hash_image(encoded(picture(), "PNG")).pdq) <= 20


@pytest.mark.requirement("HM-HASH-1")
def test_sixteen_bits_are_not_clipped_to_white() -> None:
    grey = np.asarray(picture().convert("L"))
    deep = Image.fromarray(grey.astype(np.uint16) << 8)

    shallow = hash_image(encoded(Image.fromarray(grey), "PNG"))
    assert hash_image(encoded(deep, "PNG")).pdq == shallow.pdq


@pytest.mark.requirement("HM-HASH-1")
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_rotated_camera_gives_the_upright_picture(orientation: int) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = picture()
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    hashes = hash_image(encoded(stored, "PNG", exif=exif))

    assert (hashes.width, hashes.height) == (200, 150)
    assert hashes.pdq == hash_image(encoded(upright, "PNG")).pdq


@pytest.mark.requirement("HM-HASH-1")
@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_of_an_animation_the_first_frame_counts(kind: str) -> None:
    first = hash_image(encoded(picture(40, 40, 0), "PNG"))

    assert distance(hash_image(animated(kind, 5)).pdq, first.pdq) <= 31


@pytest.mark.requirement("HM-HASH-1")
@pytest.mark.requirement("HM-PDQ-2")
def test_one_pixel_is_hashed_and_called_low_quality() -> None:
    hashes = hash_image(encoded(picture(1, 1), "PNG"))

    assert (hashes.width, hashes.height, hashes.quality) == (1, 1, 0)
    assert hashes.low_quality


@pytest.mark.requirement("HM-HASH-3")
@pytest.mark.parametrize("orientation", [1, 6])
def test_the_fast_way_drifts_little_and_keeps_the_size(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(picture(1500, 1100), "JPEG", quality=85, exif=exif)
    plain, fast = hash_image(data), hash_image(data, fast=True)

    assert (fast.width, fast.height, fast.sha256) == (plain.width, plain.height, plain.sha256)
    assert distance(fast.pdq, plain.pdq) <= 22
    assert distance(fast.phash, plain.phash) <= 4


@pytest.mark.requirement("HM-HASH-3")
def test_the_fast_way_changes_nothing_where_no_decoder_can_scale() -> None:
    data = encoded(picture(1500, 1100), "PNG", compress_level=1)

    assert hash_image(data, fast=True) == hash_image(data)


@pytest.mark.requirement("HM-HASH-1")
def test_bytes_after_the_picture_change_the_file_hashes_only() -> None:
    data = encoded(picture(), "JPEG")
    plain, longer = hash_image(data), hash_image(data + b"%PDF-1.7 something else")

    assert plain.sha256 != longer.sha256
    assert (plain.pdq, plain.phash) == (longer.pdq, longer.phash)


@pytest.mark.requirement("SEC-S2")
@pytest.mark.parametrize(
    "start",
    [
        b"II*\x00",
        b"8BPS",
        b"%!PS-Adobe",
        b"%PDF-1.7",
        b"<?xml version='1.0'?><svg/>",
        b"<svg/>",
        b"\x00\x00\x00\x18ftypheic",
        b"BM",
    ],
)
def test_other_formats_are_refused_by_name(start: bytes) -> None:
    with pytest.raises(UnsupportedImage):
        hash_image(start + bytes(200))


@pytest.mark.requirement("SEC-S2")
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 100,
        b"no picture at all",
        encoded(picture(), "JPEG")[:900],
        encoded(picture(), "PNG")[:900],
        encoded(picture(), "PNG")[:-40],
        encoded(picture(), "GIF")[:900],
        encoded(picture(), "WEBP")[:900],
    ],
    ids=["nothing", "zeros", "text", "jpeg", "png", "png end", "gif", "webp"],
)
def test_what_is_cut_off_or_no_picture_is_unreadable(data: bytes) -> None:
    with pytest.raises(ImageUnreadable):
        hash_image(data)


@pytest.mark.requirement("SEC-S2")
def test_a_damaged_checksum_of_the_header_is_unreadable() -> None:
    data = bytearray(encoded(picture(), "PNG"))
    data[29] ^= 0xFF

    with pytest.raises(ImageUnreadable):
        hash_image(bytes(data))


@pytest.mark.requirement("SEC-S2")
@pytest.mark.parametrize(
    "data",
    [
        bytes(MOST_BYTES + 1),
        encoded(Image.new("1", (7000, 6000)), "PNG"),
        encoded(Image.new("1", (15_000, 15_000)), "PNG"),
        encoded(Image.new("1", (20_001, 1)), "PNG"),
        animated("GIF", MOST_FRAMES + 1, 8),
        animated("PNG", MOST_FRAMES + 1, 8),
        animated("WEBP", MOST_FRAMES + 1, 8),
    ],
    ids=["bytes", "pixels", "bomb", "side", "gif frames", "png frames", "webp frames"],
)
def test_what_is_over_a_limit_is_refused_before_it_is_decoded(data: bytes) -> None:
    with pytest.raises(ImageTooLarge):
        hash_image(data)


@pytest.mark.requirement("SEC-S2")
def test_broken_exif_data_does_not_hide_a_picture() -> None:
    plain = encoded(picture(), "JPEG")
    broken = encoded(picture(), "JPEG", exif=b"Exif\x00\x00MM\x00\x2a\xff\xff\xff\xff\xff")

    assert hash_image(broken).pdq == hash_image(plain).pdq


@pytest.mark.requirement("SEC-P4")
def test_a_refusal_repeats_nothing_of_the_picture() -> None:
    with pytest.raises(ImageUnreadable) as refused:
        hash_image(b"\x89PNG\r\n\x1a\nCANARY" + waves(5, 5).tobytes())

    assert str(refused.value) == "image_unreadable"
    assert refused.value.__cause__ is None
