"""Structured logs that can only say what is on a list.

A key that is not on the list is dropped and counted, so that a caller's text, address or browser
cannot get into a log by mistake. Libraries write whole sentences, with values and the texts of
exceptions in them: of those only the place is told, where the sentence can be read in the source.
"""

import logging
import sys
import threading
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from shared.platform.failure import code_of, place_of

ALLOWED_KEYS = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "service",
        "process",
        "route",
        "method",
        "status",
        "ms",
        "request_id",
        "kind",
        "code",
        "sqlstate",
        "constraint",
        "task",
        "subject",
        "outbox_id",
        "attempt",
        "clock",
        "place",
        "logger",
        "count",
        "seconds",
        "port",
        "dropped",
    }
)


def only_allowed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    kept = {key: value for key, value in event.items() if key in ALLOWED_KEYS}
    dropped = len(event) - len(kept)
    return kept | {"dropped": dropped} if dropped else kept


class LibraryLines(logging.Handler):
    """Says which library spoke, how loud and where, never what."""

    def emit(self, record: logging.LogRecord) -> None:
        facts = {
            "logger": record.name,
            "place": f"{record.filename}:{record.funcName}:{record.lineno}",
        }
        error = record.exc_info[1] if record.exc_info else record.msg
        if isinstance(error, BaseException):
            facts |= {"kind": code_of(error), "place": place_of(error) or facts["place"]}
        log.log(record.levelno, "library", **facts)


def _thread_ended(what: threading.ExceptHookArgs) -> None:
    place = place_of(what.exc_value) if what.exc_value else ""
    log.error("thread_ended", kind=what.exc_type.__name__, place=place)


def configure_logging(service: str, process: str) -> None:
    """One JSON line per event on standard error, also for what libraries and threads say."""
    logging.basicConfig(level=logging.WARNING, handlers=[LibraryLines()], force=True)
    threading.excepthook = _thread_ended
    structlog.configure(
        processors=[
            lambda _, __, event: {"service": service, "process": process} | dict(event),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


log: Any = structlog.get_logger()
