"""What a process gives up before it decodes a stranger's picture.

After `enter_sandbox` the process can compute, use memory up to a limit, and read and write the
descriptors it already has. It cannot open, create or connect anything; an attempt ends it. Each
wall stands on its own: no descriptor can be added (RLIMIT_NOFILE), no file can grow
(RLIMIT_FSIZE), and the kernel admits only the system calls of ALLOWED (seccomp).
"""

import ctypes
import resource
import signal
from pathlib import Path
from types import ModuleType

# source: docs/architecture.md "Errors and limits"
MEMORY_BYTES = 500 * 1024 * 1024
CPU_SECONDS = 2
WALL_SECONDS = 3

# Numbers of options, as in the header linux/prctl.h.
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4

# Reading, writing and closing what is open, memory, time, and ending. Nothing that names a file,
# an address or another process.
ALLOWED = (
    "read",
    "write",
    "close",
    "fstat",
    "newfstatat",
    "lseek",
    "poll",
    "ppoll",
    "mmap",
    "munmap",
    "mremap",
    "mprotect",
    "madvise",
    "brk",
    "futex",
    "sched_yield",
    "sched_getaffinity",
    "getpid",
    "gettid",
    "getrandom",
    "clock_gettime",
    "clock_nanosleep",
    "gettimeofday",
    "times",
    "getrusage",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sigaltstack",
    "restart_syscall",
    "rseq",
    "exit",
    "exit_group",
)


def _load_seccomp() -> ModuleType | None:
    """The binding to libseccomp, or None where the library is not installed."""
    try:
        import pyseccomp  # noqa: PLC0415 - importing it fails without the library
    except (ImportError, OSError, RuntimeError):
        return None
    module: ModuleType = pyseccomp
    return module


SECCOMP = _load_seccomp()

ISOLATION = "rlimits+seccomp" if SECCOMP else "rlimits (libseccomp is not installed)"


def die_with_parent() -> None:
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def enter_sandbox() -> None:
    """Give up everything but computing; there is no way back. Needs a single thread."""
    die_with_parent()
    _prctl(PR_SET_DUMPABLE, 0)
    _limit_resources()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)
    _limit_system_calls()


def _limit_resources() -> None:
    memory = _address_space() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Descriptors that are open stay open; every new number is above the limit.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _limit_system_calls() -> None:
    if SECCOMP is None:
        return
    walls = SECCOMP.SyscallFilter(SECCOMP.KILL_PROCESS)
    for name in ALLOWED:
        walls.add_rule(SECCOMP.ALLOW, name)
    walls.load()


def _address_space() -> int:
    """Bytes of virtual memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
