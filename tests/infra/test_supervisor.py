import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.ports import free_port, port_plan, taken
from infra.state import CannotStart
from infra.supervisor import Program, Supervisor

# A child with a child of its own that nobody told the kernel about, both deaf to SIGTERM.
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
time.sleep(60)
"""
LAUNCHER = """
import sys, time
from pathlib import Path
from infra.supervisor import Program, Supervisor
folder, program = Path(sys.argv[1]), sys.argv[2]
supervisor = Supervisor(folder)
supervisor.start(Program("stubborn", (sys.executable, "-c", program, str(folder / "pids"))))
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


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path / "logs", said.append)
    yield supervisor
    supervisor.stop()


def python(name: str, code: str, *arguments: str, ready_url: str = "") -> Program:
    return Program(name, (sys.executable, "-c", code, *arguments), dict(os.environ), ready_url)


@pytest.mark.requirement("PF-RUN-1")
def test_a_killed_launcher_leaves_not_even_stubborn_grandchildren(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LAUNCHER, str(tmp_path), STUBBORN]
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
        (sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"),
        dict(os.environ),
        f"http://127.0.0.1:{port}/",
    )
    supervisor.start(server)

    supervisor.wait_until_ready(10)

    assert [line.split(" (")[0] for line in said] == ["  web is ready"]


@pytest.mark.requirement("PF-RUN-3")
def test_a_process_that_ends_is_named_with_its_last_words(supervisor: Supervisor) -> None:
    supervisor.start(python("worker", "import sys; sys.exit('no broker')"))
    with pytest.raises(CannotStart, match="worker ended with 1: no broker"):
        supervisor.watch()


@pytest.mark.requirement("PF-RUN-3")
def test_a_process_that_never_gets_ready_is_named(supervisor: Supervisor) -> None:
    unanswered = f"http://127.0.0.1:{free_port()}/readyz"
    supervisor.start(python("web", "import time; time.sleep(60)", ready_url=unanswered))
    with pytest.raises(CannotStart, match="not ready after 0 s: web"):
        supervisor.wait_until_ready(0.2)


@pytest.mark.requirement("PF-RUN-3")
def test_stopping_leaves_nothing_running(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    pid = supervisor.start(python("relay", "import time; time.sleep(60)"))

    supervisor.stop()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


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
