"""What she may hear of who asks for her, why a release ended, and what was counted already."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ADDED = (
    ("wish", "relation", sa.String(length=16)),
    ("wish", "sealed_told", sa.LargeBinary()),
    ("release", "ended_why", sa.String(length=16)),
    ("release", "ended_by", sa.String(length=32)),
    ("release", "ended_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    for table, name, kind in _ADDED:
        op.add_column(table, sa.Column(name, kind, nullable=True), schema="outcomes")
    op.create_table(
        "enquiry_counted",
        sa.Column("enquiry_id", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("enquiry_id", "what", name=op.f("pk_enquiry_counted")),
        schema="outcomes",
    )


def downgrade() -> None:
    op.drop_table("enquiry_counted", schema="outcomes")
    for table, name, _ in reversed(_ADDED):
        op.drop_column(table, name, schema="outcomes")
