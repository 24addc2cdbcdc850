"""Databases for tests: built by the real migrations once per run, then copied.

A copy of a template takes a tenth of a second; running the migrations takes seconds.
"""

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from shared.platform.database import Sessions, database_engine
from shared.platform.migrations import (
    Schema,
    keys_owner_url,
    keys_schema,
    service_schema,
    upgrade,
)
from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from infra.databases import LINES, ServiceDatabases, create_databases
from tests.contents import DatabaseContents

SECRET = "for this test run"  # one for all test processes, because they share the roles
EXAMPLE = "example"
TEMPLATES_LOCK = 0x74657374


@dataclass(frozen=True)
class TestServers:
    """The servers of this run. `run` sets its databases apart from those of another run."""

    __test__ = False

    postgres_url: str
    broker_url: str
    volatile_url: str
    run: str

    def publish(self) -> None:
        """Tell the worker processes, which inherit the environment."""
        os.environ["TEST_SERVERS"] = "\n".join(
            [self.postgres_url, self.broker_url, self.volatile_url, self.run]
        )


def published_servers() -> TestServers | None:
    found = os.environ.get("TEST_SERVERS")
    return TestServers(*found.split("\n")) if found else None


def schema_of(service: str) -> Schema:
    """The schema of a real service, or of the example that the platform's own tests use."""
    name = "tests.shared.example" if service == EXAMPLE else service
    tables = importlib.import_module(f"{name}.tables")
    folder = Path(importlib.import_module(name).__path__[0])
    metadata = getattr(tables, "METADATA", (tables.Table.metadata,))
    return service_schema(service, folder, *metadata)


class DatabaseCopies:
    """Makes copies of a service's migrated databases on one server."""

    def __init__(self, servers: TestServers) -> None:
        self._servers = servers
        self._free: dict[str, list[LentDatabases]] = {}

    @contextmanager
    def copy(self, service: str, name: str) -> Iterator[ServiceDatabases]:
        """Databases of `service` of its own, dropped at the end. `name` is unique in this run."""
        databases = self._copied(service, name)
        try:
            yield databases
        finally:
            with psycopg.connect(self._servers.postgres_url, autocommit=True) as admin:
                for url in _urls(databases):
                    _drop(admin, _name(url))

    @contextmanager
    def lend(self, service: str, name: str) -> Iterator[ServiceDatabases]:
        """Like `copy`; one that was lent before is put back as it was and lent again.

        Who changes a schema takes a `copy`: only rows and sequences are put back.
        """
        free = self._free.setdefault(service, [])
        lent = free.pop() if free else self._lent(service, name)
        try:
            yield lent.databases
        finally:
            lent.put_back()
            free.append(lent)

    def _lent(self, service: str, name: str) -> "LentDatabases":
        databases = self._copied(service, name)
        admin_url = urlsplit(self._servers.postgres_url)
        urls = [admin_url._replace(path=urlsplit(url).path).geturl() for url in _urls(databases)]
        return LentDatabases(databases, [DatabaseContents(url) for url in urls])

    def _copied(self, service: str, name: str) -> ServiceDatabases:
        template, suffix = self._template(service), f"_{self._servers.run}_{name}"
        admin_url = self._servers.postgres_url
        pairs = [(f"{service}{suffix}", template.app)]
        if template.keys:
            pairs.append((f"{service}_keys{suffix}", template.keys))
        with psycopg.connect(admin_url, autocommit=True) as admin:
            for copy, original in pairs:
                _copy(admin, copy, _name(original), owner=f"{service}_owner")
        return create_databases(admin_url, service, SECRET, suffix)

    def _template(self, service: str) -> ServiceDatabases:
        """Migrated by whichever test process comes first; the others wait for it."""
        suffix = f"_{self._servers.run}"
        admin_url = self._servers.postgres_url
        with psycopg.connect(admin_url, autocommit=True) as admin:
            admin.execute("SELECT pg_advisory_lock(%s)", [TEMPLATES_LOCK])
            databases = create_databases(admin_url, service, SECRET, suffix)
            upgrade(databases.owner, schema_of(service))
            if service in LINES:
                upgrade(keys_owner_url(databases.owner, databases.keys), keys_schema(service))
        return databases


@dataclass(frozen=True)
class LentDatabases:
    """Databases of one service that tests use after each other."""

    databases: ServiceDatabases
    contents: list[DatabaseContents]

    def put_back(self) -> None:
        for each in self.contents:
            each.put_back()


@contextmanager
def rolled_back(engine: Engine) -> Iterator[Sessions]:
    """Sessions that really commit, into a transaction that is rolled back at the end."""
    with engine.connect() as connection:
        outer = connection.begin()
        made: Any = sessionmaker(
            connection,
            class_=Session,
            expire_on_commit=False,
            join_transaction_mode="create_savepoint",
        )
        try:
            yield made
        finally:
            outer.rollback()


@contextmanager
def engine_on(url: str) -> Iterator[Engine]:
    """Its connections end here; the engine is kept, because each compiles every statement anew."""
    engine = _engines.setdefault(url, database_engine(url))
    try:
        yield engine
    finally:
        engine.dispose()


_engines: dict[str, Engine] = {}


def drop_databases_of(servers: TestServers) -> None:
    """Leave nothing on a server that was lent to this run."""
    with psycopg.connect(servers.postgres_url, autocommit=True) as admin:
        pattern = f"%\\_{servers.run}%"
        names = admin.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern])
        for (name,) in names.fetchall():
            _drop(admin, name)


def _urls(databases: ServiceDatabases) -> list[str]:
    return [databases.app, *([databases.keys] if databases.keys else [])]


def _name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


def _copy(admin: psycopg.Connection, copy: str, original: str, *, owner: str) -> None:
    # Two processes copying one template at the same moment would disturb each other.
    admin.execute("SELECT pg_advisory_lock(%s)", [TEMPLATES_LOCK])
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
    admin.execute(statement.format(*map(sql.Identifier, (copy, original, owner))))
    admin.execute("SELECT pg_advisory_unlock(%s)", [TEMPLATES_LOCK])


def _drop(admin: psycopg.Connection, name: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
