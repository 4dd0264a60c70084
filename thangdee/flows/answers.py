"""Answers: which texts make one, what stands behind it, what may come next."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from thangdee.core import words
from thangdee.flows.intents import Risk, risk_of
from thangdee.flows.reply import Button, Part, Reply
from thangdee.referral_directory.figures import ShownFigures

MENU = Button("buttons.menu", "m:root")
PERSON = Button("buttons.talk_to_person", "i:talk_to_human")
NEAREST = Button("buttons.nearest_help", "i:request_referral")
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


@cache
def answers() -> dict[str, Answer]:
    """Return all answers by intent."""
    listed = yaml.safe_load(Path(__file__).with_name("answers.yml").read_text(encoding="utf-8"))["answers"]
    return {
        intent: Answer(
            intent,
            tuple(facts.get("sources") or ()),
            tuple(facts.get("law") or ()),
            str(facts["written_on"]),
            str(facts["review_by"]),
            facts["reviewed_by"],
            facts.get("next"),
            tuple(facts.get("records") or ()),
        )
        for intent, facts in listed.items()
    }


def answer_of(key: str) -> Answer | None:
    """Return what is known about `answers.<intent>`, None for another text."""
    room, _, intent = key.partition(".")
    return answers().get(intent) if room == "answers" else None


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
    nearest = () if answer.intent == "request_referral" else (NEAREST,)
    following = () if answer.next in (None, "request_referral", "talk_to_human") else (topic(str(answer.next)),)
    return (*following, *nearest, PERSON, MENU)
