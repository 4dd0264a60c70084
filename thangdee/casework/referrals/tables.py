"""Tables of referrals. Codes and times stand open, for clocks and counts; what a person said lies sealed."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from thangdee.casework.chats import chat
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata

KEPT = "as long as the chat"

matter = Table(
    "matter",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the matter", KEPT)),
    Column("code", String(8), nullable=False, unique=True, info=about(DataClass.TECHNICAL, "what it is called", KEPT)),
    Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "whose matter", KEPT),
    ),
    Column("state", String(16), nullable=False, index=True, info=about(DataClass.SESSION, "who acts next", KEPT)),
    Column("speed", String(8), nullable=False, info=about(DataClass.SESSION, "how soon", KEPT)),
    Column("is_for_other", Boolean, nullable=False, info=about(DataClass.SESSION, "a helper writes", KEPT)),
    Column("need", String(32), info=about(DataClass.SESSION, "what help", KEPT)),
    Column("age_band", String(12), info=about(DataClass.SESSION, "age, empty: counts as under 18", KEPT)),
    Column("place", String(16), info=about(DataClass.SESSION, "district or province, a code", KEPT)),
    Column("language", String(2), nullable=False, info=about(DataClass.SESSION, "of the screens shown", KEPT)),
    Column("owner", String(32), index=True, info=about(DataClass.TECHNICAL, "member of staff who cares", KEPT)),
    Column("why_staff", String(24), info=about(DataClass.SESSION, "why it waits for staff", KEPT)),
    Column("shown_hash", String(64), info=about(DataClass.PSEUDONYM, "of the last screen of consent", KEPT)),
    Column("created_at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", KEPT)),
    Column("changed_at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "last step", KEPT)),
)

matter_fact = Table(
    "matter_fact",
    metadata,
    Column(
        "matter_id",
        String(32),
        ForeignKey(matter.c.id, ondelete="CASCADE"),
        primary_key=True,
        info=about(DataClass.PSEUDONYM, "which matter", KEPT),
    ),
    Column("field", String(16), primary_key=True, info=about(DataClass.TECHNICAL, "which field", KEPT)),
    Column("said_by", String(8), primary_key=True, info=about(DataClass.SESSION, "whose words", KEPT)),
    Column("sealed_value", LargeBinary, nullable=False, info=about(DataClass.SEALED, "what was said", KEPT)),
    Column("is_struck", Boolean, nullable=False, info=about(DataClass.SESSION, "not to be told", KEPT)),
    Column("own_yes_at", AwareDateTime, info=about(DataClass.SESSION, "a yes of its own (R42)", KEPT)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", KEPT)),
)

# Rows only grow; taking back fills `withdrawn_at`, once (R3, R4).
referral_consent = Table(
    "referral_consent",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the row", KEPT)),
    Column(
        "matter_id",
        String(32),
        ForeignKey(matter.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "which matter", KEPT),
    ),
    Column("listing_id", String(80), nullable=False, info=about(DataClass.PUBLIC, "to whom", KEPT)),
    Column("organisation_id", String(80), nullable=False, info=about(DataClass.PUBLIC, "whose service", KEPT)),
    Column("kind", String(24), info=about(DataClass.PUBLIC, "what sort of receiver", KEPT)),
    Column("country", String(2), nullable=False, info=about(DataClass.PUBLIC, "whose holidays count", KEPT)),
    Column("number", Integer, nullable=False, info=about(DataClass.TECHNICAL, "order", KEPT)),
    Column("rank", Integer, nullable=False, info=about(DataClass.SESSION, "in which order", KEPT)),
    Column("fields", JSON, nullable=False, info=about(DataClass.SESSION, "which fields", KEPT)),
    Column("own_yes", JSON, nullable=False, info=about(DataClass.SESSION, "agreed to one by one", KEPT)),
    Column("sealed_shown", LargeBinary, nullable=False, info=about(DataClass.SEALED, "exactly what was shown", KEPT)),
    Column("shown_hash", String(64), nullable=False, info=about(DataClass.PSEUDONYM, "of what was shown", KEPT)),
    Column("version", Integer, nullable=False, info=about(DataClass.TECHNICAL, "which words", KEPT)),
    Column("language", String(2), nullable=False, info=about(DataClass.SESSION, "in which language", KEPT)),
    Column("given_by", String(16), nullable=False, info=about(DataClass.SESSION, "tapped, spoken, read", KEPT)),
    Column("said_by", String(8), nullable=False, info=about(DataClass.SESSION, "whose yes", KEPT)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", KEPT)),
    Column("withdrawn_at", AwareDateTime, info=about(DataClass.SESSION, "taken back", KEPT)),
)

referral = Table(
    "referral",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the referral", KEPT)),
    Column("code", String(8), nullable=False, unique=True, info=about(DataClass.TECHNICAL, "its reference", KEPT)),
    Column(
        "matter_id",
        String(32),
        ForeignKey(matter.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "which matter", KEPT),
    ),
    Column(
        "consent_id",
        String(32),
        ForeignKey(referral_consent.c.id, ondelete="CASCADE"),
        nullable=False,
        info=about(DataClass.PSEUDONYM, "which yes covers it", KEPT),
    ),
    Column("number", Integer, nullable=False, info=about(DataClass.TECHNICAL, "order", KEPT)),
    Column("organisation_id", String(80), nullable=False, index=True, info=about(DataClass.PUBLIC, "whose", KEPT)),
    Column("state", String(12), nullable=False, index=True, info=about(DataClass.SESSION, "where it stands", KEPT)),
    Column("reason", String(32), info=about(DataClass.SESSION, "why declined, how it ended", KEPT)),
    Column("offered_at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "asked", KEPT)),
    Column("answer_by", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when the next is asked", KEPT)),
    Column("contact_by", AwareDateTime, info=about(DataClass.SESSION, "promised contact", KEPT)),
    Column("changed_at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "last step", KEPT)),
)

best_interest = Table(
    "best_interest",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the row", KEPT)),
    Column(
        "matter_id",
        String(32),
        ForeignKey(matter.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "which matter", KEPT),
    ),
    Column("staff_id", String(32), nullable=False, info=about(DataClass.TECHNICAL, "who decided", KEPT)),
    Column("is_child_protection", Boolean, nullable=False, info=about(DataClass.TECHNICAL, "in which role", KEPT)),
    Column("listing_id", String(80), nullable=False, info=about(DataClass.PUBLIC, "for which receiver", KEPT)),
    Column("is_yes", Boolean, nullable=False, info=about(DataClass.SESSION, "the decision", KEPT)),
    Column("sealed_reasons", LargeBinary, nullable=False, info=about(DataClass.SEALED, "why", KEPT)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", KEPT)),
)

# The history of a matter, as staff read it: codes only.
matter_step = Table(
    "matter_step",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the row", KEPT)),
    Column(
        "matter_id",
        String(32),
        ForeignKey(matter.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "which matter", KEPT),
    ),
    Column("referral_id", String(32), info=about(DataClass.PSEUDONYM, "which referral", KEPT)),
    Column("step", String(24), nullable=False, info=about(DataClass.SESSION, "what happened", KEPT)),
    Column("detail", String(32), info=about(DataClass.SESSION, "a code: reason, news, receiver's answer", KEPT)),
    Column("actor", String(64), nullable=False, info=about(DataClass.TECHNICAL, "who", KEPT)),
    Column("number", Integer, nullable=False, info=about(DataClass.TECHNICAL, "order", KEPT)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", KEPT)),
    UniqueConstraint("matter_id", "number"),
)
