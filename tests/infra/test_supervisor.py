import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.nursery import Nursery, nursery
from infra.ports import free_port, port_plan, taken
from infra.state import CannotStart
from infra.supervisor import Program, Supervisor

LAUNCHER = """
import sys, time
from pathlib import Path
from infra.nursery import nursery
from infra.supervisor import Program, Supervisor
folder = Path(sys.argv[1])
with nursery() as forks:
    supervisor = Supervisor(folder, forks)
    supervisor.start(Program("stubborn", "tests.infra.processes.stubborn", (str(folder / "pids"),)))
    print("started", flush=True)
    time.sleep(60)
"""
LISTENER = """
import socket
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
server.accept()
"""


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture(scope="module")
def forks() -> Iterator[Nursery]:
    with nursery() as forks:
        yield forks


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str], forks: Nursery) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path / "logs", forks, said.append)
    yield supervisor
    supervisor.stop()


def ends(name: str, *words: str) -> Program:
    return Program(name, "tests.infra.processes.ends", words)


def sleeps(name: str, ready_url: str = "") -> Program:
    return Program(name, "tests.infra.processes.sleeps", ready_url=ready_url)


@pytest.mark.requirement("PF-RUN-1")
def test_a_killed_launcher_leaves_not_even_stubborn_grandchildren(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LAUNCHER, str(tmp_path)]
    launcher = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603
    pids = tmp_path / "pids"
    assert wait_until(lambda: pids.exists() and pids.read_text().count("\n") == 2, 10)

    launcher.kill()
    launcher.communicate()

    left = [int(pid) for pid in pids.read_text().split()]
    assert wait_until(lambda: not any(running(pid) for pid in left), 5)


@pytest.mark.requirement("PF-RUN-3")
def test_a_process_is_ready_when_it_says_so(supervisor: Supervisor, said: list[str]) -> None:
    port = free_port()
    server = Program(
        "web",
        "http.server",
        (str(port), "--bind", "127.0.0.1"),
        ready_url=f"http://127.0.0.1:{port}/",
    )
    supervisor.start(server)

    supervisor.wait_until_ready(10)

    assert [line.split(" (")[0] for line in said] == ["  web is ready"]


@pytest.mark.requirement("PF-RUN-3")
def test_a_process_that_ends_is_named_with_its_last_words(supervisor: Supervisor) -> None:
    supervisor.start(ends("worker", "no broker"))
    with pytest.raises(CannotStart, match="worker ended with 1: no broker"):
        supervisor.watch()


@pytest.mark.requirement("PF-RUN-3")
def test_a_process_that_never_gets_ready_is_named(supervisor: Supervisor) -> None:
    unanswered = f"http://127.0.0.1:{free_port()}/readyz"
    supervisor.start(sleeps("web", ready_url=unanswered))
    with pytest.raises(CannotStart, match="not ready after 0 s: web"):
        supervisor.wait_until_ready(0.2)


@pytest.mark.requirement("PF-RUN-3")
def test_stopping_leaves_nothing_running(tmp_path: Path, forks: Nursery) -> None:
    supervisor = Supervisor(tmp_path, forks)
    pid = supervisor.start(sleeps("relay"))

    supervisor.stop()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


@pytest.mark.requirement("PF-RUN-3")
def test_a_step_that_fails_stops_the_start_with_its_last_words(supervisor: Supervisor) -> None:
    supervisor.run(ends("migrations"), 10)
    with pytest.raises(CannotStart, match="migrations ended with 1: no database"):
        supervisor.run(ends("migrations", "no database"), 10)


@pytest.mark.requirement("PF-RUN-3")
def test_a_step_that_takes_too_long_is_ended_and_named(supervisor: Supervisor) -> None:
    with pytest.raises(CannotStart, match="migrations was not done after 0 s"):
        supervisor.run(sleeps("migrations"), 0.1)


@pytest.mark.requirement("PF-RUN-3")
def test_a_process_that_is_killed_starts_again_with_its_own_environment(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    said = tmp_path / "said"
    program = Program("relay", "tests.infra.processes.sleeps", (str(said),), {"COLOUR": "green"})
    first = supervisor.start(program)
    assert wait_until(lambda: said.exists() and said.read_text() != "", 10)
    said.unlink()

    supervisor.kill_and_restart("relay")

    assert wait_until(lambda: said.exists() and said.read_text() != "", 10)
    assert not running(first)
    assert said.read_text() == "COLOUR=green"


@pytest.mark.requirement("PF-RUN-3")
def test_an_answer_to_a_question_that_was_interrupted_is_not_taken_for_another() -> None:
    stale_then_own = io.StringIO("[0, 1]\n[1, 7]\n")
    forks = Nursery(io.StringIO(), stale_then_own)
    next(forks._numbers)
    assert forks.ended(1234) == 7


@pytest.mark.requirement("PF-RUN-3")
def test_every_process_has_a_port_of_its_own() -> None:
    ports = list(port_plan(9000).values())
    assert len(set(ports)) == len(ports)
    assert min(ports) == 9000


@pytest.mark.requirement("PF-RUN-3")
def test_a_port_that_somebody_else_uses_is_named() -> None:
    server = subprocess.Popen([sys.executable, "-c", LISTENER], stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert server.stdout
    port = int(server.stdout.readline())
    assert taken({"gateway": port, "hotline": free_port()}) == ["gateway"]
    server.kill()
    server.communicate()
