"""A worker that was taken over cannot say anything that is believed."""

import json
from dataclasses import asdict

import pytest
from imaging import ImageTooLarge, ImageUnreadable, hash_image
from imaging.wire import complete_parts, length_of, read_hashes, read_picture

from tests.imaging.pictures import encoded, picture

HASHES = hash_image(encoded(picture(60, 50), "PNG"))


def said(**changed: object) -> bytes:
    return b"+" + json.dumps(asdict(HASHES) | changed).encode()


@pytest.mark.requirement("HM-ISOLATION-1")
def test_a_true_answer_is_read() -> None:
    assert read_hashes(said()) == HASHES


@pytest.mark.requirement("HM-ISOLATION-1")
@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"+",
        b"+[]",
        b"+" + b"[" * 1000,
        said(md5="0" * 31),
        said(pdq="A" * 64),
        said(sha256=None),
        said(quality=101),
        said(quality=True),
        said(width=0),
        said(height=10**9),
        said(format="EXE"),
        said(more="fields"),
        said(md5="0" * 32 + " " * 1100),
        b"-no_such_code",
        b"-\xff",
    ],
)
def test_a_forged_answer_is_called_unreadable(reply: bytes) -> None:
    with pytest.raises(ImageUnreadable):
        read_hashes(reply)


@pytest.mark.requirement("HM-ISOLATION-1")
def test_a_refusal_keeps_its_reason() -> None:
    with pytest.raises(ImageTooLarge):
        read_hashes(b"-image_too_large")


@pytest.mark.requirement("HM-ISOLATION-1")
def test_a_rendered_picture_that_is_none_is_refused() -> None:
    with pytest.raises(ImageUnreadable):
        read_picture(b"+<script>")


@pytest.mark.requirement("HM-ISOLATION-1")
def test_of_a_stream_that_ends_early_only_whole_parts_count() -> None:
    stream = b"".join(length_of(part) + part for part in (b"one", b"", b"three"))

    assert list(complete_parts(stream)) == [b"one", b"", b"three"]
    assert list(complete_parts(stream[:-1])) == [b"one", b""]
    assert list(complete_parts(stream[:3])) == []
    assert list(complete_parts(b"\xff\xff\xff\xffx")) == []
