"""What the processes log while a test runs, through the real configuration of the log."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO

import structlog
from shared.platform.logging import configure_logging


@dataclass(frozen=True)
class Heard:
    """Every line that was written, of the platform and of libraries."""

    lines: StringIO

    @property
    def text(self) -> str:
        return self.lines.getvalue()


@contextmanager
def listening() -> Iterator[Heard]:
    heard = Heard(StringIO())
    before, root, hook = structlog.get_config(), logging.root, threading.excepthook
    # Out of reach of the configuration, which would close the handlers that pytest put there.
    handlers, level, root.handlers = root.handlers, root.level, []
    configure_logging("edges", "test")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(heard.lines))
    try:
        yield heard
    finally:
        structlog.configure(**before)
        root.handlers, threading.excepthook = handlers, hook
        root.setLevel(level)
