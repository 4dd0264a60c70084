"""What an answer of an enquiry says, in words: one place for the chat, the pages and the letter."""

from thangdee.casework.enquiries.model import Field
from thangdee.casework.referrals import field_words as of_matters
from thangdee.casework.referrals.facts import Value
from thangdee.casework.referrals.model import Field as MatterField
from thangdee.core.words import has, text

# The codes of each field that can be chosen; words or a recording may stand for each of them, too.
CHOICES: dict[Field, tuple[str, ...]] = {
    Field.SEX: ("female", "male", "other"),
    Field.AGE: ("15_17", "18_24", "under_15", "25_up"),
    Field.LEFT_HOW: ("friend", "relative", "agent", "alone"),
    Field.WORK: ("house", "food_shop", "factory", "farm"),
    Field.LAST_CONTACT: ("this_month", "this_year", "long_ago"),
    Field.LANGUAGES: ("lo", "kjg", "hmn", "th"),
    Field.RELATION: ("parent", "sibling", "relative", "spouse", "child", "friend"),
    Field.REACH_BY: ("chat", "call"),
    Field.REACH_HOURS: ("any", "only_when_i_write", "morning", "afternoon", "evening"),
    Field.PHONE_SEEN: ("only_me", "sometimes", "others"),
}
# Of these somebody may say several at once.
SEVERAL = frozenset({Field.LANGUAGES, Field.REACH_HOURS})
BEFORE = "before_"
_BUDDHIST = 543
# What a matter asks in the same words.
_ALIKE = {
    Field.PLACE: MatterField.DISTRICT,
    Field.LANGUAGES: MatterField.LANGUAGE,
    Field.REACH_BY: MatterField.REACH_BY,
    Field.REACH_HOURS: MatterField.REACH_HOURS,
    Field.PHONE_SEEN: MatterField.PHONE_SEEN,
}


def year_words(year: str, language: str) -> str:
    """Return a year as it is counted there: in Thailand from the Buddha."""
    return str(int(year) + _BUDDHIST) if language == "th" and year.isdecimal() else year


def name_of(field: Field, language: str) -> str:
    """Return what a field is called."""
    return text(f"enquiry.field.{field}", language)


def words_of(field: Field, value: Value, language: str) -> str:
    """Return what an answer says: a code in words, their own words as they are, a recording as "a recording"."""
    codes = value.get("codes") or ([value["code"]] if "code" in value else [])
    said = [code_words(field, str(code), language) for code in codes]
    own = str(value.get("text") or "")
    if own and said and field is Field.PLACE:
        return f"{own} ({said[0]})" if own not in said[0] else said[0]
    if own and own not in said:
        said.append(own)
    if "media" in value:
        said.append(text("field.recording", language))
    return ", ".join(said)


def code_words(field: Field, code: str, language: str) -> str:
    """Return the words for one code; the code itself where there are none, so that nothing is left out."""
    if field in _ALIKE:
        return of_matters.code_words(_ALIKE[field], code, language)
    if field is Field.LEFT_WHEN:
        year = year_words(code.removeprefix(BEFORE), language)
        return text("enquiry.word.before_year", language, year=year) if code.startswith(BEFORE) else year
    key = f"enquiry.code.{field}.{code}"
    return text(key, language) if has(key) else code
