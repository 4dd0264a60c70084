"""Who helps near me (issue 4): what kind of help, where, then up to three places and all that is known of each.

    what? (unless the topic says it) -> where? (unless it was said) -> results -> one of them -> a person, or a report

Steps are the data of buttons, `f:<step>:<value>`, so each button does the same however old it is. A place may also be
written or shared; only its code is remembered (told.py).
"""

from collections.abc import Awaitable, Callable

from thangdee.core.time_words import LOCAL_TIME
from thangdee.flows import context, referral_form
from thangdee.flows.answers import MENU, PERSON, number_lines
from thangdee.flows.deciding import Proposal
from thangdee.flows.help_cards import card, details, looking_for
from thangdee.flows.help_heard import INTENT, OTHER_PLACE, PLACE
from thangdee.flows.help_screens import (
    ELSEWHERE,
    is_need,
    look_elsewhere,
    need_name,
    place_name,
    settings,
    unknown_place,
    which_need,
    which_of,
    which_part,
    which_people,
    which_place,
)
from thangdee.flows.help_search import Found, search, wanted_of
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.reply import MOST_BUTTONS, Button, Part, Reply, say
from thangdee.referral_directory import reports
from thangdee.referral_directory.model import is_public, text_in
from thangdee.referral_directory.nearest import Scope
from thangdee.referral_directory.places import by_code, nearest_district
from thangdee.referral_directory.taxonomy import NEED_OF_INTENT

OLD_BUTTON: Proposal = {"say": "chat.old_button"}
RESULTS = Button("buttons.help_results", "f:b:")
SEND = Button("buttons.referral_send", "r:on")
_LONGEST_NAME = 28

Step = Callable[[Outward, str], Awaitable[Proposal | None]]


async def begin(outward: Outward, proposal: Proposal) -> None:
    """Start, or go on with the place that was written. Nothing already said is asked (R44)."""
    if "guesses" in proposal:
        await _ask_again(outward, [str(code) for code in proposal["guesses"]])
    elif code := proposal.get("place"):
        await _stand_at(outward, str(code))
    else:
        await _go_on(outward, _need_of(outward, is_written="given_by" in proposal))


async def obey(outward: Outward, value: str) -> Proposal | None:
    """Take the step of a pressed button. Returns what else is to be done: a person, or an old button's answer."""
    step, _, rest = value.partition(":")
    outward.remember(asked="none", misses=0)
    return await _STEPS[step](outward, rest) if step in _STEPS else OLD_BUTTON


async def hear_location(outward: Outward, latitude: float | None, longitude: float | None) -> None:
    """Go on with the district that is nearest to a shared location."""
    known = latitude is not None and longitude is not None
    near = nearest_district(latitude, longitude) if known else None  # type: ignore[arg-type]
    if near is None:
        await _ask_again(outward, [])
    else:
        await _stand_at(outward, near.code)


def _need_of(outward: Outward, *, is_written: bool) -> str | None:
    """Return the need of the topic. Who writes on about help looks for the same; who presses the button starts anew."""
    topic = context.topic_of(outward.chat.session, outward.now) or ""
    if who := settings().for_whom.get(topic):
        outward.remember(for_whom=who, told_at=outward.now.isoformat())
    if topic == INTENT:
        return outward.chat.session.need if is_written else None
    return NEED_OF_INTENT.get(topic)


async def _ask_again(outward: Outward, codes: list[str]) -> None:
    places = tuple(place for code in codes if (place := by_code(code)))
    await outward.say(which_of(places, outward.language) if places else unknown_place())
    outward.remember(asked=PLACE)


async def _stand_at(outward: Outward, code: str) -> None:
    outward.remember(place=code, told_at=outward.now.isoformat())
    await _go_on(outward, outward.chat.session.need)


async def _go_on(outward: Outward, need: str | None) -> None:
    """Ask what is not known yet, else show who helps."""
    if need is None:
        await _ask_need(outward)
        return
    outward.remember(need=need, told_at=outward.now.isoformat())
    if outward.chat.session.place is None:
        await outward.say(which_place(need, outward.language))
        outward.remember(asked=PLACE)
        return
    await _show_results(outward, need)


async def _show_results(outward: Outward, need: str) -> None:
    session, topic = outward.chat.session, context.topic_of(outward.chat.session, outward.now)
    found = search(outward.directory, wanted_of(session, need, outward.language), outward.now)
    values = {
        "need": need_name(need, outward.language),
        "place": place_name(session.place or "", outward.language),
    }
    await outward.say(_results(outward, found, values) if found.matches else _nothing(outward, found, values))
    # "And in Savannakhet?" goes on from here (context.py).
    outward.remember(asked=OTHER_PLACE, topic=topic or INTENT, topic_at=outward.now.isoformat())


def _results(outward: Outward, found: Found, values: dict[str, str]) -> Reply:
    language, today = outward.language, outward.now.astimezone(LOCAL_TIME).date()
    above = looking_for(outward.chat.session.for_whom, language)
    above += (Part("help.line.full"),) if found.is_full and found.scope is not Scope.HERE else ()
    cards = [part for n in range(len(found.matches)) for part in card(n, found, language, today)]
    tail = Part(f"help.tail.{found.asks_place or 'other'}")
    more = tuple(
        Button("buttons.help_more", f"f:d:{match.listing.id}", _numbered(n, text_in(match.listing.names, language)))
        for n, match in enumerate(found.matches, start=1)
    )
    ways_on = (*more, PERSON) if len(more) == MOST_BUTTONS - 1 else (*more, SEND, PERSON, ELSEWHERE)[:MOST_BUTTONS]
    return Reply((Part(f"help.found.{found.scope}", values), *above, *cards, tail), ways_on)


def _nothing(outward: Outward, found: Found, values: dict[str, str]) -> Reply:
    """Say honestly that nobody can be named, and give the numbers that were checked."""
    country = (found.place or "")[:2]
    above = looking_for(outward.chat.session.for_whom, outward.language)
    above += (Part("help.line.full"),) if found.is_full else ()
    offices = (Part("help.tail.offices"),) if country == "LA" else ()
    listed = [key for key in settings().figures.get(country, ()) if key in outward.figures.values]
    numbers = number_lines(tuple(listed), outward.figures)
    return Reply((Part("help.nothing", values), *above, *offices, *numbers), (ELSEWHERE, SEND, PERSON, CRISIS))


def _numbered(number: int, name: str) -> dict[str, str]:
    short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    return {"number": str(number), "name": short}


async def _ask_need(outward: Outward, node: str = "") -> None:
    await outward.say(which_need(node))
    outward.remember(asked=OTHER_PLACE)  # some answer with the place, which is asked for next


async def _choose_need(outward: Outward, need: str) -> Proposal | None:
    if not is_need(need):
        return OLD_BUTTON
    outward.remember(topic=INTENT, topic_at=outward.now.isoformat())  # what was talked about before no longer counts
    await _go_on(outward, need)
    return None


async def _ask_place(outward: Outward, _: str) -> None:
    need = outward.chat.session.need
    if need is None:
        await _go_on(outward, None)
        return
    await outward.say(which_place(need, outward.language))
    outward.remember(asked=PLACE)


async def _show_part(outward: Outward, value: str) -> Proposal | None:
    node, _, page = value.partition(":")
    reply = which_part(node, page, outward.language)
    if reply is None:
        return OLD_BUTTON
    await outward.say(reply)
    outward.remember(asked=PLACE)
    return None


async def _choose_place(outward: Outward, code: str) -> Proposal | None:
    if by_code(code) is None:
        return OLD_BUTTON
    await _stand_at(outward, code)
    return None


async def _look_elsewhere(outward: Outward, _: str) -> None:
    await outward.say(look_elsewhere())


async def _choose_people(outward: Outward, who: str) -> None:
    if not who:
        await outward.say(which_people())
        return
    outward.remember(for_whom=None if who == "anybody" else who, told_at=outward.now.isoformat())
    await _go_on(outward, outward.chat.session.need)


async def _show_again(outward: Outward, _: str) -> None:
    await _go_on(outward, outward.chat.session.need)


async def _show_details(outward: Outward, listing_id: str) -> None:
    today = outward.now.astimezone(LOCAL_TIME).date()
    listing = outward.directory.by_id.get(listing_id)
    if listing is None or not is_public(listing.checked, today):
        await outward.say(say("help.entry_gone", buttons=(RESULTS, PERSON, MENU, CRISIS)))
        return
    send = Button("buttons.help_send", f"f:s:{listing_id}")
    wrong = Button("buttons.help_wrong", f"f:x:{listing_id}")
    await outward.say(Reply(details(listing, outward.language, today), (send, wrong, ELSEWHERE, MENU)))


async def _report(outward: Outward, listing_id: str) -> None:
    """Note for staff that an entry is wrong: which and when, nothing of the person."""
    known = await reports.report(outward.connection, listing_id, outward.now)
    key = "help.reported" if known else "help.entry_gone"
    await outward.say(say(key, buttons=(RESULTS, PERSON, MENU, CRISIS)))


async def _send_matter(outward: Outward, listing_id: str) -> Proposal | None:
    """Begin to send the matter, to this place if it fits."""
    return await referral_form.begin(outward, listing_id)


_STEPS: dict[str, Step] = {
    "n": _ask_need,
    "c": _choose_need,
    "w": _ask_place,
    "r": _show_part,
    "p": _choose_place,
    "e": _look_elsewhere,
    "g": _choose_people,
    "b": _show_again,
    "d": _show_details,
    "x": _report,
    "s": _send_matter,
}
