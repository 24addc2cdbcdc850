"""The wall of system calls around a process: what is not listed ends it (Linux seccomp).

The filter is built here rather than by a library, so that it stands wherever the kernel has it.
source: the kernel's Documentation/userspace-api/seccomp_filter.rst and linux/bpf_common.h.
"""

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Mapping

# Reading, writing and closing what is open, memory, time, and ending: nothing that names a file,
# an address or another process. Per name its number on x86-64 and on 64-bit ARM (None: it has no
# such call). source: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h
ALLOWED: Mapping[str, tuple[int, int | None]] = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "poll": (7, None),
    "ppoll": (271, 73),
    "lseek": (8, 62),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "brk": (12, 214),
    "futex": (202, 98),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getrandom": (318, 278),
    "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115),
    "gettimeofday": (96, 169),
    "times": (100, 153),
    "getrusage": (98, 165),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "rseq": (334, 293),
    "exit": (60, 93),
    "exit_group": (231, 94),
}

# Machine → its column in ALLOWED and its number in linux/audit.h.
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

# Instructions of the filter: load a word of the call, jump if equal, give the verdict.
LOAD, JUMP_IF_EQUAL, VERDICT = 0x20, 0x15, 0x06
CALL_NUMBER_AT, MACHINE_AT = 0, 4
ALLOW, END_PROCESS = 0x7FFF0000, 0x80000000

# Numbers of options, as in the headers linux/prctl.h and linux/seccomp.h.
PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


_LIBC = ctypes.CDLL(None, use_errno=True)
NOTHING = ctypes.c_ulong(0)


def filter_of(machine: str) -> bytes:
    """The filter as the kernel reads it; empty for a machine whose numbers are not known here."""
    if machine not in MACHINES or sys.maxsize <= 2**32:
        return b""
    column, audit_number = MACHINES[machine]
    numbers = [pair[column] for pair in ALLOWED.values() if pair[column] is not None]
    steps = [
        (LOAD, 0, 0, MACHINE_AT),
        (JUMP_IF_EQUAL, 1, 0, audit_number),
        (VERDICT, 0, 0, END_PROCESS),
        (LOAD, 0, 0, CALL_NUMBER_AT),
        # Each jumps over those after it and the verdict that ends, to the one that allows.
        *((JUMP_IF_EQUAL, len(numbers) - at, 0, number) for at, number in enumerate(numbers)),
        (VERDICT, 0, 0, END_PROCESS),
        (VERDICT, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def kernel_filters() -> bool:
    """Whether this kernel takes filters: it says so by looking for one at address zero."""
    try:
        process_control(PR_SET_SECCOMP, SECCOMP_MODE_FILTER)
    except OSError as refused:
        return refused.errno == errno.EFAULT
    return False


def forbid_other_calls() -> None:
    """From here on a call that is not ALLOWED ends the process. Without FILTER nothing happens."""
    if not FILTER:
        return
    process_control(PR_SET_NO_NEW_PRIVS, 1)
    program = _Program(len(FILTER) // struct.calcsize("=HBBI"), FILTER)
    process_control(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program))


def process_control(option: int, value: int, more: object = None) -> None:
    """prctl(2). Raises OSError."""
    if _LIBC.prctl(option, ctypes.c_ulong(value), more, NOTHING, NOTHING) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


FILTER = filter_of(os.uname().machine) if kernel_filters() else b""
