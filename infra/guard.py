"""Ends what a killed launcher leaves behind, pools of worker processes included.

Reads process groups from standard input, one a line. When the launcher is gone, however it went,
the pipe closes: each group is asked to stop and soon after made to.
"""

import os
import signal
import sys
import time
from contextlib import suppress

SECONDS_TO_STOP = 3.0


def alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def end(groups: list[int]) -> None:
    for group in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGTERM)
    deadline = time.monotonic() + SECONDS_TO_STOP
    while any(alive(group) for group in groups) and time.monotonic() < deadline:
        time.sleep(0.05)
    for group in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    end([int(line) for line in sys.stdin])
