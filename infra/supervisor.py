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

from infra.nursery import Child, Nursery
from infra.state import CannotStart

GUARD = Path(__file__).with_name("guard.py")
SECONDS_TO_STOP = 10.0
SECONDS_BETWEEN_LOOKS = 0.1
LOOK_SECONDS = 2.0


@dataclass(frozen=True)
class Program:
    """A module that runs as a process of the platform.

    It is ready when `ready_url` answers 200; without one, at once.
    """

    name: str
    module: str
    words: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_url: str = ""


class Supervisor:
    """Processes that end with this one, and at the latest when it is killed."""

    def __init__(self, logs: Path, nursery: Nursery, say: Callable[[str], None] = print) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._nursery = nursery
        self._say = say
        self._running: dict[str, Child] = {}
        self._programs: dict[str, Program] = {}
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", str(GUARD)], stdin=subprocess.PIPE, start_new_session=True
        )

    def start(self, program: Program) -> int:
        """Start without waiting; what it prints goes to its own log. Returns the process id."""
        log = self._log(program.name)
        if program.name not in self._programs:
            log.write_bytes(b"")
        process = self._nursery.fork(program.module, program.words, program.environment, log)
        self._running[program.name] = process
        self._programs[program.name] = program
        if self._guard.stdin:
            self._guard.stdin.write(f"{process.pid}\n".encode())
            self._guard.stdin.flush()
        return process.pid

    def run(self, program: Program, seconds: float) -> None:
        """Start one that ends by itself. Raises CannotStart when it fails or takes too long."""
        self.start(program)
        process = self._running.pop(program.name)
        try:
            code = process.wait(seconds)
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            raise CannotStart(f"{program.name} was not done after {seconds:.0f} s") from None
        if code:
            raise CannotStart(self._last_words(program.name, code))

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
        process.wait(SECONDS_TO_STOP)
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
                os.kill(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + SECONDS_TO_STOP
        for process in reversed(self._running.values()):
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except TimeoutError:
                os.killpg(process.pid, signal.SIGKILL)
        self._running.clear()
        if self._guard.stdin:
            self._guard.stdin.close()
        self._guard.wait()

    def _look_for_ended(self) -> None:
        for name, process in self._running.items():
            code = process.poll()
            if code is not None:
                raise CannotStart(self._last_words(name, code))

    def _last_words(self, name: str, code: int) -> str:
        lines = self._log(name).read_text(errors="replace").splitlines()
        return f"{name} ended with {code}: {lines[-1] if lines else 'it said nothing'}"

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=LOOK_SECONDS, trust_env=False).status_code == httpx2.codes.OK
    except httpx2.HTTPError:
        return False
