"""Starts the platform's processes, waits until they are ready, and ends them all together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from infra.children import dies_with_parent
from infra.state import CannotStart

GUARD = Path(__file__).with_name("guard.py")
SECONDS_TO_STOP = 10.0
SECONDS_BETWEEN_LOOKS = 0.1
LOOK_SECONDS = 2.0


@dataclass(frozen=True)
class Program:
    """A process of the platform. It is ready when `ready_url` answers 200; without one, at once."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_url: str = ""


class Supervisor:
    """Children of this process; start them from its main thread (see `infra.children`)."""

    def __init__(self, logs: Path, say: Callable[[str], None] = print) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._say = say
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._programs: dict[str, Program] = {}
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", str(GUARD)], stdin=subprocess.PIPE, start_new_session=True
        )

    def start(self, program: Program) -> int:
        """Start without waiting; what it prints goes to its own log. Returns the process id."""
        mode = "ab" if program.name in self._programs else "wb"
        with (self._logs / f"{program.name}.log").open(mode) as log:
            process = subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(program.environment),
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509  from the main thread
            )
        self._running[program.name] = process
        self._programs[program.name] = program
        if self._guard.stdin:
            self._guard.stdin.write(f"{process.pid}\n".encode())
            self._guard.stdin.flush()
        return process.pid

    def wait_until_ready(self, seconds: float) -> None:
        """Raises CannotStart when a process ends or is not ready in time."""
        started = time.monotonic()
        waiting = [program for program in self._programs.values() if program.ready_url]
        while waiting:
            self._look_for_ended()
            for program in [p for p in waiting if _answers(p.ready_url)]:
                waiting.remove(program)
                self._say(f"  {program.name} is ready ({time.monotonic() - started:.1f} s)")
            if time.monotonic() - started > seconds:
                names = ", ".join(program.name for program in waiting)
                raise CannotStart(f"not ready after {seconds:.0f} s: {names} (logs: {self._logs})")
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def kill_and_restart(self, name: str) -> None:
        """What a crash and a watchful operator do: kill -9 of the whole group, then start again."""
        process = self._running[name]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.start(self._programs[name])

    def watch(self) -> None:
        """Return never: until a process ends (CannotStart) or this one is interrupted."""
        while True:
            self._look_for_ended()
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def stop(self) -> None:
        """Ask all to stop, the last started first; insist with those that do not."""
        for process in reversed(self._running.values()):
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + SECONDS_TO_STOP
        for process in reversed(self._running.values()):
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._running.clear()
        if self._guard.stdin:
            self._guard.stdin.close()
        self._guard.wait()

    def _look_for_ended(self) -> None:
        for name, process in self._running.items():
            if process.poll() is not None:
                lines = (self._logs / f"{name}.log").read_text(errors="replace").splitlines()
                last = lines[-1] if lines else "it said nothing"
                raise CannotStart(f"{name} ended with {process.returncode}: {last}")


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=LOOK_SECONDS, trust_env=False).status_code == httpx2.codes.OK
    except httpx2.HTTPError:
        return False
