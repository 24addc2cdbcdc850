"""A run that was interrupted goes on: every file once, none left out."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hashcheck_client.output import CannotWrite, open_output
from hashcheck_client.record import Outcome

from tests.hashcheck.client.conftest import Hash, lines, paths
from tests.imaging.pictures import encoded, picture

SECONDS_TO_WAIT = 60


@pytest.mark.requirement("HM-CLIENT-3")
def test_finished_files_are_left_out_and_changed_ones_hashed_again(
    hash_into: Hash, uploads: Path, output: Path
) -> None:
    hash_into(uploads)
    before = output.read_bytes()
    (uploads / "4.png").write_bytes(encoded(picture(70, 70, 9), "PNG"))
    run = hash_into(uploads, resume=True)

    assert output.read_bytes().startswith(before)
    assert paths(output)[6:] == [str(uploads / "4.png")]
    assert run.outcomes == {Outcome.HASHED: 7}


@pytest.mark.requirement("HM-CLIENT-3")
def test_every_place_where_a_run_can_be_cut_off_leads_to_the_same_lines(
    hash_into: Hash, uploads: Path, output: Path
) -> None:
    hash_into(uploads)
    whole = output.read_bytes()
    for kept in (0, 1, len(whole) // 2, len(whole) - 1):
        output.write_bytes(whole[:kept])
        hash_into(uploads, resume=True)
        assert output.read_bytes() == whole


@pytest.mark.requirement("HM-CLIENT-3")
def test_what_could_not_be_read_is_tried_again(
    hash_into: Hash, uploads: Path, output: Path
) -> None:
    late = uploads / "late.png"
    hash_into(late)
    late.write_bytes(encoded(picture(40, 40), "PNG"))
    run = hash_into(late, resume=True)

    assert [line.get("error") for line in lines(output)] == ["not_found", None]
    assert run.outcomes == {Outcome.HASHED: 1}


@pytest.mark.requirement("HM-CLIENT-3")
def test_broken_pictures_of_earlier_runs_are_still_counted(hash_into: Hash, uploads: Path) -> None:
    (uploads / "4.png").write_bytes((uploads / "4.png").read_bytes()[:300])
    hash_into(uploads)

    assert hash_into(uploads, resume=True).outcomes == {Outcome.BROKEN: 1, Outcome.HASHED: 5}


@pytest.mark.requirement("HM-CLIENT-3")
def test_nothing_is_overwritten_and_no_two_runs_share_an_output(
    hash_into: Hash, uploads: Path, output: Path
) -> None:
    hash_into(uploads)
    with pytest.raises(CannotWrite, match="--resume"):
        hash_into(uploads)
    with (
        open_output(output, resume=True, fast=False),
        pytest.raises(CannotWrite, match="another run"),
    ):
        hash_into(uploads, resume=True)


@pytest.mark.requirement("HM-CLIENT-3")
@pytest.mark.parametrize("text", ["no json\n", "[]\n", '"text"\n', '{"path": "x", "md5": "y"}\n'])
def test_a_file_of_another_program_is_left_alone(hash_into: Hash, output: Path, text: str) -> None:
    output.write_text(text)
    with pytest.raises(CannotWrite, match="line 1"):
        hash_into("/nowhere", resume=True)

    assert output.read_text() == text


@contextmanager
def running(output: Path, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command itself, waiting for names."""
    command = [sys.executable, "-m", "hashcheck_client", "hash", "-o", str(output), *more, "-"]
    with subprocess.Popen(  # noqa: S603 - our own
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def name(process: subprocess.Popen[bytes], files: list[Path]) -> None:
    assert process.stdin is not None
    process.stdin.write(b"".join(os.fsencode(file) + b"\n" for file in files))
    process.stdin.flush()


def wait_for_lines(output: Path, count: int) -> None:
    until = time.monotonic() + SECONDS_TO_WAIT
    while not output.exists() or output.read_bytes().count(b"\n") < count:
        assert time.monotonic() < until, "no lines came"
        time.sleep(0.02)


@pytest.fixture
def many(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "many"
    folder.mkdir()
    files = [folder / f"{number:03}.png" for number in range(80)]
    for number, file in enumerate(files):
        file.write_bytes(encoded(picture(40, 40, number % 5), "PNG"))
    return files


@pytest.mark.requirement("HM-CLIENT-3")
def test_a_killed_run_goes_on_where_it_ended(
    hash_into: Hash, many: list[Path], output: Path
) -> None:
    with running(output, "--processors", "1") as process:
        name(process, many[:60])
        wait_for_lines(output, 8)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert output.read_bytes().count(b"\n") < len(many)
    hash_into(many[0].parent, resume=True)

    assert Counter(paths(output)) == Counter(map(str, many))


@pytest.mark.requirement("HM-CLIENT-3")
def test_an_interrupted_run_finishes_what_is_underway_and_says_so(
    hash_into: Hash, many: list[Path], output: Path
) -> None:
    with running(output, "--processors", "1") as process:
        name(process, many[:60])
        wait_for_lines(output, 8)
        process.send_signal(signal.SIGINT)
        assert process.stdin is not None
        process.stdin.close()
        assert process.stderr is not None
        told = process.stderr.read().decode()
        assert process.wait() == 130
    assert "--resume" in told
    assert output.read_bytes().endswith(b"\n")
    hash_into(many[0].parent, resume=True)

    assert Counter(paths(output)) == Counter(map(str, many))
