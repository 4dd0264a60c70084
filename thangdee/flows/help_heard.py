"""A written place, where the search for help asked for one: said alone or in a sentence, in any script, misspelt."""

from thangdee.casework.chats import Session
from thangdee.core.script import skeleton
from thangdee.flows.deciding import Proposal
from thangdee.flows.entities import Entities
from thangdee.flows.intents import OUT_OF_SCOPE, Risk
from thangdee.flows.understanding import Understanding
from thangdee.referral_directory.places import Place, find, is_within

INTENT = "request_referral"
# What is open in `Session.asked`: a place was asked for; results were shown, and another place may be written.
PLACE, OTHER_PLACE = "help_place", "help_other_place"
OPEN = frozenset({PLACE, OTHER_PLACE})
_GUESSES = 3
# How well a name must be spelt to be one though it is an everyday word too (ເລີຍ).
_AS_WRITTEN = 0.95
# Letters beside the place that say no more than "and in ...?".
_FEW_LETTERS = 12


def heard(session: Session, text: str, entities: Entities, meaning: Understanding) -> Proposal | None:
    """Return what to do with a message if it answers where the person is; None if it is about something else."""
    if session.asked not in OPEN or session.hidden:
        return None
    if meaning.risk is not Risk.NONE and meaning.is_sure:
        return None  # the place in it is remembered all the same (told.py)
    found, mentioned = find(text), _mentioned(entities)
    if not mentioned and found and found[0].is_sure:
        return _at(found[0].place)
    is_named = bool(found) and found[0].score >= _AS_WRITTEN and session.asked == PLACE
    is_about_else = meaning.is_sure and meaning.intent not in (OUT_OF_SCOPE, INTENT)
    if is_about_else and not is_named and not _is_little_more(text, entities):
        return None
    return _guess(session, mentioned or tuple(one.place for one in found), is_mentioned=bool(mentioned))


def _guess(session: Session, places: tuple[Place, ...], *, is_mentioned: bool) -> Proposal | None:
    if is_mentioned and len(places) == 1:
        return _at(places[0])
    if session.asked == OTHER_PLACE and not is_mentioned:
        return None
    return {"do": "help_near", "guesses": [one.code for one in places[:_GUESSES]]}


def _is_little_more(text: str, entities: Entities) -> bool:
    """Tell whether the message is a place and hardly anything else: "ແລ້ວຢູ່ວຽງຈັນເດ້"."""
    rest = text
    for mention in reversed(entities.places):
        rest = rest[: mention.start] + " " + rest[mention.end :]
    return bool(entities.places) and len(skeleton(rest).replace(" ", "")) <= _FEW_LETTERS


def _at(place: Place) -> Proposal:
    return {"do": "help_near", "place": place.code}


def _mentioned(entities: Entities) -> tuple[Place, ...]:
    """Return the places that a message may mean; "Pakse in Champasak, Laos" is Pakse."""
    named = tuple(dict.fromkeys(place for one in entities.places for place in (one.place, *one.others)))
    return tuple(
        place for place in named if not any(other != place and is_within(other, place.code) for other in named)
    )
