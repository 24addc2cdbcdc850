"""What a process gives up before it decodes a stranger's picture.

After `enter_sandbox` the process can compute, use memory up to a limit, and read and write the
descriptors it already has. It cannot open, create or connect anything; an attempt ends it. Each
wall stands on its own: no descriptor can be added (RLIMIT_NOFILE), no file can grow
(RLIMIT_FSIZE), and the kernel admits only the listed system calls (imaging.system_calls).
"""

import resource
import signal
from pathlib import Path

from imaging.system_calls import FILTER, forbid_other_calls, process_control

# source: docs/architecture.md "Errors and limits"
MEMORY_BYTES = 500 * 1024 * 1024
CPU_SECONDS = 2
WALL_SECONDS = 3

# Numbers of options, as in the header linux/prctl.h.
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4

ISOLATION = "rlimits+seccomp" if FILTER else "rlimits (this kernel has no system call filter)"


def die_with_parent() -> None:
    process_control(PR_SET_PDEATHSIG, signal.SIGKILL)


def enter_sandbox() -> None:
    """Give up everything but computing; there is no way back. Needs a single thread."""
    die_with_parent()
    process_control(PR_SET_DUMPABLE, 0)
    _limit_resources()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)
    forbid_other_calls()


def _limit_resources() -> None:
    memory = _address_space() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Descriptors that are open stay open; every new number is above the limit.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _address_space() -> int:
    """Bytes of virtual memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()
