"""Tables of the console: health."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To be written."""


def downgrade() -> None:
    """To be written."""
