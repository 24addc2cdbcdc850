"""What a person at a terminal meets: arguments, exit codes, names on standard input, progress."""

import io
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hashcheck_client.__main__ import main
from hashcheck_client.command import Wanted, hash_files, names_in, summary
from hashcheck_client.progress import Progress, duration
from hashcheck_client.record import Outcome


def run(*arguments: str, names: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "hashcheck_client", *arguments]
    return subprocess.run(command, input=names, capture_output=True, check=False)  # noqa: S603


@pytest.mark.requirement("HM-CLIENT-1")
@pytest.mark.requirement("HM-CLIENT-2")
def test_names_come_in_lines_go_out_and_the_exit_code_tells(uploads: Path) -> None:
    names = b"\0".join(os.fsencode(uploads / name) for name in ("4.png", "gone.png", "a"))
    done = run("hash", "--null", "-", names=names)

    assert [json.loads(line).get("error") for line in done.stdout.splitlines()] == [
        None,
        "not_found",
        None,
        None,
    ]
    assert done.returncode == 2
    assert b"3 pictures hashed" in done.stderr
    assert b"1 not readable" in done.stderr


@pytest.mark.requirement("HM-CLIENT-2")
def test_when_everything_was_hashed_the_exit_code_is_zero(uploads: Path, output: Path) -> None:
    assert hash_files(Wanted([str(uploads)], output, quiet=True, processors=1)) == 0


@pytest.mark.requirement("HM-CLIENT-2")
@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["hash"],
        ["hash", "--processors", "0", "x"],
        ["hash", "--processors", "two", "x"],
        ["hash", "--resume", "x"],
        ["match", "x"],
    ],
)
def test_wrong_arguments_are_not_taken_for_broken_files(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 1
    assert "usage: hashcheck" in capsys.readouterr().err


@pytest.mark.requirement("HM-CLIENT-2")
def test_an_output_that_cannot_be_made_is_said_in_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["hash", "-o", "/nowhere/out", "x"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.requirement("HM-CLIENT-1")
@pytest.mark.parametrize("separator", [b"\n", b"\0"])
def test_names_are_whole_however_they_arrive(separator: bytes) -> None:
    names = [b"a", b"b c", b"\xff\xfe", b"x" * 200_000]
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        for part in (separator.join(names)[at : at + 999] for at in range(0, 201_000, 999)):
            os.write(writing, part)
        os._exit(0)
    os.close(writing)
    with open(reading) as stream:
        assert [os.fsencode(name) for name in names_in(stream, separator)] == names
    os.waitpid(child, 0)


@dataclass
class Watch:
    """A clock that stands still until it is moved."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.requirement("HM-CLIENT-4")
def test_progress_says_how_far_how_fast_and_how_long() -> None:
    terminal, watch = io.StringIO(), Watch()
    progress = Progress(terminal, 100, watch)
    progress.total = 1100
    watch.seconds = 10
    progress.add(400, problems=3)

    assert terminal.getvalue() == (
        "\r[##########--------------]  45%  500 of 1,100  40/s  15 s left  3 problems\x1b[K"
    )


@pytest.mark.requirement("HM-CLIENT-4")
def test_until_all_files_are_counted_no_end_is_promised() -> None:
    watch = Watch()
    progress = Progress(None, 0, watch)
    watch.seconds = 10
    progress.add(400, problems=0)

    assert progress.text(0) == "400 files  40/s"


@pytest.mark.requirement("HM-CLIENT-4")
def test_progress_is_not_drawn_more_often_than_an_eye_follows() -> None:
    terminal, watch = io.StringIO(), Watch()
    progress = Progress(terminal, 0, watch)
    for moment in (0.0, 0.1, 0.19, 0.2, 0.3, 0.39):
        watch.seconds = moment
        progress.add(1, problems=0)

    assert terminal.getvalue().count("\r") == 2


@pytest.mark.requirement("HM-CLIENT-4")
@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (59, "59 s"), (61, "1 min 01 s"), (3600, "1 h 00 min"), (90_061, "25 h 01 min")],
)
def test_durations_are_said_in_two_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.requirement("HM-CLIENT-2")
def test_the_summary_names_what_there_was_and_nothing_else() -> None:
    counted = Counter({Outcome.HASHED: 12_345, Outcome.UNREADABLE: 1})

    assert summary(counted, interrupted=False) == (
        "      12,345 pictures hashed\n           1 not readable\n"
    )
    assert summary(Counter(), interrupted=False) == "Nothing to hash.\n"
