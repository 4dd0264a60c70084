"""What staff hear in recordings of a family, and how several enquiries for one person are seen."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enquiry_block",
        sa.Column("block", sa.String(length=64), nullable=False),
        sa.Column("enquiry_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("block", "enquiry_id", name=op.f("pk_enquiry_block")),
        schema="outcomes",
    )
    op.create_index(
        op.f("ix_enquiry_block_enquiry_id"), "enquiry_block", ["enquiry_id"], unique=False, schema="outcomes"
    )
    op.create_table(
        "search_note",
        sa.Column("enquiry_id", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("sealed_value", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("enquiry_id", "field", name=op.f("pk_search_note")),
        schema="outcomes",
    )


def downgrade() -> None:
    op.drop_table("search_note", schema="outcomes")
    op.drop_index(op.f("ix_enquiry_block_enquiry_id"), table_name="enquiry_block", schema="outcomes")
    op.drop_table("enquiry_block", schema="outcomes")
