"""Whether words name a province or district of Thailand; more watchful than the bot, which must be sure."""

import re
from functools import cache

from thangdee.core.script import skeleton
from thangdee.referral_directory.places import Kind, places_in, provinces
from thangdee.referral_directory.places.spelling import latin

# Lao and Thai write no spaces: a name that is also a word, such as เลย, counts after one of these.
_WHERE = "|".join(
    skeleton(word)
    for word in (
        "ຢູ່", "อยู่", "ໄປ", "ไป", "ທີ່", "ที่", "ຈັງຫວັດ", "จังหวัด", "ແຂວງ", "แขวง", "ເມືອງ", "เมือง", "จาก", "ຈາກ", "ใน", "ໃນ",
    )
)  # fmt: skip
_BREAKS = re.compile(r"[^\w\u0e00-\u0eff]+")


def names_thai_place(words: str) -> bool:
    """Tell whether a province or district of Thailand is named, in any script."""
    named = (place for one in places_in(words) for place in (one.place, *one.others))
    if any(place.country == "TH" and place.kind is not Kind.COUNTRY for place in named):
        return True
    written, apart = skeleton(words), {skeleton(piece) for piece in _BREAKS.split(words)}
    in_letters, in_latin = _short_names()
    if apart & in_letters or set(latin(words).split()) & in_latin:
        return True
    return bool(re.search(rf"(?:{_WHERE})(?:{'|'.join(map(re.escape, in_letters))})", written))


@cache
def _short_names() -> tuple[frozenset[str], frozenset[str]]:
    """The names of provinces in Thai letters, and those in Latin letters that are one word."""
    named = provinces("TH")
    letters = {skeleton(one.names[language]) for one in named for language in ("lo", "th")}
    words = {latin(one.names["en"]) for one in named}
    return frozenset(letters - {""}), frozenset(word for word in words if " " not in word)
