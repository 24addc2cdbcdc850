"""What keeps a process from starting, because working would be unsafe or wrong.

Settings are checked when they are read (`shared.platform.settings`); this asks the servers.
"""

import redis
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from shared.platform.database import database_engine
from shared.platform.migrations import Schema, is_current
from shared.platform.settings import ServiceSettings

_TOO_MIGHTY = """
    SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb
        OR EXISTS (SELECT 1 FROM pg_database
                   WHERE datname = current_database() AND datdba = pg_roles.oid)
    FROM pg_roles WHERE rolname = current_user
"""


class UnsafeStart(Exception):
    """One sentence that says what is wrong and what to do."""


def refuse_unsafe_start(settings: ServiceSettings, schema: Schema) -> None:
    """Raises UnsafeStart. A server that does not answer now is no reason: readiness tells that."""
    engine = database_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            _refuse_mighty_role(connection)
            _refuse_talkative_server(connection)
            if not is_current(connection, schema):
                raise UnsafeStart("The database is behind: run the command `migrate` first.")
    except OperationalError:
        pass
    finally:
        engine.dispose()
    _refuse_keeping_store(settings.volatile_redis_url)


def _refuse_mighty_role(connection: Connection) -> None:
    """A role that owns the tables could switch off what protects them."""
    if connection.execute(text(_TOO_MIGHTY)).scalar_one():
        raise UnsafeStart(
            "The database role may do too much: DATABASE_URL needs the role that owns nothing."
        )


def _refuse_talkative_server(connection: Connection) -> None:
    """PostgreSQL's own log repeats the values of a refused row, unless it is terse."""
    if connection.execute(text("SHOW log_error_verbosity")).scalar_one() != "terse":
        raise UnsafeStart(
            "The database server would write values into its log: set log_error_verbosity = terse."
        )


def _refuse_keeping_store(url: str) -> None:
    """Rate buckets and sealed imagery must not reach a disk."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as store:
            kept = [store.config_get(name)[name] for name in ("save", "appendonly")]
    except redis.RedisError:
        return
    if kept[0] or kept[1] != "no":
        raise UnsafeStart("VOLATILE_REDIS_URL names a server that writes to disk: switch it off.")
