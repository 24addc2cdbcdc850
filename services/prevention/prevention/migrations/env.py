"""Alembic environment of the prevention line's database."""

from prevention.tables import METADATA
from shared.platform.migrations import run_environment

run_environment(*METADATA)
