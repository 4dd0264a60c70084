"""Tables of what follows a yes: news for the person, follow-ups, the plan for a lost number, codes."""

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Table

from thangdee.casework.chats import chat
from thangdee.casework.referrals.tables import KEPT, matter
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata

# News is counted; `knocked` and `seen` say up to which one a knock told of it and she saw it.
knock = Table(
    "knock",
    metadata,
    Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        primary_key=True,
        info=about(DataClass.PSEUDONYM, "whose news", KEPT),
    ),
    Column("news", Integer, nullable=False, info=about(DataClass.SESSION, "how much news there was", KEPT)),
    Column("knocked", Integer, nullable=False, info=about(DataClass.SESSION, "how much was knocked for", KEPT)),
    Column("seen", Integer, nullable=False, info=about(DataClass.SESSION, "how much she saw", KEPT)),
    Column("knocked_at", AwareDateTime, info=about(DataClass.SESSION, "a neutral line was sent", KEPT)),
    Column("seen_at", AwareDateTime, info=about(DataClass.SESSION, "she saw where it stands", KEPT)),
)

# What a person agreed to: how often, in which hours, with which first line. One runs at a time for a matter.
follow_up = Table(
    "follow_up",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the plan", KEPT)),
    Column(
        "matter_id",
        String(32),
        ForeignKey(matter.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "after which matter", KEPT),
    ),
    Column("rhythm", String(12), nullable=False, info=about(DataClass.SESSION, "how often", KEPT)),
    Column("hours", String(20), nullable=False, info=about(DataClass.SESSION, "when she may be written to", KEPT)),
    Column("words", Integer, nullable=False, info=about(DataClass.SESSION, "which neutral first line", KEPT)),
    Column("begun_at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "agreed", KEPT)),
    Column("number", Integer, nullable=False, info=about(DataClass.SESSION, "check-ins so far", KEPT)),
    Column("next_at", AwareDateTime, info=about(DataClass.SESSION, "the next check-in", KEPT)),
    Column("ended_at", AwareDateTime, index=True, info=about(DataClass.SESSION, "no more check-ins", KEPT)),
    Column("why_ended", String(12), info=about(DataClass.SESSION, "done, stopped, silent ...", KEPT)),
)

check_in = Table(
    "check_in",
    metadata,
    Column(
        "follow_up_id",
        String(32),
        ForeignKey(follow_up.c.id, ondelete="CASCADE"),
        primary_key=True,
        info=about(DataClass.PSEUDONYM, "of which plan", KEPT),
    ),
    Column("number", Integer, primary_key=True, info=about(DataClass.SESSION, "the how-manieth", KEPT)),
    Column("asked_at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "the one try", KEPT)),
    Column("answer", String(12), info=about(DataClass.SESSION, "good, missing, person; empty: silent", KEPT)),
    Column("need", String(32), info=about(DataClass.SESSION, "what is missing or broke", KEPT)),
    Column("answered_at", AwareDateTime, info=about(DataClass.SESSION, "when", KEPT)),
)

# Whom staff may call, once, after the person fell silent, and what may be said.
second_contact = Table(
    "second_contact",
    metadata,
    Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        primary_key=True,
        info=about(DataClass.PSEUDONYM, "whose", KEPT),
    ),
    Column("sealed_contact", LargeBinary, nullable=False, info=about(DataClass.SEALED, "name, number, relation", KEPT)),
    Column("may_say", String(12), nullable=False, info=about(DataClass.SESSION, "which neutral sentence", KEPT)),
    Column("given_at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "agreed", KEPT)),
    Column("called_at", AwareDateTime, info=about(DataClass.SESSION, "the one call", KEPT)),
    Column("called_by", String(32), info=about(DataClass.TECHNICAL, "who called", KEPT)),
    Column("outcome", String(16), info=about(DataClass.SESSION, "how it went, a code", KEPT)),
)

come_back_code = Table(
    "come_back_code",
    metadata,
    Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        primary_key=True,
        info=about(DataClass.PSEUDONYM, "whose", KEPT),
    ),
    Column(
        "code_hash", String(64), nullable=False, unique=True, info=about(DataClass.PSEUDONYM, "finds the chat", KEPT)
    ),
    Column("made_at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", KEPT)),
)

# A helper gives it to the person they wrote for; it works once.
hand_over_code = Table(
    "hand_over_code",
    metadata,
    Column("code_hash", String(64), primary_key=True, info=about(DataClass.PSEUDONYM, "finds the matter", "30 days")),
    Column(
        "matter_id",
        String(32),
        ForeignKey(matter.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "what was written for somebody", "30 days"),
    ),
    Column("made_at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", "30 days")),
    Column("until", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "how long it counts", "30 days")),
    Column("used_at", AwareDateTime, info=about(DataClass.SESSION, "works once", "30 days")),
)
