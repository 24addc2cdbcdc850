"""Migrations of a service's database and of its keys database.

A service has `migrations/env.py`:

    from hotline.tables import Table
    from shared.platform.migrations import run_environment

    run_environment(Table.metadata)

and a first migration whose `upgrade()` begins with `create_platform_tables(op, "hotline")`. From
then on, every table that the owner creates is readable and writable by `<service>_app`; a table
that is not, says so in its own migration. Roles and databases: `shared.platform.roles`.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

import shared.platform.account_tables  # noqa: F401  puts its tables on the platform's metadata
from shared.platform.database import plain_database_errors, psycopg_url
from shared.platform.encryption import keys_registry
from shared.platform.platform_schema import PARTITION_NAME, create_platform_tables
from shared.platform.tables import platform_registry


@dataclass(frozen=True)
class Schema:
    """What the migrations in `directory` must lead to."""

    name: str
    app_role: str
    directory: Path
    tables: tuple[MetaData, ...]


def service_schema(service: str, package: Path, *tables: MetaData) -> Schema:
    """The database of a service: its own tables and the platform's."""
    return Schema(
        service, f"{service}_app", package / "migrations", (platform_registry.metadata, *tables)
    )


def keys_schema(service: str) -> Schema:
    """The `<service>_keys` database of a line."""
    directory = Path(__file__).parent / "keys_database" / "migrations"
    return Schema(f"{service}_keys", f"{service}_app", directory, (keys_registry.metadata,))


def keys_owner_url(owner_url: str, keys_url: str) -> str:
    """Where the keys database is, as its owner: the owner of the service's database."""
    owner = make_url(owner_url)
    keys = make_url(keys_url).set(username=owner.username, password=owner.password)
    return keys.render_as_string(hide_password=False)


def upgrade(owner_url: str, schema: Schema) -> None:
    """Bring a database to the newest migration. Several processes may try; one at a time does."""
    with _connected(owner_url) as connection, _alone(connection, schema.name):
        command.upgrade(_config(schema, connection), "head")
        connection.commit()


def add_migration(owner_url: str, schema: Schema, sentence: str) -> None:
    """Write the next migration from the difference between the tables and the database."""
    with _connected(owner_url) as connection:
        script = ScriptDirectory.from_config(_config(schema, connection))
        number = len(list(script.walk_revisions())) + 1
        command.revision(
            _config(schema, connection), sentence, autogenerate=True, rev_id=f"{number:04}"
        )


def drift(url: str, schema: Schema) -> list[str]:
    """What the tables in the code have that the migrated database has not, and the reverse."""
    with _connected(url) as connection:
        comparison = MigrationContext.configure(connection, opts=_options(schema.tables))
        found = compare_metadata(comparison, schema.tables)  # type: ignore[arg-type]
        return [str(difference) for difference in found]


def is_current(connection: Connection, schema: Schema) -> bool:
    """Whether the database is at the newest migration known to this code."""
    newest = ScriptDirectory.from_config(_config(schema, connection)).get_heads()
    return set(MigrationContext.configure(connection).get_current_heads()) == set(newest)


def run_environment(*tables: MetaData) -> None:
    """The whole of a service's `migrations/env.py`."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, **_options((platform_registry.metadata, *tables)))
    with context.begin_transaction():
        context.run_migrations()


def run_keys_environment() -> None:
    """The whole of `keys_database/migrations/env.py`."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, **_options((keys_registry.metadata,)))
    with context.begin_transaction():
        context.run_migrations()


def _options(tables: tuple[MetaData, ...]) -> dict[str, Any]:
    return {
        "target_metadata": tables,
        "compare_type": True,
        "compare_server_default": True,
        "include_name": _is_ours,
        "transaction_per_migration": True,
    }


def _is_ours(name: str | None, kind: str, _: Any) -> bool:
    """A partition belongs to its table and is compared with it."""
    return kind != "table" or not PARTITION_NAME.search(name or "")


def _config(schema: Schema, connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(schema.directory).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    config.attributes["app_role"] = schema.app_role
    return config


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    """Without the time limits of a request: a migration takes what it takes."""
    engine = create_engine(psycopg_url(url), poolclass=NullPool, hide_parameters=True)
    try:
        with plain_database_errors(), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _alone(connection: Connection, name: str) -> Iterator[None]:
    """Hold the advisory lock of this database's migrations; it ends with the session at latest."""
    digest = hashlib.sha256(f"migrations of {name}".encode()).digest()
    number = {"number": int.from_bytes(digest[:8], signed=True)}
    connection.execute(text("SELECT pg_advisory_lock(:number)"), number)
    connection.commit()
    yield
    connection.execute(text("SELECT pg_advisory_unlock(:number)"), number)
    connection.commit()


__all__ = [
    "Schema",
    "add_migration",
    "create_platform_tables",
    "drift",
    "is_current",
    "keys_owner_url",
    "keys_schema",
    "run_environment",
    "run_keys_environment",
    "service_schema",
    "upgrade",
]
