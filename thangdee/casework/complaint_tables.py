"""Tables of complaints: where each stands, from whom it is hidden, the sealed words; and a count of nobody."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from thangdee.casework.chats import chat
from thangdee.casework.staff.tables import staff
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata

_KEEP = "as long as the chat"

# Hangs on the chat: it goes with it. What stays is `complaint_count`.
complaint = Table(
    "complaint",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the complaint", _KEEP)),
    Column("code", String(8), nullable=False, unique=True, info=about(DataClass.TECHNICAL, "what it is called", _KEEP)),
    Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "whose complaint", _KEEP),
    ),
    Column("about", String(12), nullable=False, info=about(DataClass.SESSION, "about whom: a kind", _KEEP)),
    Column("organisation_id", String(80), info=about(DataClass.SESSION, "about which organisation", _KEEP)),
    Column("state", String(12), nullable=False, index=True, info=about(DataClass.SESSION, "where it stands", _KEEP)),
    Column("may_tell", Boolean, nullable=False, info=about(DataClass.SESSION, "may the organisation be told", _KEEP)),
    Column("hears_by", String(8), nullable=False, info=about(DataClass.SESSION, "how the answer comes", _KEEP)),
    Column("created_at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "begun", _KEEP)),
    Column("due_at", AwareDateTime, info=about(DataClass.SESSION, "by when she hears", _KEEP)),
    Column("reminded_at", AwareDateTime, info=about(DataClass.TECHNICAL, "staff were told it is late", _KEEP)),
    Column("owner", String(32), info=about(DataClass.TECHNICAL, "who of staff looks into it", _KEEP)),
    Column("answered_at", AwareDateTime, info=about(DataClass.SESSION, "when it was answered", _KEEP)),
    Column("answered_how", String(8), info=about(DataClass.SESSION, "in the chat or by phone", _KEEP)),
    Column("heard_at", AwareDateTime, info=about(DataClass.SESSION, "when she opened the answer", _KEEP)),
    Column("closed_at", AwareDateTime, info=about(DataClass.SESSION, "done", _KEEP)),
    CheckConstraint("closed_at IS NULL OR answered_at IS NOT NULL", name="ck_complaint_closed_only_when_answered"),
)

# Who must neither read it nor hear that there is one.
complaint_shut_out = Table(
    "complaint_shut_out",
    metadata,
    Column(
        "complaint_id",
        String(32),
        ForeignKey(complaint.c.id, ondelete="CASCADE"),
        primary_key=True,
        info=about(DataClass.PSEUDONYM, "which complaint", _KEEP),
    ),
    Column(
        "staff_id",
        String(32),
        ForeignKey(staff.c.id, ondelete="CASCADE"),
        primary_key=True,
        info=about(DataClass.TECHNICAL, "from whom it is hidden", _KEEP),
    ),
    Column("why", String(12), nullable=False, info=about(DataClass.SESSION, "talked there, named, shut out", _KEEP)),
)

complaint_words = Table(
    "complaint_words",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the row", _KEEP)),
    Column(
        "complaint_id",
        String(32),
        ForeignKey(complaint.c.id, ondelete="CASCADE"),
        nullable=False,
        info=about(DataClass.PSEUDONYM, "which complaint", _KEEP),
    ),
    Column("number", Integer, nullable=False, info=about(DataClass.TECHNICAL, "order", _KEEP)),
    Column("kind", String(8), nullable=False, info=about(DataClass.SESSION, "who, what, phone, note, answer", _KEEP)),
    Column("sealed_body", LargeBinary, nullable=False, info=about(DataClass.SEALED, "the words", _KEEP)),
    Column("by", String(64), nullable=False, info=about(DataClass.TECHNICAL, "whose words", _KEEP)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", _KEEP)),
    UniqueConstraint("complaint_id", "number"),
)

# Of nobody: what is left of a complaint when its chat is gone, and all there is of one that was not to be kept.
complaint_count = Table(
    "complaint_count",
    metadata,
    Column("month", String(7), primary_key=True, info=about(DataClass.TECHNICAL, "such as 2026-11", "24 months")),
    Column("about", String(12), primary_key=True, info=about(DataClass.TECHNICAL, "about whom: a kind", "24 months")),
    Column("count", Integer, nullable=False, info=about(DataClass.TECHNICAL, "how many", "24 months")),
)
