"""Forks the platform's processes from one that has imported what they all need.

Seventeen processes that each import the same packages keep two cores busy for a quarter of a
minute. Here the imports happen once; a process is a fork that then runs its module as `python -m`
would, with an environment, a session and a log of its own. For development and tests: an
installation starts `python -m SERVICE`.

The nursery reads a request a line, JSON, and answers each with a line that carries its number.
"""

import gc
import itertools
import json
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NoReturn, cast

from infra.children import dies_with_parent
from infra.state import CHECKOUT

SECONDS_BETWEEN_LOOKS = 0.02
# More than a process that has only imported has open.
FILES = 256


class Nursery:
    """The side of whoever wants a process."""

    def __init__(self, requests: IO[str], answers: IO[str]) -> None:
        self._requests = requests
        self._answers = answers
        self._numbers = itertools.count()

    def fork(
        self, module: str, words: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> "Child":
        """Start a module with these words; what it prints is added to `log`."""
        pid = self._ask(
            fork=module, words=[*words], environment=dict(environment), log=str(log.resolve())
        )
        return Child(self, pid)

    def ended(self, pid: int) -> int | None:
        """The exit code of a child, minus the signal that killed it; None while it runs."""
        code: int | None = self._ask(ended=pid)
        return code

    def _ask(self, **request: object) -> Any:
        """An answer with another number belongs to somebody who was interrupted."""
        number = next(self._numbers)
        self._requests.write(json.dumps([number, request]) + "\n")
        self._requests.flush()
        for line in iter(self._answers.readline, ""):
            of, answer = json.loads(line)
            if of == number:
                return answer
        raise ChildProcessError("the process that forks the others has ended")


class Child:
    """A forked process; like a `Popen`."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self.pid = pid
        self._nursery = nursery
        self._code: int | None = None

    def poll(self) -> int | None:
        """The exit code; None while it runs. Until it was told, the process id stays taken."""
        if self._code is None:
            self._code = self._nursery.ended(self.pid)
        return self._code

    def wait(self, seconds: float) -> int:
        """Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(SECONDS_BETWEEN_LOOKS)
        return code


@contextmanager
def nursery(modules: Sequence[str] = ()) -> Iterator[Nursery]:
    """Begins at once to import what `modules` import; who asks it meanwhile waits."""
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.nursery", *modules],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509  from the main thread
    )
    try:
        yield Nursery(cast(IO[str], process.stdin), cast(IO[str], process.stdout))
    finally:
        process.kill()
        with suppress(BrokenPipeError):
            process.communicate()


def warm(modules: Sequence[str]) -> None:
    """Import what these modules import, without becoming one of them."""
    for module in modules:
        runpy.run_module(module, run_name="nursery")
    gc.collect()
    gc.freeze()


def fork(request: Mapping[str, Any]) -> int:
    """Returns the process id."""
    prepare = dies_with_parent(signal.SIGTERM)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        prepare()
        become(request)
    return pid


def become(request: Mapping[str, Any]) -> NoReturn:
    """What `python -m MODULE WORD…` does; `ps` shows the name of its log."""
    os.closerange(3, FILES)
    Path("/proc/self/comm").write_text(Path(request["log"]).stem)
    with Path(request["log"]).open("ab") as log, Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = [request["fork"], *request["words"]]
    runpy.run_module(request["fork"], run_name="__main__", alter_sys=True)
    sys.exit()


def ended(pid: int) -> int | None:
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def main() -> None:
    warm(sys.argv[1:])
    for line in sys.stdin:
        number, request = json.loads(line)
        answer = ended(request["ended"]) if "ended" in request else fork(request)
        print(json.dumps([number, answer]), flush=True)


if __name__ == "__main__":
    main()
