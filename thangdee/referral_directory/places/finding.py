"""A place name typed alone, in any script and spelling."""

import re
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from thangdee.core.script import script_of
from thangdee.referral_directory.places.gazetteer import Needs, Spelling, all_places, is_within
from thangdee.referral_directory.places.index import index
from thangdee.referral_directory.places.mentions import places_in
from thangdee.referral_directory.places.place import Country, Kind, Place
from thangdee.referral_directory.places.spelling import by_ear, has_its_tones, has_lao_or_thai, key, latin

_MOST = 8
_LONGEST = 80  # letters; a name alone is never longer
_AS_NAME, _AS_ALIAS, _BY_EAR, _IN_WORDS, _FUZZY = 1.0, 0.98, 0.93, 0.9, 0.92
_LIKE_ENOUGH = 75  # percent of letters in common
_SURE = 0.8
_MARGIN = 0.06  # by which the best must lead
_SPREAD = 0.25  # what is further behind the best is noise
_LITTLE_KNOWN = 0.97
_OTHER_KIND = 0.9  # what is left when the person said province and it is a district

_STEMS: tuple[tuple[str, Kind | None], ...] = (
    (r"ແຂວງ|ຈັງຫວັດ|จังหวัด|แขวง|จ\.|จว\.", Kind.PROVINCE),
    (r"ເມືອງ|ອຳເພີ|ອໍາເພີ|ເຂດ|อำเภอ|อําเภอ|เมือง|เขต|อ\.", Kind.DISTRICT),
    (r"ບ້ານ|บ้าน|ຕາແສງ|ตำบล|ຢູ່|อยู่|ປະເທດ|ประเทศ", None),
)
_LATIN_STEMS: tuple[tuple[str, Kind | None], ...] = (
    (r"(?:khoueng|khoeng|khwaeng|kwaeng|changwat|jangwat|province of) ", Kind.PROVINCE),
    (r"(?:muang|mueang|meuang|amphoe|amphur|district of|khet) ", Kind.DISTRICT),
    (r"(?:ban|baan|yu|yoo|in|at|city of) ", None),
)
_LATIN_ENDS: tuple[tuple[str, Kind | None], ...] = (
    (r" (?:province|prov)", Kind.PROVINCE),
    (r" (?:district|muang)", Kind.DISTRICT),
    (r" (?:city|town|thailand|laos)", None),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A place that a typed name may mean; ``is_sure`` when no question is needed."""

    place: Place
    score: float
    is_sure: bool


def find(text: str, *, country: Country | None = None) -> tuple[Found, ...]:
    """Return what a name typed alone may mean, best first, at most eight; scores from 0 to 1.

    With or without its kind before or behind it (ແຂວງ, อำเภอ, province). Only places of ``country`` if given.
    """
    text = text.strip()[:_LONGEST]
    scores: dict[str, tuple[float, Place]] = {}
    certain: set[str] = set()
    for form, kind in _readings(text):
        is_name = any(score == _AS_NAME for score, _ in scores.values())
        for spelling, score in _alike(form):
            _keep(scores, spelling.place, score * _share(spelling, kind, is_name=is_name))
            if _is_plain(spelling, kind, score):
                certain.add(spelling.place.code)
    if not scores or max(score for score, _ in scores.values()) < _BY_EAR:
        for place in _in_words(text):
            _keep(scores, place, _IN_WORDS)
            certain.add(place.code)
    return _ranked([one for one in scores.values() if country in (None, one[1].country)], text, certain)


def _share(spelling: Spelling, kind: Kind | None, *, is_name: bool) -> float:
    """What is left of a score.

    Less for another kind than was said, for an alias when the text is a name as it stands (ແຂວງວຽງຈັນ), and, a little,
    for the many Thai districts of which few have heard.
    """
    share = _OTHER_KIND if kind and spelling.place.kind is not kind else 1.0
    if kind and is_name and not spelling.is_name:
        share *= _OTHER_KIND
    is_little_known = spelling.needs is Needs.KIND and spelling.place.code.startswith("TH")
    return share * (_LITTLE_KNOWN if is_little_known and spelling.place.kind is Kind.DISTRICT else 1.0)


def _is_plain(spelling: Spelling, kind: Kind | None, score: float) -> bool:
    """Tell whether the text can be sure to be a name: ใช่, mai and home are districts of Laos too, nearly."""
    if kind is spelling.place.kind or spelling.place.kind is Kind.COUNTRY:
        return True
    return spelling.needs is Needs.NOTHING or (spelling.needs is Needs.WHERE and score >= _AS_ALIAS)


def _keep(scores: dict[str, tuple[float, Place]], place: Place, score: float) -> None:
    scores[place.code] = max(scores.get(place.code, (0.0, place)), (score, place), key=lambda one: one[0])


def _in_words(text: str) -> tuple[Place, ...]:
    """Of the places named within a longer answer the smallest: ຢູ່ປາກເຊ ຈຳປາສັກ is Pakse."""
    named = [mention.place for mention in places_in(text)]
    return tuple(one for one in named if not any(other is not one and is_within(other, one.code) for other in named))


def _readings(text: str) -> list[tuple[str, Kind | None]]:
    """Return the text as it stands, and without the word for its kind."""
    readings: list[tuple[str, Kind | None]] = [(text, None)]
    stems = _STEMS if has_lao_or_thai(text) else _LATIN_STEMS
    plain = text if has_lao_or_thai(text) else latin(text)
    for pattern, kind in stems:
        if (match := re.match(pattern, plain)) and match.end() < len(plain):
            readings.append((plain[match.end() :].strip(), kind))
    for pattern, kind in _LATIN_ENDS:
        if match := re.search(pattern + "$", plain):
            readings.append((plain[: match.start()], kind))
    return readings


def _alike(form: str) -> list[tuple[Spelling, float]]:
    return _lettered(form) if has_lao_or_thai(form) else _latin(latin(form).replace(" ", ""))


def _lettered(text: str) -> list[tuple[Spelling, float]]:
    known, form = index().lettered, key(text)
    if form in known:
        return [(one, _exactness(one) * (1.0 if has_its_tones(text, one.text) else _BY_EAR)) for one in known[form]]
    return _fuzzy(form, _lettered_forms(), known)


def _latin(form: str) -> list[tuple[Spelling, float]]:
    known = index()
    if form in known.latin:
        return [(one, _exactness(one)) for one in known.latin[form]]
    ear = by_ear(form)
    if ear in known.heard:
        return [(one, _BY_EAR) for one in known.heard[ear]]
    return _fuzzy(ear, _heard_forms(), known.heard)


def _exactness(one: Spelling) -> float:
    return _AS_NAME if one.is_name else _AS_ALIAS


def _fuzzy(form: str, forms: tuple[str, ...], known: dict[str, tuple[Spelling, ...]]) -> list[tuple[Spelling, float]]:
    matches = process.extract(form, forms, scorer=fuzz.ratio, score_cutoff=_LIKE_ENOUGH, limit=_MOST)
    return [(one, score / 100 * _FUZZY) for match, score, _ in matches for one in known[match]]


@cache
def _lettered_forms() -> tuple[str, ...]:
    return tuple(index().lettered)


@cache
def _heard_forms() -> tuple[str, ...]:
    return tuple(index().heard)


def _ranked(scored: list[tuple[float, Place]], text: str, certain: set[str]) -> tuple[Found, ...]:
    first = "TH" if script_of(text) == "thai" else "LA"
    kinds = (Kind.COUNTRY, Kind.PROVINCE, Kind.DISTRICT)
    order = _order()
    scored.sort(
        key=lambda one: (-round(one[0], 3), kinds.index(one[1].kind), one[1].country != first, order[one[1].code])
    )
    found = []
    for score, place in [one for one in scored if one[0] > scored[0][0] - _SPREAD][:_MOST]:
        is_best = place is scored[0][1] and score >= _SURE and place.code in certain and _leads(scored)
        found.append(Found(place, round(score, 3), is_best))
    return tuple(found)


@cache
def _order() -> dict[str, int]:
    """Places in the order of the tables, where the capital stands before the province of the same name."""
    return {place.code: number for number, place in enumerate(all_places())}


def _leads(scored: list[tuple[float, Place]]) -> bool:
    """Tell whether nothing else is as good, but for a district inside the best."""
    best, place = scored[0]
    rivals = [other for score, other in scored[1:] if best - score < _MARGIN]
    return all(is_within(other, place.code) for other in rivals)
