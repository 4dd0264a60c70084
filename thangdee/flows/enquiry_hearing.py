"""Words, a recording or a shared place as an answer to a question of an enquiry: what was typed is kept as typed."""

import re
from collections.abc import Mapping
from enum import StrEnum

from thangdee.casework.enquiries.field_words import SEVERAL, code_words
from thangdee.casework.enquiries.model import Field
from thangdee.casework.referrals.facts import Value
from thangdee.core import words
from thangdee.core.script import fold
from thangdee.flows.asking import Heard
from thangdee.flows.enquiry_questions import BY_NAME, Question, choices_of
from thangdee.flows.enquiry_screens import label_of
from thangdee.flows.enquiry_words import asks_where, flags_in
from thangdee.flows.entities import Entities
from thangdee.flows.intents import OUT_OF_SCOPE, Risk, risk_of
from thangdee.flows.outward import Outward
from thangdee.flows.referral_hearing import has_digits, phone_in
from thangdee.flows.reply import LANGUAGES
from thangdee.referral_directory.places import by_code, find, nearest_district

ENOUGH = frozenset(
    map(
        fold,
        ("ພໍແລ້ວ", "ພໍ", "ໝົດແລ້ວ", "ໝົດເທົ່ານີ້", "ເທົ່ານີ້", "ແຄ່ນີ້", "ພໍສ່ຳນີ້", "ພໍເທົ່ານີ້", "พอแล้ว", "พอ", "หมดแล้ว",
         "แค่นี้", "เท่านี้", "that is all", "that's all", "enough", "done", "mot laeo", "pho laeo"),
    )
)  # fmt: skip
# Who says "I do not know" has answered: the question is left out.
NOT_KNOWN = frozenset(
    map(
        fold,
        ("ບໍ່ຮູ້", "ບໍ່ຮູ້ຈັກ", "ບໍ່ຈື່", "ຈື່ບໍ່ໄດ້", "ບໍ່ມີ", "ບໍຮູ້", "ບໍມີ", "ບໍ່ແນ່ໃຈ", "ບໍ່ຮູ້ເລີຍ", "ไม่รู้", "ไม่ทราบ", "จำไม่ได้",
         "ไม่มี", "ไม่แน่ใจ", "บ่ฮู้", "บ่มี", "บ่จื่อ", "don't know", "do not know", "dont know", "no idea", "none", "bo hu",
         "bo mi", "bor hu", "bor mee"),
    )
)  # fmt: skip
_BEGIN = frozenset(
    map(
        fold,
        ("ເລີ່ມ", "ເລີ່ມເລົ່າ", "ເລີ່ມເລີຍ", "ໄດ້", "เริ่ม", "เริ่มเล่า", "เริ่มเลย", "ได้", "start", "begin", "yes", "ok"),
    )
)  # fmt: skip
LONGEST_WORDS = 1500
# A question has more letters than the first; a name more than the second is none where it presses for news; names,
# places or numbers in a row more than the third are rather a question, if the model is sure that they are.
_SHORTEST_QUESTION, _LONGEST_NAME, _LONGEST_LIST = 8, 20, 45
_SMALL_TALK = frozenset({"greet", "thanks", "goodbye", "affirm", "deny", OUT_OF_SCOPE})
_ASKS = re.compile(
    r"[?？]|ບໍ່?\s*$|ແນວໃດ|ຢູ່ໃສ|ບ່ອນໃດ|ເທົ່າໃດ|ເທົ່າໄຫຼ|ໄຫມ|ໄໝ|ไหม|มั้ย|ยังไง|อย่างไร|ที่ไหน|เท่าไ|หรือยัง|หรือเปล่า|"
    r"^(?:how|what|where|can|do|is|are|who|when)\b|"
    r"\b(?:neodai|naeodai|yusai|thaodai|yangngai|yangdai|bor?|chai ?mai)\s*$"
)
# Parts of words for choices that people say in other words than those of the button.
_SAID: Mapping[Field, tuple[tuple[str, str], ...]] = {
    Field.SEX: (
        ("other", "ກະເທີຍ|ທອມ|ສາວປະເພດ|กะเทย|ทอม|สาวสอง|trans|katoey"),
        ("female", "ຍິງ|ສາວ|ເອື້ອຍ|หญิง|สาว|girl|woman|female|phu ?ying|sao"),
        ("male", "ຊາຍ|ບ່າວ|ອ້າຍ|ชาย|หนุ่ม|boy|man|male|phu ?sai|bao"),
    ),
    Field.REACH_BY: (
        ("call", "ໂທ|โทร|call|phone|tho"),
        ("chat", "ຂຽນ|ແຊັດ|ແຊດ|ພິມ|ຂໍ້ຄວາມ|เขียน|แชต|แชท|พิมพ์|ข้อความ|chat|write|text|message"),
    ),
}
_BORN = re.compile(r"ເກີດ|เกิด|\bborn\b|\bk(?:er|oe)d\b")


def value_of(question: Question, said: Heard, outward: Outward) -> Value | None:
    """Return the answer in what was said, None where there is none in it."""
    if said.media_id is not None:
        return {"media": said.media_id}
    if said.latitude is not None and said.longitude is not None:
        return _home_near(question, said.latitude, said.longitude)
    typed = (said.text or "").strip()
    if not typed:
        return None
    if question.field is Field.CALLED_FROM:
        return {"text": phone_in(typed, "TH")[0]}
    code = _chosen(question, typed, outward)
    if code is None:
        return {"text": typed} if question.takes_words else None
    coded: Value = {"codes": [code]} if question.field in SEVERAL else {"code": code}
    return coded | ({"text": typed} if question.takes_words else {})


def home_in(typed: str) -> tuple[Value, tuple[str, ...]]:
    """Return the home place as typed, with its code where there is no doubt; else the codes of what may be meant."""
    found = find(typed, country="LA")
    if found and found[0].is_sure:
        return {"code": found[0].place.code, "text": typed}, ()
    return {"text": typed}, tuple(one.place.code for one in found)


def is_elsewhere(question: Question, said: Heard) -> bool:
    """Tell whether words are about something else than the question that is open.

    A mother's story sounds like many topics and is her answer all the same, unless it plainly asks something; of names
    the model knows nothing, however sure it is.
    """
    intent, typed = said.intent, (said.text or "").strip()
    if intent is None or intent in _SMALL_TALK or len(typed) <= _SHORTEST_QUESTION:
        return False
    if question.field is Field.LAST_CONTACT and intent == "tracing_status":
        return False  # "no news at all"
    if question.field is Field.PLACE and find(typed, country="LA"):
        return False
    is_asking = bool(_ASKS.search(fold(typed)))
    if question.is_story:
        return is_asking and risk_of(intent) is Risk.NONE
    return is_asking or len(typed) > _LONGEST_LIST


class Opening(StrEnum):
    """What is said below the first words, where a button would begin."""

    YES = "yes"
    NAME = "name"
    STORY = "story"
    ELSEWHERE = "elsewhere"


def opening_of(said: Heard) -> Opening:
    """Tell whether an answer to the first words begins to tell, and how; a recording is told like a name."""
    typed = (said.text or "").strip()
    if said.media_id is not None:
        return Opening.NAME
    if not typed or flags_in(typed):
        return Opening.ELSEWHERE
    if said.intent == "affirm" or fold(typed) in _BEGIN:
        return Opening.YES
    if said.intent == "find_relative":
        return Opening.STORY
    is_question = asks_where(typed) or bool(_ASKS.search(fold(typed)))
    if is_question or said.intent in _SMALL_TALK - {OUT_OF_SCOPE} or is_elsewhere(BY_NAME[Field.NICKNAME], said):
        return Opening.ELSEWHERE
    return Opening.STORY if len(typed) > _LONGEST_LIST else Opening.NAME


def is_pressure(question: Question, said: Heard) -> bool:
    """Tell whether words that press for news are no answer: too long for a name, or plainly asking."""
    typed = (said.text or "").strip()
    if not question.is_story:
        return len(typed) > _LONGEST_NAME
    return bool(_ASKS.search(fold(typed)))


def own_minor_age(entities: Entities, text: str) -> bool:
    """Tell whether who writes says to be under 18: years of birth and other ages are those of the relative."""
    return any(one.is_minor and one.whose == "self" for one in of_writer(entities, text).ages)


def of_writer(entities: Entities, text: str) -> Entities:
    """Return what of a message about a relative may be about who writes: no place, and no age but their own."""
    is_birth = bool(_BORN.search(fold(text)))
    own = () if is_birth else tuple(one for one in entities.ages if one.whose == "self")
    return Entities(ages=own)


def number_in(typed: str) -> str | None:
    """Return a telephone number that can be dialled, None where there is none."""
    number, is_number = phone_in(typed, None)
    return number if is_number and has_digits(typed) else None


def _home_near(question: Question, latitude: float, longitude: float) -> Value | None:
    near = nearest_district(latitude, longitude) if question.field is Field.PLACE else None
    return {"code": near.code} if near is not None and near.country == "LA" else None


def _chosen(question: Question, typed: str, outward: Outward) -> str | None:
    folded = fold(typed)
    if code := _labels(question, outward).get(folded):
        return code
    said = _SAID.get(question.field, ())
    return next((code for code, pattern in said if re.search(pattern, folded)), None)


def _labels(question: Question, outward: Outward) -> Mapping[str, str]:
    """Return the words of each choice, with and without the picture, in every language."""
    found: dict[str, str] = {}
    for code in choices_of(question, outward.now):
        for language in LANGUAGES:
            label, values = label_of(question, code, language)
            shown = words.text(label, language, **values)
            found |= {fold(shown): code, fold(shown.partition(" ")[2]): code}
            found[fold(code_words(question.field, code, language))] = code
    return found


def is_home(code: str) -> bool:
    """Tell whether a button may have named this place: one in Laos."""
    place = by_code(code)
    return place is not None and place.country == "LA" and place.parent is not None
