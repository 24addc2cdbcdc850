from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import LiteralString

import psycopg
import pytest
from shared.platform.database import DatabaseFault, psycopg_url
from shared.platform.migrations import (
    Schema,
    add_migration,
    drift,
    is_current,
    keys_owner_url,
    keys_schema,
    upgrade,
)
from shared.platform.platform_schema import FIRST_YEAR, LAST_YEAR
from sqlalchemy import Column, Integer, MetaData, Table, create_engine
from sqlalchemy.pool import NullPool

from infra.databases import SERVICES, ServiceDatabases, create_databases
from tests.conftest import OwnDatabase
from tests.databases import EXAMPLE, SECRET, TestServers, drop_databases_of, schema_of

CHECKOUT = Path(__file__).parents[2]
# Of this database; other tests hold some elsewhere on the server.
ADVISORY_LOCKS: LiteralString = """
SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
WHERE locktype = 'advisory' AND datname = current_database()
"""


@pytest.fixture
def empty(servers: TestServers, worker_number: int) -> Iterator[ServiceDatabases]:
    """Databases of the example service in which nothing was migrated yet."""
    run = f"{servers.run}m{worker_number}"
    try:
        yield create_databases(servers.postgres_url, EXAMPLE, SECRET, f"_{run}")
    finally:
        drop_databases_of(replace(servers, run=run))


def asked(url: str, question: LiteralString) -> list[object]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute(question).fetchall()]


def is_newest(url: str, schema: Schema) -> bool:
    engine = create_engine(psycopg_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        return is_current(connection, schema)


@pytest.mark.requirement("PF-DB-3")
@pytest.mark.parametrize("service", [EXAMPLE, *SERVICES])
def test_the_migrations_make_what_the_tables_say(own_database: OwnDatabase, service: str) -> None:
    databases, schema = own_database(service), schema_of(service)
    assert drift(databases.owner, schema) == []
    assert is_newest(databases.app, schema)
    if databases.keys:
        keys = keys_schema(service)
        assert drift(keys_owner_url(databases.owner, databases.keys), keys) == []
        assert is_newest(databases.keys, keys)


@pytest.mark.requirement("PF-DB-3")
@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE letter ADD COLUMN colour text",
        "ALTER TABLE letter DROP COLUMN arrivals",
        "ALTER TABLE letter ALTER COLUMN arrivals TYPE text",
        "ALTER TABLE letter ALTER COLUMN state DROP NOT NULL",
        "DROP INDEX ix_outbox_due",
        "CREATE TABLE stray (id int)",
    ],
)
def test_a_table_that_is_not_what_the_code_says_is_found(
    database_to_change: OwnDatabase, change: LiteralString
) -> None:
    databases = database_to_change(EXAMPLE)
    with psycopg.connect(databases.owner) as owner:
        owner.execute(change)
    assert drift(databases.owner, schema_of(EXAMPLE)) != []


@pytest.mark.requirement("PF-DB-3")
def test_several_processes_may_migrate_at_once_and_again(empty: ServiceDatabases) -> None:
    schema = schema_of(EXAMPLE)
    with ThreadPoolExecutor(3) as processes:
        list(processes.map(lambda _: upgrade(empty.owner, schema), range(3)))
    upgrade(empty.owner, schema)
    assert drift(empty.owner, schema) == []
    assert asked(empty.owner, ADVISORY_LOCKS) == [0]


@pytest.mark.requirement("PF-DB-3")
def test_a_database_that_was_not_migrated_is_behind(empty: ServiceDatabases) -> None:
    assert not is_newest(empty.owner, schema_of(EXAMPLE))


@pytest.mark.requirement("PF-DB-1")
def test_the_role_of_the_application_may_not_migrate(empty: ServiceDatabases) -> None:
    with pytest.raises(DatabaseFault) as refused:
        upgrade(empty.app, schema_of(EXAMPLE))
    assert refused.value.sqlstate == "42501"


@pytest.mark.requirement("PF-DB-3")
def test_the_next_migration_is_written_from_what_is_missing(
    database_to_change: OwnDatabase, tmp_path: Path
) -> None:
    databases, schema = database_to_change(EXAMPLE), schema_of(EXAMPLE)
    # A copy of the example whose tables have one more.
    copytree(schema.directory, folder := tmp_path / "migrations")
    environment = (
        "from shared.platform.migrations import run_environment\n"
        "from sqlalchemy import Column, Integer, MetaData, Table\n"
        "from tests.shared.example.tables import Table as Example\n\n"
        "more = MetaData()\n"
        "Table('parcel', more, Column('id', Integer, primary_key=True))\n"
        "run_environment(Example.metadata, more)\n"
    )
    (folder / "env.py").write_text(environment)
    template = CHECKOUT / "services/helpline/helpline/migrations/script.py.mako"
    (folder / template.name).write_text(template.read_text())
    more = MetaData()
    Table("parcel", more, Column("id", Integer, primary_key=True))
    larger = replace(schema, directory=folder, tables=(*schema.tables, more))
    add_migration(databases.owner, larger, "parcels are there")
    (written,) = set(folder.glob("versions/*.py")) - {
        folder / "versions" / path.name for path in schema.directory.glob("versions/*.py")
    }
    assert written.name == "0002_parcels_are_there.py"
    assert not is_newest(databases.app, larger)
    upgrade(databases.owner, larger)
    assert drift(databases.owner, larger) == []
    # What the owner makes from now on, the application may use without another grant.
    assert asked(databases.app, "SELECT count(*) FROM parcel") == [0]


@pytest.mark.requirement("PF-DB-1")
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE letter ADD COLUMN mine int",
        "DROP TABLE letter",
        "CREATE INDEX ON letter (state)",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "SELECT * FROM pg_authid",
        "SET ROLE example_owner",
        "INSERT INTO audit_event_y2026 OVERRIDING SYSTEM VALUE SELECT * FROM audit_event",
    ],
)
def test_the_role_of_the_application_defines_nothing(
    own_database: OwnDatabase, statement: LiteralString
) -> None:
    with (
        psycopg.connect(own_database(EXAMPLE).app) as app,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        app.execute(statement)


@pytest.mark.requirement("SEC-S13")
def test_the_sealer_reads_the_audit_and_nothing_else(own_database: OwnDatabase) -> None:
    readable = asked(
        own_database(EXAMPLE).sealer,
        "SELECT DISTINCT table_name || ' ' || privilege_type"
        " FROM information_schema.role_table_grants WHERE grantee = current_user",
    )
    assert set(readable) == {
        "audit_event SELECT",
        "audit_seal SELECT",
        "audit_seal INSERT",
    }


@pytest.mark.requirement("SEC-P5")
def test_no_role_of_a_service_may_enter_the_database_of_another(
    own_database: OwnDatabase,
) -> None:
    hotline, helpline = own_database("hotline"), own_database("helpline")
    ours = [hotline.app, hotline.owner, hotline.sealer]
    theirs = [helpline.app, helpline.keys]
    for url in ours:
        credentials = url.split("@")[0]
        for database in theirs:
            foreign = f"{credentials}@{database.split('@')[1]}"
            with pytest.raises(psycopg.OperationalError, match="permission denied"):
                psycopg.connect(foreign)


def test_every_year_up_to_the_last_has_its_partition_and_the_rest_has_one(
    own_database: OwnDatabase,
) -> None:
    partitions = asked(
        own_database(EXAMPLE).owner,
        "SELECT inhrelid::regclass::text FROM pg_inherits"
        " WHERE inhparent = 'audit_event'::regclass ORDER BY 1",
    )
    years = [f"audit_event_y{year}" for year in range(FIRST_YEAR, LAST_YEAR + 1)]
    assert partitions == sorted(["audit_event_later", *years])
