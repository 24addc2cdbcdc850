"""Alembic environment of the Hash Check Service's database."""

from hashcheck.tables import Table
from shared.platform.migrations import run_environment

run_environment(Table.metadata)
