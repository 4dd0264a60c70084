"""Words, a recording or a shared place as an answer to a question of the form."""

from collections.abc import Mapping

import phonenumbers

from thangdee.casework.referrals import field_words
from thangdee.casework.referrals.facts import Value
from thangdee.casework.referrals.model import Field
from thangdee.core import words
from thangdee.core.script import fold
from thangdee.flows.asking import Heard
from thangdee.flows.entities import Entities
from thangdee.flows.referral_questions import Question
from thangdee.flows.reply import LANGUAGES
from thangdee.referral_directory.places import by_code, find, nearest_district

SKIP = frozenset(map(fold, ("ຂ້າມ", "ຂ້າມໄປ", "ข้าม", "ข้ามไป", "skip")))
BACK = frozenset(map(fold, ("ກັບຄືນ", "ຍ້ອນກັບ", "ກັບ", "ย้อนกลับ", "กลับ", "back")))
# Longer is no name; longer words do not fit on one screen with all the rest, and what does not fit is not shown (R7).
LONGEST_NAME, LONGEST_WORDS = 60, 600
_FEWEST_DIGITS = 5
_REGIONS = ("LA", "TH")
_YES_NO = {"affirm": "yes", "deny": "no"}
_GROWN, _CHILD, _OLD = 18, 12, 60


def value_of(asked: Question, said: Heard, entities: Entities) -> Value | None:
    """Return the answer in what was said, None where there is none in it."""
    if said.media_id is not None:
        return {"media": said.media_id} if asked.is_open else None
    if said.latitude is not None and said.longitude is not None and asked.field is Field.PROVINCE:
        near = nearest_district(said.latitude, said.longitude)
        return {"code": near.code} if near else None
    if not said.text:
        return None
    if code := _chosen(asked, said, entities):
        return {"codes": [code]} if asked.field in field_words.SEVERAL else {"code": code}
    return {"text": said.text.strip()} if asked.is_open else None


def is_name(text: str, intent: str | None) -> bool:
    """Tell whether this can be what somebody wishes to be called, and no question."""
    return len(text) <= LONGEST_NAME and (intent is None or len(text) <= LONGEST_NAME // 3)


def phone_in(text: str, place: str | None) -> tuple[str, bool]:
    """Return a phone number as it is dialled from abroad, and True; or the words as they are, and False.

    A number of Laos and of Thailand can look the same: that of the country where she is counts first.
    """
    here = by_code(place or "")
    regions = sorted(_REGIONS, key=lambda region: here is None or here.country != region)
    for region in regions:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL), True
    return text.strip(), False


def has_digits(text: str) -> bool:
    """Tell whether there could be a phone number in it."""
    return sum(one.isdecimal() for one in text) >= _FEWEST_DIGITS


def has_letters(text: str) -> bool:
    """Tell whether there could be a topic in it; of a bare number the model thinks anything."""
    return any(one.isalpha() for one in text)


def places_like(text: str) -> tuple[str, ...]:
    """Return the codes of places that may be meant, best first."""
    return tuple(one.place.code for one in find(text))


def _chosen(asked: Question, said: Heard, entities: Entities) -> str | None:
    if asked.field is Field.AGE_BAND:
        return _labels(asked).get(fold(said.text or "")) or _age(said.text or "", entities)
    if asked.field is Field.PROVINCE:
        found = find(said.text or "")
        return found[0].place.code if found and found[0].is_sure else None
    if set(asked.choices) == {"yes", "no"} and said.intent in _YES_NO:
        return _YES_NO[said.intent]
    return _labels(asked).get(fold(said.text or ""))


def _age(text: str, entities: Entities) -> str | None:
    bare = fold(text)
    years = int(bare) if bare.isdecimal() and len(bare) == 2 else min((one.years for one in entities.ages), default=0)
    if not years:
        return None
    return "under_12" if years < _CHILD else "12_17" if years < _GROWN else "18_59" if years < _OLD else "60_up"


def _labels(asked: Question) -> Mapping[str, str]:
    """Return the words of each choice, with and without the picture, in every language."""
    found: dict[str, str] = {}
    for code in asked.choices:
        for language in LANGUAGES:
            key = f"buttons.referral_{asked.name}_{code}"
            if words.has(key):
                label = words.text(key, language)
                found |= {fold(label): code, fold(label.partition(" ")[2]): code}
            if asked.field:
                found[fold(field_words.code_words(asked.field, code, language))] = code
    return found
