"""The directory as rules see it: services at places, frozen, with all that decides who may use them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

STALE_AFTER = timedelta(days=90)
ANY = "any"


class Status(StrEnum):
    """HSDS's four."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    PAUSED = "temporarily closed"


class State(StrEnum):
    """Ours beside them; nothing is ever deleted."""

    FULL = "full"
    FUNDING_ENDED = "funding_ended"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Checked:
    """Who said that a fact is true, and when. Without a day nobody has checked it."""

    assured_on: date | None = None
    assured_by: str | None = None
    how: str | None = None
    source: str | None = None
    source_year: int | None = None

    @property
    def is_verified(self) -> bool:
        """Tell whether somebody ever checked it."""
        return self.assured_on is not None

    def is_fresh(self, today: date) -> bool:
        """Tell whether it was checked in the last 90 days."""
        return self.assured_on is not None and today - self.assured_on <= STALE_AFTER


NEVER = Checked()


@dataclass(frozen=True, slots=True)
class StateNow:
    """A state with its first and last day; no last day: until further notice."""

    state: State
    since: date | None = None
    until: date | None = None

    def holds(self, today: date) -> bool:
        """Tell whether it stands today."""
        return (self.since is None or self.since <= today) and (self.until is None or today <= self.until)


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number."""

    id: str
    number: str
    type: str | None
    description: str | None
    checked: Checked = NEVER


@dataclass(frozen=True, slots=True)
class OpeningTime:
    """An RFC 5545 rule: `days` as MO..SU, empty where only `description` says when."""

    id: str
    days: tuple[str, ...]
    opens_at: str | None
    closes_at: str | None
    freq: str | None
    valid_from: str | None
    valid_to: str | None
    description: str | None
    checked: Checked = NEVER


@dataclass(frozen=True, slots=True)
class Cost:
    """What it costs."""

    id: str
    option: str | None
    amount: float | None
    currency: str | None
    description: str | None
    checked: Checked = NEVER


@dataclass(frozen=True, slots=True)
class Address:
    """A public address; a confidential one is never here."""

    id: str
    lines: tuple[str, ...]
    checked: Checked = NEVER


@dataclass(frozen=True, slots=True)
class Site:
    """Where a service is given. `is_confidential`: there is a secret address, so no point and no address here.

    `is_home`: some service here is one where people live (`is_private_home`), which hides the place of every other too.

    `place`: code of district or province (`LA1301`, `LA-SV`, `TH-30`). `point`: latitude, longitude.
    """

    id: str
    location_type: str
    names: Mapping[str, str]
    place: str | None
    point: tuple[float, float] | None
    addresses: tuple[Address, ...] = ()
    is_confidential: bool = False
    checked: Checked = NEVER
    is_home: bool = False


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who gives the service. `kind`: our term, e.g. `lwu`, `police`; None where it is not said."""

    id: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    kind: str | None
    website: str | None
    phones: tuple[Phone, ...] = ()
    checked: Checked = NEVER


@dataclass(frozen=True, slots=True)
class Listing:
    """One service at one place (or by phone: `site` is None or virtual).

    Sets hold our terms' names and are empty where nothing was said; `genders` and `returnees` may hold `any`.
    A True-or-None field is None where nothing was said. `areas`: place codes it serves, `LA` a whole country.
    `free_places`: None where not counted. `texts`: field -> language -> text, e.g. `contact_rule`.
    """

    id: str
    service_id: str
    organisation: Organisation
    site: Site | None
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    texts: Mapping[str, Mapping[str, str]]
    status: Status
    states: tuple[StateNow, ...]
    needs: frozenset[str]
    genders: frozenset[str]
    ages: frozenset[str]
    returnees: frozenset[str]
    languages: frozenset[str]
    families: frozenset[str]
    referral_by: frozenset[str]
    areas: frozenset[str]
    is_residential: bool | None
    is_discreet: bool
    has_public_front_door: bool
    free_places: float | None
    phones: tuple[Phone, ...] = ()
    opening_times: tuple[OpeningTime, ...] = ()
    costs: tuple[Cost, ...] = ()
    documents: tuple[str, ...] = ()
    alert: str | None = None
    is_sample: bool = False
    is_placeholder: bool = False
    checked: Checked = NEVER

    @property
    def kind(self) -> str | None:
        """Kind of the organisation."""
        return self.organisation.kind

    @property
    def is_remote(self) -> bool:
        """Tell whether one need not go there: no place, or a virtual one."""
        return self.site is None or self.site.location_type == "virtual"

    @property
    def is_private_home(self) -> bool:
        """Tell whether people live there by the rule below."""
        lives, has_door = self.is_residential, self.has_public_front_door
        return is_private_home(is_residential=lives, needs=self.needs, has_public_front_door=has_door)

    @property
    def hides_its_place(self) -> bool:
        """Tell whether nobody may be told where it is: no address, no district, no distance. API and chat both ask."""
        site = self.site
        return site is not None and (site.is_confidential or site.is_home or self.is_private_home)

    def takes_people(self, today: date) -> bool:
        """Tell whether status, state and free places let anybody in today."""
        has_room = self.free_places is None or self.free_places > 0
        return self.status is Status.ACTIVE and has_room and not any(one.holds(today) for one in self.states)


@dataclass(frozen=True)
class Directory:
    """Everything at one moment. `by_need`: need -> its listings."""

    listings: tuple[Listing, ...] = ()
    by_id: Mapping[str, Listing] = field(default_factory=dict)
    by_need: Mapping[str, tuple[Listing, ...]] = field(default_factory=dict)


def is_private_home(*, is_residential: bool | None, needs: Collection[str], has_public_front_door: bool) -> bool:
    """Tell whether people live there and nobody said that one may walk in: where it is, is not for everybody.

    A place to stay counts as one that people live in where nobody wrote down whether they do (`is_residential` None).
    """
    one_lives_there = "shelter" in needs if is_residential is None else is_residential
    return one_lives_there and not has_public_front_door


def is_public(checked: Checked, today: date) -> bool:
    """Tell whether the public may be shown a fact: checked, and not stale. Else a person is offered instead."""
    return checked.is_fresh(today)


def text_in(texts: Mapping[str, str], language: str) -> str:
    """Return the text in a language, else English, else any."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
