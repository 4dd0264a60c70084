"""Tables of enquiries: what the family gave, sealed under the key of their chat, and nothing of what came of it."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, LargeBinary, String, Table, false

from thangdee.casework.chats import chat
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata

KEPT = "180 days, at most as long as the chat"


def _id() -> Column[str]:
    return Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the row", KEPT))


def _chat() -> Column[str]:
    return Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "who asks", KEPT),
    )


enquiry = Table(
    "enquiry",
    metadata,
    _id(),
    Column("code", String(8), nullable=False, unique=True, info=about(DataClass.TECHNICAL, "its number", KEPT)),
    _chat(),
    Column("state", String(8), nullable=False, index=True, info=about(DataClass.SESSION, "what they see", KEPT)),
    Column("language", String(2), nullable=False, info=about(DataClass.SESSION, "of its texts", KEPT)),
    Column("created_at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "begun", KEPT)),
    Column("filed_at", AwareDateTime, index=True, info=about(DataClass.SESSION, "sent", KEPT)),
    Column("closed_at", AwareDateTime, info=about(DataClass.SESSION, "closed by them", KEPT)),
    Column("texts_at", JSON, nullable=False, info=about(DataClass.SESSION, "when the fixed texts come", KEPT)),
    Column("is_over_quota", Boolean, nullable=False, info=about(DataClass.SESSION, "one too many (R20)", KEPT)),
    Column("passed", JSON, info=about(DataClass.SESSION, "questions left out", KEPT)),
    Column(
        "text_waits", Boolean, nullable=False, server_default=false(),
        info=about(DataClass.SESSION, "a fixed text waits for their next message", KEPT),
    ),
)  # fmt: skip

enquiry_fact = Table(
    "enquiry_fact",
    metadata,
    Column(
        "enquiry_id",
        String(32),
        ForeignKey(enquiry.c.id, ondelete="CASCADE"),
        primary_key=True,
        info=about(DataClass.PSEUDONYM, "which enquiry", KEPT),
    ),
    Column("field", String(16), primary_key=True, info=about(DataClass.TECHNICAL, "which field", KEPT)),
    Column("sealed_value", LargeBinary, nullable=False, info=about(DataClass.SEALED, "what was said", KEPT)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", KEPT)),
)

# For staff: how somebody asked. Hangs on the chat, for it may come before or without an enquiry.
enquiry_flag = Table(
    "enquiry_flag",
    metadata,
    _id(),
    _chat(),
    Column("kind", String(16), nullable=False, info=about(DataClass.SESSION, "what staff should look at", KEPT)),
    Column("sealed_body", LargeBinary, info=about(DataClass.SEALED, "their words, if any", KEPT)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", KEPT)),
)

# Words, a recording or a picture for the relative (R17). Whether she was given it stands elsewhere (R12).
family_message = Table(
    "family_message",
    metadata,
    _id(),
    Column(
        "enquiry_id",
        String(32),
        ForeignKey(enquiry.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "which enquiry", KEPT),
    ),
    Column("kind", String(8), nullable=False, info=about(DataClass.SESSION, "words, voice or photo", KEPT)),
    Column("sealed_body", LargeBinary, nullable=False, info=about(DataClass.SEALED, "what is for her", KEPT)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", KEPT)),
)
