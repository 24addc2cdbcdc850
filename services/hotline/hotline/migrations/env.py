"""Alembic environment of the hotline's database."""

from hotline.tables import hotline_registry
from shared.platform.migrations import run_environment

run_environment(hotline_registry.metadata)
