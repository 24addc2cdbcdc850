"""How far the work is, on one line of a terminal."""

import time
from collections.abc import Callable
from typing import TextIO

SECONDS_BETWEEN = 0.2
BAR_CHARACTERS = 24
SECONDS_PER_MINUTE = 60
MINUTES_PER_HOUR = 60
# Erases what is left of a longer line.
TO_END_OF_LINE = "\x1b[K"


class Progress:
    """Shows files done, rate and time left. `total` is None until all files are counted."""

    def __init__(
        self,
        terminal: TextIO | None,
        done_before: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._terminal = terminal
        self._before = done_before
        self._done = 0
        self._clock = clock
        self._started = clock()
        self._shown_at = self._started - SECONDS_BETWEEN
        self.total: int | None = None

    def add(self, files: int, problems: int) -> None:
        self._done += files
        now = self._clock()
        if self._terminal and now - self._shown_at >= SECONDS_BETWEEN:
            self._shown_at = now
            self._terminal.write(f"\r{self.text(problems)}{TO_END_OF_LINE}")
            self._terminal.flush()

    def close(self) -> None:
        if self._terminal:
            self._terminal.write(f"\r{TO_END_OF_LINE}")
            self._terminal.flush()

    def text(self, problems: int) -> str:
        done = self._before + self._done
        rate = self._done / max(self._clock() - self._started, 0.001)
        parts = [f"{done:,} files", f"{rate:,.0f}/s"]
        if self.total:
            share = min(done / self.total, 1.0)
            filled = int(share * BAR_CHARACTERS)
            bar = "#" * filled + "-" * (BAR_CHARACTERS - filled)
            parts[0] = f"[{bar}] {share:4.0%}  {done:,} of {self.total:,}"
            left = max(self.total - done, 0)
            parts.append(f"{duration(left / rate)} left" if rate else "")
        if problems:
            parts.append(f"{problems:,} problems")
        return "  ".join(part for part in parts if part)


def duration(seconds: float) -> str:
    """In the two largest units."""
    minutes, rest = divmod(int(seconds), SECONDS_PER_MINUTE)
    hours, minutes = divmod(minutes, MINUTES_PER_HOUR)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
