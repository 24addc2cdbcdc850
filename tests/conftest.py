"""Real PostgreSQL and Valkey for every test run.

The servers start once per run, in the process that distributes the tests, on free ports and with
nothing kept. Each worker process makes its own databases on them.

- `postgres`: the superuser's URL; `fresh_database(name)` makes an empty database and gives its URL.
- `platform_sessions`: sessions on a database with the platform's own tables.
- `keys_sessions`: sessions on a database with the tables of a `<line>_keys` database.
"""

import os
from collections.abc import Callable, Iterator
from uuid import uuid4

import psycopg
import pytest
from shared.platform.database import Sessions, database_engine, session_factory
from shared.platform.encryption import keys_registry
from shared.platform.tables import platform_registry
from sqlalchemy import MetaData

from infra.backing_services import BackingServices, temporary_services

SERVERS = pytest.StashKey[BackingServices]()


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    services = temporary_services()
    config.stash[SERVERS] = services
    os.environ["TEST_POSTGRES_URL"] = services.postgres_url
    os.environ["TEST_BROKER_URL"] = services.broker_url
    os.environ["TEST_VOLATILE_REDIS_URL"] = services.volatile_url


def pytest_unconfigure(config: pytest.Config) -> None:
    services = config.stash.get(SERVERS, None)
    if services:
        services.stop()


@pytest.fixture(scope="session")
def postgres() -> str:
    return os.environ["TEST_POSTGRES_URL"]


@pytest.fixture(scope="session")
def broker_url() -> str:
    return os.environ["TEST_BROKER_URL"]


@pytest.fixture(scope="session")
def fresh_database(postgres: str) -> Callable[[str], str]:
    def make(name: str) -> str:
        database = f"{name}_{uuid4().hex[:12]}"
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}"'.encode())
        return postgres.rsplit("/", 1)[0] + "/" + database

    return make


def _sessions(url: str, metadata: MetaData) -> Iterator[Sessions]:
    engine = database_engine(url)
    metadata.create_all(engine)
    yield session_factory(engine)
    engine.dispose()


@pytest.fixture
def platform_sessions(fresh_database: Callable[[str], str]) -> Iterator[Sessions]:
    yield from _sessions(fresh_database("platform"), platform_registry.metadata)


@pytest.fixture
def keys_sessions(fresh_database: Callable[[str], str]) -> Iterator[Sessions]:
    yield from _sessions(fresh_database("keys"), keys_registry.metadata)
