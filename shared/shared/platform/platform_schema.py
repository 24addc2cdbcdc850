"""The platform's tables in a service's database, with who may do what to them.

The application role reads and writes every table of the service but changes no schema. Of the
audit tables it may only add events; the sealer only reads them and adds seals; triggers refuse
changes even to the owner, and the chain (`shared.platform.audit`) shows what a superuser did.
"""

import re

from alembic.operations import Operations

import shared.platform.account_tables  # noqa: F401  puts its tables on the platform's metadata
from shared.platform.tables import platform_registry

AUDIT_TABLES = ("audit_event", "audit_seal")
# Until then a partition exists; later rows go to the table's default partition.
FIRST_YEAR, LAST_YEAR = 2025, 2035
PARTITION_NAME = re.compile(r"_(y\d{4}|later)$")
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,62}")


def create_platform_tables(operations: Operations, service: str) -> None:
    """First step of a service's first migration: grants, then the platform's tables."""
    app, sealer = f"{_identifier(service)}_app", f"{service}_sealer"
    _grant_by_default(operations, app)
    platform_registry.metadata.create_all(operations.get_bind())
    create_year_partitions(operations, "audit_event", app)
    _make_audit_append_only(operations)
    _grant_audit(operations, app, sealer)


def create_year_partitions(operations: Operations, table: str, app: str) -> None:
    """Partitions by year of a table that is partitioned by RANGE of a time, and one for the rest.

    The application reaches them through their table only.
    """
    _identifier(table)
    _identifier(app)
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        operations.execute(
            f"CREATE TABLE {table}_y{year} PARTITION OF {table}"
            f" FOR VALUES FROM ('{year}-01-01T00:00Z') TO ('{year + 1}-01-01T00:00Z')"
        )
        operations.execute(f"REVOKE ALL ON {table}_y{year} FROM {app}")
    operations.execute(f"CREATE TABLE {table}_later PARTITION OF {table} DEFAULT")
    operations.execute(f"REVOKE ALL ON {table}_later FROM {app}")


def _grant_by_default(operations: Operations, app: str) -> None:
    """For every table that the owner creates from now on in this database."""
    operations.execute(f"GRANT USAGE ON SCHEMA public TO {app}")
    operations.execute(f"GRANT SELECT ON alembic_version TO {app}")
    rights = "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT"
    operations.execute(f"{rights} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}")
    operations.execute(f"{rights} USAGE, SELECT ON SEQUENCES TO {app}")


def _make_audit_append_only(operations: Operations) -> None:
    operations.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'append-only' USING ERRCODE = 'insufficient_privilege'; END $$"
    )
    years = [f"audit_event_y{year}" for year in range(FIRST_YEAR, LAST_YEAR + 1)]
    for table in AUDIT_TABLES:
        operations.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    # A statement trigger is not inherited by partitions.
    for table in (*AUDIT_TABLES, *years, "audit_event_later"):
        operations.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _grant_audit(operations: Operations, app: str, sealer: str) -> None:
    operations.execute(f"REVOKE UPDATE, DELETE ON audit_event FROM {app}")
    operations.execute(f"REVOKE INSERT, UPDATE, DELETE ON audit_seal FROM {app}")
    operations.execute(f"GRANT USAGE ON SCHEMA public TO {sealer}")
    operations.execute(f"GRANT SELECT ON audit_event, audit_seal TO {sealer}")
    operations.execute(f"GRANT INSERT ON audit_seal TO {sealer}")


def _identifier(name: str) -> str:
    """Names are written into DDL, which takes no parameters."""
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError("not the name of a table or service")
    return name
