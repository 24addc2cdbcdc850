"""a look keeps the addresses it met."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Looks that were made before kept none; the default is for them only.
    op.add_column(
        'online_check',
        sa.Column('ips', postgresql.ARRAY(sa.TEXT()), nullable=False, server_default='{}'),
    )
    op.alter_column('online_check', 'ips', server_default=None)
