"""Files, folders and names become lines; what is broken or not readable stops nothing."""

import hashlib
import os
from dataclasses import asdict
from pathlib import Path

import pytest
from hashcheck_client.command import failed
from hashcheck_client.hashing import MOST_FILES
from hashcheck_client.output import CannotWrite
from hashcheck_client.record import Outcome
from imaging import MOST_BYTES, hash_image

from tests.hashcheck.client.conftest import Hash, lines, paths
from tests.imaging.pictures import encoded, picture


@pytest.mark.requirement("HM-CLIENT-1")
def test_a_folder_becomes_a_line_per_picture_in_order_of_name(
    hash_into: Hash, uploads: Path, output: Path
) -> None:
    run = hash_into(uploads)

    names = ["4.png", "5.jpeg", "a/0.png", "a/1.jpeg", "b/deep/2.png", "b/deep/3.jpeg"]
    assert paths(output) == [str(uploads / name) for name in names]
    assert run.outcomes == {Outcome.HASHED: 6}


@pytest.mark.requirement("HM-CLIENT-1")
def test_a_line_has_all_that_is_known_of_a_picture(
    hash_into: Hash, uploads: Path, output: Path
) -> None:
    file = uploads / "5.jpeg"
    hash_into(file)
    hashes = hash_image(file.read_bytes())

    assert lines(output) == [
        {
            "path": str(file),
            "size": file.stat().st_size,
            "modified": file.stat().st_mtime_ns,
            **asdict(hashes),
            "low_quality": hashes.low_quality,
        }
    ]


@pytest.mark.requirement("HM-CLIENT-1")
def test_more_files_than_a_batch_holds_are_all_there(
    hash_into: Hash, tmp_path: Path, output: Path
) -> None:
    content = encoded(picture(40, 40), "PNG")
    for number in range(3 * MOST_FILES + 1):
        (tmp_path / f"{number:03}.png").write_bytes(content)
    hash_into(tmp_path)

    assert [Path(path).stem for path in paths(output)] == [f"{n:03}" for n in range(25)]


@pytest.mark.requirement("HM-CLIENT-1")
def test_names_that_are_no_text_come_back_as_they_were(
    hash_into: Hash, tmp_path: Path, output: Path
) -> None:
    strange = os.fsencode(tmp_path) + b"/\xff new\nline \xe2\x82\xac.png"
    with open(strange, "wb") as file:
        file.write(encoded(picture(40, 40), "PNG"))
    hash_into(os.fsdecode(strange))

    assert [os.fsencode(path) for path in paths(output)] == [strange]
    assert output.read_bytes().isascii()


@pytest.mark.requirement("HM-CLIENT-1")
def test_the_output_is_not_hashed_itself(hash_into: Hash, uploads: Path, output: Path) -> None:
    hash_into(output.parent)

    assert str(output) not in paths(output)
    assert len(paths(output)) == 6


@pytest.mark.requirement("HM-CLIENT-1")
def test_a_file_that_is_no_picture_has_the_hashes_of_its_bytes(
    hash_into: Hash, tmp_path: Path, output: Path
) -> None:
    video = tmp_path / "a.mp4"
    video.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(MOST_BYTES + 7))
    run = hash_into(video)
    line = lines(output)[0]

    assert line["sha256"] == hashlib.sha256(video.read_bytes()).hexdigest()
    assert line["md5"] == hashlib.md5(video.read_bytes()).hexdigest()  # noqa: S324 - what is tested
    assert line["error"] == "unsupported_media_type"
    assert failed(run.outcomes) == 0


@pytest.mark.requirement("HM-CLIENT-2")
def test_what_cannot_be_read_is_named_and_stops_nothing(
    hash_into: Hash, uploads: Path, output: Path, tmp_path: Path
) -> None:
    (tmp_path / "loose link").symlink_to(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe")
    run = hash_into("/nowhere/x.png", tmp_path / "loose link", tmp_path / "pipe", uploads)

    assert {line["path"]: line["error"] for line in lines(output)[:3]} == {
        "/nowhere/x.png": "not_found",
        str(tmp_path / "loose link"): "not_found",
        str(tmp_path / "pipe"): "not_a_file",
    }
    assert run.outcomes == {Outcome.UNREADABLE: 3, Outcome.HASHED: 6}


@pytest.mark.requirement("HM-CLIENT-2")
def test_broken_and_oversized_pictures_keep_the_hashes_of_their_bytes(
    hash_into: Hash, uploads: Path, output: Path
) -> None:
    whole = (uploads / "4.png").read_bytes()
    (uploads / "4.png").write_bytes(whole[:400])
    (uploads / "5.jpeg").write_bytes(b"\xff\xd8\xff" + bytes(MOST_BYTES))
    run = hash_into(uploads)
    cut, huge = lines(output)[:2]

    assert (cut["error"], huge["error"]) == ("image_unreadable", "image_too_large")
    assert cut["sha1"] == hashlib.sha1(whole[:400]).hexdigest()  # noqa: S324 - what is tested
    assert huge["sha256"] == hashlib.sha256((uploads / "5.jpeg").read_bytes()).hexdigest()
    assert run.outcomes == {Outcome.BROKEN: 2, Outcome.HASHED: 4}


@pytest.mark.requirement("HM-CLIENT-1")
def test_links_to_folders_are_not_followed_and_links_to_files_are(
    hash_into: Hash, uploads: Path, output: Path
) -> None:
    (uploads / "a" / "around").symlink_to(uploads)
    (uploads / "a" / "z.png").symlink_to(uploads / "4.png")
    hash_into(uploads / "a")

    assert [Path(path).name for path in paths(output)] == ["0.png", "1.jpeg", "z.png"]


@pytest.mark.requirement("HM-HASH-3")
def test_the_fast_way_stands_in_every_line_and_is_not_mixed_with_the_other(
    hash_into: Hash, uploads: Path, output: Path
) -> None:
    hash_into(uploads / "a", fast=True)

    assert {line["fast"] for line in lines(output)} == {True}
    with pytest.raises(CannotWrite, match="with --fast"):
        hash_into(uploads, resume=True)
