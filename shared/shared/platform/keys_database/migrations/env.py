"""Alembic environment of the keys databases."""

from shared.platform.migrations import run_keys_environment

run_keys_environment()
