"""Child processes that do not outlive the process that started them (Linux)."""

import ctypes
import os
import pwd
import signal
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def dies_with_parent(
    death_signal: signal.Signals, account: pwd.struct_passwd | None = None
) -> Callable[[], None]:
    """What a child does between fork and exec: drop to `account`, then ask for the signal.

    Changing the account clears the request, so it comes last. The kernel sends the signal when
    the *thread* that forked ends: start children from the main thread.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def prepare() -> None:
        if account:
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
        libc.prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
