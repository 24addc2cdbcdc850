"""`POST /v1/check` with one picture: hashed behind walls, compared, never kept."""

import struct
import zlib
from pathlib import Path

import pytest
from hashcheck.adapters.picture_hasher import check_items
from httpx2 import Response
from imaging import hash_image
from PIL import Image

from tests.hashcheck.hashes import picture as invented
from tests.hashcheck.service import Hoster, Service, eventually
from tests.imaging.pictures import animated, encoded, waves

CANARY = b"canary-9c2f"
LARGEST = 20 * 1024 * 1024


def drawn(seed: int) -> Image.Image:
    return Image.fromarray(waves(200, 150, seed))


def outcome(answer: Response) -> str:
    assert answer.status_code == 200, answer.text
    [result] = answer.json()["results"]
    return str(result["outcome"])


def refusal(answer: Response) -> tuple[int, str]:
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.json()["code"]


@pytest.mark.requirement("HC-PICTURE-1")
@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("GIF", "image/gif"),
    ],
)
def test_a_known_picture_is_found_in_each_format(
    service: Service, hoster: Hoster, kind: str, media_type: str
) -> None:
    data = encoded(drawn(len(kind) + ord(kind[0])), kind)
    entry_id = service.listed(check_items(hash_image(data)))

    [result] = hoster.send(data, media_type).json()["results"]

    assert result["outcome"] == "match"
    [match] = result["matches"]
    assert (match["entry_id"], match["hash_type"], match["band"]) == (
        str(entry_id),
        "md5",
        "exact",
    )


@pytest.mark.requirement("HC-PICTURE-1")
def test_the_same_picture_stored_otherwise_is_a_near_match(
    service: Service, hoster: Hoster
) -> None:
    entry_id = service.listed(check_items(hash_image(encoded(drawn(2001), "PNG"))))

    answer = hoster.send(encoded(drawn(2001).resize((180, 135)), "JPEG"), "image/jpeg")

    [result] = answer.json()["results"]
    assert [(match["entry_id"], match["band"]) for match in result["matches"]] == [
        (str(entry_id), "strong")
    ]


@pytest.mark.requirement("HC-PICTURE-1")
def test_another_picture_is_no_match_and_counted_as_one(service: Service) -> None:
    hoster = service.hoster(pictures=True)
    assert outcome(hoster.send(encoded(drawn(2999), "PNG"), "image/png")) == "no_match"
    assert eventually(lambda: service.counts(hoster.caller) == {("picture", "no_match"): 1})


@pytest.mark.requirement("HM-PDQ-2")
def test_a_picture_that_shows_too_little_is_said_to_and_is_known_by_its_file_only(
    service: Service, hoster: Hoster
) -> None:
    blank = encoded(Image.new("RGB", (200, 150), "grey"), "PNG")
    hashes = hash_image(blank)
    assert hashes.quality < 50
    looks = [each for each in check_items(hashes) if each.type in {"phash", "pdq"}]
    others = [each for each in invented("a clear picture") if each.type not in {"phash", "pdq"}]
    as_if_clear = [each.model_copy(update={"quality": None}) for each in looks]
    service.listed([*others, *as_if_clear])

    assert outcome(hoster.send(blank, "image/png")) == "low_quality"

    service.listed(check_items(hashes))
    assert outcome(hoster.send(blank, "image/png")) == "match"


@pytest.mark.requirement("HC-PICTURE-2")
def test_pictures_are_taken_only_from_clients_with_whom_that_was_agreed(service: Service) -> None:
    answer = service.hoster().send(encoded(drawn(1), "PNG"), "image/png")
    assert refusal(answer) == (403, "pictures_not_allowed")


def png(*chunks: tuple[bytes, bytes], spoilt: bytes = b"") -> bytes:
    """A PNG of these chunks; the checksum of the chunk named `spoilt` is wrong."""
    parts = [b"\x89PNG\r\n\x1a\n"]
    for name, content in chunks:
        checksum = zlib.crc32(name + content) ^ (name == spoilt)
        parts.append(struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum))
    return b"".join(parts)


def header(width: int, height: int) -> tuple[bytes, bytes]:
    return b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)


A_JPEG = encoded(drawn(5), "JPEG")
UNREADABLE = {
    "nothing": b"",
    "a text": CANARY,
    "half a JPEG": A_JPEG[: len(A_JPEG) // 2],
    "the begin of a JPEG only": b"\xff\xd8\xff",
    "a wrong checksum": png(header(8, 8), (b"IDAT", zlib.compress(bytes(16))), spoilt=b"IHDR"),
    "no pixels": png(header(0, 0), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")),
    "random bytes with the first two right": b"\xff\xd8" + bytes(range(256)),
    "a web page": b"<html>" + CANARY + b"</html>",
    "an archive": b"PK\x03\x04" + CANARY,
}
REFUSED_BY_NAME = {
    "TIFF": encoded(drawn(1), "TIFF"),
    "BMP": encoded(drawn(1), "BMP"),
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n" + CANARY,
    "PDF": b"%PDF-1.7\n" + CANARY,
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><text>' + CANARY + b"</text></svg>",
    "Photoshop": b"8BPS\x00\x01" + CANARY,
    "HEIC": b"\x00\x00\x00\x18ftypheic" + CANARY,
}
TOO_LARGE = {
    "more than 40 megapixels": encoded(Image.new("1", (7000, 6000)), "PNG"),
    "a side over 20,000": encoded(Image.new("1", (20_001, 1)), "PNG"),
    "a bomb": png(header(50_000, 50_000), (b"IDAT", zlib.compress(bytes(50_000)))),
    "more than 100 frames": animated("GIF", 101, side=8),
}


@pytest.mark.requirement("HC-PICTURE-3")
@pytest.mark.requirement("SEC-S2")
@pytest.mark.parametrize("data", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_picture_is_said_to_be_none(hoster: Hoster, data: bytes) -> None:
    answer = hoster.send(data, "image/jpeg")
    assert refusal(answer) == (422, "image_unreadable")
    assert CANARY.decode() not in answer.text


@pytest.mark.requirement("HC-PICTURE-3")
@pytest.mark.requirement("SEC-S2")
@pytest.mark.parametrize("data", REFUSED_BY_NAME.values(), ids=REFUSED_BY_NAME.keys())
def test_a_format_that_is_not_taken_is_refused_whatever_it_is_called(
    hoster: Hoster, data: bytes
) -> None:
    answer = hoster.send(data, "image/jpeg")
    assert refusal(answer) == (415, "unsupported_media_type")
    assert CANARY.decode() not in answer.text


@pytest.mark.requirement("HC-PICTURE-3")
@pytest.mark.requirement("SEC-S2")
@pytest.mark.parametrize("data", TOO_LARGE.values(), ids=TOO_LARGE.keys())
def test_a_picture_over_a_limit_is_refused(hoster: Hoster, data: bytes) -> None:
    assert refusal(hoster.send(data, "image/png")) == (422, "image_too_large")


@pytest.mark.requirement("HC-PICTURE-3")
def test_a_picture_of_more_bytes_than_the_limit_is_not_read(hoster: Hoster) -> None:
    assert refusal(hoster.send(bytes(LARGEST + 1), "image/png")) == (413, "body_too_large")


@pytest.mark.requirement("HC-PICTURE-3")
def test_pixels_that_can_be_seen_are_compared_whatever_their_checksum_says(
    service: Service, hoster: Hoster
) -> None:
    data = encoded(drawn(2002), "PNG")
    service.listed(check_items(hash_image(data)))
    # The checksum stands right before the last chunk, IEND, of 12 bytes.
    spoilt = data[:-13] + bytes([data[-13] ^ 1]) + data[-12:]
    assert outcome(hoster.send(spoilt, "image/png")) == "match"


@pytest.mark.requirement("HC-PICTURE-3")
@pytest.mark.parametrize("tail", [b"PK\x03\x04" + CANARY, b"<html>" + CANARY, b"%PDF-1.7" + CANARY])
def test_of_a_picture_with_something_behind_it_the_picture_is_compared(
    service: Service, hoster: Hoster, tail: bytes
) -> None:
    data = encoded(drawn(2003 + len(tail)), "JPEG")
    service.listed(check_items(hash_image(data)))
    [result] = hoster.send(data + tail, "image/jpeg").json()["results"]
    assert [match["band"] for match in result["matches"]] == ["identical"]


@pytest.mark.requirement("SEC-P8")
def test_nothing_of_a_picture_is_kept(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    hoster = service.hoster(pictures=True)
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    sent = [
        encoded(drawn(3001), "JPEG", exif=exif, comment=CANARY) + CANARY,
        encoded(drawn(3001), "PNG"),
        A_JPEG[: len(A_JPEG) // 2] + CANARY,
    ]
    statuses = [hoster.send(data, "image/jpeg").status_code for data in sent]
    assert statuses == [200, 200, 422]
    assert eventually(lambda: service.counts(hoster.caller) == {("picture", "no_match"): 2})

    kept = service.dump()

    assert hoster.caller in kept
    assert CANARY.decode() not in kept
    assert CANARY.hex() not in kept
    for data in sent[:2]:
        for each in check_items(hash_image(data)):
            assert each.value not in kept
    assert list(tmp_path.iterdir()) == []
