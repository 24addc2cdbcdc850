"""Alembic environment of the example service."""

from shared.platform.migrations import run_environment

from tests.shared.example.tables import Table

run_environment(Table.metadata)
