"""What the boxes for names hold: titles, two names in one box, a nickname in brackets, two ways to write one name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from thangdee.casework.matching.likeness import likeness
from thangdee.casework.matching.sound import sound_of
from thangdee.core.script import fold

MOST_READINGS = 5  # of one name; who writes more writes no name

_WOMAN = (
    "ນາງສາວ|ນາງ|ນ\\.ສ\\.?|ເດັກຍິງ|ເດັກນ້ອຍຍິງ|ດ\\.ຍ\\.?|ດຍ\\.|ເອື້ອຍ|ແມ່|ສາວ|ນ\\."
    "|นางสาว|น\\.ส\\.?|นส\\.|นาง|เด็กหญิง|ด\\.ญ\\.?|ดญ\\.|เอื้อย|แม่|สาว"
    "|miss|mrs|ms|nang ?sao|nang|dek ?ying|euay|girl|sao|mae"
)
_MAN = (
    "ທ້າວ|ທ້າວ|ທ\\.|ນາຍ|ເດັກຊາຍ|ດ\\.ຊ\\.?|ອ້າຍ|ບັກ|ທິດ|ຊຽງ|นาย|ท้าว|เด็กชาย|ด\\.ช\\.?|ดช\\.|อ้าย|ท\\."
    "|mr|thao|dek ?sai|dek ?xay|ai|boy|master"
)
_ANYBODY = (
    "ລູກສາວ|ລູກຊາຍ|ລູກ|ຫລານ|ลูกสาว|ลูกชาย|ลูก|หลาน|look|luk|ທ່ານ|ນ້ອງ|ອາຈານ|ຄຸນ|ເດັກ|ອີ່|ອີ|น้อง|พี่|คุณ|ท่าน|อี"
    "|nong|khun|phi|n'|dr|name|ຊື່|ชื่อ"
)
_LATIN_TITLE = re.compile(rf"(?:(?P<w>{_WOMAN})|(?P<m>{_MAN})|{_ANYBODY})(?:[.\s]+|(?<=\.))(?=\S)")
_GLUED = re.compile(
    r"(?:(?P<w>ນາງສາວ|ນາງນ້ອຍ(?=.{3})|ນາງ|ເດັກຍິງ|ດ\.ຍ|ນ\.ສ|ນສ|ຍິງ|นางสาว|น\.ส|นส|นาง|เด็กหญิง|ด\.ญ|ดญ"
    r"|miss|mrs|ms|nang(?=[a-z]{4}))|(?P<m>ທ້າວ|ນາຍ|ເດັກຊາຍ|ດ\.ຊ|นาย|ท้าว|เด็กชาย|ด\.ช|ดช|mr)"
    r"|ລູກ(?!ແກ້ວ|ຕານ)|ເອື້ອຍ|ອ້າຍ|ບັກ|ນ້ອງ|ອີ່|อี่|ลูก(?!แก้ว|ตาล)|เอื้อย|อ้าย|น้อง|พี่|คุณ|ທ່ານ)(?=[\u0e00-\u0effa-z]{2})"
)
_NOTHING = re.compile(
    r"[-–—.?*/\s]*|n/?a|none|null|nan|unknown|no( name)?|not known|bor? (?:hu|mi)|mai (?:sab|mi)"
    r"|ບໍ່ ?(ຮູ້|ມີ|ຈື່|ຊາບ|ແຈ້ງ).*|ไม่ ?(ทราบ|มี|รู้|ระบุ|แน่ใจ|จำ).*"
)
_CALLED = re.compile(
    r"(?:ຊື່ ?ຫລິ້ນ|ຊື່ ?ຫິ້ນ|ຊື່ ?ຫລີ້ນ|ຊື່ ?ນ້ອຍ(?= ?[:ວ])|ຫລິ້ນ|ເອີ້ນ ?ວ່າ|ເອີ້ນ"
    r"|ชื่อ ?เล่น|ฉายา|เรียก ?ว่า|เรียก|ชล\.|nick ?name[ds]?|nick|a\.?k\.?a\.?"
    r"|called|known as|alias)\s*[:=]?\s*(?:ວ່າ|ว่า|is|as)?\s*"
)
_OTHERS = re.compile(r"ໄປ ?(?:ກັບ|ນຳ)|ກັບ ?ໝູ່|ຫມູ່|ເພື່ອນ|ໄປ ?ນຳ|ไปกับ|กับเพื่อน|เพื่อน|with|friend|sister|cousin")
_BY_OTHERS = re.compile(r"ເອີ້ນ|เรียก|called|known")
_OLD_FAMILY = re.compile(
    r"(?:ນາມສະກຸນ ?)?(?:ເກົ່າ|ເດີມ)|(?:นามสกุล ?)?(?:เดิม|เก่า)"
    r"|(?:maiden|formerly|former|born|née|nee|old)( name)?"
)
_BRACKETS = re.compile(r"[(\[{«\"“‘（]([^)\]}»\"”’）]*)[)\]}»\"”’）]?")
_OR = re.compile(r"\s*(?:/|,|;|\||=|ຫລື| หรือ | or |\bor\b|หรือ)\s*")
_EDGE = " .-–:'’`*"


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a person as sound forms, every reading; ``full`` are given and family name spoken as one."""

    nicknames: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    full: tuple[str, ...] = ()
    sex: str = ""  # which a title tells


@dataclass(slots=True)
class _Heap:
    """Readings while they are gathered."""

    nicknames: list[str]
    given: list[str]
    family: list[str]
    sex: str = ""


def text_of(value: object) -> str:
    """What a box holds, folded; empty where it says in words that nothing is known."""
    text = fold(str(value)[:200]) if value not in (None, True, False) else ""
    return "" if _NOTHING.fullmatch(text) else text


def names_of(nickname: object, given: object, family: object) -> Names:
    """Read the three boxes for names."""
    heap = _Heap([], [], [])
    _read_nickname(heap, text_of(nickname))
    family_text, in_brackets = _apart(text_of(family))
    heap.family += [one for part in in_brackets for one in _tokens(_OLD_FAMILY.sub("", part))[-1:]]
    _read_given(heap, text_of(given), has_family=bool(family_text))
    family_parts = [_without_title(heap, part) for part in _OR.split(family_text) if part]
    _read_family(heap, family_parts)
    return Names(
        _sounds(heap.nicknames), _sounds(heap.given), _sounds(heap.family), _full(heap), heap.sex
    )  # fmt: skip


def called(text: str) -> tuple[str, ...]:
    """The sound forms of nicknames that free words name: ຊື່ຫຼິ້ນ ນ້ອຍ, เรียกว่า ..., nickname ..."""
    found = []
    for match in _CALLED.finditer(text):
        if _OTHERS.search(text[max(0, match.start() - 14) : match.start()]) and not _BY_OTHERS.match(match.group()):
            continue
        rest = re.split(r"[,.;()\n/]| and | ແລະ | และ ", text[match.end() : match.end() + 40])[0]
        if words := _tokens(_stripped(rest)[0])[:1]:
            found.append(words[0][:20])
    return _sounds(found)


def _read_nickname(heap: _Heap, text: str) -> None:
    plain, in_brackets = _apart(text)
    for part in [*_OR.split(plain), *(one for some in in_brackets for one in _OR.split(some))]:
        words = _tokens(_without_title(heap, _CALLED.sub("", part)))
        heap.nicknames += words[:3]
        if len(words) > 1:
            heap.nicknames.append("".join(words))


def _read_given(heap: _Heap, text: str, *, has_family: bool) -> None:
    if (cue := _CALLED.search(text)) and cue.start() > 0 and "(" not in text:
        text = f"{text[: cue.start()]} ({text[cue.end() :]})"
    plain, in_brackets = _apart(text)
    parts = [_without_title(heap, part) for part in _OR.split(plain) if part]
    for part in parts:
        _read_one_box(heap, _tokens(part), has_family=has_family)
    for part in in_brackets:
        for word in _tokens(_CALLED.sub("", _without_title(heap, part)))[:2]:
            is_same = any(likeness(sound_of(word), sound_of(one)) > 0.8 for one in heap.given[:1])
            (heap.given if is_same else heap.nicknames).append(word)


def _read_one_box(heap: _Heap, words: list[str], *, has_family: bool) -> None:
    if len(words) == 1 or has_family:
        heap.given += ["".join(words), *(words if len(words) > 1 else ())]
    elif words:
        heap.given += ["".join(words[:-1]), *(words[:-1] if len(words) > 2 else ())]
        heap.family.append(words[-1])
        if len(words) == 3:
            heap.nicknames.append(words[0])  # ນົກ ພູວຽງ ຄຳວົງສາ
        if len(words) == 2 and len(sound_of(words[0]) + sound_of(words[1])) <= 8:
            heap.given.append("".join(words))  # ບຸນ ມີ


def _read_family(heap: _Heap, parts: list[str]) -> None:
    for part in parts:
        words = _tokens(part)
        if not heap.given and len(words) > 1:
            heap.given.append("".join(words[:-1]))
            words = words[-1:]
        if words:
            heap.family.insert(0, "".join(words))
        if len(words) > 1:
            heap.family += words


def _full(heap: _Heap) -> tuple[str, ...]:
    given, family = _sounds(heap.given)[:1], _sounds(heap.family)[:2]
    return tuple(dict.fromkeys(one + other for one in given for other in family))


def _apart(text: str) -> tuple[str, list[str]]:
    """The text without its brackets, and what stood in them."""
    inner = [one.strip(_EDGE) for one in _BRACKETS.findall(text)]
    return _BRACKETS.sub(" ", text).strip(_EDGE + ")]"), [one for one in inner if one]


def _without_title(heap: _Heap, text: str) -> str:
    plain, sex = _stripped(text)
    heap.sex = heap.sex or sex
    return plain


def _stripped(text: str) -> tuple[str, str]:
    """The text without the titles before it, and the sex that they tell."""
    sex, text = "", text.strip(_EDGE)
    while match := _GLUED.match(text) or _LATIN_TITLE.match(text):
        sex = sex or ("f" if match["w"] else "m" if match["m"] else "")
        text = text[match.end() :].strip(_EDGE)
    return text, sex


def _tokens(text: str) -> list[str]:
    return [word for word in (one.strip(_EDGE) for one in re.split(r"[\s_]+", text)) if sound_of(word)][:6]


def _sounds(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_each(words)))[:MOST_READINGS]


def _each(words: list[str]) -> Iterator[str]:
    for word in words:
        if sound := sound_of(word):
            yield sound[:40]
