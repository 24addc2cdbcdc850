"""A child with a child of its own that nobody told the kernel about, both deaf to SIGTERM."""

import os
import signal
import sys
import time
from pathlib import Path

signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.fork()
with Path(sys.argv[1]).open("a") as pids:
    pids.write(f"{os.getpid()}\n")
time.sleep(60)
