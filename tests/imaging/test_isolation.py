"""The worker's walls stand, and nothing that happens behind them hurts the process that asks."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from imaging import (
    ImageTooLarge,
    ImageUnreadable,
    ImageWorker,
    Profile,
    UnsupportedImage,
    hash_image,
    render,
)
from imaging.sandbox import enter_sandbox
from imaging.system_calls import FILTER
from PIL import Image

from tests.imaging.pictures import encoded, picture


@pytest.fixture(scope="module")
def worker() -> Iterator[ImageWorker]:
    with ImageWorker() as started:
        yield started


def ending_of(attempt: Callable[[], object]) -> int:
    """Run `attempt` behind the walls; how its process ended (negative: by which signal)."""
    child = os.fork()
    if child == 0:
        try:
            enter_sandbox()
            attempt()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - a child of the test never returns
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 5) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


@pytest.mark.requirement("SEC-S2")
def test_the_worker_gives_the_hashes_of_the_plain_function(worker: ImageWorker) -> None:
    data = encoded(picture(), "JPEG")

    assert worker.hash_image(data) == hash_image(data)


@pytest.mark.requirement("SEC-S2")
@pytest.mark.parametrize("profile", list(Profile))
def test_the_worker_renders(worker: ImageWorker, profile: Profile) -> None:
    data = encoded(picture(), "WEBP")

    assert worker.render(data, profile) == render(data, profile)


@pytest.mark.requirement("SEC-S2")
@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", ImageUnreadable),
        (b"%PDF-1.7", UnsupportedImage),
        (encoded(Image.new("1", (7000, 6000)), "PNG"), ImageTooLarge),
    ],
)
def test_the_worker_refuses_with_the_same_codes(
    worker: ImageWorker, data: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        worker.hash_image(data)


@pytest.mark.requirement("SEC-S2")
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_forty_megapixels_fit_in_memory_and_processor_time(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imaging.sandbox.WALL_SECONDS", 60)  # other tests run at the same time
    data = encoded(Image.new(mode, (8000, 5000), "grey"), "PNG", compress_level=1)
    hash_image(encoded(picture(), "PNG"))  # what is loaded at first use

    assert ending_of(lambda: hash_image(data)) == 0


@pytest.mark.requirement("SEC-S2")
def test_computing_is_allowed_behind_the_walls() -> None:
    data = encoded(picture(), "PNG")
    hash_image(data)  # as the worker does: what is loaded at first use is loaded before the walls
    assert ending_of(lambda: hash_image(data)) == 0


@pytest.mark.requirement("SEC-P8")
@pytest.mark.skipif(not FILTER, reason="this kernel has no system call filter")
@pytest.mark.parametrize(
    "attempt",
    [
        socket.socket,
        lambda: os.open("/tmp/planted", os.O_CREAT | os.O_WRONLY),  # noqa: S108
        lambda: os.memfd_create("planted"),
        lambda: os.open("/etc/passwd", os.O_RDONLY),
        os.pipe,
        os.fork,
        lambda: os.kill(os.getppid(), 0),
        lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
    ],
    ids=["socket", "create", "memfd", "open", "pipe", "fork", "kill", "exec"],
)
def test_a_planted_attempt_ends_the_process(attempt: Callable[[], object]) -> None:
    assert ending_of(attempt) == -signal.SIGSYS
    assert not Path("/tmp/planted").exists()  # noqa: S108


@pytest.mark.requirement("SEC-P8")
@pytest.mark.parametrize("attempt", [socket.socket, os.pipe], ids=["socket", "pipe"])
def test_no_descriptor_can_be_added_even_without_a_filter(
    attempt: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imaging.system_calls.FILTER", b"")

    assert ending_of(attempt) == 1


@pytest.mark.requirement("SEC-S2")
def test_memory_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imaging.sandbox.WALL_SECONDS", 60)  # other tests run at the same time
    assert ending_of(lambda: bytearray(400 * 1024 * 1024)) == 0
    assert ending_of(lambda: bytearray(600 * 1024 * 1024)) == 1


@pytest.mark.requirement("SEC-S2")
def test_a_loop_is_ended_by_the_kernel() -> None:
    def loop() -> None:
        while True:
            pass

    started = time.monotonic()
    assert ending_of(loop) in {-signal.SIGKILL, -signal.SIGXCPU, -signal.SIGALRM}
    assert time.monotonic() - started < 4


@pytest.mark.requirement("SEC-S2")
def test_a_hang_is_ended_by_the_kernel() -> None:
    started = time.monotonic()
    assert ending_of(lambda: time.sleep(60)) == -signal.SIGALRM
    assert time.monotonic() - started < 4


@pytest.mark.requirement("SEC-S2")
def test_a_killed_worker_is_replaced_with_the_next_picture(worker: ImageWorker) -> None:
    before = worker.pid
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: not is_running(before))

    assert worker.hash_image(encoded(picture(), "PNG")).width == 200
    assert worker.pid != before


@pytest.mark.requirement("SEC-S2")
def test_the_worker_ends_with_the_process_that_started_it() -> None:
    program = (
        "import time; from imaging import ImageWorker; w = ImageWorker();"
        "print(w.pid, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:  # noqa: S603 - our own
        assert parent.stdout is not None
        worker_pid = int(parent.stdout.readline())
        assert is_running(worker_pid)
        parent.kill()

    assert wait_until(lambda: not is_running(worker_pid))


@pytest.mark.requirement("SEC-S2")
def test_threads_may_share_a_worker(worker: ImageWorker) -> None:
    pictures = [encoded(picture(60, 60, seed), "PNG") for seed in range(12)]
    answers: dict[int, str] = {}

    def ask(place: int) -> None:
        answers[place] = worker.hash_image(pictures[place]).sha256

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(len(pictures))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == {place: hash_image(data).sha256 for place, data in enumerate(pictures)}


@pytest.mark.requirement("SEC-S2")
def test_the_worker_says_which_walls_it_has(worker: ImageWorker) -> None:
    assert ("seccomp" in worker.isolation) is bool(FILTER)
