"""Refuses tables that the migrations do not lead to.

The migrations of every service run on an empty database of their own; then the database is compared
with the tables in the code.
"""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

from shared.platform.migrations import (
    Schema,
    drift,
    keys_owner_url,
    keys_schema,
    service_schema,
    upgrade,
)

from infra.backing_services import temporary_services
from infra.databases import LINES, SERVICES, ServiceDatabases, create_databases


def schema_of(service: str) -> Schema:
    tables = importlib.import_module(f"{service}.tables")
    folder = Path(importlib.import_module(service).__path__[0])
    metadata = getattr(tables, "METADATA", (tables.Table.metadata,))
    return service_schema(service, folder, *metadata)


def differences(service: str, databases: ServiceDatabases) -> Iterator[str]:
    """One line per difference after all migrations of a service have run."""
    wanted = [(databases.owner, schema_of(service))]
    if service in LINES:
        wanted.append((keys_owner_url(databases.owner, databases.keys), keys_schema(service)))
    for url, schema in wanted:
        upgrade(url, schema)
        yield from (f"{schema.name}: {difference}" for difference in drift(url, schema))


def main() -> int:
    with temporary_services() as servers:
        found = [
            line
            for service in SERVICES
            for line in differences(
                service, create_databases(servers.postgres_url, service, servers.secret)
            )
        ]
    print("\n".join(found) if found else "The migrations lead to the tables.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
