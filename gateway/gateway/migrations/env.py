"""Alembic environment of the gateway's database."""

from gateway.tables import Table
from shared.platform.migrations import run_environment

run_environment(Table.metadata)
