"""Tables of the schema `outcomes`, which no chat process can read (R12).

What belongs to an enquiry is sealed under the key of its chat, so that it ends with the chat; a resident has a key of
her own. Links into the other schema are ids without a constraint: on SQLite it is another file.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from thangdee.core.columns import AwareDateTime, DataClass, about, outcomes_metadata

KEPT = "180 days, at most as long as the enquiry"
RESIDENT_KEPT = "180 days after her yes, or until she takes it back"
STATISTICS_KEPT = "24 months"


def _id(keep: str = KEPT) -> Column[str]:
    return Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the row", keep))


def _enquiry(*, is_key: bool = False) -> Column[str]:
    return Column(
        "enquiry_id",
        String(32),
        nullable=False,
        primary_key=is_key,
        index=not is_key,
        info=about(DataClass.PSEUDONYM, "which enquiry", KEPT),
    )


def _staff(purpose: str, name: str = "staff_id", *, may_lack: bool = False) -> Column[str]:
    return Column(name, String(32), nullable=may_lack, info=about(DataClass.TECHNICAL, purpose, KEPT))


def _at(purpose: str, name: str = "at", *, may_lack: bool = False, keep: str = KEPT) -> Column[object]:
    return Column(name, AwareDateTime, nullable=may_lack, info=about(DataClass.SESSION, purpose, keep))


# A resident who said yes to being looked for (R20b). Her paper carries the code; there is no other way to her row.
resident = Table(
    "resident",
    outcomes_metadata,
    _id(RESIDENT_KEPT),
    Column("shelter", String(16), nullable=False, info=about(DataClass.SESSION, "where", RESIDENT_KEPT)),
    Column(
        "code_hash", String(64), nullable=False, unique=True,
        info=about(DataClass.PSEUDONYM, "finds her entry again by the code on her paper", RESIDENT_KEPT),
    ),
    # Not to find her: to erase her entry where her paper is lost.
    Column("number_hash", String(64), index=True,
           info=about(DataClass.PSEUDONYM, "erases her entry by her shelter's own number", RESIDENT_KEPT)),
    Column("key_id", String(32), nullable=False, info=about(DataClass.TECHNICAL, "which key opens it", RESIDENT_KEPT)),
    Column("sealed_record", LargeBinary, nullable=False, info=about(DataClass.SEALED, "who she is", RESIDENT_KEPT)),
    _staff("which officer entered it", "entered_by"),
    _at("entered", "entered_at", keep=RESIDENT_KEPT),
    _at("when she said yes to being looked for", "consent_at", keep=RESIDENT_KEPT),
    Column("lapses_at", AwareDateTime, nullable=False, index=True,
           info=about(DataClass.SESSION, "when her yes lapses", RESIDENT_KEPT)),
)  # fmt: skip

# Keyed hashes of sounds and places, names cut to 16 bits: they lead to candidates, never to a person (R24).
resident_block = Table(
    "resident_block",
    outcomes_metadata,
    Column("block", String(64), primary_key=True, info=about(DataClass.PSEUDONYM, "a sound or place", RESIDENT_KEPT)),
    Column(
        "resident_id",
        String(32),
        ForeignKey(resident.c.id, ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=about(DataClass.PSEUDONYM, "whose", RESIDENT_KEPT),
    ),
)

# A resident asks us to find her family.
family_wanted = Table(
    "family_wanted",
    outcomes_metadata,
    _id(RESIDENT_KEPT),
    Column(
        "resident_id",
        String(32),
        ForeignKey(resident.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "who asks", RESIDENT_KEPT),
    ),
    Column(
        "code", String(8), nullable=False, unique=True, info=about(DataClass.TECHNICAL, "its number", RESIDENT_KEPT)
    ),
    Column("state", String(12), nullable=False, info=about(DataClass.SESSION, "open, found, closed", RESIDENT_KEPT)),
    Column("sealed_body", LargeBinary, nullable=False, info=about(DataClass.SEALED, "whom she seeks", RESIDENT_KEPT)),
    Column("sealed_result", LargeBinary, info=about(DataClass.SEALED, "what she may be told", RESIDENT_KEPT)),
    _staff("who of staff looks", "owner", may_lack=True),
    _at("asked", "at", keep=RESIDENT_KEPT),
    _at("by when staff look at it", "due_at", may_lack=True, keep=RESIDENT_KEPT),
)

shelter_officer = Table(
    "shelter_officer",
    outcomes_metadata,
    Column("staff_id", String(32), primary_key=True,
           info=about(DataClass.TECHNICAL, "which member of staff", "as long as the account")),
    Column("shelter", String(16), primary_key=True,
           info=about(DataClass.TECHNICAL, "at which shelter", "as long as the account")),
)  # fmt: skip

search = Table(
    "search",
    outcomes_metadata,
    _enquiry(is_key=True),
    Column("stage", String(12), nullable=False, index=True, info=about(DataClass.SESSION, "where staff stand", KEPT)),
    _staff("who of staff cares", "owner", may_lack=True),
    _at("by when the next step is due", "due_at", may_lack=True),
    _at("opened after the proof (R15)", "opened_at", may_lack=True),
    Column("closed_why", String(16), info=about(DataClass.SESSION, "how it ended", KEPT)),
    _at("last step", "changed_at"),
)

vetting = Table(
    "vetting",
    outcomes_metadata,
    _enquiry(is_key=True),
    Column("item", String(24), primary_key=True, info=about(DataClass.TECHNICAL, "which item", KEPT)),
    Column("is_good", Boolean, nullable=False, info=about(DataClass.SESSION, "what was found", KEPT)),
    _staff("who looked"),
    _at("when"),
)

proof = Table(
    "proof",
    outcomes_metadata,
    _id(),
    _enquiry(),
    Column("kind", String(20), nullable=False, info=about(DataClass.TECHNICAL, "what kind of proof", KEPT)),
    Column("how", String(12), nullable=False, info=about(DataClass.SESSION, "by voice, in person, in writing", KEPT)),
    Column("is_good", Boolean, nullable=False, info=about(DataClass.SESSION, "does it hold", KEPT)),
    Column("sealed_note", LargeBinary, nullable=False, info=about(DataClass.SEALED, "what was said", KEPT)),
    _staff("who heard it"),
    _at("when"),
    _staff("which supervisor says that a bad one does not count", "set_aside_by", may_lack=True),
    _at("when that was said", "set_aside_at", may_lack=True),
)

# What staff wrote down from a recording of the family, so that it can be compared.
search_note = Table(
    "search_note",
    outcomes_metadata,
    _enquiry(is_key=True),
    Column("field", String(16), primary_key=True, info=about(DataClass.TECHNICAL, "which answer", KEPT)),
    Column("sealed_value", LargeBinary, nullable=False, info=about(DataClass.SEALED, "what was heard", KEPT)),
    _staff("who listened"),
    _at("when"),
)

# Keyed hashes of sounds, places and telephone numbers of an enquiry: they lead to others who ask for the same person.
enquiry_block = Table(
    "enquiry_block",
    outcomes_metadata,
    Column("block", String(64), primary_key=True, info=about(DataClass.PSEUDONYM, "a sound, place or number", KEPT)),
    _enquiry(is_key=True),
    Index(None, "enquiry_id"),
)

# What a tracer thinks of a candidate; the ranking itself is made anew each time.
candidate = Table(
    "candidate",
    outcomes_metadata,
    _enquiry(is_key=True),
    Column("resident_id", String(32), primary_key=True, info=about(DataClass.PSEUDONYM, "who it may be", KEPT)),
    Column("verdict", String(8), nullable=False, info=about(DataClass.SESSION, "same, unsure, other", KEPT)),
    _staff("who compared"),
    _at("when"),
)

# Somebody staff warn each other of: a finder, a broker, a relative who is not safe.
flagged_person = Table(
    "flagged_person",
    outcomes_metadata,
    _id(),
    Column("kind", String(8), nullable=False, info=about(DataClass.SESSION, "phone or name", KEPT)),
    Column("look_up", String(64), nullable=False, index=True, info=about(DataClass.PSEUDONYM, "keyed hash", KEPT)),
    Column("key_id", String(32), nullable=False, info=about(DataClass.TECHNICAL, "which key opens it", KEPT)),
    Column("sealed_note", LargeBinary, nullable=False, info=about(DataClass.SEALED, "who and why", KEPT)),
    _staff("who warned"),
    _at("when"),
)

# What she says when her shelter asks her. Rows only grow; the newest counts.
wish = Table(
    "wish",
    outcomes_metadata,
    _id(),
    _enquiry(),
    Column("resident_id", String(32), nullable=False, index=True, info=about(DataClass.PSEUDONYM, "who", KEPT)),
    Column("answer", String(12), info=about(DataClass.SESSION, "what she wishes; empty: not asked yet", KEPT)),
    Column("relation", String(16), info=about(DataClass.SESSION, "who says to look for her, as she may hear it", KEPT)),
    Column("sealed_told", LargeBinary, info=about(DataClass.SEALED, "the family's words that she may hear", KEPT)),
    Column("sealed_words", LargeBinary, info=about(DataClass.SEALED, "her words, and whom she fears", KEPT)),
    Column("how", String(12), info=about(DataClass.SESSION, "spoken, signed, through an interpreter", KEPT)),
    _staff("who wants to know", "requested_by"),
    _at("when staff asked the shelter", "requested_at"),
    _staff("which officer asked her", "asked_by", may_lack=True),
    _at("when she answered", "answered_at", may_lack=True),
)

release = Table(
    "release",
    outcomes_metadata,
    _id(),
    _enquiry(),
    Column("resident_id", String(32), nullable=False, info=about(DataClass.PSEUDONYM, "of whom is told", KEPT)),
    Column("wish_id", String(32), nullable=False, info=about(DataClass.PSEUDONYM, "on which wish it rests", KEPT)),
    Column("state", String(8), nullable=False, index=True, info=about(DataClass.SESSION, "where it stands", KEPT)),
    Column("is_minor", Boolean, nullable=False, info=about(DataClass.SESSION, "under 18, or age unknown", KEPT)),
    _staff("who asks for it", "requested_by"),
    _at("when", "requested_at"),
    _staff("who told the family", "told_by", may_lack=True),
    Column("told_how", String(12), info=about(DataClass.SESSION, "by voice or in person", KEPT)),
    _at("when", "told_at", may_lack=True),
    Column("ended_why", String(16), info=about(DataClass.SESSION, "why it ended without telling", KEPT)),
    _staff("who ended it", "ended_by", may_lack=True),
    _at("when", "ended_at", may_lack=True),
)


def _release() -> Column[str]:
    return Column(
        "release_id",
        String(32),
        ForeignKey(release.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=about(DataClass.PSEUDONYM, "which release", KEPT),
    )


release_approval = Table(
    "release_approval",
    outcomes_metadata,
    _id(),
    _release(),
    _staff("who approved"),
    Column("session", String(64), nullable=False, info=about(DataClass.PSEUDONYM, "hash of the session", KEPT)),
    Column("is_supervisor", Boolean, nullable=False, info=about(DataClass.TECHNICAL, "in which role", KEPT)),
    _at("when a second factor was shown", "factor_at"),
    _at("when"),
    UniqueConstraint("release_id", "staff_id"),
)

release_decision = Table(
    "release_decision",
    outcomes_metadata,
    _id(),
    _release(),
    _staff("who decided"),
    Column("is_child_protection", Boolean, nullable=False, info=about(DataClass.TECHNICAL, "in which role", KEPT)),
    Column("is_yes", Boolean, nullable=False, info=about(DataClass.SESSION, "good for the child?", KEPT)),
    Column("sealed_reasons", LargeBinary, nullable=False, info=about(DataClass.SEALED, "why", KEPT)),
    _at("when"),
)

# A family's message that she was offered (R17); nothing of it reaches the family.
message_given = Table(
    "message_given",
    outcomes_metadata,
    Column("message_id", String(32), primary_key=True, info=about(DataClass.PSEUDONYM, "which message", KEPT)),
    _enquiry(),
    Column("resident_id", String(32), nullable=False, info=about(DataClass.PSEUDONYM, "for whom", KEPT)),
    Column("was_wanted", Boolean, info=about(DataClass.SESSION, "she took it, or not; empty: waits", KEPT)),
    _staff("who passed it to the shelter"),
    _staff("which officer offered it", "offered_by", may_lack=True),
    _at("passed to the shelter", "at"),
    _at("offered to her", "offered_at", may_lack=True),
)

# Of nobody: how many, by month.
enquiry_count = Table(
    "enquiry_count",
    outcomes_metadata,
    Column("month", String(7), primary_key=True, info=about(DataClass.TECHNICAL, "such as 2026-11", STATISTICS_KEPT)),
    Column("what", String(24), primary_key=True, info=about(DataClass.TECHNICAL, "what is counted", STATISTICS_KEPT)),
    Column("count", Integer, nullable=False, info=about(DataClass.TECHNICAL, "how many", STATISTICS_KEPT)),
)

# What of an enquiry was counted already: each thing once.
enquiry_counted = Table(
    "enquiry_counted",
    outcomes_metadata,
    _enquiry(is_key=True),
    Column("what", String(24), primary_key=True, info=about(DataClass.TECHNICAL, "what is counted", KEPT)),
)

Index(None, search.c.owner, search.c.due_at)
