"""The library of texts, made of what the conversation ships: its answers, crisis cards and staff's ready replies."""

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import yaml

import thangdee.flows
from thangdee.bot.render import words_of
from thangdee.casework.content.library import About, Library, OnPhone, ShowOnPhone
from thangdee.casework.content.wording import parameters
from thangdee.core import words
from thangdee.core.words import LANGUAGES
from thangdee.flows.answers import Answer, answers, crisis_cards, reply_with
from thangdee.flows.intents import Risk, risks
from thangdee.flows.outward import crisis_card
from thangdee.flows.reply import Part, Reply
from thangdee.referral_directory.figures import ShownFigures

_CANNED = "canned."
# What the conversation itself answers, without a text of its own.
_CONVERSATION = frozenset(
    {"talk_to_human", "change_language", "greet", "goodbye", "thanks", "affirm", "deny", "out_of_scope"}
)


def library(figures: Callable[[], ShownFigures]) -> Library:
    """Return the library of one process; `figures`: those that the public may see now."""
    own = [
        *(_about(f"crisis.{kind}", facts) for kind, facts in crisis_cards().items()),
        *(_about(f"answers.{intent}", facts) for intent, facts in answers().items()),
        *(About(key) for key in words.catalogue("en") if key.startswith(_CANNED)),
    ]
    return Library(own, documents(), _shown_with(figures), without_answer())


def without_answer() -> tuple[str, ...]:
    """Return the intents which no text answers."""
    wanted = (name for name, risk in risks().items() if name not in _CONVERSATION and risk is not Risk.IMMEDIATE)
    return tuple(name for name in wanted if not words.has(f"answers.{name}"))


@cache
def documents() -> dict[str, str]:
    """Return the titles of the documents that texts are written from, by code."""
    path = Path(thangdee.flows.__path__[0]) / "answers.yml"
    listed: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
    return listed


def _about(key: str, facts: Answer) -> About:
    reviewed_by = {language: facts.reviewed_by.get(language) for language in LANGUAGES}
    return About(
        key,
        facts.sources,
        facts.law,
        date.fromisoformat(facts.written_on),
        date.fromisoformat(facts.review_by),
        reviewed_by,
        facts.figures,
        facts.staff_note,
    )


def _shown_with(figures: Callable[[], ShownFigures]) -> ShowOnPhone:
    def show(key: str, language: str) -> OnPhone:
        reply = _message(key, language, figures())
        labels = (words.text(one.label, language, **one.values) for one in reply.buttons)
        return OnPhone(words_of(reply, language), tuple(labels))

    return show


def _message(key: str, language: str, figures: ShownFigures) -> Reply:
    """Return the message as the bot, or a colleague with a ready reply, would send it now."""
    room, _, name = key.partition(".")
    if room == "crisis":
        return crisis_card(name, figures, Part("crisis.duty_off"))
    if room == "answers":
        return reply_with(key, figures)
    # A ready reply may have a gap that staff fill in, such as a time.
    return Reply((Part(key, dict.fromkeys(parameters(words.text(key, language)), "…")),))
