"""How much memory a process maps of some files, and how much of that is its share."""

import re
from pathlib import Path
from typing import NamedTuple

_MAPPING = re.compile(r"^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \S+ *(.*)$")


class Mapped(NamedTuple):
    """Bytes that are in memory, and bytes when what several share is divided among them."""

    resident: int
    share: int


def mapped_below(folder: Path, pid: int) -> Mapped:
    resident = share = 0
    is_below = False
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if found := _MAPPING.match(line):
            is_below = found[1].startswith(f"{folder}/")
        elif is_below and line.startswith("Rss:"):
            resident += int(line.split()[1]) * 1024
        elif is_below and line.startswith("Pss:"):
            share += int(line.split()[1]) * 1024
    return Mapped(resident, share)
