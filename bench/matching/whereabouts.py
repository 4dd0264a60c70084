"""Villages, districts and provinces as people write them into three boxes."""

from functools import cache
from typing import Any

from bench.matching.lists import Name
from bench.matching.pen import Pen
from bench.matching.people import Person, Village, population
from bench.matching.spelling import written
from bench.matching.typing_slips import typed
from thangdee.referral_directory.places import by_code, neighbours, province_of

Places = dict[str, str | None]
_LIKE_NAMED = {"LA-VT": "LA-VI", "LA-VI": "LA-VT"}


def home(person: Person, pen: Pen, *, knows: float, foreign: bool, village_missing: float) -> Places:
    """The boxes village, district and province."""
    places: Places = {
        "village": _village(person.village, pen, knows=knows, foreign=foreign),
        "district": place(_district(person.district, pen), "district_words", pen, foreign=foreign),
        "province": place(_province(person.district, pen), "province_words", pen, foreign=foreign),
    }
    if person.district in population()["former"]:
        places = _former(person.district, places, pen, foreign=foreign)
    for key, missing in (("village", village_missing), ("district", 0.13), ("province", 0.07)):
        if pen.lacks(key, missing):
            places[key] = None
    return _in_boxes(places, pen)


def village_name(name: Name, pen: Pen, *, knows: float, foreign: bool) -> str:
    """A village's name with or without the word for village."""
    text = written(name, pen, knows=knows, foreign=foreign)
    word = pen.chance.choice(population()["village_words"][_script(text)])
    return f"{word}{text}" if pen.does(0.5) else text


def place(code: str, words: str, pen: Pen, *, foreign: bool) -> str:
    """A district or province as its usual name or by ear, with or without the word for its kind."""
    known = by_code(code)
    name = known.name("lo") if known else code
    usual = known.name({"lao": "lo", "thai": "th", "latin": "en"}[pen.script]) if known else code
    by_ear = pen.does(0.3 if pen.script != "lao" else 0.08)
    text = written(_without_kind(name), pen, knows=0.0, foreign=foreign) if by_ear else typed(usual, pen)
    if any(word in usual for word in ("ແຂວງ", "แขวง", "ນະຄອນ", "นคร", "Capital", "Province")):
        return text
    word = pen.chance.choice(population()[words][_script(text)])
    return f"{word}{text}" if pen.does(0.3) else text


@cache
def _without_kind(lao: str) -> Name:
    return Name(tuple(lao.replace("ແຂວງ", "").split(" ")))


def _village(village: Village, pen: Pen, *, knows: float, foreign: bool) -> str:
    if village.former is None:
        return village_name(village.name, pen, knows=knows, foreign=foreign)
    if pen.slips("village:both_names", 0.12):
        new = village_name(village.name, pen, knows=knows, foreign=foreign)
        old = written(village.former, pen, knows=knows, foreign=foreign)
        return pen.pick([(f"{new} ({old})", 0.6), (f"{new}/{old}", 0.2), (f"{new} ເກົ່າ {old}", 0.2)])
    name = village.former if pen.slips("village:former_name", 0.4) else village.name
    return village_name(name, pen, knows=knows, foreign=foreign)


def _district(code: str, pen: Pen) -> str:
    near = [one.code for one in neighbours(code) if one.country == "LA"]
    return pen.chance.choice(near[:4]) if near and pen.slips("district:neighbouring", 0.04) else code


def _province(district: str, pen: Pen) -> str:
    province = province_of(district)
    code = province.code if province else district
    if code in _LIKE_NAMED and pen.slips("province:vientiane_mixed_up", 0.12):
        return _LIKE_NAMED[code]
    return code


def _former(district: str, places: Places, pen: Pen, *, foreign: bool) -> Places:
    once: dict[str, Any] = population()["former"][district]
    if pen.slips("province:former", 0.2):
        places["province"] = place(once["province"], "province_words", pen, foreign=foreign)
    if once["names"] and pen.slips("district:former_name", 0.3):
        places["district"] = pen.chance.choice(once["names"])
    return places


def _in_boxes(places: Places, pen: Pen) -> Places:
    filled = [places[key] for key in ("village", "district", "province") if places[key]]
    if len(filled) > 1 and pen.slips("place:all_in_one_box", 0.05):
        text = pen.pick([(" ", 0.6), (", ", 0.25), (",", 0.1), ("/", 0.05)]).join(one for one in filled if one)
        empty: Places = dict.fromkeys(places, None)
        return empty | {pen.pick([("village", 0.7), ("district", 0.15), ("province", 0.15)]): text}
    if places["village"] and pen.slips("place:village_in_district_box", 0.03):
        both = " ".join(one for one in (places["village"], places["district"]) if one)
        return places | {"village": None, "district": both}
    if places["district"] and pen.slips("place:one_box_up", 0.02):
        return places | {"district": places["province"], "province": places["district"]}
    return places


def _script(text: str) -> str:
    if any("\u0e80" <= char <= "\u0eff" for char in text):
        return "lao"
    return "thai" if any("\u0e00" <= char <= "\u0e7f" for char in text) else "latin"
