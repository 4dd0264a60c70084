"""What staff do with enquiries, and residents who wish to be found."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_detail",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_detail")),
        schema="outcomes",
    )
    for column in ("actor", "action", "subject"):
        op.create_index(op.f(f"ix_audit_detail_{column}"), "audit_detail", [column], unique=False, schema="outcomes")
    op.create_table(
        "candidate",
        sa.Column("enquiry_id", sa.String(length=32), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("enquiry_id", "resident_id", name=op.f("pk_candidate")),
        schema="outcomes",
    )
    op.create_table(
        "enquiry_count",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("what", sa.String(length=24), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "what", name=op.f("pk_enquiry_count")),
        schema="outcomes",
    )
    op.create_table(
        "flagged_person",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("look_up", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flagged_person")),
        schema="outcomes",
    )
    op.create_index(op.f("ix_flagged_person_look_up"), "flagged_person", ["look_up"], unique=False, schema="outcomes")
    op.create_table(
        "message_given",
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("enquiry_id", sa.String(length=32), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.Column("was_wanted", sa.Boolean(), nullable=True),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("offered_by", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_message_given")),
        schema="outcomes",
    )
    op.create_index(
        op.f("ix_message_given_enquiry_id"), "message_given", ["enquiry_id"], unique=False, schema="outcomes"
    )
    op.create_table(
        "proof",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("enquiry_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("is_good", sa.Boolean(), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_aside_by", sa.String(length=32), nullable=True),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof")),
        schema="outcomes",
    )
    op.create_index(op.f("ix_proof_enquiry_id"), "proof", ["enquiry_id"], unique=False, schema="outcomes")
    op.create_table(
        "release",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("enquiry_id", sa.String(length=32), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.Column("wish_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("is_minor", sa.Boolean(), nullable=False),
        sa.Column("requested_by", sa.String(length=32), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_by", sa.String(length=32), nullable=True),
        sa.Column("told_how", sa.String(length=12), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        schema="outcomes",
    )
    op.create_index(op.f("ix_release_enquiry_id"), "release", ["enquiry_id"], unique=False, schema="outcomes")
    op.create_index(op.f("ix_release_state"), "release", ["state"], unique=False, schema="outcomes")
    op.create_table(
        "resident",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("shelter", sa.String(length=16), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("number_hash", sa.String(length=64), nullable=True),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("sealed_record", sa.LargeBinary(), nullable=False),
        sa.Column("entered_by", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_resident_code_hash")),
        schema="outcomes",
    )
    op.create_index(op.f("ix_resident_lapses_at"), "resident", ["lapses_at"], unique=False, schema="outcomes")
    op.create_index(op.f("ix_resident_number_hash"), "resident", ["number_hash"], unique=False, schema="outcomes")
    op.create_table(
        "search",
        sa.Column("enquiry_id", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_why", sa.String(length=16), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("enquiry_id", name=op.f("pk_search")),
        schema="outcomes",
    )
    op.create_index(op.f("ix_search_owner_due_at"), "search", ["owner", "due_at"], unique=False, schema="outcomes")
    op.create_index(op.f("ix_search_stage"), "search", ["stage"], unique=False, schema="outcomes")
    op.create_table(
        "shelter_officer",
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("shelter", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", "shelter", name=op.f("pk_shelter_officer")),
        schema="outcomes",
    )
    op.create_table(
        "vetting",
        sa.Column("enquiry_id", sa.String(length=32), nullable=False),
        sa.Column("item", sa.String(length=24), nullable=False),
        sa.Column("is_good", sa.Boolean(), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("enquiry_id", "item", name=op.f("pk_vetting")),
        schema="outcomes",
    )
    op.create_table(
        "wish",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("enquiry_id", sa.String(length=32), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=True),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=True),
        sa.Column("how", sa.String(length=12), nullable=True),
        sa.Column("requested_by", sa.String(length=32), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish")),
        schema="outcomes",
    )
    op.create_index(op.f("ix_wish_enquiry_id"), "wish", ["enquiry_id"], unique=False, schema="outcomes")
    op.create_index(op.f("ix_wish_resident_id"), "wish", ["resident_id"], unique=False, schema="outcomes")
    op.create_table(
        "family_wanted",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_result", sa.LargeBinary(), nullable=True),
        sa.Column("owner", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["outcomes.resident.id"], name=op.f("fk_family_wanted_resident_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_wanted")),
        sa.UniqueConstraint("code", name=op.f("uq_family_wanted_code")),
        schema="outcomes",
    )
    op.create_index(
        op.f("ix_family_wanted_resident_id"), "family_wanted", ["resident_id"], unique=False, schema="outcomes"
    )
    op.create_table(
        "release_approval",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("release_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("is_supervisor", sa.Boolean(), nullable=False),
        sa.Column("factor_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["outcomes.release.id"], name=op.f("fk_release_approval_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_approval")),
        sa.UniqueConstraint("release_id", "staff_id", name=op.f("uq_release_approval_release_id_staff_id")),
        schema="outcomes",
    )
    op.create_index(
        op.f("ix_release_approval_release_id"), "release_approval", ["release_id"], unique=False, schema="outcomes"
    )
    op.create_table(
        "release_decision",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("release_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("is_child_protection", sa.Boolean(), nullable=False),
        sa.Column("is_yes", sa.Boolean(), nullable=False),
        sa.Column("sealed_reasons", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["outcomes.release.id"], name=op.f("fk_release_decision_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_decision")),
        schema="outcomes",
    )
    op.create_index(
        op.f("ix_release_decision_release_id"), "release_decision", ["release_id"], unique=False, schema="outcomes"
    )
    op.create_table(
        "resident_block",
        sa.Column("block", sa.String(length=64), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["outcomes.resident.id"], name=op.f("fk_resident_block_resident_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("block", "resident_id", name=op.f("pk_resident_block")),
        schema="outcomes",
    )
    op.create_index(
        op.f("ix_resident_block_resident_id"), "resident_block", ["resident_id"], unique=False, schema="outcomes"
    )


def downgrade() -> None:
    op.drop_table("audit_detail", schema="outcomes")
    op.drop_index(op.f("ix_resident_block_resident_id"), table_name="resident_block", schema="outcomes")
    op.drop_table("resident_block", schema="outcomes")
    op.drop_index(op.f("ix_release_decision_release_id"), table_name="release_decision", schema="outcomes")
    op.drop_table("release_decision", schema="outcomes")
    op.drop_index(op.f("ix_release_approval_release_id"), table_name="release_approval", schema="outcomes")
    op.drop_table("release_approval", schema="outcomes")
    op.drop_index(op.f("ix_family_wanted_resident_id"), table_name="family_wanted", schema="outcomes")
    op.drop_table("family_wanted", schema="outcomes")
    op.drop_index(op.f("ix_wish_resident_id"), table_name="wish", schema="outcomes")
    op.drop_index(op.f("ix_wish_enquiry_id"), table_name="wish", schema="outcomes")
    op.drop_table("wish", schema="outcomes")
    op.drop_table("vetting", schema="outcomes")
    op.drop_table("shelter_officer", schema="outcomes")
    op.drop_index(op.f("ix_search_stage"), table_name="search", schema="outcomes")
    op.drop_index(op.f("ix_search_owner_due_at"), table_name="search", schema="outcomes")
    op.drop_table("search", schema="outcomes")
    op.drop_index(op.f("ix_resident_number_hash"), table_name="resident", schema="outcomes")
    op.drop_index(op.f("ix_resident_lapses_at"), table_name="resident", schema="outcomes")
    op.drop_table("resident", schema="outcomes")
    op.drop_index(op.f("ix_release_state"), table_name="release", schema="outcomes")
    op.drop_index(op.f("ix_release_enquiry_id"), table_name="release", schema="outcomes")
    op.drop_table("release", schema="outcomes")
    op.drop_index(op.f("ix_proof_enquiry_id"), table_name="proof", schema="outcomes")
    op.drop_table("proof", schema="outcomes")
    op.drop_index(op.f("ix_message_given_enquiry_id"), table_name="message_given", schema="outcomes")
    op.drop_table("message_given", schema="outcomes")
    op.drop_index(op.f("ix_flagged_person_look_up"), table_name="flagged_person", schema="outcomes")
    op.drop_table("flagged_person", schema="outcomes")
    op.drop_table("enquiry_count", schema="outcomes")
    op.drop_table("candidate", schema="outcomes")
