"""Engine, sessions and the table parent of a service.

SQLModel keeps one registry for the whole process. Each service gets its own, so that two services
in one test process do not share tables. A service writes at the top of its `tables.py`:

    class Table(SQLModel, registry=registry(metadata=service_metadata())):
        "Parent of the hotline's tables."
"""

import select
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import sqlalchemy.exc
from sqlalchemy import Engine, MetaData, create_engine, event
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from shared.domain.errors import Conflict, DomainError, Invalid, Unavailable

Sessions = Callable[[], Session]

# A request waits this long for a connection, then is told to come back (SEC-R9).
POOL_WAIT_SECONDS = 0.25
STATEMENT_TIMEOUT_MS = 15_000
LOCK_TIMEOUT_MS = 5_000
# No transaction waits for anything outside, so one that idles this long was abandoned.
IDLE_TRANSACTION_TIMEOUT_MS = 30_000
SESSION_SETTINGS = (
    f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS}"
    f" -c idle_in_transaction_session_timeout={IDLE_TRANSACTION_TIMEOUT_MS} -c timezone=UTC"
)

# Constraint names are stable, so that migrations and error codes can name them.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

UNIQUE_VIOLATION = "23505"
CANNOT_BE_STORED = {"22021", "22P05"}
# Lock not available, deadlock, serialization failure, statement timeout: the same request may well
# succeed next time.
LOST_A_RACE = {"55P03", "40P01", "40001", "57014"}
COME_BACK_AFTER = timedelta(seconds=1)


def service_metadata() -> MetaData:
    return MetaData(naming_convention=NAMING)


def database_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine on psycopg 3 that never shows a parameter in an error.

    Connections are made when needed, the one used last is taken first, and none is thrown away
    after a busy moment: making one costs as much as ten short transactions. One that the server
    ended is replaced when it is taken.
    """
    engine = create_engine(
        psycopg_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_use_lifo=True,
        pool_timeout=POOL_WAIT_SECONDS,
        hide_parameters=True,
        connect_args={"connect_timeout": 5, "options": SESSION_SETTINGS},
    )
    event.listen(engine, "checkout", _refuse_ended)
    return engine


def _refuse_ended(connection: psycopg.Connection, *_: Any) -> None:
    """To an idle connection the server says something only when it ends it.

    To look whether it did costs nothing beside asking whether it is still there.
    """
    waiting = select.poll()
    waiting.register(connection, select.POLLIN)
    if waiting.poll(0):
        raise sqlalchemy.exc.DisconnectionError


def psycopg_url(url: str) -> str:
    """The URL as SQLAlchemy wants it: with the driver's name."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def session_factory(engine: Engine) -> Sessions:
    return sessionmaker(engine, class_=Session, expire_on_commit=False)


def close_pool(sessions: Sessions) -> None:
    """Close the idle connections behind `sessions`, if they come from a pool of their own."""
    engine = getattr(sessions, "kw", {}).get("bind")
    if isinstance(engine, Engine):
        engine.dispose()


@contextmanager
def until_closed(sessions: Sessions) -> Iterator[Sessions]:
    """For a command: the connections end with it."""
    try:
        yield sessions
    finally:
        close_pool(sessions)


@contextmanager
def plain_database_errors() -> Iterator[None]:
    """Turn database errors into ones that carry no value.

    PostgreSQL puts the offending value into the text of an exception, so none is ever formatted:
    only its SQLSTATE and the name of the constraint go on.
    """
    try:
        yield
    except DomainError:
        raise
    except sqlalchemy.exc.TimeoutError:
        raise Unavailable("busy", retry_after=COME_BACK_AFTER) from None
    except sqlalchemy.exc.DBAPIError as error:
        raise _translated(error) from None


def _translated(error: sqlalchemy.exc.DBAPIError) -> Exception:
    origin: Any = error.orig
    state = getattr(origin, "sqlstate", None) or ""
    constraint = getattr(getattr(origin, "diag", None), "constraint_name", None) or ""
    if state == UNIQUE_VIOLATION:
        return Conflict("already_exists")
    # The driver itself refuses a NUL, so there is no state of the server.
    if state in CANNOT_BE_STORED or (not state and isinstance(origin, psycopg.DataError)):
        return Invalid("bad_characters")
    if state.startswith(("08", "57P")) or error.connection_invalidated or not state:
        return Unavailable("database_unavailable")
    if state.startswith("53") or state in LOST_A_RACE:
        return Unavailable("busy", retry_after=COME_BACK_AFTER)
    return DatabaseFault(state, constraint)


class DatabaseFault(Exception):
    """An unexpected refusal by PostgreSQL, by SQLSTATE and constraint name, without values."""

    def __init__(self, sqlstate: str, constraint: str) -> None:
        self.sqlstate = sqlstate
        self.constraint = constraint
        super().__init__(f"sqlstate {sqlstate} constraint {constraint or '-'}")
