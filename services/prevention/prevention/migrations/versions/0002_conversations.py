"""Take conversations."""

from alembic import op
from shared.platform.contact.schema import create_contact_tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_contact_tables(op)
