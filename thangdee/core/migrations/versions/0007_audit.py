"""Tables of the console: the audit with its triggers, notices to colleagues, break-glass.

The triggers are not known to Alembic's comparison: whoever rebuilds the table `audit` must make them again.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)

# Rows are only added, at the end; they leave only before the beginning that audit_start names (R25, R30).
SQLITE = (
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are only added'); END",
    """CREATE TRIGGER audit_at_the_end BEFORE INSERT ON audit
        WHEN NEW.seq <= (SELECT max(seq) FROM audit)
        BEGIN SELECT RAISE(ABORT, 'audit rows are only added'); END""",
    """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
        WHEN OLD.seq >= coalesce((SELECT max(first_seq) FROM audit_start), 0)
        BEGIN SELECT RAISE(ABORT, 'audit rows are only added'); END""",
    """CREATE TRIGGER audit_start_no_update BEFORE UPDATE ON audit_start
        BEGIN SELECT RAISE(ABORT, 'audit rows are only added'); END""",
    """CREATE TRIGGER audit_start_no_delete BEFORE DELETE ON audit_start
        BEGIN SELECT RAISE(ABORT, 'audit rows are only added'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'audit rows are only added' USING ERRCODE = '23001'; END $$""",
    """CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.seq >= coalesce((SELECT max(first_seq) FROM audit_start), 0) THEN
                RAISE EXCEPTION 'audit rows are only added' USING ERRCODE = '23001';
            END IF;
            RETURN OLD;
        END $$""",
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_keep()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    """CREATE TRIGGER audit_start_no_change BEFORE UPDATE OR DELETE ON audit_start
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_start_no_truncate BEFORE TRUNCATE ON audit_start
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
)


def _deed() -> list[Any]:
    """What was done, by whom."""
    return [
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
    ]


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        *_deed(),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    for column in ("at", "actor", "subject"):
        op.create_index(op.f(f"ix_audit_{column}"), "audit", [column], unique=False)
    op.create_table(
        "audit_start",
        sa.Column("first_seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("first_seq", name=op.f("pk_audit_start")),
    )
    op.create_table(
        "audit_late",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        *_deed(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_late")),
    )


def _make_notices() -> None:
    op.create_table(
        "colleague_notice",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("to_staff", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_colleague_notice")),
    )
    op.create_index(op.f("ix_colleague_notice_to_staff"), "colleague_notice", ["to_staff"], unique=False)


def _make_break_glass() -> None:
    op.create_table(
        "break_glass",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("chat_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name=op.f("fk_break_glass_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_glass")),
        sa.UniqueConstraint("code", name=op.f("uq_break_glass_code")),
    )
    op.create_index(op.f("ix_break_glass_chat_id"), "break_glass", ["chat_id"], unique=False)
    op.create_index(op.f("ix_break_glass_staff_id"), "break_glass", ["staff_id"], unique=False)


def upgrade() -> None:
    _make_audit()
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)
    _make_notices()
    _make_break_glass()


def downgrade() -> None:
    for table in ("break_glass", "colleague_notice", "audit_late", "audit_start", "audit"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuse")
        op.execute("DROP FUNCTION audit_keep")
