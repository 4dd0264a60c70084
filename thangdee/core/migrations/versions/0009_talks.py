"""Talks: who may read a chat, notes, replies that wait for a second person, what became of a message."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("said", schema=None) as batch_op:
        batch_op.add_column(sa.Column("staff_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("job_uid", sa.String(length=32), nullable=True))

    op.create_table(
        "chat_share",
        sa.Column("chat_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("reach", sa.String(length=12), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_chat_share_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chat_id", "staff_id", name=op.f("pk_chat_share")),
    )
    with op.batch_alter_table("chat_share", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chat_share_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "chat_look",
        sa.Column("chat_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_chat_look_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chat_id", "staff_id", name=op.f("pk_chat_look")),
    )
    op.create_table(
        "note",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("chat_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_note_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_note_chat_id"), ["chat_id"], unique=False)

    op.create_table(
        "held_reply",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("chat_id", sa.String(length=32), nullable=False),
        sa.Column("written_by", sa.String(length=32), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_word", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_held_reply_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_reply")),
    )
    with op.batch_alter_table("held_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_held_reply_chat_id"), ["chat_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("held_reply", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_held_reply_chat_id"))

    op.drop_table("held_reply")
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_note_chat_id"))

    op.drop_table("note")
    op.drop_table("chat_look")
    with op.batch_alter_table("chat_share", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_chat_share_staff_id"))

    op.drop_table("chat_share")
    with op.batch_alter_table("said", schema=None) as batch_op:
        batch_op.drop_column("job_uid")
        batch_op.drop_column("staff_id")
