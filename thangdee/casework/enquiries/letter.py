"""The letter with which a family asks an office to learn of a relative, or to visit: filled with what they gave.

In Lao, for both offices are Lao; a second sheet says the same in the language of the chat. It says nothing of where the
person is, and holds only what an office needs to know who is asked for: what goes on paper is read by many. Companions,
work, marks, numbers that called and the story stay with us. What was left out, or spoken, is a line to write on.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from thangdee.casework.enquiries.field_words import words_of
from thangdee.casework.enquiries.model import Field
from thangdee.casework.providers.paper import Page
from thangdee.casework.referrals.facts import Value
from thangdee.core.time_words import LOCAL_TIME
from thangdee.core.words import text

_LAO = "lo"
_OF_RELATIVE = (
    Field.FULL_NAME, Field.NICKNAME, Field.SEX, Field.AGE, Field.VILLAGE, Field.OLD_VILLAGE, Field.PLACE,
    Field.LEFT_WHEN, Field.LAST_CONTACT,
)  # fmt: skip
# An old name of the village is said by few: nobody needs an empty line for it.
_ONLY_IF_SAID = frozenset({Field.OLD_VILLAGE})
# Written by hand: it never stands in our database.
_BY_HAND = ("writer", "born", "papers", "address")
_ASKED = ("learn", "visit", "how")


class To(StrEnum):
    """Which office it is for."""

    MINISTRY = "ministry"
    CONSULATE = "consulate"


def letter_pdf(facts: Mapping[Field, Value], to: To, language: str, now: datetime) -> bytes:
    """Return the letter. The same arguments make the same bytes."""
    page = Page(_LAO, now, text("enquiry.letter.title", _LAO))
    _sheet(page, facts, to, _LAO, now)
    if language != _LAO:
        page.overleaf()
        page.words(text("enquiry.letter.to_read", language))
        _sheet(page, facts, to, language, now)
    return page.done()


def _sheet(page: Page, facts: Mapping[Field, Value], to: To, language: str, now: datetime) -> None:
    page.title(text("enquiry.letter.title", language))
    page.pair(text("letter.to", language), text(f"enquiry.letter.to.{to}", language), is_bold=True)
    page.pair(text("letter.date", language), f"{now.astimezone(LOCAL_TIME):%d/%m/%Y}")
    page.gap()
    page.words(text("enquiry.letter.opening", language))
    for asked in _ASKED:
        page.item(text(f"enquiry.letter.ask.{asked}", language))
    page.heading(text("enquiry.letter.relative", language))
    for field in _OF_RELATIVE:
        _line(page, field, facts, language)
    page.heading(text("enquiry.letter.of_writer", language))
    for blank in _BY_HAND:
        page.blank(text(f"enquiry.letter.blank.{blank}", language))
    _line(page, Field.RELATION, facts, language)
    _line(page, Field.PHONE, facts, language)
    page.gap()
    page.words(text("enquiry.letter.closing", language))
    page.blank(text("enquiry.letter.blank.signature", language))


def _line(page: Page, field: Field, facts: Mapping[Field, Value], language: str) -> None:
    label = text(f"enquiry.letter.field.{field}", language)
    said = _said(field, facts.get(field, {}), language)
    if said:
        page.pair(label, said)
    elif field not in _ONLY_IF_SAID:
        page.blank(label)


def _said(field: Field, value: Value, language: str) -> str:
    """Return their own words as typed, else the choice in words; nothing of a recording, which only sounds."""
    return (
        str(value["text"])
        if value.get("text")
        else words_of(field, {k: v for k, v in value.items() if k != "media"}, language)
    )
