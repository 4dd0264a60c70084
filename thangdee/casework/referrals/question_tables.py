"""The table of what receivers ask: codes stand open, words and answers lie sealed under the person's key."""

from sqlalchemy import Column, ForeignKey, LargeBinary, String, Table

from thangdee.casework.referrals.tables import KEPT, referral
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata

referral_question = Table(
    "referral_question",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the question", KEPT)),
    Column(
        "referral_id",
        String(32),
        ForeignKey(referral.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "which referral", KEPT),
    ),
    Column("code", String(16), nullable=False, info=about(DataClass.SESSION, "what is asked", KEPT)),
    Column("state", String(16), nullable=False, index=True, info=about(DataClass.SESSION, "who answers", KEPT)),
    Column("sealed_words", LargeBinary, info=about(DataClass.SEALED, "a receiver's own words to staff", KEPT)),
    Column("sealed_answer", LargeBinary, info=about(DataClass.SEALED, "told once the person said yes", KEPT)),
    Column("asked_by", String(32), nullable=False, info=about(DataClass.TECHNICAL, "who of theirs", KEPT)),
    Column("asked_at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", KEPT)),
    Column("answered_by", String(32), info=about(DataClass.TECHNICAL, "who of staff; empty: the person", KEPT)),
    Column("answered_at", AwareDateTime, info=about(DataClass.SESSION, "told or not said", KEPT)),
)
