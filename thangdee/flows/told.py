"""What the person told in this chat, place and age, remembered as codes for 24 hours: nothing is asked twice (R44)."""

import re
from datetime import datetime, timedelta

from thangdee.casework.chats import Session
from thangdee.core.script import fold, skeleton
from thangdee.flows.entities import Age, Entities
from thangdee.flows.intents import Risk, risk_of
from thangdee.flows.outward import Outward
from thangdee.flows.understanding import Understanding
from thangdee.referral_directory.places import Kind, Mention, nearest_district

KEPT = timedelta(hours=24)
UNDER_18, ADULT, UNKNOWN = "under_18", "adult", "unknown"
# Under this age a child who is spoken of is along with somebody, not at work.
_LEAST_WORKING_AGE = 7
# In these the place is where somebody else is.
_ABOUT_OTHERS = frozenset(
    {"find_relative", "info_shelter_contact", "paid_finder", "report_third_party", "tracing_status", "child_at_risk"}
)
# Whoever is under 18 and asks about one of these is a child at risk, whatever the answer says.
_WORK = frozenset(
    {
        "wages_withheld", "documents_held", "sexual_exploitation", "debt_bondage", "check_offer", "info_legal_work",
        "info_wages_hours", "info_labour_rights", "info_trafficking", "no_papers_fear",
    }
)  # fmt: skip
_BEING_THERE = re.compile(
    r"(?:ຢູ່|ຍູ່|ອູ່|อยู่|อยุ่|ที่|ໃກ້|ใกล้|\bin|\bat|\bnear|\byu|\byou)\s*"
    r"(?:ແຂວງ|ເມືອງ|ບ້ານ|ຈັງຫວັດ|แขวง|เมือง|จังหวัด|อำเภอ|ที่|thi|ti|khwaeng|mueang|meuang|muang|jangwat|the)?\s*$"
)
_GOING_THERE = re.compile(
    r"ຢາກໄປ|ຊິໄປ|ຈະໄປ|ພາໄປ|ຊວນໄປ|ສົ່ງໄປ|ມາຈາກ|อยากไป|จะไป|สิไป|ซิไป|พาไป|ชวนไป|ส่งไป|มาจาก|"
    r"want to|going to|will go|go to|\bfrom\b|yak pai|si pai|ja pai|cha pai|\bjak\b"
)


def note(outward: Outward, text: str, entities: Entities, meaning: Understanding) -> None:
    """Remember where the person said to be and how old. "And if I were 16?" is no statement."""
    place = _where(text, entities, meaning)
    is_question = meaning.follow_up is not None and meaning.follow_up.facet == "minors"
    band = UNKNOWN if is_question else band_of(entities.ages)
    if band == UNKNOWN or outward.chat.session.age_band == UNDER_18:
        band = outward.chat.session.age_band  # once a minor was told of, she is protected as one (R8)
    if place or band != outward.chat.session.age_band:
        kept = place or outward.chat.session.place
        outward.remember(place=kept, age_band=band, told_at=outward.now.isoformat())
    if not is_question and any(age.is_minor and age.whose == "self" for age in entities.ages):
        outward.remember(is_child=True, told_at=outward.now.isoformat())


def note_location(outward: Outward, latitude: float | None, longitude: float | None) -> None:
    """Remember the district (in Thailand the province) that is nearest to a shared location, not the point itself."""
    if latitude is None or longitude is None:
        return
    near = nearest_district(latitude, longitude)
    if near is not None:
        outward.remember(place=near.code, told_at=outward.now.isoformat())


def forget_stale(outward: Outward) -> None:
    """Forget what was told more than 24 hours ago (R25)."""
    told_at = outward.chat.session.told_at
    if told_at is not None and outward.now - datetime.fromisoformat(told_at) > KEPT:
        outward.remember(place=None, age_band=UNKNOWN, need=None, for_whom=None, is_child=False, told_at=None)


def reason_to_raise(session: Session, intent: str) -> str | None:
    """Return why staff are to see this chat with high urgency, None if not: the topic, or a child in work (R8, R9)."""
    if session.age_band == UNDER_18 and intent in _WORK:
        return "child_at_risk"
    if session.is_child and intent in _ABOUT_OTHERS:  # a child who looks for somebody is cared for first
        return "child_at_risk"
    return intent if risk_of(intent) is Risk.HIGH else None


def band_of(ages: tuple[Age, ...]) -> str:
    """Return the age band that follows from ages told: a minor before an adult, unless only small children are."""
    minors = [age for age in ages if age.is_minor]
    is_own = any(age.whose != "other" for age in minors)
    if is_own or any(age.years >= _LEAST_WORKING_AGE for age in minors):
        return UNDER_18
    return ADULT if any(age.whose != "other" for age in ages) else UNKNOWN


def _where(text: str, entities: Entities, meaning: Understanding) -> str | None:
    """Return the code of the place where the writer is; the smallest, if several; None if it is not sure."""
    if meaning.intent in _ABOUT_OTHERS:
        return None
    here = [one for one in entities.places if one.is_sure and one.place.kind is not Kind.COUNTRY]
    here = [one for one in here if _is_there(text, one, meaning)]
    here.sort(key=lambda one: one.place.kind is not Kind.DISTRICT)
    return here[0].place.code if here else None


def _is_there(text: str, mention: Mention, meaning: Understanding) -> bool:
    before = fold(text[: mention.start])
    if _GOING_THERE.search(before):
        return False
    is_alone = len(skeleton(text[: mention.start] + text[mention.end :])) <= len("ที่")
    about_help = meaning.intent == "request_referral" or meaning.follow_up is not None
    # The name as found may begin with the word for "province" or "at" itself.
    return is_alone or about_help or bool(_BEING_THERE.search(before) or _BEING_THERE.search(_head(text, mention)))


def _head(text: str, mention: Mention) -> str:
    """Return what stands before the name, and the first word of it where that is "at"."""
    match = re.match(r"(?:ຢູ່|อยู่|ที่|in|at|yu)\s*", fold(text[mention.start : mention.end]))
    return match[0] if match else ""
