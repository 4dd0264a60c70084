"""What receivers ask, and the one-time links that lead them to a referral."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "referral_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("referral_id", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_link_referral_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_referral_link")),
    )
    with op.batch_alter_table("referral_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_link_referral_id"), ["referral_id"], unique=False)

    op.create_table(
        "referral_question",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("referral_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_answer", sa.LargeBinary(), nullable=True),
        sa.Column("asked_by", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.String(length=32), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_question_referral_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_question")),
    )
    with op.batch_alter_table("referral_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_question_referral_id"), ["referral_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_referral_question_state"), ["state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("referral_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_question_state"))
        batch_op.drop_index(batch_op.f("ix_referral_question_referral_id"))

    op.drop_table("referral_question")
    with op.batch_alter_table("referral_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_link_referral_id"))

    op.drop_table("referral_link")
