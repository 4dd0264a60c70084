"""Tables of the receivers: their people, the ways to reach them, what was sent and how it went."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from thangdee.casework.staff.tables import staff
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.vault import data_key

_AS_LONG = "while the organisation receives matters"
_MEMBER = "while the person works there"
_SENT = "12 months"

# An organisation is one of the directory's; it has a row here once somebody of ours wrote down how to reach it.
provider = Table(
    "provider",
    metadata,
    Column("organisation_id", String(80), primary_key=True, info=about(DataClass.PUBLIC, "which one", _AS_LONG)),
    Column(
        "key_id",
        String(32),
        ForeignKey(data_key.c.id, ondelete="SET NULL"),
        info=about(DataClass.TECHNICAL, "opens its addresses", _AS_LONG),
    ),
    Column("language", String(2), nullable=False, info=about(DataClass.PUBLIC, "of what it is sent", _AS_LONG)),
    Column("country", String(2), nullable=False, info=about(DataClass.PUBLIC, "whose holidays count", _AS_LONG)),
    Column("days", String(7), nullable=False, info=about(DataClass.PUBLIC, "weekdays it works: 1 is Monday", _AS_LONG)),
    Column("opens", Integer, nullable=False, info=about(DataClass.PUBLIC, "minute of the day", _AS_LONG)),
    Column("closes", Integer, nullable=False, info=about(DataClass.PUBLIC, "minute of the day", _AS_LONG)),
    Column("changed_at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "last change", _AS_LONG)),
)

provider_member = Table(
    "provider_member",
    metadata,
    Column(
        "staff_id",
        String(32),
        ForeignKey(staff.c.id, ondelete="CASCADE"),
        primary_key=True,
        info=about(DataClass.TECHNICAL, "who", _MEMBER),
    ),
    Column("organisation_id", String(80), primary_key=True, info=about(DataClass.PUBLIC, "of which one", _MEMBER)),
    Column("added_by", String(32), nullable=False, info=about(DataClass.TECHNICAL, "who let them in", _MEMBER)),
    Column("added_at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "when", _MEMBER)),
    Index(None, "organisation_id"),
)

# Only a checked channel is used; what a channel was is kept until it is taken away.
provider_channel = Table(
    "provider_channel",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the way", _AS_LONG)),
    Column("organisation_id", String(80), nullable=False, index=True, info=about(DataClass.PUBLIC, "whose", _AS_LONG)),
    Column("kind", String(16), nullable=False, info=about(DataClass.TECHNICAL, "mail, group, phone ...", _AS_LONG)),
    Column("sealed_address", LargeBinary, nullable=False, info=about(DataClass.SEALED, "where to", _AS_LONG)),
    Column("sealed_secret", LargeBinary, info=about(DataClass.SEALED, "signs what goes to their system", _AS_LONG)),
    Column("entered_by", String(32), nullable=False, info=about(DataClass.TECHNICAL, "who wrote it down", _AS_LONG)),
    Column("entered_at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "when", _AS_LONG)),
    Column("checked_by", String(32), info=about(DataClass.TECHNICAL, "who found it right", _AS_LONG)),
    Column("checked_at", AwareDateTime, info=about(DataClass.TECHNICAL, "used from then on", _AS_LONG)),
    Column("checked_how", String(12), info=about(DataClass.TECHNICAL, "a colleague, or a code came back", _AS_LONG)),
    Column("code_hash", String(64), info=about(DataClass.SESSION, "of the code of the test", "24 hours")),
    Column("code_until", AwareDateTime, info=about(DataClass.TECHNICAL, "how long the code counts", "24 hours")),
    Column("code_tries", Integer, nullable=False, info=about(DataClass.TECHNICAL, "wrong codes so far", _AS_LONG)),
    Column("off_at", AwareDateTime, info=about(DataClass.TECHNICAL, "not used any more", _AS_LONG)),
    Column("off_why", String(24), info=about(DataClass.TECHNICAL, "a code", _AS_LONG)),
)

# What was sent, without its words. `referral_id` is no link in the database: an erased matter leaves a number.
provider_notice = Table(
    "provider_notice",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the notice", _SENT)),
    Column("organisation_id", String(80), nullable=False, index=True, info=about(DataClass.PUBLIC, "to whom", _SENT)),
    Column("channel_id", String(32), nullable=False, info=about(DataClass.TECHNICAL, "by which way", _SENT)),
    Column("channel_kind", String(16), nullable=False, info=about(DataClass.TECHNICAL, "what sort of way", _SENT)),
    Column("referral_id", String(32), index=True, info=about(DataClass.PSEUDONYM, "about which referral", _SENT)),
    Column("kind", String(24), nullable=False, info=about(DataClass.TECHNICAL, "which constant text", _SENT)),
    Column("code", String(12), nullable=False, info=about(DataClass.TECHNICAL, "random reference", _SENT)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "when it was written", _SENT)),
    Column("state", String(8), nullable=False, info=about(DataClass.TECHNICAL, "waits, sent, failed", _SENT)),
    Column("tries", Integer, nullable=False, info=about(DataClass.TECHNICAL, "how often it was tried", _SENT)),
    Column("error_code", String(32), info=about(DataClass.TECHNICAL, "why it waits or failed", _SENT)),
    Column("done_at", AwareDateTime, info=about(DataClass.TECHNICAL, "when it ended", _SENT)),
)
