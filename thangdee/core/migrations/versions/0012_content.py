"""Tables of the console: content."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To be written."""


def downgrade() -> None:
    """To be written."""
