"""Begin with the platform's tables."""

from alembic import op
from shared.platform.migrations import create_platform_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_platform_tables(op, "gateway")
