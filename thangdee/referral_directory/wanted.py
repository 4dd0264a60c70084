"""What is looked for in the directory, and the shape of what is found; every answer carries its reasons."""

from dataclasses import dataclass
from enum import StrEnum

from thangdee.referral_directory.model import Listing, Phone

POLICE_REPORT = "police_report"  # the one need that may be met by police; nobody gets police without asking (R43)


class Gender(StrEnum):
    """As the person describes it."""

    WOMAN = "woman"
    MAN = "man"
    TRANSGENDER_WOMAN = "transgender_woman"
    TRANSGENDER_MAN = "transgender_man"
    OTHER = "other"
    UNKNOWN = "unknown"


class AgeBand(StrEnum):
    """Never a birthday. Who has not said it counts as under 18 (R8)."""

    UNDER_12 = "under_12"
    FROM_12_TO_17 = "12_17"
    FROM_18_TO_59 = "18_59"
    FROM_60 = "60_up"
    UNDER_18 = "under_18"
    UNKNOWN = "unknown"


class Returnee(StrEnum):
    """Whether the other country's police gave the paper (official) or the person came home by themselves."""

    OFFICIAL = "official"
    NOT_IDENTIFIED = "not_identified"
    UNKNOWN = "unknown"


class Scope(StrEnum):
    """How far we had to look, nearest first. `here`: it serves this very place, as a nationwide service does."""

    HERE = "here"
    SAME_PROVINCE = "same_province"
    NEIGHBOURING_PROVINCE = "neighbouring_province"
    COUNTRY = "country"
    PHONE = "phone"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person needs, where, and who they are as far as they said.

    `place`: code of a place, or a shared point (latitude, longitude). `country`: "LA" or "TH" where no more is known.
    `language`: code; it ranks and never excludes.
    """

    need: str
    place: str | tuple[float, float] | None = None
    country: str | None = None
    gender: Gender = Gender.UNKNOWN
    age_band: AgeBand = AgeBand.UNKNOWN
    language: str | None = None
    urgent: bool = False
    with_children: bool = False
    couple: bool = False
    returnee: Returnee = Returnee.UNKNOWN
    residential_ok: bool = True

    @property
    def may_be_minor(self) -> bool:
        """Tell whether the person is under 18 or did not say (R8)."""
        return self.age_band not in (AgeBand.FROM_18_TO_59, AgeBand.FROM_60)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, as a code with its parameter; the words for it are in the catalogues."""

    code: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.code}:{self.value}" if self.value else self.code


@dataclass(frozen=True, slots=True)
class Match:
    """A service that fits. `km` and the site's place are never told of a confidential address.

    `phones`: only those that were checked lately, the service's own or else its organisation's.
    """

    listing: Listing
    reasons: tuple[Reason, ...]
    km: int | None
    phones: tuple[Phone, ...]
    is_fresh: bool

    def value(self, code: str) -> str | None:
        """Return the parameter of a reason, "" for one that has none, None where it is not given."""
        return next((one.value for one in self.reasons if one.code == code), None)

    def has(self, code: str) -> bool:
        """Tell whether this reason is given."""
        return self.value(code) is not None


@dataclass(frozen=True, slots=True)
class Rejection:
    """A service for this need that does not fit, with the first rule that says so. For staff."""

    listing: Listing
    reason: Reason


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found, best first, and how far we had to look.

    `missing`: the rule that left nothing here; None where something is here. `asks`: what the person has not said
    and what could let in more services: `place`, `gender`, `age_band`, `returnee`, `district`. `place`: the code that
    was searched from. `rejected` is filled for staff only.
    """

    scope: Scope
    matches: tuple[Match, ...] = ()
    missing: Reason | None = None
    asks: tuple[str, ...] = ()
    place: str | None = None
    rejected: tuple[Rejection, ...] = ()
