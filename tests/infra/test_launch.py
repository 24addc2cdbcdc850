import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.ports import free_base

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(180)]

LAUNCHER = """
import sys
from pathlib import Path
from infra.ports import port_plan
from infra.startup import running_platform
state, base = Path(sys.argv[1]), int(sys.argv[2])
with running_platform(state, port_plan(base), state / "logs", throw_away=True) as platform:
    print("ready", flush=True)
    platform.supervisor.watch()
"""
SECONDS_TO_LEAVE_NOTHING = 5


def parents() -> Iterator[tuple[int, int]]:
    """Every process that is not a zombie, with its parent."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[:2]
        except OSError:
            continue
        if state != "Z":
            yield int(folder.name), int(parent)


def descendants(pid: int) -> set[int]:
    found, tree = {pid}, list(parents())
    while True:
        more = {child for child, parent in tree if parent in found} - found
        if not more:
            return found - {pid}
        found |= more


def test_two_whole_platforms_never_run_at_once(request: pytest.FixtureRequest) -> None:
    """That a group is kept together shows in the name only."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("one process runs one at a time anyway")
    assert request.node.nodeid.endswith("@platform")


@pytest.mark.requirement("PF-RUN-1")
def test_a_killed_launcher_leaves_nothing_of_the_whole_platform(tmp_path: Path) -> None:
    # PostgreSQL's account must be able to pass through.
    state = Path("/var/tmp") / f"offlimits-launch-{os.getpid()}" if os.geteuid() == 0 else tmp_path  # noqa: S108
    command = [sys.executable, "-c", LAUNCHER, str(state), str(free_base())]
    launcher = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        assert launcher.stdout
        assert "ready\n" in iter(launcher.stdout.readline, "")
        started = descendants(launcher.pid)
    finally:
        launcher.send_signal(signal.SIGKILL)
        launcher.communicate()

    time.sleep(SECONDS_TO_LEAVE_NOTHING)
    left = started & {pid for pid, _ in parents()}
    assert len(started) > 15
    assert left == set()
