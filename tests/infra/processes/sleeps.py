"""Writes its environment into the file that it is given, if any, and then goes on."""

import os
import sys
import time
from pathlib import Path

for name in sys.argv[1:]:
    Path(name).write_text("\n".join(f"{key}={value}" for key, value in os.environ.items()))
time.sleep(60)
