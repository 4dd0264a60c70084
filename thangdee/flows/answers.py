"""Answers: which texts make one, what stands behind it, what may come next."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from thangdee.core import words
from thangdee.flows.enquiry_buttons import BEGIN, FINDER, HELP
from thangdee.flows.intents import Risk, risk_of
from thangdee.flows.menu import CRISIS
from thangdee.flows.reply import Button, Part, Reply
from thangdee.referral_directory.figures import ShownFigures

MENU = Button("buttons.menu", "m:root")
PERSON = Button("buttons.talk_to_person", "i:talk_to_human")
NEAREST = Button("buttons.nearest_help", "i:request_referral")
HIDE = Button("buttons.hide", "x:hide")
# "Somebody asks me to withdraw": one tap, wherever courts and money are spoken of (flows/court.py).
PRESSURE = Button("buttons.court_pressure", "j:p")
_OF_COURTS = frozenset({"info_court", "info_compensation", "case_status"})
# Who looks for somebody can ask us to, and can tell who asks for money (R18).
_OF_RELATIVES = {
    "find_relative": (BEGIN, Button("topic.paid_finder", "i:paid_finder"), PERSON, MENU),
    "paid_finder": (FINDER, PRESSURE, BEGIN, PERSON),
    "info_shelter_contact": (HELP, BEGIN, PERSON, MENU),
}
YES_NO = ("buttons.yes", "buttons.no")


@dataclass(frozen=True)
class Answer:
    """What is known about a text: where it comes from, how old it is, who read it over.

    `reviewed_by` has one name per language, None where no native speaker has read it yet.
    """

    intent: str
    sources: tuple[str, ...]
    law: tuple[str, ...]
    written_on: str
    review_by: str
    reviewed_by: dict[str, str | None]
    next: str | None
    figures: tuple[str, ...]
    staff_note: str | None


def answers() -> dict[str, Answer]:
    """Return all answers by intent."""
    return _read()["answers"]


def crisis_cards() -> dict[str, Answer]:
    """Return what is known about the fixed cards, by kind of crisis."""
    return _read()["crisis"]


@cache
def _read() -> dict[str, dict[str, Answer]]:
    stored = yaml.safe_load(Path(__file__).with_name("answers.yml").read_text(encoding="utf-8"))
    return {
        room: {intent: _answer(intent, facts) for intent, facts in stored[room].items()}
        for room in ("answers", "crisis", "court", "enquiry")
    }


def _answer(intent: str, facts: dict[str, Any]) -> Answer:
    return Answer(
        intent,
        tuple(facts["sources"]),
        tuple(facts["law"]),
        str(facts["written_on"]),
        str(facts["review_by"]),
        facts["reviewed_by"],
        facts["next"],
        tuple(facts["records"]),
        facts["staff_note"],
    )


def answer_of(key: str) -> Answer | None:
    """Return what is known about `answers.<intent>`, or a text of crisis, court or enquiry; None for another text."""
    room, _, intent = key.partition(".")
    return _read().get(room, {}).get(intent)


def reply_with(key: str, figures: ShownFigures) -> Reply:
    """Return the reply for a text: its figures that may be shown, and four ways on."""
    answer = answer_of(key)
    if answer is None:
        return Reply((Part(key),), (MENU, PERSON))
    offer = (Part("chat.offer_person"),) if risk_of(answer.intent) is Risk.HIGH else ()
    return Reply((Part(key), *number_lines(answer.figures, figures), *offer), _ways_on(answer))


def number_lines(keys: tuple[str, ...], figures: ShownFigures) -> tuple[Part, ...]:
    """Return a line for each figure that may be shown; one honest line where no phone number may."""
    lines = tuple(Part(f"numbers.{key}", {"value": figures.values[key]}) for key in keys if key in figures.values)
    has_phones = any(key in figures.phones for key in keys)
    return lines or ((Part("numbers.unavailable"),) if has_phones else ())


def topic(intent: str) -> Button:
    """Return the button that leads to an intent."""
    return Button(f"topic.{intent}", f"i:{intent}")


def can_be_chosen(intent: str) -> bool:
    """Tell whether a button can lead there."""
    return words.has(f"topic.{intent}")


def _ways_on(answer: Answer) -> tuple[Button, ...]:
    """Return at most four buttons; what the text tells to press stands among them."""
    nearest = () if answer.intent == "request_referral" else (NEAREST,)
    following = () if answer.next in (None, "request_referral", "talk_to_human") else (topic(str(answer.next)),)
    if answer.intent in _OF_RELATIVES:
        return _OF_RELATIVES[answer.intent]
    if answer.intent in _OF_COURTS:
        return (PRESSURE, *following, PERSON, MENU)
    if _names(answer.intent, CRISIS):
        return (*nearest, PERSON, MENU, CRISIS)
    if _names(answer.intent, HIDE):
        return (*following, PERSON, MENU, HIDE)
    return (*following, *nearest, PERSON, MENU)


def _names(intent: str, button: Button) -> bool:
    return words.text(button.label, "en") in words.text(f"answers.{intent}", "en")
