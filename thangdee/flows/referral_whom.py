"""Whom a matter goes to: the nearest that fit with their reasons, she chooses; or a person of ours does (R43)."""

from dataclasses import dataclass, replace

from thangdee.casework.referrals import field_words
from thangdee.casework.referrals.model import POLICE, Field, Receiver
from thangdee.core.time_words import LOCAL_TIME
from thangdee.core.words import has
from thangdee.flows.help_cards import card
from thangdee.flows.help_screens import settings
from thangdee.flows.help_search import MOST_CARDS, Found, search
from thangdee.flows.outward import Outward
from thangdee.flows.referral_draft import Draft
from thangdee.flows.referral_screens import NEXT, button, with_cry
from thangdee.flows.reply import MOST_BUTTONS, Button, Part, Reply
from thangdee.referral_directory.area import scope_of, where_is
from thangdee.referral_directory.eligibility import refusal
from thangdee.referral_directory.model import Listing, text_in
from thangdee.referral_directory.nearest import AgeBand, Gender, Match, Reason, Scope, Wanted
from thangdee.referral_directory.ranking import Asked, match
from thangdee.referral_directory.wanted import POLICE_REPORT

_GENDERS = {"transgender": Gender.TRANSGENDER_WOMAN}
_LONGEST_NAME = 20


@dataclass(frozen=True)
class Whom:
    """Who fits now, best first; `unfit`: why the place she wished for does not, None where it does or none was."""

    found: Found
    wished: Listing | None = None
    unfit: Reason | None = None

    @property
    def listings(self) -> tuple[Listing, ...]:
        """Return the services themselves."""
        return tuple(one.listing for one in self.found.matches)

    def has(self, listing_id: str | None) -> bool:
        """Tell whether this service is among them."""
        return any(one.id == listing_id for one in self.listings)


def look(outward: Outward, draft: Draft) -> Whom:
    """Search the directory with all that is known now; the place she wished for stands first if it fits."""
    wanted = wanted_of(draft)
    found = _without_police(search(outward.directory, wanted, outward.now))
    wish = outward.chat.session.chosen or outward.chat.session.wished
    wished = outward.directory.by_id.get(wish or "")
    if wished is None:
        return Whom(found)
    is_found = any(one.listing.id == wished.id for one in found.matches)
    reason = None if is_found else why_unfit(outward, wished, wanted)
    if reason is not None:
        return Whom(found, wished, reason)
    return Whom(_with_first(outward, found, wished, wanted), wished)


def wanted_of(draft: Draft) -> Wanted:
    """Return what to look for, as far as it was answered. Police is not among it (R11, R43)."""
    need = draft.matter.need or ""
    gender = draft.code(Field.GENDER) or ""
    return Wanted(
        need if need != POLICE_REPORT else "",
        place=draft.matter.place,
        gender=_GENDERS.get(gender) or (Gender(gender) if gender in tuple(Gender) else Gender.UNKNOWN),
        age_band=AgeBand(draft.matter.age_band) if draft.matter.age_band else AgeBand.UNKNOWN,
        language=draft.code(Field.LANGUAGE) or draft.matter.language,
        urgent=draft.code(Field.URGENCY) == "urgent" or need in settings().urgent,
        with_children=draft.code(Field.WITH_CHILDREN) == "yes",
    )


def why_unfit(outward: Outward, listing: Listing, wanted: Wanted) -> Reason | None:
    """Return why this service does not fit this person, None if it does."""
    if listing.kind == POLICE:
        return Reason("police_only_when_asked")
    if wanted.need not in listing.needs:
        return Reason("other_need")
    refused = refusal(wanted, listing, outward.now.astimezone(LOCAL_TIME).date())
    if refused is not None:
        return refused.reason
    scope = scope_of(where_is(wanted), listing)
    return scope if isinstance(scope, Reason) else None


def receivers(outward: Outward, draft: Draft) -> tuple[Receiver, ...]:
    """Return whom she chose, then the others if they may be asked too; empty while nobody fitting is chosen."""
    whom, session = look(outward, draft), outward.chat.session
    if session.chosen is None or not whom.has(session.chosen):
        return ()
    others = others_of(whom, session.chosen) if session.others == "y" else ()
    return tuple(receiver_of(one) for one in (outward.directory.by_id[session.chosen], *others))


def others_of(whom: Whom, chosen: str) -> tuple[Listing, ...]:
    """Return whom else one could ask, in the order of asking."""
    return tuple(one for one in whom.listings if one.id != chosen)


def receiver_of(listing: Listing) -> Receiver:
    """Return the service as the receiver that a consent names."""
    place = listing.site.place if listing.site else None
    country = (place or next(iter(sorted(listing.areas)), "LA"))[:2]
    return Receiver(listing.id, listing.organisation.id, listing.kind, country if country in ("LA", "TH") else "LA")


def name_of(outward: Outward, receiver: Receiver) -> str:
    """Return the receiver's name in the person's language."""
    listing = outward.directory.by_id.get(receiver.listing_id)
    return text_in(listing.names, outward.language) if listing else receiver.listing_id


def choose(outward: Outward, draft: Draft, whom: Whom) -> Reply:
    """Show who fits, to choose one or to let a person choose."""
    today, language = outward.now.astimezone(LOCAL_TIME).date(), outward.language
    cards = [part for n in range(len(whom.found.matches)) for part in card(n, whom.found, language, today)]
    buttons = tuple(
        button("to", draft, f"w:{one.id}", number=str(number), name=_short(text_in(one.names, language)))
        for number, one in enumerate(whom.listings, start=1)
    )
    parts = (Part(NEXT), *_why_not(whom, language), Part("referral.whom"), *cards)
    return Reply(parts, with_cry((*buttons, person_chooses(draft))[:MOST_BUTTONS]))


def nobody(outward: Outward, draft: Draft, whom: Whom) -> Reply:
    """Say honestly that nobody fits who may be named, and what can be done."""
    place = field_words.code_words(Field.PROVINCE, draft.matter.place, outward.language) if draft.matter.place else "…"
    text = (Part(NEXT), *_why_not(whom, outward.language), Part("referral.nobody", {"place": place}))
    ways = (person_chooses(draft), button("other_place", draft, "o:place"), button("other_need", draft, "o:need"))
    return Reply(text, with_cry(ways))


def ask_others(outward: Outward, draft: Draft, whom: Whom, chosen: Listing) -> Reply:
    """Ask whether the others may be asked too where the chosen one cannot."""
    names = "\n".join(f"• {text_in(one.names, outward.language)}" for one in others_of(whom, chosen.id))
    said = {"name": text_in(chosen.names, outward.language), "others": names}
    buttons = (
        button("others_yes", draft, "h:y"), button("others_no", draft, "h:n"), button("other_one", draft, "x:"),
        person_chooses(draft),
    )  # fmt: skip
    return Reply((Part(NEXT), Part("referral.others", said)), buttons)


def person_chooses(draft: Draft) -> Button:
    """Return the button by which a person of ours looks for somebody."""
    return button("person", draft, "f:")


def _why_not(whom: Whom, language: str) -> tuple[Part, ...]:
    if whom.wished is None or whom.unfit is None:
        return ()
    key = f"referral.unfit.{whom.unfit.code}"
    known = key if has(key) else "referral.unfit.other"
    return (Part(known, {"name": text_in(whom.wished.names, language)}),)


def _without_police(found: Found) -> Found:
    return replace(found, matches=tuple(one for one in found.matches if one.listing.kind != POLICE))


def _with_first(outward: Outward, found: Found, wished: Listing, wanted: Wanted) -> Found:
    """Put the wished place first, with the others behind it."""
    local = outward.now.astimezone(LOCAL_TIME)
    asked = Asked(wanted, where_is(wanted), local.date(), local.time())
    first: Match = next((one for one in found.matches if one.listing.id == wished.id), match(wished, asked))
    others = tuple(one for one in found.matches if one.listing.id != wished.id)
    scope = found.scope if found.matches else Scope.COUNTRY
    return replace(found, matches=(first, *others)[:MOST_CARDS], scope=scope)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
