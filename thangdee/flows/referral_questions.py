"""The questions of the form, in their order: one table. What is known is not asked (R44); each may be skipped."""

from dataclasses import dataclass

from thangdee.casework.referrals.model import Field
from thangdee.flows.referral_draft import Draft

MORE, FOR_WHOM, NEED, PLACE, PHONE = "more", "for_whom", "need", "place", "phone"
ME, OTHER = "me", "other"


@dataclass(frozen=True)
class Question:
    """One question. `choices`: codes of its buttons, the likeliest first; none: asked in a way of its own.

    `is_open`: words or a recording answer it. `of_helper`: also asked of somebody who writes for another person.
    `only_if`: asked only where that field was answered with that code.
    """

    name: str
    field: Field | None
    choices: tuple[str, ...] = ()
    is_open: bool = False
    of_helper: bool = False
    of_person: bool = True
    only_if: tuple[Field, str] | None = None


TABLE = (
    Question(NEED, Field.NEED, of_helper=True),
    Question(FOR_WHOM, None, (ME, OTHER), of_helper=True),
    Question("urgency", Field.URGENCY, ("urgent", "ordinary"), of_helper=True),
    Question(PLACE, Field.PROVINCE, of_helper=True),
    Question("age_band", Field.AGE_BAND, ("under_18", "18_59", "60_up"), of_helper=True),
    Question("gender", Field.GENDER, ("woman", "man", "transgender_woman", "transgender_man", "other"), of_helper=True),
    Question("language", Field.LANGUAGE, ("lo", "th", "kjg", "hmn", "en", "bru", "sign")),
    Question("with_children", Field.WITH_CHILDREN, ("yes", "no")),
    Question("call_name", Field.CALL_NAME, is_open=True),
    Question("reach_by", Field.REACH_BY, ("call", "chat", "visit")),
    Question(PHONE, Field.PHONE, is_open=True, only_if=(Field.REACH_BY, "call")),
    Question("reach_hours", Field.REACH_HOURS, ("any", "only_when_i_write", "morning", "afternoon", "evening")),
    Question("phone_seen", Field.PHONE_SEEN, ("only_me", "sometimes", "others")),
    Question(
        "visit_wish", Field.VISIT_WISH, ("no_uniform", "no_marked_car", "like_a_friend", "meet_elsewhere"),
        is_open=True, only_if=(Field.REACH_BY, "call"),
    ),
    Question("own_words", Field.OWN_WORDS, is_open=True, of_helper=True, of_person=False),
    Question(MORE, None),
)  # fmt: skip
BY_NAME = {one.name: one for one in TABLE} | {
    # Told only where she wishes to: behind "anything more", never asked in the row.
    "own_words": Question("own_words", Field.OWN_WORDS, is_open=True, of_helper=True, of_person=False),
    "exploitation": Question("exploitation", Field.EXPLOITATION, ("no_pay", "held", "sexual", "debt"), is_open=True),
    "health": Question("health", Field.HEALTH, ("hurt", "ill", "medicine"), is_open=True),
    "pregnancy": Question("pregnancy", Field.PREGNANCY, ("pregnant", "maybe", "gave_birth"), is_open=True),
    "immigration": Question(
        "immigration", Field.IMMIGRATION, ("no_papers", "papers_taken", "expired", "has_papers"), is_open=True
    ),
}
OF_FIELD = {one.field: one for one in BY_NAME.values() if one.field} | {Field.DISTRICT: BY_NAME[PLACE]}
# The questions behind "something more personal", with the topic that makes one the first to be offered (R42).
PERSONAL = ("exploitation", "health", "pregnancy", "immigration")
OFFERS = {
    "wages_withheld": ("exploitation", "no_pay"),
    "documents_held": ("exploitation", "held"),
    "sexual_exploitation": ("exploitation", "sexual"),
    "debt_bondage": ("exploitation", "debt"),
    "no_papers_fear": ("immigration", "no_papers"),
}


def next_question(draft: Draft) -> Question | None:
    """Return the first question that is to be asked and was neither answered nor skipped."""
    return next((one for one in asked_of(draft) if not is_answered(draft, one)), None)


def before(draft: Draft, name: str) -> Question | None:
    """Return the question before this one, answered or not; None before the first."""
    names = [one.name for one in asked_of(draft)]
    place = names.index(name) if name in names else len(names)
    return BY_NAME[names[place - 1]] if place else None


def asked_of(draft: Draft) -> tuple[Question, ...]:
    """Return the questions that are for this draft, in their order."""
    is_other = draft.matter.is_for_other
    mine = (one for one in TABLE if (one.of_helper if is_other else one.of_person))
    return tuple(one for one in mine if one.only_if is None or draft.code(one.only_if[0]) == one.only_if[1])


def is_answered(draft: Draft, question: Question) -> bool:
    """Tell whether it needs not be asked: answered, skipped, or said before in this chat."""
    if question.name == FOR_WHOM and draft.matter.is_for_other:
        return True
    return question.name in draft.passed or (question.field is not None and question.field in draft.facts)
