"""What the desk's page shows: words, labels, spans of time, in the viewer's language."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from string import Formatter
from typing import Any

from thangdee.casework.conversations import Talk
from thangdee.casework.transcripts import Direction, Line
from thangdee.console.shared import AboutAnswer
from thangdee.core import words
from thangdee.core.script import script_of
from thangdee.core.time_words import LOCAL_TIME

_FILES = ("voice", "photo")
_SPANS = (("days", timedelta(days=1)), ("hours", timedelta(hours=1)), ("minutes", timedelta(minutes=1)))
_LANGUAGE_OF_SCRIPT = {"lao": "lo", "thai": "th"}
# The kinds of button data (flows/reply.py) and the label that stood on the button.
_PRESSED = {
    "i": "topic.{}",
    "c": "topic.{}",
    "m": "menu.{}",
    "l": "buttons.language_{}",
    "y": "buttons.yes",
    "n": "buttons.no",
    "h": "hidden.button.{}",
    "x": "buttons.hide",
}


@dataclass(frozen=True)
class Paragraph:
    """A piece of text and the language it is in, None where that is not known."""

    text: str
    language: str | None


@dataclass(frozen=True)
class About:
    """What stands behind an answer. `reviewer` read it in the language that was sent; None: nobody yet."""

    reviewer: str | None
    is_overdue: bool
    written_on: str
    review_by: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class ShownLine:
    """One line of the transcript, ready to be shown. `is_words`: written by the person, so it has a meaning.

    `staff_id`: who of staff wrote it. `is_file`: a voice note or a photo, `media` its id if it was kept. `place`:
    latitude and longitude.
    """

    id: str
    who: Direction
    at: datetime
    clock: str
    paragraphs: tuple[Paragraph, ...]
    about: tuple[About, ...]
    understood: str | None
    risk: str | None
    is_words: bool
    staff_id: str | None = None
    is_file: bool = False
    media: str | None = None
    place: tuple[float, float] | None = None


def shown_lines(talk: Talk, language: str, about_answer: AboutAnswer, now: datetime) -> list[ShownLine]:
    """Return the lines of a talk, oldest first; the bot's and our fixed texts in the viewer's language."""
    sent_in = talk.language or "lo"
    return [_shown(line, language, sent_in, about_answer, now) for line in talk.lines]


def span(length: timedelta, language: str) -> str:
    """Return a length of time in its largest unit: "3 min"."""
    for name, unit in _SPANS:
        if length >= unit:
            return words.text(f"desk.span.{name}", language, count=str(length // unit))
    return words.text("desk.span.seconds", language, count=str(max(0, int(length.total_seconds()))))


def topic(intent: str, language: str) -> str:
    """Return what staff call an intent, an answer or the reason of an alert; its code where it has no label."""
    intent = intent.removeprefix("answers.")
    for key in (f"topic.{intent}", f"lessons.intent.{intent}", f"desk.deed.{intent}"):
        if words.has(key):
            return words.text(key, language)
    return intent


def meaning(intent: str, language: str) -> str:
    """Return the label of an intent without its picture: in a long list people type its first letters."""
    named = topic(intent, language)
    return named.partition(" ")[2] if words.has(f"topic.{intent}") else named


def chat_name(chat_id: str) -> str:
    """Return a short name for a chat: people give no names here (R6)."""
    return chat_id[:5].upper()


def clock(at: datetime, now: datetime) -> str:
    """Return the time of day in Laos and Thailand, with the day unless it is today."""
    local = at.astimezone(LOCAL_TIME)
    return f"{local:%H:%M}" if local.date() == now.astimezone(LOCAL_TIME).date() else f"{local:%Y-%m-%d %H:%M}"


def why_not_sent(code: str, language: str) -> str:
    """Return why a message did not go out; the code where it has no words."""
    key = f"talk.why.{code}"
    return words.text(key, language) if words.has(key) else code


def language_of(written: str) -> str | None:
    """Return the language of Lao or Thai letters, None for others."""
    return _LANGUAGE_OF_SCRIPT.get(script_of(written))


def is_words(line: Line) -> bool:
    """Tell whether a person wrote this: only then it has a meaning to correct."""
    return line.direction is Direction.IN and line.body.get("deed") == "text" and bool(line.body.get("text"))


def fixed_text(key: str, language: str) -> str:
    """Return a catalogue text whose parameters are not kept: dots stand for them."""
    if not words.has(key):
        return key
    parameters = {name for _, name, _, _ in Formatter().parse(words.catalogue(language)[key]) if name}
    return words.text(key, language, **dict.fromkeys(parameters, "…"))


def _shown(line: Line, language: str, sent_in: str, about_answer: AboutAnswer, now: datetime) -> ShownLine:
    keys = [str(key) for key in line.body.get("say", ())]
    known = [facts for key in keys if (facts := about_answer(key)) is not None]
    today = now.astimezone(LOCAL_TIME).date()
    return ShownLine(
        id=line.id,
        who=line.direction,
        at=line.at,
        clock=clock(line.at, now),
        paragraphs=tuple(Paragraph(fixed_text(key, language), None) for key in keys) or (_said(line, language),),
        about=tuple(_about(facts, sent_in, today) for facts in known),
        understood=topic(line.intent, language) if line.intent else None,
        risk=line.risk,
        is_words=is_words(line),
        staff_id=line.staff_id,
        is_file=line.body.get("deed") in _FILES,
        media=line.body.get("media"),
        place=_place(line.body),
    )


def _place(body: dict[str, Any]) -> tuple[float, float] | None:
    latitude, longitude = body.get("latitude"), body.get("longitude")
    return (float(latitude), float(longitude)) if latitude is not None and longitude is not None else None


def _said(line: Line, language: str) -> Paragraph:
    body, deed = line.body, str(line.body.get("deed", "text"))
    written = str(body.get("text", ""))
    if deed == "press":
        return Paragraph(words.text("desk.deed.press", language, label=_pressed(written, language)), None)
    if deed == "location":
        place = f"{body.get('latitude')}, {body.get('longitude')}"
        return Paragraph(words.text("desk.deed.location", language, place=place), None)
    label = words.text(f"desk.deed.{deed}", language) if words.has(f"desk.deed.{deed}") else ""
    shown = "\n".join(piece for piece in (label, written) if piece)
    return Paragraph(shown, language_of(written))


def _pressed(data: str, language: str) -> str:
    kind, _, value = data.partition(":")
    key = "buttons.menu" if data == "m:root" else _PRESSED.get(kind, "").format(value)
    return words.text(key, language) if words.has(key) else data


def _about(facts: dict[str, Any], sent_in: str, today: date) -> About:
    review_by = str(facts["review_by"])
    return About(
        reviewer=facts["reviewed_by"].get(sent_in),
        is_overdue=review_by < today.isoformat(),
        written_on=str(facts["written_on"]),
        review_by=review_by,
        sources=(*facts["sources"], *facts["law"]),
    )
