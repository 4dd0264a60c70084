"""Receivers: who works there, how they are reached, what they were sent."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider",
        sa.Column("organisation_id", sa.String(length=80), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("days", sa.String(length=7), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["data_key.id"], name=op.f("fk_provider_key_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_provider")),
    )

    op.create_table(
        "provider_member",
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=False),
        sa.Column("added_by", sa.String(length=32), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_provider_member_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", "organisation_id", name=op.f("pk_provider_member")),
    )
    with op.batch_alter_table("provider_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_provider_member_organisation_id"), ["organisation_id"], unique=False)
    op.create_table(
        "provider_channel",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=True),
        sa.Column("entered_by", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.String(length=32), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_how", sa.String(length=12), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("off_why", sa.String(length=24), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_channel")),
    )
    with op.batch_alter_table("provider_channel", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_provider_channel_organisation_id"), ["organisation_id"], unique=False)
    op.create_table(
        "provider_notice",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=False),
        sa.Column("channel_id", sa.String(length=32), nullable=False),
        sa.Column("channel_kind", sa.String(length=16), nullable=False),
        sa.Column("referral_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.String(length=32), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_notice")),
    )
    with op.batch_alter_table("provider_notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_provider_notice_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_provider_notice_referral_id"), ["referral_id"], unique=False)


def downgrade() -> None:
    for name in ("provider_notice", "provider_channel", "provider_member", "provider"):
        op.drop_table(name)
