"""Lao districts and provinces by how their names sound, and which are written for one another."""

import re
from functools import cache, lru_cache

from rapidfuzz import fuzz, process

from thangdee.casework.matching.likeness import likeness
from thangdee.casework.matching.names import text_of
from thangdee.casework.matching.sound import sound_of, vowelled
from thangdee.referral_directory.places import Kind, Place, all_places, neighbours

Likely = tuple[tuple[str, float], ...]  # codes of places, how likely each is meant

VILLAGE, DISTRICT, PROVINCE = "village", "district", "province"
LEAST = 0.72  # likeness of a name that is looked at as a misspelt place
_MOST, _LOOKED_AT = 8, 30

_STEMS = (
    (VILLAGE, r"ບ້ານ|ບ\.|ບ້ານ|ຄຸ້ມ|หมู่บ้าน|บ้าน|บ\.|\b(?:village(?: of)?|baan|ban|b)\b\.?|^ban(?=[a-z]{4})"),
    (DISTRICT, (r"(?<![\u0e00-\u0eff])ເມືອງ|ມ\.|(?<![\u0e00-\u0eff])เมือง|อำเภอ|อ\.|ອຳເພີ"
        r"|\b(?:muang|mueang|meuang|muong|amphoe|amphur|district(?: of)?|dist)\b\.?")),
    (PROVINCE, (r"ແຂວງ|ຂ\.|ເຂດ ?ພິເສດ|เขต ?พิเศษ|จังหวัด|แขวง|จ\.|ຈັງຫວັດ"
        r"|\b(?:khoueng|khoeng|khwaeng|kwaeng|khuaeng|changwat|province(?: of)?|prov)\b\.?")),
    ("", (r"ຕາແສງ|ตำบล|ต\.|หมู่ ?(?:ที่)? ?\d+|ม\.? ?\d+"
        r"|ໜ່ວຍ ?\d+|ຫນ່ວຍ ?\d+|ປະເທດ ?ລາວ|ສປປ ?\.?ລາວ|ประเทศลาว|สปป\.? ?ลาว|\blao pdr\b|\blaos\b")),
)  # fmt: skip
MARKED = re.compile("|".join(f"(?P<{kind or 'other'}>{pattern})" for kind, pattern in _STEMS))
# Districts that were of another province before, and are still written so.
_FORMERLY = {
    "LA1801": ("LA-VI", "LA-XI"), "LA1802": ("LA-XI", "LA-BL"), "LA1803": ("LA-VI", "LA-XI"), "LA1804": ("LA-VI",),
    "LA1805": ("LA-VI", "LA-BL"), "LA1504": ("LA-SL",), "LA0109": ("LA-VI",), "LA0108": ("LA-VI",),
}  # fmt: skip
_MIXED_UP = (frozenset({"LA-VT", "LA-VI"}), frozenset({"LA-XS", "LA-VI"}), frozenset({"LA-XS", "LA-XI"}))


def code_of_province(district: str) -> str:
    """The province that a district lies in."""
    return _parents()[district]


def is_near(one: str, other: str) -> bool:
    """Tell whether a district is among the nearest of the other."""
    return other in _near(one) or one in _near(other)


def was_in(district: str, province: str) -> bool:
    """Tell whether the district was once counted to the province."""
    return province in _FORMERLY.get(district, ())


def are_mixed_up(one: str, other: str) -> bool:
    """Tell whether people write one province for the other, because of its name or its history."""
    return frozenset({one, other}) in _MIXED_UP


@lru_cache(maxsize=1 << 15)
def places_like(text: str, kind: Kind) -> Likely:
    """The Lao districts or provinces that a name may mean, best first."""
    sound = sound_of(text)
    if not sound:
        return ()
    known = _by_sound(kind)
    if sound in known:
        return tuple((code, 1.0) for code in known[sound])
    rough = process.extract(vowelled(sound), _rough(kind), scorer=fuzz.ratio, limit=_LOOKED_AT, score_cutoff=45)
    shares: dict[str, float] = {}
    for _, _, number in rough:
        other, codes = _sounds(kind)[number]
        alike = likeness(sound, other)
        for code in codes if alike >= LEAST else ():
            shares[code] = max(alike, shares.get(code, 0.0))
    return tuple(sorted(shares.items(), key=lambda one: (-one[1], one[0]))[:_MOST])


@cache
def _parents() -> dict[str, str]:
    return {one.code: one.parent or "" for one in _lao(Kind.DISTRICT)}


@cache
def _near(code: str) -> frozenset[str]:
    return frozenset(one.code for one in neighbours(code))


def _lao(kind: Kind) -> tuple[Place, ...]:
    return tuple(one for one in all_places() if one.country == "LA" and one.kind is kind)


@cache
def _by_sound(kind: Kind) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for place in _lao(kind):
        for name in (*place.names.values(), *place.aliases):
            sound = sound_of(MARKED.sub("", text_of(name)) or name)
            if sound and place.code not in found.setdefault(sound, []):
                found[sound].append(place.code)
    return {sound: tuple(codes) for sound, codes in found.items()}


@cache
def _sounds(kind: Kind) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(_by_sound(kind).items())


@cache
def _rough(kind: Kind) -> tuple[str, ...]:
    return tuple(vowelled(sound) for sound, _ in _sounds(kind))
