"""Tables around a matter: who was proposed, relatives, calls and letters to offices, notes of staff, who looked."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, LargeBinary, String, Table

from thangdee.casework.referrals.tables import KEPT, matter
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata


def _id() -> Column[str]:
    return Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the row", KEPT))


def _matter(*, is_key: bool = False) -> Column[str]:
    return Column(
        "matter_id",
        String(32),
        ForeignKey(matter.c.id, ondelete="CASCADE"),
        nullable=False,
        index=not is_key,
        primary_key=is_key,
        info=about(DataClass.PSEUDONYM, "which matter", KEPT),
    )


def _staff(purpose: str, *, is_key: bool = False) -> Column[str]:
    about_staff = about(DataClass.TECHNICAL, purpose, KEPT)
    return Column("staff_id", String(32), nullable=False, primary_key=is_key, info=about_staff)


# Whom staff chose for a person who asked them to; she sees it and says yes or no.
matter_proposal = Table(
    "matter_proposal",
    metadata,
    _id(),
    _matter(),
    Column("receivers", JSON, nullable=False, info=about(DataClass.PUBLIC, "whom, in the order of asking", KEPT)),
    _staff("who chose"),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", KEPT)),
    Column("ended_at", AwareDateTime, info=about(DataClass.SESSION, "answered, or replaced by a newer one", KEPT)),
)

# A relative who speaks for a child. What they say opens nothing (R10).
guardian = Table(
    "guardian",
    metadata,
    _id(),
    _matter(),
    Column("relation", String(16), nullable=False, info=about(DataClass.SESSION, "mother, uncle ...", KEPT)),
    Column("is_cleared", Boolean, nullable=False, info=about(DataClass.SESSION, "found to be safe by staff", KEPT)),
    Column("is_unsafe", Boolean, nullable=False, info=about(DataClass.SESSION, "not to be asked", KEPT)),
    Column("sought_at", AwareDateTime, info=about(DataClass.SESSION, "when they were asked", KEPT)),
    Column("said_yes", Boolean, info=about(DataClass.SESSION, "what they answered; recorded only", KEPT)),
    _staff("who wrote it"),
    Column("sealed_note", LargeBinary, nullable=False, info=about(DataClass.SEALED, "what was said of them", KEPT)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "last change", KEPT)),
)

# A call or a letter to an office that has no login here.
office_call = Table(
    "office_call",
    metadata,
    _id(),
    _matter(),
    Column("referral_id", String(32), nullable=False, info=about(DataClass.PSEUDONYM, "which referral", KEPT)),
    Column("way", String(8), nullable=False, info=about(DataClass.TECHNICAL, "phone or letter", KEPT)),
    Column("result", String(16), nullable=False, info=about(DataClass.SESSION, "what came of it", KEPT)),
    _staff("who called"),
    Column("sealed_note", LargeBinary, nullable=False, info=about(DataClass.SEALED, "with whom, what was said", KEPT)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", KEPT)),
)

matter_note = Table(
    "matter_note",
    metadata,
    _id(),
    _matter(),
    Column("kind", String(16), nullable=False, info=about(DataClass.TECHNICAL, "on what occasion", KEPT)),
    Column("detail", String(32), info=about(DataClass.SESSION, "a code, such as to which authority", KEPT)),
    _staff("who wrote it"),
    Column("sealed_words", LargeBinary, nullable=False, info=about(DataClass.SEALED, "the note", KEPT)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "when", KEPT)),
)

matter_look = Table(
    "matter_look",
    metadata,
    _matter(is_key=True),
    _staff("who looked", is_key=True),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "last audited look", KEPT)),
)
