"""What the processes that this one started have used: CPU seconds by what they are."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
DATABASE, THIS = "database", "both ends"


def processor_seconds() -> Mapping[str, float]:
    """By module and process ("helpline web"), by program otherwise; what ended counts as well."""
    found: dict[str, float] = defaultdict(float)
    for pid, ticks in _family():
        found[_name(pid)] += ticks / TICKS_PER_SECOND
    return found


def used_between(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    return {name: seconds - before.get(name, 0.0) for name, seconds in after.items()}


def _family() -> Iterator[tuple[int, int]]:
    """Process ids and clock ticks of this process and all that came from it."""
    parents, ticks = dict[int, int](), dict[int, int]()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            # source: proc(5): ppid is field 4, utime to cstime are 14 to 17, counted from 1.
            parents[int(folder.name)] = int(fields[1])
            ticks[int(folder.name)] = sum(int(field) for field in fields[11:15])
    for pid, used in ticks.items():
        ancestor = pid
        while ancestor in parents and ancestor != os.getpid():
            ancestor = parents[ancestor]
        if ancestor == os.getpid():
            yield pid, used


def _name(pid: int) -> str:
    if pid == os.getpid():
        return THIS
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return "ended"
    if words[0].startswith("postgres") or "postgres" in Path(words[0]).name:
        return DATABASE
    if "infra.nursery" in words:
        return Path(f"/proc/{pid}/comm").read_text().strip().replace("-", " ")
    return " ".join(words[words.index("-m") + 1 :][:2]) if "-m" in words else Path(words[0]).name
