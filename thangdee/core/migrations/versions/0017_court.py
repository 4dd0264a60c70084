"""Court, money due and paid, pressure to withdraw."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "court_money",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("matter_id", sa.String(length=32), nullable=False),
        sa.Column("is_paid", sa.Boolean(), nullable=False),
        sa.Column("hundredths", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("from_whom", sa.String(length=12), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("how", sa.String(length=16), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_how", sa.String(length=8), nullable=True),
        sa.Column("told_by", sa.String(length=32), nullable=True),
        sa.Column("told_job", sa.String(length=32), nullable=True),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_by", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "NOT is_paid OR (on_day IS NOT NULL AND how IS NOT NULL)", name="ck_court_money_paid_has_day_and_way"
        ),
        sa.CheckConstraint("hundredths > 0", name="ck_court_money_some"),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matter.id"], name=op.f("fk_court_money_matter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_court_money")),
    )
    op.create_index(op.f("ix_court_money_matter_id"), "court_money", ["matter_id"], unique=False)
    op.create_table(
        "court_pressure",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("matter_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matter.id"], name=op.f("fk_court_pressure_matter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_court_pressure")),
    )
    op.create_index(op.f("ix_court_pressure_matter_id"), "court_pressure", ["matter_id"], unique=False)
    op.create_table(
        "court_status",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("matter_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("ask_on", sa.Date(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_how", sa.String(length=8), nullable=True),
        sa.Column("told_by", sa.String(length=32), nullable=True),
        sa.Column("told_job", sa.String(length=32), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=32), nullable=True),
        sa.CheckConstraint("closed_at IS NULL OR told_at IS NOT NULL", name="ck_court_status_closed_only_when_told"),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matter.id"], name=op.f("fk_court_status_matter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_court_status")),
        sa.UniqueConstraint("matter_id", "number", name=op.f("uq_court_status_matter_id_number")),
    )
    op.create_index(op.f("ix_court_status_matter_id"), "court_status", ["matter_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_court_status_matter_id"), table_name="court_status")
    op.drop_table("court_status")
    op.drop_index(op.f("ix_court_pressure_matter_id"), table_name="court_pressure")
    op.drop_table("court_pressure")
    op.drop_index(op.f("ix_court_money_matter_id"), table_name="court_money")
    op.drop_table("court_money")
