"""A matter in words: who, what, when; buttons that all screens after the yes share."""

from collections.abc import Mapping
from datetime import datetime

from thangdee.casework.referrals import gate, store
from thangdee.casework.referrals.facts import Value
from thangdee.casework.referrals.field_words import name_of as field_name
from thangdee.casework.referrals.field_words import words_of
from thangdee.casework.referrals.model import (
    ENDED,
    Field,
    Matter,
    MatterState,
    Receiver,
    ReferralConsent,
    ReferralState,
)
from thangdee.core import words
from thangdee.core.time_words import LOCAL_TIME, SAYABLE, clock, when
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Button, Part
from thangdee.referral_directory.model import text_in
from thangdee.referral_directory.taxonomy import TERMS

STATUS = Button("buttons.matter_status", "u:s")
TAKE_BACK = Button("buttons.matter_take_back", "u:w")
LONGEST_NAME = 24
_LONGEST_SAID = 60
# The gate lets it through, or would once two of ours found it good for a child.
_MAY_STILL = (None, "best_interest")


async def mine(outward: Outward, matter_id: str = "") -> list[Matter]:
    """Return the person's matters, newest first; of an id, that one alone if it is theirs."""
    found = await store.matters_of(outward.connection, outward.chat.id)
    return [one for one in found if matter_id in ("", one.id)]


async def open_ones(outward: Outward, matter_id: str = "") -> list[Matter]:
    """Return the person's matters that have not ended, newest first."""
    return [one for one in await mine(outward, matter_id) if one.state not in ENDED]


def may_still_be_told(matter: Matter, now: datetime) -> list[ReferralConsent]:
    """Return the consents by which somebody sees, or may yet be sent, anything: who has it first, then in order."""
    current = matter.current
    first = current.consent_id if current else ""
    left = {first, *(one.id for one in gate.unused(matter))}
    open_ones = [one for one in matter.consents if one.id in left and gate.why_not(matter, one, now) in _MAY_STILL]
    return sorted(open_ones, key=lambda one: (one.id != first, one.rank, one.at))


def name_of(outward: Outward, receiver: Receiver) -> str:
    """Return what the receiver is called, by the directory of today."""
    listing = outward.directory.by_id.get(receiver.listing_id)
    if listing is None:
        listings = outward.directory.listings
        listing = next((one for one in listings if one.organisation.id == receiver.organisation_id), None)
        names = listing.organisation.names if listing else {}
    else:
        names = listing.names
    return text_in(names, outward.language) or words.text("matter.word.the_place", outward.language)


def short(name: str) -> str:
    """Return a name that fits on a button."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def need_of(matter: Matter, language: str) -> str:
    """Return what the matter is about."""
    known = TERMS.get(("need", matter.need or ""))
    return known.names[language] if known else words.text("matter.word.some_need", language)


def moment(at: datetime, now: datetime, language: str) -> str:
    """Return a moment as it is said; with the date where the day is past or further ahead than a weekday tells."""
    is_today = at.astimezone(LOCAL_TIME).date() == now.astimezone(LOCAL_TIME).date()
    if is_today or now <= at <= now + SAYABLE:
        return when(at, now, language)
    return words.text("matter.word.moment", language, day=day(at), clock=clock(at, language))


def day(at: datetime) -> str:
    """Return the day in digits."""
    return f"{at.astimezone(LOCAL_TIME):%d/%m/%Y}"


def told_in_words(fields: Mapping[Field, Value], language: str) -> str:
    """Return each answer on a line with what it is called; long words of one's own are cut, the person knows them."""
    return "; ".join(
        f"{field_name(one, language)}: {cut(words_of(one, value, language))}" for one, value in fields.items()
    )


def cut(said: str) -> str:
    """Return the beginning of long words."""
    return said if len(said) <= _LONGEST_SAID else f"{said[: _LONGEST_SAID - 1]}…"


def line(key: str, /, **values: str) -> Part:
    """Return a paragraph that stands below a first line."""
    return Part(f"matter.line.{key}", values)


def may_need_person(matter: Matter, now: datetime) -> bool:
    """Tell whether the receiver says something that may not be so, or has not kept a promise."""
    one = matter.current
    if one is None:
        return matter.state is MatterState.WITH_STAFF
    is_late = one.state is ReferralState.ACCEPTED and (one.contact_by is None or one.contact_by <= now)
    return is_late or one.state in (ReferralState.CONTACTED, ReferralState.HELPED)
