"""The form of enquiries: which questions were left out."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("enquiry", sa.Column("passed", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("enquiry", "passed")
