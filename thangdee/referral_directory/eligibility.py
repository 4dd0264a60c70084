"""The hard rules: who may use a service, is it open to anybody, is what we know of it still true (R43).

Each rule answers with the reason for a refusal or None. They are asked in the order of `RULES`; the first refusal
counts, and how far a service came tells what a search lacked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from thangdee.referral_directory.model import ANY, Listing, Phone, State, Status, is_public
from thangdee.referral_directory.wanted import POLICE_REPORT, AgeBand, Gender, Reason, Returnee, Wanted

POLICE = "police"
_MINORS = frozenset({"under_12", "12_17"})
_BANDS = ("under_12", "12_17", "18_59", "60_up")
_EVERY_GENDER = frozenset({"women", "men", "transgender"})
_TERM_OF = {
    Gender.WOMAN: "women",
    Gender.MAN: "men",
    Gender.TRANSGENDER_WOMAN: "transgender",
    Gender.TRANSGENDER_MAN: "transgender",
}
_MOTHERS = "mothers_with_children"
_FATHERS = frozenset({Gender.MAN, Gender.TRANSGENDER_MAN, Gender.OTHER})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a service does not fit. `step`: how many rules it passed before."""

    reason: Reason
    step: int


def refusal(wanted: Wanted, listing: Listing, today: date, *, for_staff: bool = False) -> Refusal | None:
    """Return the first rule that this person at this service breaks. Staff see what is stale, the public does not."""
    for step, rule in enumerate(RULES):
        if reason := rule(wanted, listing, today):
            if for_staff and rule in _FOR_THE_PUBLIC:
                continue
            return Refusal(reason, step)
    return None


def takes_everyone(listing: Listing) -> bool:
    """Tell whether any gender is welcome, as the record says."""
    return ANY in listing.genders or listing.genders >= _EVERY_GENDER


def gender_term(gender: Gender) -> str | None:
    """Return our term for services that take this gender; None where only a service for everyone will do."""
    return _TERM_OF.get(gender)


def one_lives_there(wanted: Wanted, listing: Listing) -> bool:
    """Tell whether the person would stay there; a place to stay is one, though nobody wrote it down."""
    if listing.is_residential is None:
        return wanted.need == "shelter" and not listing.is_remote
    return listing.is_residential


def freshness(listing: Listing, today: date) -> Reason:
    """Return since when we know it: `assured`, `stale` or `never_checked`."""
    day = listing.checked.assured_on
    if day is None:
        return Reason("never_checked")
    return Reason("assured" if is_public(listing.checked, today) else "stale", day.isoformat())


def shown_phones(listing: Listing, today: date) -> tuple[Phone, ...]:
    """Return the numbers that may be shown: checked lately, the service's own before its organisation's."""
    own = tuple(phone for phone in listing.phones if is_public(phone.checked, today))
    return own or tuple(phone for phone in listing.organisation.phones if is_public(phone.checked, today))


def _police(wanted: Wanted, listing: Listing, _: date) -> Reason | None:
    is_wrong = listing.kind == POLICE and wanted.need != POLICE_REPORT
    return Reason("police_only_when_asked") if is_wrong else None


def _fresh(_: Wanted, listing: Listing, today: date) -> Reason | None:
    reason = freshness(listing, today)
    return None if reason.code == "assured" else reason


def _open(_: Wanted, listing: Listing, today: date) -> Reason | None:
    if listing.status is not Status.ACTIVE:
        return Reason("not_active", listing.status.value)
    if not listing.states:  # as most; a search asks this of thousands
        return None
    ended = (one.state for one in listing.states if one.state is not State.FULL and one.holds(today))
    return next((Reason(state.value) for state in ended), None)


def _gender(wanted: Wanted, listing: Listing, _: date) -> Reason | None:
    if not listing.genders:
        return Reason("for_whom_not_said") if one_lives_there(wanted, listing) else None
    if takes_everyone(listing) or gender_term(wanted.gender) in listing.genders:
        return None
    if wanted.gender is Gender.UNKNOWN:
        return Reason("gender_unknown")
    return Reason("only_for", ",".join(sorted(listing.genders)))


def _age(wanted: Wanted, listing: Listing, _: date) -> Reason | None:
    is_unknown = wanted.age_band is AgeBand.UNKNOWN
    if not listing.ages:
        if not (wanted.may_be_minor and one_lives_there(wanted, listing)):
            return None
        return Reason("age_unknown" if is_unknown else "age_not_said")
    possible = _MINORS if is_unknown or wanted.age_band is AgeBand.UNDER_18 else {wanted.age_band.value}
    if listing.ages & possible:
        return None
    known = Reason("only_ages", ",".join(band for band in _BANDS if band in listing.ages))
    return Reason("age_unknown") if is_unknown else known


def _returnee(wanted: Wanted, listing: Listing, _: date) -> Reason | None:
    takes = listing.returnees
    if not takes or ANY in takes or len(takes) > 1 or wanted.returnee.value in takes:
        return None
    if wanted.returnee is Returnee.UNKNOWN:
        return Reason("returnee_unknown")
    return Reason("only_official_returnees" if Returnee.OFFICIAL.value in takes else "only_unofficial_returnees")


def _children(wanted: Wanted, listing: Listing, _: date) -> Reason | None:
    if not wanted.with_children or not one_lives_there(wanted, listing):
        return None
    if _MOTHERS not in listing.families:
        return Reason("not_with_children")
    if wanted.couple:
        return None  # whether both may come is the next rule
    if wanted.gender in _FATHERS:
        return Reason("only_mothers_with_children")
    return Reason("gender_unknown") if wanted.gender is Gender.UNKNOWN else None


def _couple(wanted: Wanted, listing: Listing, _: date) -> Reason | None:
    is_wrong = wanted.couple and one_lives_there(wanted, listing) and "couples" not in listing.families
    return Reason("not_for_couples") if is_wrong else None


def _residential(wanted: Wanted, listing: Listing, _: date) -> Reason | None:
    is_wrong = not wanted.residential_ok and one_lives_there(wanted, listing)
    return Reason("only_residential") if is_wrong else None


def _room(_: Wanted, listing: Listing, today: date) -> Reason | None:
    return None if listing.takes_people(today) else Reason("full")


def _phone(_: Wanted, listing: Listing, today: date) -> Reason | None:
    is_wrong = listing.is_remote and not shown_phones(listing, today)
    return Reason("no_checked_phone") if is_wrong else None


Rule = Callable[[Wanted, Listing, date], Reason | None]
RULES: tuple[Rule, ...] = (
    _police, _fresh, _open, _gender, _age, _returnee, _children, _couple, _residential, _room, _phone,
)  # fmt: skip
# What protects the public from old facts; staff see them, marked.
_FOR_THE_PUBLIC = frozenset({_fresh, _phone})
