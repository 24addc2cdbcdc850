"""What this process gives up before it holds any picture: nothing of its memory is ever dumped."""

import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4  # source: linux/prctl.h


def forbid_memory_dumps() -> None:
    """No core file, and no reading of this process's memory by others of the same user."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "PR_SET_DUMPABLE")
