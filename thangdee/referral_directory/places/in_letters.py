"""Place names among Lao and Thai letters.

A message is walked once: at each letter the names that begin with the same two letters are tried, longest first.
Many names are everyday words as well (ເລີຍ, ตาก, ເງິນ), and Lao and Thai do not part words, so such names count
only behind a word that asks for a place; the tables say which.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from thangdee.referral_directory.places.gazetteer import Needs, Spelling
from thangdee.referral_directory.places.index import HEAD, index, markers
from thangdee.referral_directory.places.mention import Mention, mention_of
from thangdee.referral_directory.places.place import Kind
from thangdee.referral_directory.places.spelling import Traced, has_its_tones, traced, with_tones

_ABBREVIATED = re.compile(r"(?:^|[^\u0e00-\u0e7f])([จอข])\.\s?$")
_LETTERS_OF = {"จ": Kind.PROVINCE, "อ": Kind.DISTRICT, "ข": Kind.DISTRICT}
_LEADING = frozenset("เแโไใ")
_FOLLOWING = frozenset("ะัาำิีึืุู็")
_LOOK_BACK = 12  # letters before a name in which its marker ends


@dataclass(frozen=True, slots=True)
class _Before:
    """What the words before a name say of it."""

    kind: Kind | None = None
    is_where: bool = False
    is_where_country: bool = False
    is_village: bool = False


def among_letters(text: str) -> Iterator[Mention]:
    """Walk the Lao and Thai letters."""
    trace = traced(text)
    names, lengths, not_places, letters = index().lettered, index().lengths, index().not_places, trace.letters
    position = 0
    while position < len(letters):
        step = 1
        for length in lengths.get(letters[position : position + HEAD], ()):
            if (end := position + length) > len(letters):
                continue
            form = letters[position:end]
            if form in not_places:
                step = length
                break
            if (known := names.get(form)) and (mention := _accepted(text, trace, position, end, known)):
                yield mention
                step = length
                break
        position += step


def _accepted(text: str, trace: Traced, start: int, end: int, known: tuple[Spelling, ...]) -> Mention | None:
    if not _is_whole(trace, start, end):
        return None
    first, last = trace.origins[start], trace.ends[end - 1]
    before = _before(text[:first][-3:], trace.letters[max(0, start - _LOOK_BACK) : start])
    fitting = [one for one in known if _may_count(one, before, text[first:last])]
    return mention_of(fitting, before.kind, first, last)


def _is_whole(trace: Traced, start: int, end: int) -> bool:
    """Tell whether no sign before or behind belongs to the name's first or last syllable."""
    behind = trace.letters[end : end + 1]
    before = trace.letters[start - 1 : start] if start else ""
    return behind not in _FOLLOWING and before not in _LEADING


def _before(written: str, letters: str) -> _Before:
    if short := _ABBREVIATED.search(written):
        return _Before(kind=_LETTERS_OF[short[1]])
    words = markers()
    for kind in (Kind.PROVINCE, Kind.DISTRICT, Kind.COUNTRY):
        if letters.endswith(words[kind]):
            return _Before(kind=kind)
    is_home = letters.endswith(words["home"])
    is_village = not is_home and letters.endswith(words["village"])
    is_where = is_home or letters.endswith(words["where"])
    return _Before(None, is_where, letters.endswith(words["where_country"]), is_village)


def _may_count(one: Spelling, before: _Before, written: str) -> bool:
    kind = one.place.kind
    if before.is_village and kind is Kind.DISTRICT:
        return False
    if kind is Kind.COUNTRY:
        return _country_counts(one, before, written)
    if one.needs is Needs.NOTHING or (before.kind is kind is Kind.PROVINCE):
        return has_its_tones(written, one.text)
    if one.needs is Needs.WHERE:
        is_asked_for = before.is_where or before.kind is Kind.DISTRICT
    else:
        is_asked_for = before.kind is kind is Kind.DISTRICT
    return is_asked_for and with_tones(written) == with_tones(one.text)


def _country_counts(one: Spelling, before: _Before, written: str) -> bool:
    """Tell whether the country is meant: ລາວ is also he and she, and ຕ່າງປະເທດ ລາວ… two sentences."""
    if one.is_name:
        return before.is_where_country or before.kind is Kind.COUNTRY
    return " " not in written or " " in one.text
