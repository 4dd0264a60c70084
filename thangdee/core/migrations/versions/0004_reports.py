"""Reports from chats that an entry of the directory is wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "directory_report",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("listing_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_directory_report_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_report")),
    )
    with op.batch_alter_table("directory_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_directory_report_service_id"), ["service_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("directory_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_directory_report_service_id"))

    op.drop_table("directory_report")
