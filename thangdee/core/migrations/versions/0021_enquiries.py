"""Enquiries of families: what they gave."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enquiry",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("chat_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("texts_at", sa.JSON(), nullable=False),
        sa.Column("is_over_quota", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_enquiry_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry")),
        sa.UniqueConstraint("code", name=op.f("uq_enquiry_code")),
    )
    with op.batch_alter_table("enquiry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enquiry_chat_id"), ["chat_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_enquiry_filed_at"), ["filed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_enquiry_state"), ["state"], unique=False)
    op.create_table(
        "enquiry_flag",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("chat_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_enquiry_flag_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_flag")),
    )
    with op.batch_alter_table("enquiry_flag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enquiry_flag_chat_id"), ["chat_id"], unique=False)
    op.create_table(
        "enquiry_fact",
        sa.Column("enquiry_id", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("sealed_value", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enquiry_id"], ["enquiry.id"], name=op.f("fk_enquiry_fact_enquiry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("enquiry_id", "field", name=op.f("pk_enquiry_fact")),
    )
    op.create_table(
        "family_message",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("enquiry_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enquiry_id"], ["enquiry.id"], name=op.f("fk_family_message_enquiry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_message")),
    )
    with op.batch_alter_table("family_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_family_message_enquiry_id"), ["enquiry_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("family_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_family_message_enquiry_id"))
    op.drop_table("family_message")
    op.drop_table("enquiry_fact")
    with op.batch_alter_table("enquiry_flag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enquiry_flag_chat_id"))
    op.drop_table("enquiry_flag")
    with op.batch_alter_table("enquiry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enquiry_state"))
        batch_op.drop_index(batch_op.f("ix_enquiry_filed_at"))
        batch_op.drop_index(batch_op.f("ix_enquiry_chat_id"))
    op.drop_table("enquiry")
