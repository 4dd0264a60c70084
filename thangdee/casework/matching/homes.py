"""Where somebody is from: village, district and province as typed, in whatever box, in any of the three scripts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from thangdee.casework.matching.lao_places import (
    DISTRICT,
    LEAST,
    MARKED,
    PROVINCE,
    VILLAGE,
    Likely,
    code_of_province,
    places_like,
    was_in,
)
from thangdee.casework.matching.names import text_of
from thangdee.casework.matching.sound import sound_of
from thangdee.referral_directory.places import Kind

_SURE = 0.9
_PERHAPS, _CLEAR = 0.8, 0.97
_NEAR_BEST = 0.1
_ELSEWHERE = 0.9  # what is left of a district in another province than the one named
_MOST = 4

_BEHIND = re.compile(r"\b(?P<kind>village|district|province|prov|muang)\b\.?$")
_KIND_BEHIND = {"village": VILLAGE, "district": DISTRICT, "muang": DISTRICT}
_PARTED = re.compile(r"[,;/|\n]|\s[-–]\s")
_OLD = re.compile(
    r"^\s*(?:ຊື່ ?)?(?:ເກົ່າ|ເດີມ|ເມື່ອກ່ອນ(?: ?ແມ່ນ)?|ແຕ່ກ່ອນ)\s*[:=]?|^\s*(?:ชื่อ ?)?(?:เดิม|เก่า|เมื่อก่อน|แต่ก่อน)(?: ?ชื่อ)?\s*[:=]?"
    r"|^\s*(?:old name|old|former name|formerly|former|previously|was|ex)\b\s*[:=-]?|^\s*(?:ປັດຈຸບັນ|ปัจจุบัน|now)\s*[:=]?"
)
_OLD_IN_WORDS = re.compile(
    r"(?:ບ້ານ ?(?:ເກົ່າ|ເດີມ)(?: ?ຊື່)?|ຊື່ ?(?:ບ້ານ ?)?(?:ເກົ່າ|ເດີມ)|ບ້ານ ?ຊື່ ?ເກົ່າ|ເມື່ອກ່ອນ ?(?:ຊື່|ແມ່ນ|ເອີ້ນ)? ?(?:ວ່າ)?"
    r"|ແຕ່ກ່ອນ ?(?:ຊື່|ແມ່ນ)?|(?:หมู่)?บ้าน ?(?:เก่า|เดิม)(?: ?ชื่อ)?"
    r"|ชื่อ ?(?:หมู่)?(?:บ้าน ?)?(?:เดิม|เก่า)|เดิม ?ชื่อ|เดิม|เมื่อก่อน ?(?:ชื่อ)?"
    r"|old (?:village|name)(?: of the village)?|formerly|former (?:village|name)|used to be(?: called)?"
    r"|village was(?: called)?)\s*[:=]?\s*(?:ວ່າ|ว่า|is|was|called)?\s*(?:ບ້ານ|บ้าน|ban )?"
)
_OLD_WITHIN = re.compile(r"\s(?:ເກົ່າ|ເດີມ|ຊື່ເກົ່າ|เดิม|เก่า|ชื่อเดิม|old|formerly|ex)\b[:\s]*(?=\S)")
_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]?")
_VIENTIANE_PROVINCE = re.compile(
    r"(?:ແຂວງ|ຂ\.|แขวง|จังหวัด|จ\.|khoueng|khwaeng|prov\w*\.?(?: of)?)\s*(?:ວຽງ|เวียง|v[ie]+n|vian|wiang)"
    r"|(?:v|w)[ieang]+t?[ichja]+nh?e? prov"
)


@dataclass(frozen=True, slots=True)
class Home:
    """Villages as sound forms, also former names; districts and provinces by code, each with its likelihood."""

    villages: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    districts: Likely = ()
    provinces: Likely = ()


@dataclass(slots=True)
class _Heap:
    villages: list[str]
    former: list[str]
    districts: dict[str, float]
    provinces: dict[str, float]
    perhaps: dict[str, float]  # districts that have their province's name


def home_of(village: object, district: object, province: object, notes: str = "") -> Home:
    """Read the three boxes for places, and old village names in free words."""
    heap = _Heap([], [], {}, {}, {})
    for box, kind in ((province, PROVINCE), (district, DISTRICT), (village, VILLAGE)):
        _read_box(heap, text_of(box), kind)
    heap.former += [sound_of(one) for one in _old_names_in(notes)]
    districts = _best(heap.districts or heap.perhaps)
    provinces = dict(heap.provinces)
    if _VIENTIANE_PROVINCE.search(f"{text_of(province)} {text_of(district)} {text_of(village)}"):
        provinces.pop("LA-VT", None)
    if not provinces:
        for code, share in districts:
            provinces[code_of_province(code)] = max(share * 0.9, provinces.get(code_of_province(code), 0.0))
    return Home(_unique(heap.villages), _unique(heap.former), districts, _best(provinces))


def _read_box(heap: _Heap, text: str, kind: str) -> None:
    inner = _BRACKETS.findall(text)
    for part, marked in _parts(_BRACKETS.sub(" ", text), kind):
        for word, its_kind in _split(part, marked, heap):
            _read_part(heap, word, its_kind)
    for one in inner:
        is_old = bool(_OLD.match(one))
        plain = _OLD.sub("", one)
        for part, marked in _parts(plain, kind):
            if marked == VILLAGE:
                (heap.former if is_old else heap.villages).append(sound_of(part))
            else:
                _read_part(heap, part, marked)


def _parts(text: str, kind: str) -> Iterator[tuple[str, str]]:
    """The parts of a box, each with the kind that a word says it is, or that its place in the box suggests."""
    pieces = [one for one in _PARTED.split(text) if one.strip()]
    for number, piece in enumerate(pieces):
        at, marked = 0, kind if number == 0 and (kind == VILLAGE or len(pieces) == 1) else "any"
        for match in MARKED.finditer(piece):
            if before := piece[at : match.start()].strip(" .:-"):
                yield before, marked
            at, marked = match.end(), match.lastgroup or "other"
        rest = piece[at:].strip(" .:-")
        if behind := _BEHIND.search(rest):
            rest, marked = rest[: behind.start()].strip(), _KIND_BEHIND.get(behind["kind"], PROVINCE)
        if rest and marked != "other":
            yield rest, marked


def _split(text: str, kind: str, heap: _Heap, sure: float = _SURE) -> Iterator[tuple[str, str]]:
    """The names in a part of a box that only spaces part: village, district, province from left to right."""
    if old := _OLD_WITHIN.search(text):
        heap.former.append(sound_of(text[old.end() :]))
        text = text[: old.start()]
    words = text.split()
    if len(words) < 2 or (kind != VILLAGE and _likeness_to_place(text) >= _SURE):
        yield text, kind
        return
    for at in range(1, len(words)):
        before, behind = " ".join(words[:at]), " ".join(words[at:])
        if _likeness_to_place(behind) >= (sure if kind == VILLAGE or _likeness_to_place(before) >= LEAST else _CLEAR):
            yield from _split(behind, "any", heap)
            yield from _split(before, kind if kind == VILLAGE else "any", heap, _PERHAPS)
            return
    yield text, kind


def _likeness_to_place(text: str) -> float:
    both = (*places_like(text, Kind.DISTRICT)[:1], *places_like(text, Kind.PROVINCE)[:1])
    return max((share for _, share in both), default=0.0)


def _read_part(heap: _Heap, text: str, kind: str) -> None:
    if kind == VILLAGE:
        heap.villages.append(sound_of(text))
        _read_village_as_district(heap, text)
        return
    districts = _fitting(places_like(text, Kind.DISTRICT), heap.provinces)
    provinces = places_like(text, Kind.PROVINCE)
    in_district, in_province = (max((share for _, share in found), default=0.0) for found in (districts, provinces))
    if kind == PROVINCE:
        if in_province >= min(_SURE, in_district):
            _keep(heap.provinces, _near_best(provinces))
        else:
            _keep(heap.districts, districts)
    elif kind == "any" and in_province >= max(_SURE, in_district):
        _keep(heap.provinces, _near_best(provinces))
        _keep(heap.perhaps, districts)
    elif in_district >= (_SURE if kind == "any" else min(_SURE, in_province)) and in_district:
        _keep(heap.districts, districts)
    elif in_province >= _SURE:
        _keep(heap.provinces, _near_best(provinces))
    is_no_place = max(in_district, in_province) < _PERHAPS
    if is_no_place or (kind == "any" and max(in_district, in_province) < _SURE):
        heap.villages.append(sound_of(text))


def _read_village_as_district(heap: _Heap, text: str) -> None:
    """A name in the box for the village that is a district's, too, when no district is named."""
    found = [one for one in places_like(text, Kind.DISTRICT) if one[1] >= _CLEAR]
    inside = [one for one in found if not heap.provinces or code_of_province(one[0]) in heap.provinces]
    _keep(heap.perhaps, tuple((code, 0.6) for code, _ in inside))


def _keep(shares: dict[str, float], found: Likely) -> None:
    for code, share in found:
        shares[code] = max(share, shares.get(code, 0.0))


def _fitting(found: Likely, provinces: dict[str, float]) -> Likely:
    """Districts of the province that is named; of others only what is clearly written."""
    if not provinces:
        return _near_best(found)
    inside = tuple(
        one for one in found if code_of_province(one[0]) in provinces or any(was_in(one[0], code) for code in provinces)
    )
    return _near_best(inside) or tuple(
        (code, share * _ELSEWHERE) for code, share in _near_best(found) if share >= _SURE
    )


def _near_best(found: Likely) -> Likely:
    """The best, and what is hardly worse; nothing beside a name that is exactly so."""
    slack = 0.0 if found and found[0][1] == 1.0 else _NEAR_BEST
    return tuple(one for one in found if one[1] >= found[0][1] - slack)[:_MOST]


def _old_names_in(notes: str) -> Iterator[str]:
    for match in _OLD_IN_WORDS.finditer(notes):
        rest = re.split(r"[,.;()\n/]| and | ແລະ | และ |\s", notes[match.end() : match.end() + 40].strip())[0]
        if rest:
            yield rest


def _best(shares: dict[str, float]) -> Likely:
    return tuple(sorted(shares.items(), key=lambda one: (-one[1], one[0]))[:_MOST])


def _unique(sounds: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one[:40] for one in sounds if one))[:_MOST]
