import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra.backing_services import start_backing_services
from infra.state import CannotStart

LAUNCHER = """
import sys, time
from infra.backing_services import temporary_services
services = temporary_services()
print(services.throw_away, *(process.pid for process in services.processes), flush=True)
time.sleep(60)
"""


def running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.requirement("PF-RUN-1")
def test_a_killed_launcher_leaves_no_server_behind() -> None:
    launcher = subprocess.Popen(  # noqa: S603  this very module
        [sys.executable, "-c", LAUNCHER], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert launcher.stdout is not None
    _, *pids = launcher.stdout.readline().split()
    launcher.send_signal(signal.SIGKILL)
    launcher.wait(5)
    launcher.stdout.close()
    deadline = time.monotonic() + 5
    while any(running(int(pid)) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(pids) == 3
    assert [pid for pid in pids if running(int(pid))] == []


@pytest.mark.requirement("PF-RUN-2")
def test_production_refuses_the_embedded_servers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("APP_ENV", "production")
    with pytest.raises(CannotStart, match="production needs"):
        start_backing_services(tmp_path)
