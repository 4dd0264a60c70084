"""The search for a relative as staff see it, and the residents of shelters who wish to be found.

    new ─► vetting ─► proof ─► searching ─► asking_her ─► releasing ─► told ─► closed
                                    └──────────(nobody, or she does not wish it: stays, unseen by the family)──► closed

A search opens only after three independent items of proof (R15). What a stage is, no enquirer ever learns (R14).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# A resident's yes to being looked for lapses, and so does a release that two let through (R20b, R16).
RESIDENT_KEPT = timedelta(days=180)
RELEASE_LAPSES = timedelta(hours=72)
PROOF_ITEMS = 3


class Shelter(StrEnum):
    """The eight government shelters of Thailand (VFI19)."""

    SONGKWAE = "songkwae"
    KREDTAKARN = "kredtakarn"
    NAREESAWAT = "nareesawat"
    SRI_SURAT = "sri_surat"
    CHIANG_RAI = "chiang_rai"
    PATHUM_THANI = "pathum_thani"
    RANONG = "ranong"
    SONGKHLA = "songkhla"


class Stage(StrEnum):
    """Where staff stand with an enquiry."""

    NEW = "new"
    VETTING = "vetting"
    PROOF = "proof"
    SEARCHING = "searching"
    ASKING_HER = "asking_her"
    RELEASING = "releasing"
    TOLD = "told"
    CLOSED = "closed"


class VettingItem(StrEnum):
    """What is looked at before the talk (none of it proves anything by itself)."""

    SPOKE_BY_VOICE = "spoke_by_voice"
    RELATION_PLAUSIBLE = "relation_plausible"
    NOT_FLAGGED = "not_flagged"
    NO_MONEY = "no_money"
    NOT_UNDER_PRESSURE = "not_under_pressure"
    VILLAGE_OFFICE_KNOWS = "village_office_knows"


class ProofKind(StrEnum):
    """Kinds of proof of a relationship; two of one kind are not independent (R15)."""

    TOLD_UNASKED = "told_unasked"  # details that a stranger would not have, told freely
    FAMILY_BOOK = "family_book"
    PHOTO_TOGETHER = "photo_together"
    VILLAGE_CONFIRMS = "village_confirms"  # village head or LWU of the village, reached by us
    OTHER_RELATIVE = "other_relative"  # a second relative, talked to apart
    OFFICIAL_CONFIRMS = "official_confirms"  # MOFA's or the consulate's interview


class Wish(StrEnum):
    """What the sought person says when her shelter asks her; nothing else than a yes opens anything."""

    YES = "yes"
    MESSAGE_ONLY = "message_only"
    NOT_NOW = "not_now"
    NO = "no"


class ReleaseState(StrEnum):
    """Where a release stands."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    LAPSED = "lapsed"
    TOLD = "told"


@dataclass(frozen=True)
class Approval:
    """One approver's yes. `session`: hash of its session; `factor_at`: when a second factor was shown."""

    staff_id: str
    session: str
    is_supervisor: bool
    factor_at: datetime
    at: datetime


@dataclass(frozen=True)
class BestInterest:
    """What one of staff decided for a minor, with this wish known."""

    staff_id: str
    is_child_protection: bool
    is_yes: bool
    at: datetime


class ToldHow(StrEnum):
    """How a family is told: a person of ours speaks with them. There is no other way (R16)."""

    VOICE = "voice"
    IN_PERSON = "in_person"


@dataclass(frozen=True)
class Release:
    """Telling one enquirer, by voice or in person, of one resident (R16), with all that it rests on as it is now.

    `wish`: what she said last, None where she was not asked or was asked again; `wish_asked_at`, `wish_at`: when she
    was asked and when she answered. `is_minor`: under 18 or age unknown (R8). `same_since`: when a tracer found that
    she is the one who is sought, None where nobody thinks so now. `findable_until`: when her yes to being looked for
    lapses, None where she took it back. `is_enquiry_open`: neither closed, deleted nor lapsed, by the family or staff.
    """

    id: str
    enquiry_id: str
    resident_id: str
    requested_by: str
    requested_at: datetime
    state: ReleaseState
    wish: Wish | None
    wish_at: datetime | None
    is_minor: bool
    approvals: tuple[Approval, ...] = ()
    decisions: tuple[BestInterest, ...] = ()
    told_by: str | None = None
    told_at: datetime | None = None
    told_how: ToldHow | None = None
    wish_asked_at: datetime | None = None
    same_since: datetime | None = None
    findable_until: datetime | None = None
    is_enquiry_open: bool = False
    is_enquirer_unsafe: bool = True
    ended_why: str | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
