"""Matters, what was said and agreed to, referrals, decisions for children, the history of each."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "matter",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("chat_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("speed", sa.String(length=8), nullable=False),
        sa.Column("is_for_other", sa.Boolean(), nullable=False),
        sa.Column("need", sa.String(length=32), nullable=True),
        sa.Column("age_band", sa.String(length=12), nullable=True),
        sa.Column("place", sa.String(length=16), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=True),
        sa.Column("why_staff", sa.String(length=24), nullable=True),
        sa.Column("shown_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_matter_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
        sa.UniqueConstraint("code", name=op.f("uq_matter_code")),
    )
    with op.batch_alter_table("matter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matter_chat_id"), ["chat_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_matter_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_matter_state"), ["state"], unique=False)

    op.create_table(
        "best_interest",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("matter_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("is_child_protection", sa.Boolean(), nullable=False),
        sa.Column("listing_id", sa.String(length=80), nullable=False),
        sa.Column("is_yes", sa.Boolean(), nullable=False),
        sa.Column("sealed_reasons", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matter.id"], name=op.f("fk_best_interest_matter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_best_interest")),
    )
    with op.batch_alter_table("best_interest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_best_interest_matter_id"), ["matter_id"], unique=False)

    op.create_table(
        "matter_fact",
        sa.Column("matter_id", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("said_by", sa.String(length=8), nullable=False),
        sa.Column("sealed_value", sa.LargeBinary(), nullable=False),
        sa.Column("is_struck", sa.Boolean(), nullable=False),
        sa.Column("own_yes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matter.id"], name=op.f("fk_matter_fact_matter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("matter_id", "field", "said_by", name=op.f("pk_matter_fact")),
    )
    op.create_table(
        "matter_step",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("matter_id", sa.String(length=32), nullable=False),
        sa.Column("referral_id", sa.String(length=32), nullable=True),
        sa.Column("step", sa.String(length=24), nullable=False),
        sa.Column("detail", sa.String(length=32), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matter.id"], name=op.f("fk_matter_step_matter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_step")),
        sa.UniqueConstraint("matter_id", "number", name=op.f("uq_matter_step_matter_id_number")),
    )
    with op.batch_alter_table("matter_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matter_step_matter_id"), ["matter_id"], unique=False)

    op.create_table(
        "referral_consent",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("matter_id", sa.String(length=32), nullable=False),
        sa.Column("listing_id", sa.String(length=80), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("own_yes", sa.JSON(), nullable=False),
        sa.Column("sealed_shown", sa.LargeBinary(), nullable=False),
        sa.Column("shown_hash", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("given_by", sa.String(length=16), nullable=False),
        sa.Column("said_by", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matter.id"], name=op.f("fk_referral_consent_matter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_consent")),
    )
    with op.batch_alter_table("referral_consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_consent_matter_id"), ["matter_id"], unique=False)

    op.create_table(
        "referral",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("matter_id", sa.String(length=32), nullable=False),
        sa.Column("consent_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contact_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["referral_consent.id"], name=op.f("fk_referral_consent_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_referral_matter_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("code", name=op.f("uq_referral_code")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_matter_id"), ["matter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_referral_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_referral_state"), ["state"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_state"))
        batch_op.drop_index(batch_op.f("ix_referral_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_referral_matter_id"))

    op.drop_table("referral")
    with op.batch_alter_table("referral_consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_consent_matter_id"))

    op.drop_table("referral_consent")
    with op.batch_alter_table("matter_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matter_step_matter_id"))

    op.drop_table("matter_step")
    op.drop_table("matter_fact")
    with op.batch_alter_table("best_interest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_best_interest_matter_id"))

    op.drop_table("best_interest")
    with op.batch_alter_table("matter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matter_state"))
        batch_op.drop_index(batch_op.f("ix_matter_owner"))
        batch_op.drop_index(batch_op.f("ix_matter_chat_id"))

    op.drop_table("matter")
