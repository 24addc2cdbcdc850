"""Alembic environment of the helpline's database."""

from helpline.tables import Table
from shared.platform.migrations import run_environment

run_environment(Table.metadata)
