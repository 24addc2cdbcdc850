"""Alembic environment of the helpline's database."""

from helpline.tables import METADATA
from shared.platform.migrations import run_environment

run_environment(*METADATA)
