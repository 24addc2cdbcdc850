"""Structured logs that can only say what is on a list.

A key that is not on the list is dropped and counted, so that a caller's text, address or browser
cannot get into a log by mistake.
"""

import sys
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

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


def configure_logging(service: str, process: str) -> None:
    """One JSON line per event on standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.bind_contextvars(service=service, process=process)


log: Any = structlog.get_logger()
