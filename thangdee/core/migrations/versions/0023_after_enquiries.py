"""After an enquiry: a text that waits, files that are kept as long as the enquiry."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("enquiry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("text_waits", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kept_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.drop_column("kept_until")
    with op.batch_alter_table("enquiry", schema=None) as batch_op:
        batch_op.drop_column("text_waits")
