"""Tables of court and compensation: what is known, money due and paid, and tries to have a complaint withdrawn."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from thangdee.casework.referrals.tables import matter
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata

_KEEP = "as long as the matter"


def _matter() -> Column[str]:
    return Column(
        "matter_id",
        String(32),
        ForeignKey(matter.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "which matter", _KEEP),
    )


def _told() -> tuple[Column[object], ...]:
    return (
        Column("told_at", AwareDateTime, info=about(DataClass.SESSION, "when the person was told", _KEEP)),
        Column("told_how", String(8), info=about(DataClass.SESSION, "shown in the chat, or by staff", _KEEP)),
        Column("told_by", String(32), info=about(DataClass.TECHNICAL, "who of staff told", _KEEP)),
        Column("told_job", String(32), info=about(DataClass.TECHNICAL, "which message brought it", _KEEP)),
    )


# Rows only grow; the one with the highest number counts. What is closed was told: the database sees to it, too.
court_status = Table(
    "court_status",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the row", _KEEP)),
    _matter(),
    Column("number", Integer, nullable=False, info=about(DataClass.TECHNICAL, "order", _KEEP)),
    Column("stage", String(16), nullable=False, info=about(DataClass.SESSION, "where the case stands", _KEEP)),
    Column("next_on", Date, info=about(DataClass.SESSION, "next day in the case", _KEEP)),
    Column("known_on", Date, nullable=False, info=about(DataClass.SESSION, "since when it is known", _KEEP)),
    Column("source", String(16), nullable=False, info=about(DataClass.SESSION, "from whom", _KEEP)),
    Column("looked_at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "last looked at", _KEEP)),
    Column("staff_id", String(64), nullable=False, info=about(DataClass.TECHNICAL, "who wrote it", _KEEP)),
    Column("ask_on", Date, info=about(DataClass.SESSION, "by when somebody asks again", _KEEP)),
    Column("reminded_at", AwareDateTime, info=about(DataClass.TECHNICAL, "staff were told it is late", _KEEP)),
    Column("sealed_note", LargeBinary, info=about(DataClass.SEALED, "what staff should know", _KEEP)),
    *_told(),
    Column("closed_at", AwareDateTime, info=about(DataClass.SESSION, "nothing more is expected", _KEEP)),
    Column("closed_by", String(32), info=about(DataClass.TECHNICAL, "who closed it", _KEEP)),
    UniqueConstraint("matter_id", "number"),
    CheckConstraint("closed_at IS NULL OR told_at IS NOT NULL", name="ck_court_status_closed_only_when_told"),
)

court_money = Table(
    "court_money",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the row", _KEEP)),
    _matter(),
    Column("is_paid", Boolean, nullable=False, info=about(DataClass.SESSION, "paid, or only due", _KEEP)),
    Column("hundredths", BigInteger, nullable=False, info=about(DataClass.SESSION, "how much", _KEEP)),
    Column("currency", String(3), nullable=False, info=about(DataClass.SESSION, "of which money", _KEEP)),
    Column("from_whom", String(12), nullable=False, info=about(DataClass.SESSION, "offender, fund, employer", _KEEP)),
    Column("on_day", Date, info=about(DataClass.SESSION, "the day it was paid, or is due", _KEEP)),
    Column("how", String(16), info=about(DataClass.SESSION, "how it was paid", _KEEP)),
    Column("source", String(16), nullable=False, info=about(DataClass.SESSION, "who said so", _KEEP)),
    Column("staff_id", String(32), nullable=False, info=about(DataClass.TECHNICAL, "who wrote it", _KEEP)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when it was written", _KEEP)),
    *_told(),
    Column("struck_at", AwareDateTime, info=about(DataClass.SESSION, "it was a mistake", _KEEP)),
    Column("struck_by", String(32), info=about(DataClass.TECHNICAL, "who struck it out", _KEEP)),
    CheckConstraint("hundredths > 0", name="ck_court_money_some"),
    CheckConstraint(
        "NOT is_paid OR (on_day IS NOT NULL AND how IS NOT NULL)", name="ck_court_money_paid_has_day_and_way"
    ),
)

# Somebody asks the person to take back what she said: each time, apart from what the case itself does.
court_pressure = Table(
    "court_pressure",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the row", _KEEP)),
    _matter(),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when she said so", _KEEP)),
    Column("seen_at", AwareDateTime, info=about(DataClass.SESSION, "when staff saw to it", _KEEP)),
    Column("seen_by", String(32), info=about(DataClass.TECHNICAL, "who", _KEEP)),
)
