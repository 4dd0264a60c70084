"""Place names among Latin letters, spelt by whoever writes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from thangdee.referral_directory.places.gazetteer import Needs, Spelling
from thangdee.referral_directory.places.index import index, markers
from thangdee.referral_directory.places.mention import Mention, mention_of
from thangdee.referral_directory.places.place import Kind
from thangdee.referral_directory.places.spelling import by_ear, frame, latin

_WORD = re.compile(r"[^\W\d_\u0e00-\u0eff][^\W_\u0e00-\u0eff'’]*")
_MOST_WORDS = 4  # in a name: Nakhon Si Tham Marat
_MOST_HEARD = 2  # words of a name that is known by its sound
_EAR_LETTERS = 6  # of words that may count by their sound
_EAR_OF_WORDS = 8  # sounds in two words that do
_LONGEST_WORD = 24


@dataclass(frozen=True, slots=True)
class _Word:
    """A Latin word of a text, and its plain letters."""

    start: int
    end: int
    letters: str


def among_latin(text: str) -> Iterator[Mention]:
    """Walk the Latin words; up to four in a row, without a comma between, may be one name."""
    words = [_Word(match.start(), match.end(), latin(match[0])) for match in _WORD.finditer(text)]
    position = 0
    while position < len(words):
        most = _run(text, words, position)
        counts = range(most, 0, -1)
        mentions = (
            _named(words, position, position + count, by_sound=heard) for heard in (False, True) for count in counts
        )
        mention = next((one for one in mentions if one), None)
        if mention:
            yield mention
        position += 1 + sum(1 for word in words[position + 1 : position + most] if mention and word.end <= mention.end)


def _run(text: str, words: list[_Word], first: int) -> int:
    """How many words from the first on stand together with nothing but a space or hyphen between."""
    count = 1
    while count < _MOST_WORDS and first + count < len(words):
        if text[words[first + count - 1].end : words[first + count].start].strip(" -\t"):
            break
        count += 1
    return count


def _named(words: list[_Word], first: int, last: int, *, by_sound: bool) -> Mention | None:
    name = "".join(word.letters for word in words[first:last])
    known = _heard(name, last - first) if by_sound else index().latin.get(name, ())
    if not known or len(name) > _LONGEST_WORD:
        return None
    kind, is_where = _before(words, first, last)
    fitting = [one for one in known if _may_count(one, kind, is_where=is_where)]
    return mention_of(fitting, kind, words[first].start, words[last - 1].end)


def _heard(name: str, count: int) -> tuple[Spelling, ...]:
    """Names that sound like this; of several words only long ones, because short sounds meet by chance."""
    if count > _MOST_HEARD or not _EAR_LETTERS <= len(name) <= _LONGEST_WORD or frame(name) not in index().frames:
        return ()
    ear = by_ear(name)
    known = index().heard.get(ear, ()) if count == 1 or len(ear) >= _EAR_OF_WORDS else ()
    return tuple(one for one in known if one.needs is Needs.NOTHING)


def _before(words: list[_Word], first: int, last: int) -> tuple[Kind | None, bool]:
    before = words[first - 1].letters if first else ""
    after = words[last].letters if last < len(words) else ""
    listed = markers()
    if before in listed["latin_province"] or after in listed["latin_after_province"]:
        return Kind.PROVINCE, True
    if before in listed["latin_district"] or after in listed["latin_after_district"]:
        return Kind.DISTRICT, True
    return None, before in listed["latin_where"]


def _may_count(one: Spelling, kind: Kind | None, *, is_where: bool) -> bool:
    if one.needs is Needs.NOTHING:
        return True
    if kind:
        return one.place.kind is kind or one.place.kind is Kind.PROVINCE
    return is_where and (one.needs is Needs.WHERE or one.place.kind is Kind.COUNTRY)
