"""A matter and its referrals as the rules see them: frozen, without words; what a field holds lies sealed elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from thangdee.casework.consent import GivenBy

# Raised when the words by which a referral is agreed to change; everybody is then asked again (R3).
REFERRAL_CONSENT_VERSION = 1
CONSENT_LASTS = timedelta(days=90)
POLICE = "police"


# The age bands of who is certainly not a minor; everybody else counts as one (R8).
ADULTS = frozenset({"18_59", "60_up"})
AGE_BANDS = ADULTS | {"under_12", "12_17", "under_18"}


class Field(StrEnum):
    """What may be told of a person. The order is that of the screens and of what the receiver reads."""

    NEED = "need"
    URGENCY = "urgency"
    AGE_BAND = "age_band"
    GENDER = "gender"
    LANGUAGE = "language"
    PROVINCE = "province"
    DISTRICT = "district"
    CALL_NAME = "call_name"
    WITH_CHILDREN = "with_children"
    REACH_BY = "reach_by"
    PHONE = "phone"
    REACH_HOURS = "reach_hours"
    PHONE_SEEN = "phone_seen"
    VISIT_WISH = "visit_wish"
    OWN_WORDS = "own_words"
    EXPLOITATION = "exploitation"
    HEALTH = "health"
    PREGNANCY = "pregnancy"
    IMMIGRATION = "immigration"


# What a receiver sees before accepting (R41); the rest only after.
OUTLINE = frozenset({Field.NEED, Field.URGENCY, Field.AGE_BAND, Field.GENDER, Field.LANGUAGE, Field.PROVINCE})
# Each needs a yes of its own and carries "do not tell family" (R42).
SENSITIVE = frozenset({Field.EXPLOITATION, Field.HEALTH, Field.PREGNANCY, Field.IMMIGRATION})


class Speed(StrEnum):
    """How soon a receiver must answer (R41)."""

    URGENT = "urgent"
    ORDINARY = "ordinary"


class Said(StrEnum):
    """Whose words or whose yes it is. Only the person's own yes opens anything."""

    PERSON = "person"
    HELPER = "helper"
    GUARDIAN = "guardian"
    STAFF = "staff"


class MatterState(StrEnum):
    """Who has to act: the person, the receiver, staff, nobody any more. The drawing is in steps.py."""

    DRAFT = "draft"
    WITH_PROVIDER = "with_provider"
    WITH_STAFF = "with_staff"
    HELPED = "helped"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class ReferralState(StrEnum):
    """Where one referral to one receiver stands. The drawing is in steps.py."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    CONTACTED = "contacted"
    HELPED = "helped"
    CLOSED = "closed"
    DECLINED = "declined"
    EXPIRED = "expired"
    GIVEN_BACK = "given_back"
    WITHDRAWN = "withdrawn"


ENDED = frozenset({MatterState.CLOSED, MatterState.WITHDRAWN})
# In these the receiver may see something; before accepting, the outline alone.
OPEN = frozenset({ReferralState.OFFERED, ReferralState.ACCEPTED, ReferralState.CONTACTED, ReferralState.HELPED})
TAKEN_ON = OPEN - {ReferralState.OFFERED}
# In these somebody at the receiver still has to do something.
IN_WORK = OPEN - {ReferralState.HELPED}


@dataclass(frozen=True)
class Hours:
    """When a receiver works: `opens` and `closes` in minutes of the day, `days` as weekdays, 1 is Monday.

    `country`: LA or TH where it is written down whose holidays they keep.
    """

    opens: int = 8 * 60
    closes: int = 16 * 60
    days: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    country: str | None = None


OFFICE = Hours()


@dataclass(frozen=True)
class Receiver:
    """Who may be sent a matter: a listing of the directory, as it was when it was shown."""

    listing_id: str
    organisation_id: str
    kind: str | None
    country: str


@dataclass(frozen=True)
class ReferralConsent:
    """A yes to tell these fields to this receiver, in the order in which receivers are to be asked.

    `own_yes`: the sensitive fields that were agreed to one by one. `shown_hash`: of exactly what was shown (R7).
    `withdrawn_at`: when it was taken back, or when something else took its place: a later yes, help by another.
    """

    id: str
    receiver: Receiver
    rank: int
    fields: frozenset[Field]
    own_yes: frozenset[Field]
    shown_hash: str
    language: str
    given_by: GivenBy
    said_by: Said
    at: datetime
    version: int = REFERRAL_CONSENT_VERSION
    withdrawn_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Tell whether it is the person's own, to today's words, younger than 90 days and not taken back (R3, R4)."""
        is_own = self.said_by is Said.PERSON and self.version == REFERRAL_CONSENT_VERSION
        return is_own and self.withdrawn_at is None and self.at <= now < self.at + CONSENT_LASTS


@dataclass(frozen=True)
class BestInterest:
    """What a member of staff decided for a person who is, or may be, under 18 (R9). The reasons lie sealed."""

    id: str
    staff_id: str
    is_child_protection: bool
    listing_id: str
    is_yes: bool
    at: datetime


@dataclass(frozen=True)
class Referral:
    """One receiver asked to help. `answer_by`: when the next is asked instead; `contact_by`: what was promised.

    `reason`: why it was declined, given back, or how it ended; a code.
    """

    id: str
    code: str
    receiver: Receiver
    consent_id: str
    state: ReferralState
    offered_at: datetime
    answer_by: datetime
    changed_at: datetime
    contact_by: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Matter:
    """One person's matter with all that was agreed, decided and asked. `code`: random, what it is called.

    `age_band`: of the directory, None where it is not known; then the person counts as under 18 (R8).
    `owner`: the member of staff who cares for it. `why_staff`: why it waits for one. `hours`: when organisations work,
    by their id, as far as that is written down; not the matter's own.
    """

    id: str
    code: str
    chat_id: str
    state: MatterState
    speed: Speed
    created_at: datetime
    changed_at: datetime
    is_for_other: bool = False
    need: str | None = None
    age_band: str | None = None
    place: str | None = None
    language: str = "lo"
    owner: str | None = None
    why_staff: str | None = None
    consents: tuple[ReferralConsent, ...] = ()
    referrals: tuple[Referral, ...] = ()
    decisions: tuple[BestInterest, ...] = ()
    hours: Mapping[str, Hours] = field(default_factory=dict, compare=False)

    @property
    def may_be_minor(self) -> bool:
        """Whether the person is, or may be, under 18 (R8)."""
        return self.age_band not in ADULTS

    @property
    def current(self) -> Referral | None:
        """The referral that somebody works on; there is never more than one."""
        return next((one for one in self.referrals if one.state in OPEN), None)

    def consent(self, consent_id: str) -> ReferralConsent:
        """Return a consent by its id. Raises KeyError."""
        return {one.id: one for one in self.consents}[consent_id]

    def referral(self, referral_id: str) -> Referral:
        """Return a referral by its id. Raises KeyError."""
        return {one.id: one for one in self.referrals}[referral_id]


@dataclass(frozen=True)
class Effect:
    """What must be done with a step, in its transaction: see effects.py. `facts`: codes and ids only."""

    kind: str
    facts: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None
