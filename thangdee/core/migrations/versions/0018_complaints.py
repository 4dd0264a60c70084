"""Complaints."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "complaint_count",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("about", sa.String(length=12), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "about", name=op.f("pk_complaint_count")),
    )
    op.create_table(
        "complaint",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("chat_id", sa.String(length=32), nullable=False),
        sa.Column("about", sa.String(length=12), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("may_tell", sa.Boolean(), nullable=False),
        sa.Column("hears_by", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner", sa.String(length=32), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_how", sa.String(length=8), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "closed_at IS NULL OR answered_at IS NOT NULL", name="ck_complaint_closed_only_when_answered"
        ),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_complaint_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("code", name=op.f("uq_complaint_code")),
    )
    op.create_index(op.f("ix_complaint_chat_id"), "complaint", ["chat_id"], unique=False)
    op.create_index(op.f("ix_complaint_state"), "complaint", ["state"], unique=False)
    op.create_table(
        "complaint_shut_out",
        sa.Column("complaint_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_shut_out_complaint_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_complaint_shut_out_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("complaint_id", "staff_id", name=op.f("pk_complaint_shut_out")),
    )
    op.create_table(
        "complaint_words",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("complaint_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_words_complaint_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_words")),
        sa.UniqueConstraint("complaint_id", "number", name=op.f("uq_complaint_words_complaint_id_number")),
    )


def downgrade() -> None:
    op.drop_table("complaint_words")
    op.drop_table("complaint_shut_out")
    op.drop_index(op.f("ix_complaint_state"), table_name="complaint")
    op.drop_index(op.f("ix_complaint_chat_id"), table_name="complaint")
    op.drop_table("complaint")
    op.drop_table("complaint_count")
