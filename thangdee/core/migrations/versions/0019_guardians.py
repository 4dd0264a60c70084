"""Relatives and guardians of children; proposals, letters and calls to offices, notes, who looked."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guardian",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("matter_id", sa.String(length=32), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("is_cleared", sa.Boolean(), nullable=False),
        sa.Column("is_unsafe", sa.Boolean(), nullable=False),
        sa.Column("sought_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said_yes", sa.Boolean(), nullable=True),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_guardian_matter_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian")),
    )
    with op.batch_alter_table("guardian", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guardian_matter_id"), ["matter_id"], unique=False)

    op.create_table(
        "matter_look",
        sa.Column("matter_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matter.id"], name=op.f("fk_matter_look_matter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("matter_id", "staff_id", name=op.f("pk_matter_look")),
    )
    op.create_table(
        "matter_note",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("matter_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.String(length=32), nullable=True),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matter.id"], name=op.f("fk_matter_note_matter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_note")),
    )
    with op.batch_alter_table("matter_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matter_note_matter_id"), ["matter_id"], unique=False)

    op.create_table(
        "matter_proposal",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("matter_id", sa.String(length=32), nullable=False),
        sa.Column("receivers", sa.JSON(), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matter.id"], name=op.f("fk_matter_proposal_matter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_proposal")),
    )
    with op.batch_alter_table("matter_proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matter_proposal_matter_id"), ["matter_id"], unique=False)

    op.create_table(
        "office_call",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("matter_id", sa.String(length=32), nullable=False),
        sa.Column("referral_id", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matter.id"], name=op.f("fk_office_call_matter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_call")),
    )
    with op.batch_alter_table("office_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_office_call_matter_id"), ["matter_id"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("office_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_office_call_matter_id"))

    op.drop_table("office_call")
    with op.batch_alter_table("matter_proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matter_proposal_matter_id"))

    op.drop_table("matter_proposal")
    with op.batch_alter_table("matter_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matter_note_matter_id"))

    op.drop_table("matter_note")
    op.drop_table("matter_look")
    with op.batch_alter_table("guardian", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_guardian_matter_id"))

    op.drop_table("guardian")
