"""Follow-up plans, second contacts, codes to come back, hand-over codes, knocks; faster clocks."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("phone_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stays", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "knock",
        sa.Column("chat_id", sa.String(length=32), nullable=False),
        sa.Column("news", sa.Integer(), nullable=False),
        sa.Column("knocked", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("knocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_knock_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_knock")),
    )

    op.create_table(
        "follow_up",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("matter_id", sa.String(length=32), nullable=False),
        sa.Column("rhythm", sa.String(length=12), nullable=False),
        sa.Column("hours", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why_ended", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_follow_up_matter_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
    )
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follow_up_ended_at"), ["ended_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_follow_up_matter_id"), ["matter_id"], unique=False)

    op.create_table(
        "check_in",
        sa.Column("follow_up_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=True),
        sa.Column("need", sa.String(length=32), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_up.id"], name=op.f("fk_check_in_follow_up_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("follow_up_id", "number", name=op.f("pk_check_in")),
    )

    op.create_table(
        "second_contact",
        sa.Column("chat_id", sa.String(length=32), nullable=False),
        sa.Column("sealed_contact", sa.LargeBinary(), nullable=False),
        sa.Column("may_say", sa.String(length=12), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_by", sa.String(length=32), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_second_contact_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_second_contact")),
    )

    op.create_table(
        "come_back_code",
        sa.Column("chat_id", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_come_back_code_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_come_back_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_come_back_code_code_hash")),
    )

    op.create_table(
        "hand_over_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("matter_id", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matter.id"], name=op.f("fk_hand_over_code_matter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_hand_over_code")),
    )
    with op.batch_alter_table("hand_over_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_over_code_matter_id"), ["matter_id"], unique=False)

    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_queue_lane_state"))
        batch_op.create_index(
            batch_op.f("ix_job_queue_lane_state_priority_position_id"),
            ["queue", "lane", "state", "priority", "position", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_job_queue_state_run_at"), ["queue", "state", "run_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("phone_message", schema=None) as batch_op:
        batch_op.drop_column("stays")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_queue_state_run_at"))
        batch_op.drop_index(batch_op.f("ix_job_queue_lane_state_priority_position_id"))
        batch_op.create_index(batch_op.f("ix_job_queue_lane_state"), ["queue", "lane", "state"], unique=False)
    op.drop_table("hand_over_code")
    op.drop_table("come_back_code")
    op.drop_table("second_contact")
    op.drop_table("check_in")
    op.drop_table("follow_up")
    op.drop_table("knock")
