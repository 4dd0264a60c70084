"""Context: a follow-up ("and how much is that?") is understood with the topic that was just answered.

Only codes are remembered, in the session: the topic and when. Rasa's tracker learns nothing of it (note 9).
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from thangdee.casework.chats import Session
from thangdee.core import words
from thangdee.core.script import skeleton
from thangdee.flows.answers import MENU, NEAREST, PERSON, answer_of, answers, number_lines, reply_with, topic
from thangdee.flows.deciding import Proposal
from thangdee.flows.entities import Entities
from thangdee.flows.follow_up_words import PLACE, Tile, begins_with, groups_somewhere, settings, tiles
from thangdee.flows.intents import Risk, risk_of
from thangdee.flows.reply import Part, Reply
from thangdee.flows.understanding import FollowUp, Understanding
from thangdee.referral_directory.figures import ShownFigures

AGAIN, UNKNOWN = "again", "unknown"
# What is asked, the most telling first: "and for men, how much?" is about men.
_FOR_WHOM = ("no_papers", "men", "lgbt", "minors")
_QUESTIONS = ("cost", "documents", "duration", "where", "how", "again")
_MARKERS = frozenset({"opener", "closer", "if", "about", "that"})
_AFTER_ASKING = frozenset({"ask", "polite", "closer", "that"})
# A word of fewer letters is too easily a part of another one where the message is not understood as a whole.
_TELLING_LETTERS = 4
_WORRYING = 0.15
_PUNCTUATION = re.compile(r"[^\w\s\u0e00-\u0eff]+")


def resolve(meaning: Understanding, text: str, entities: Entities, session: Session, now: datetime) -> Understanding:
    """Return what a message means after the topic of the last half hour; unchanged unless it is a follow-up.

    A cry or a sure meaning of high risk always stays, and so does whatever has a noun of its own.
    """
    before = topic_of(session, now)
    if before is None or session.hidden or _stands(meaning):
        return meaning
    facet = facet_of(text, entities, before, is_unsure=_is_unsure(meaning))
    if facet is None:
        return meaning
    way = _way(before, facet)
    intent = before if way in (AGAIN, UNKNOWN) else way
    risk = Risk.HIGH if Risk.HIGH in (meaning.risk, risk_of(intent)) else Risk.NONE
    follow_up = FollowUp(before, facet, way)
    return replace(meaning, intent=intent, risk=risk, is_blind=False, follow_up=follow_up)


def topic_of(session: Session, now: datetime) -> str | None:
    """Return the intent that was answered last, None if that is long ago."""
    if session.topic is None or session.topic_at is None or session.topic not in answers():
        return None
    age = now - datetime.fromisoformat(session.topic_at)
    return session.topic if age <= timedelta(minutes=settings()["minutes"]) else None


def facet_of(text: str, entities: Entities, before: str, *, is_unsure: bool) -> str | None:
    """Return what a follow-up asks about the topic; None if the message is none."""
    bare = skeleton(_with_places_cut(text, entities))
    if not bare or len(bare.replace(" ", "")) > settings()["longest"]:
        return None
    made_of = tiles(bare)
    if made_of:
        return _facet_of_tiles(made_of, entities, before)
    return _facet_of_marked(bare) if is_unsure else None


def proposals(meaning: Understanding, proposed: list[Proposal]) -> list[Proposal]:
    """Return what to do for a follow-up: what Rasa proposed for its intent, said as "once more about ..."."""
    follow_up = meaning.follow_up
    if follow_up is None:
        return proposed
    if follow_up.way == UNKNOWN:
        return [{"say": f"context.no_checked.{_kind(follow_up.facet)}", "topic": follow_up.topic}]
    if follow_up.way != AGAIN:
        return proposed
    lead = "context.once_more" if follow_up.facet in ("again", "how") else "context.again"
    return [one | {"lead": lead, "topic": follow_up.topic} for one in proposed]


def reply(proposal: Proposal, figures: ShownFigures, language: str) -> Reply:
    """Return the reply for a proposal with a topic: its answer once more, or honestly that nobody here knows."""
    about, key = str(proposal["topic"]), str(proposal["say"])
    label = {"topic": words.text(f"topic.{about}", language)}
    if lead := proposal.get("lead"):
        told = reply_with(key, figures)
        return replace(told, parts=(Part(str(lead), label), *told.parts))
    fees = _checked_fees(about, figures) if key.endswith(".cost") else ()
    nearest = () if about == "request_referral" else (topic(about), NEAREST)
    return Reply((Part("context.checked_price" if fees else key, label), *fees), (*nearest, PERSON, MENU))


def _checked_fees(about: str, figures: ShownFigures) -> tuple[Part, ...]:
    known = answer_of(f"answers.{about}")
    fees = [one for one in known.figures if one in figures.values and one not in figures.phones] if known else []
    return number_lines(tuple(fees), figures)


def _stands(meaning: Understanding) -> bool:
    return meaning.risk is Risk.IMMEDIATE or (meaning.risk is Risk.HIGH and meaning.is_sure)


def _is_unsure(meaning: Understanding) -> bool:
    """Tell whether the model does not know, and fears nothing either."""
    worry = sum(confidence for name, confidence in meaning.ranking if risk_of(name) is not Risk.NONE)
    return meaning.confidence < settings()["unsure"] and worry < _WORRYING and not meaning.is_blind


def _way(before: str, facet: str) -> str:
    chosen = settings()["topics"].get(before, {}).get(facet) or settings()["default"][facet]
    return str(chosen)


def _kind(facet: str) -> str:
    return facet if facet in ("cost", "duration", "documents") else "other"


def _with_places_cut(text: str, entities: Entities) -> str:
    for mention in reversed(entities.places):
        text = f"{text[: mention.start]} {PLACE} {text[mention.end :]}"
    return _PUNCTUATION.sub(" ", text)


def _facet_of_tiles(made_of: tuple[Tile, ...], entities: Entities, before: str) -> str | None:
    groups = frozenset(group for tile in made_of for group in tile.groups)
    if _denies(made_of) or ("number" in groups and not entities.ages):
        return None
    is_marked = bool(_MARKERS & groups)
    has_place = PLACE in groups or "here" in groups
    for_whom = next((facet for facet in _FOR_WHOM if facet in groups), None)
    if entities.ages:
        for_whom = "minors" if any(age.is_minor for age in entities.ages) else AGAIN
    if for_whom and is_marked:
        return for_whom
    asked = next((facet for facet in _QUESTIONS if facet in groups), None)
    if has_place and asked in (None, "where", "how") and (is_marked or asked or _is_help(before)):
        return "place"
    return asked if not for_whom else None


def _denies(made_of: tuple[Tile, ...]) -> bool:
    """Tell whether "ບໍ່" denies, as in "ໄປໃສບໍ່ໄດ້": it asks only at the end. Nothing begins with a politeness."""
    if made_of[0].groups <= {"ask", "polite"}:
        return True
    asking = [index for index, tile in enumerate(made_of) if tile.groups == {"ask"}]
    return any(not tile.groups & _AFTER_ASKING for index in asking[:1] for tile in made_of[index:])


def _facet_of_marked(bare: str) -> str | None:
    """Return the question of a message that has other words too, but begins as a follow-up does."""
    telling = groups_somewhere(bare, _TELLING_LETTERS) if begins_with(bare, "opener") else frozenset()
    return next((facet for facet in _QUESTIONS if facet in telling), None)


def _is_help(before: str) -> bool:
    """Tell whether a place alone answers "where are you?"."""
    return bool(settings()["topics"].get(before, {}).get("place") == "request_referral")
