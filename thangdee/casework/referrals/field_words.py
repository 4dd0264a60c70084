"""What an answer of a matter says, in words: one place for the chat, the pages and the letter (R7)."""

from thangdee.casework.referrals.facts import Value
from thangdee.casework.referrals.model import Field
from thangdee.core.words import has, text
from thangdee.referral_directory.places import by_code, province_of
from thangdee.referral_directory.taxonomy import names_of, term

# The codes of each field that is chosen; a field that is missing here is words, a place, a number or a recording.
CHOICES: dict[Field, tuple[str, ...]] = {
    Field.NEED: names_of("need"),
    Field.URGENCY: ("urgent", "ordinary"),
    Field.AGE_BAND: ("under_12", "12_17", "under_18", "18_59", "60_up"),
    Field.GENDER: ("woman", "man", "transgender", "transgender_woman", "transgender_man", "other"),
    Field.LANGUAGE: names_of("spoken"),
    Field.WITH_CHILDREN: ("yes", "no"),
    Field.REACH_BY: ("call", "chat", "visit"),
    Field.REACH_HOURS: ("morning", "afternoon", "evening", "any", "only_when_i_write"),
    Field.PHONE_SEEN: ("only_me", "others", "sometimes"),
    # What may be said by a button of what is personal; words of her own and a recording go as well.
    Field.EXPLOITATION: ("no_pay", "held", "sexual", "debt"),
    Field.HEALTH: ("hurt", "ill", "medicine"),
    Field.PREGNANCY: ("pregnant", "maybe", "gave_birth"),
    Field.IMMIGRATION: ("no_papers", "papers_taken", "expired", "has_papers"),
    Field.VISIT_WISH: ("no_uniform", "no_marked_car", "like_a_friend", "meet_elsewhere"),
}
PLACES = frozenset({Field.PROVINCE, Field.DISTRICT})
# Of these the person may say several at once.
SEVERAL = frozenset({Field.REACH_HOURS, Field.VISIT_WISH})
_TAXONOMIES = {Field.NEED: "need", Field.LANGUAGE: "spoken"}


def name_of(field: Field, language: str) -> str:
    """Return what a field is called."""
    return text(f"field.{field}", language)


def words_of(field: Field, value: Value, language: str) -> str:
    """Return what an answer says: her own words as they are, a code in words, a recording as "a recording".

    A value may hold a choice and words beside it. That the family must not hear of it is not said here.
    """
    codes = value.get("codes") or ([value["code"]] if "code" in value else [])
    said = [code_words(field, str(code), language) for code in codes]
    if value.get("text"):
        said.append(str(value["text"]))
    if "media" in value:
        said.append(text("field.recording", language))
    return ", ".join(said)


def code_words(field: Field, code: str, language: str) -> str:
    """Return the words for one code; the code itself where there are none, so that nothing is left out."""
    if field in PLACES:
        return _place(code, language)
    taxonomy = _TAXONOMIES.get(field)
    if taxonomy and code in names_of(taxonomy):
        return term(taxonomy, code).names[language]
    key = f"field.{field}.{code}"
    return text(key, language) if has(key) else code


def _place(code: str, language: str) -> str:
    place = by_code(code)
    if place is None:
        return code
    province = province_of(place)
    name = place.full_name(language)
    return name if province is None or province == place else f"{name}, {province.name(language)}"
