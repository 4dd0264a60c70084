"""The questions of an enquiry, in their order: one table. Nicknames first; each may be left out (R44)."""

from dataclasses import dataclass
from datetime import datetime

from thangdee.casework.enquiries.field_words import BEFORE, CHOICES
from thangdee.casework.enquiries.model import Field
from thangdee.core.time_words import LOCAL_TIME
from thangdee.flows.enquiry_draft import Draft


@dataclass(frozen=True)
class Question:
    """One question; its name is that of its field. A recording answers each of them.

    `takes_words`: any words are an answer; else only those that mean one of the choices. `is_story`: people tell at
    length here, so that long words about anything are the answer. `only_if`: asked only where that field was answered,
    with that code if one is given.
    """

    field: Field
    takes_words: bool = True
    is_story: bool = False
    only_if: tuple[Field, str | None] | None = None

    @property
    def name(self) -> str:
        """The name in `Session.asked` and in buttons."""
        return self.field.value


TABLE = (
    Question(Field.NICKNAME),
    Question(Field.FULL_NAME),
    Question(Field.SEX, takes_words=False),
    Question(Field.AGE),
    Question(Field.VILLAGE),
    Question(Field.OLD_VILLAGE, only_if=(Field.VILLAGE, None)),
    Question(Field.PLACE),
    Question(Field.LEFT_WHEN, is_story=True),
    Question(Field.LEFT_HOW, is_story=True),
    Question(Field.WORK, is_story=True),
    Question(Field.LAST_CONTACT, is_story=True),
    Question(Field.CALLED_FROM),
    Question(Field.COMPANIONS, is_story=True),
    Question(Field.LANGUAGES),
    Question(Field.MARKS, is_story=True),
    Question(Field.OWN_WORDS, is_story=True),
    Question(Field.RELATION),
    Question(Field.REACH_BY, takes_words=False),
    Question(Field.PHONE, only_if=(Field.REACH_BY, "call")),
    Question(Field.REACH_HOURS, takes_words=False),
    Question(Field.PHONE_SEEN, takes_words=False),
)
BY_NAME = {one.name: one for one in TABLE}


def next_question(draft: Draft) -> Question | None:
    """Return the first question that is to be asked and was neither answered nor left out."""
    return next((one for one in asked_of(draft) if one.field not in draft.facts and one.name not in draft.passed), None)


def before(draft: Draft, name: str) -> Question | None:
    """Return the question before this one, answered or not; None before the first."""
    names = [one.name for one in asked_of(draft)]
    place = names.index(name) if name in names else len(names)
    return BY_NAME[names[place - 1]] if place else None


def asked_of(draft: Draft) -> tuple[Question, ...]:
    """Return the questions that are for this draft, in their order."""
    return tuple(one for one in TABLE if one.only_if is None or _is_met(draft, *one.only_if))


def choices_of(question: Question, now: datetime) -> tuple[str, ...]:
    """Return the codes of the buttons of a question, the likeliest first."""
    if question.field is not Field.LEFT_WHEN:
        return CHOICES.get(question.field, ())
    year = now.astimezone(LOCAL_TIME).year
    return str(year), str(year - 1), f"{BEFORE}{year - 1}"


def is_choice(question: Question, code: str) -> bool:
    """Tell whether a button may have named this; last year's buttons still stand on some phones."""
    year = code.removeprefix(BEFORE)
    is_year = question.field is Field.LEFT_WHEN and year.isdecimal() and len(year) == len("2026")
    return is_year or code in CHOICES.get(question.field, ())


def _is_met(draft: Draft, field: Field, code: str | None) -> bool:
    return field in draft.facts and (code is None or draft.code(field) == code)
