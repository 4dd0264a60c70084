"""Tables of the console: editions of texts, recordings, entries of figures, wishes."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edition",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("open_for", sa.String(length=64), nullable=True),
        sa.Column("live_for", sa.String(length=64), nullable=True),
        sa.Column("text_lo", sa.Text(), nullable=False),
        sa.Column("text_th", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("sources", sa.String(length=200), nullable=False),
        sa.Column("named_source", sa.String(length=400), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("based_on", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.String(length=32), nullable=False),
        sa.Column("by_supervisor", sa.Boolean(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=32), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_by", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("open_for", name=op.f("uq_edition_open_for")),
        sa.UniqueConstraint("live_for", name=op.f("uq_edition_live_for")),
    )
    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_edition_key"), ["key"], unique=False)

    op.create_table(
        "edition_reading",
        sa.Column("edition_id", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("read_by", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_edition_reading_edition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "language", name=op.f("pk_edition_reading")),
    )
    op.create_table(
        "edition_deed",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("edition_id", sa.String(length=32), nullable=False),
        sa.Column("deed", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("word", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_edition_deed_edition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_deed")),
    )
    with op.batch_alter_table("edition_deed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_edition_deed_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "figure_entry",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("figure_key", sa.String(length=48), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("open_for", sa.String(length=48), nullable=True),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["figure_key"], ["figure.key"], name=op.f("fk_figure_entry_figure_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_entry")),
        sa.UniqueConstraint("open_for", name=op.f("uq_figure_entry_open_for")),
    )
    with op.batch_alter_table("figure_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_figure_entry_figure_key"), ["figure_key"], unique=False)

    op.create_table(
        "content_wish",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("wanted", sa.String(length=200), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.String(length=32), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_wish")),
    )
    op.create_table(
        "recording",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("open_for", sa.String(length=72), nullable=True),
        sa.Column("live_for", sa.String(length=72), nullable=True),
        sa.Column("sound", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("words_then", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by", sa.String(length=32), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("telegram_file_id", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("open_for", name=op.f("uq_recording_open_for")),
        sa.UniqueConstraint("live_for", name=op.f("uq_recording_live_for")),
    )
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recording_key"), ["key"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recording_key"))

    op.drop_table("recording")
    op.drop_table("content_wish")
    with op.batch_alter_table("figure_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_figure_entry_figure_key"))

    op.drop_table("figure_entry")
    with op.batch_alter_table("edition_deed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_edition_deed_edition_id"))

    op.drop_table("edition_deed")
    op.drop_table("edition_reading")
    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_edition_key"))

    op.drop_table("edition")
