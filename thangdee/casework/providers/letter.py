"""A letter for an office without login, as PDF: the fewest facts, in Lao, Thai or English, made to be printed."""

from collections.abc import Mapping
from datetime import datetime

from thangdee.casework.providers.paper import Page
from thangdee.casework.referrals.facts import Value
from thangdee.casework.referrals.field_words import name_of, words_of
from thangdee.casework.referrals.model import SENSITIVE, Field
from thangdee.core.time_words import LOCAL_TIME
from thangdee.core.words import text

_CODE_SIZE = 20.0


def letter_pdf(
    reference: str,
    fields: Mapping[Field, Value],
    receiver_name: str,
    language: str,
    now: datetime,
    *,
    answer_by: datetime | None = None,
    phone: str | None = None,
) -> bytes:
    """Return the letter. `fields`: what was shown, as far as `gate.told` lets it through; nothing else gets in.

    `phone`: a verified number of the hotline's desk; without one the letter says to answer who brings it.
    The same arguments make the same bytes.
    """
    page = Page(language, now, text("letter.title", language))
    page.title(text("letter.title", language))
    page.pair(text("letter.reference", language), reference, size=_CODE_SIZE, is_bold=True)
    page.pair(text("letter.to", language), receiver_name)
    page.pair(text("letter.date", language), f"{now.astimezone(LOCAL_TIME):%d/%m/%Y}")
    page.gap()
    page.words(text("letter.who_we_are", language))
    page.heading(text("letter.what", language))
    for field in Field:
        if field in fields:
            page.pair(name_of(field, language), words_of(field, fields[field], language))
            if field in SENSITIVE:
                page.pair("", text("letter.not_the_family", language), is_bold=True)
    page.heading(text("letter.how_to_answer", language))
    page.words(_how(language, phone))
    if answer_by is not None:
        local = f"{answer_by.astimezone(LOCAL_TIME):%d/%m/%Y %H:%M}"
        page.words(text("letter.answer_by", language, when=local))
    page.heading(text("letter.please", language))
    for number in range(1, _RULES + 1):
        page.item(text(f"letter.please.{number}", language))
    return page.done()


# letter.please.1 ... 5
_RULES = 5


def _how(language: str, phone: str | None) -> str:
    if phone:
        return text("letter.call", language, phone=phone)
    return text("letter.tell_who_brings", language)
