"""The names of shelters in the directory, and whether words name one of them, however it is spelled (R19)."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from rapidfuzz import fuzz
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core.script import skeleton
from thangdee.referral_directory.places import Kind, places_in
from thangdee.referral_directory.places.spelling import by_ear, has_lao_or_thai, latin
from thangdee.referral_directory.tables import TABLES
from thangdee.referral_directory.taxonomy import BY_ID, term

_LIKE = 86  # percent of letters in common, for names that are long enough to be misspelled
_LONG_ENOUGH, _LEAST = 7, 5
_IN_BRACKETS = re.compile(r"\s*\([^)]*\)")
_ACRONYM, _IN_BRACKETS_ACRONYM = re.compile(r"\b[A-Z]{3,}\b"), re.compile(r"\(([A-Z]{3,})\)")
# What stands in many names and tells none apart; in Latin letters, then in Lao and Thai.
_COMMON_LATIN = """
    shelter shelters home house houses centre center safe for of the in at on by and with where is now men women man
    woman girls boys children child people their transgender couples families under over years old ban baan training
    small transit ngo new full closed sample organisation organization foundation office friends north south
"""
_COMMON_LETTERS = """
    ເຮືອນພັກ ບ້ານພັກ ບ່ອນພັກພິງ ບ່ອນພັກ ເຮືອນ ບ້ານ ສູນ ຜູ້ຊາຍ ແມ່ຍິງ ເດັກຍິງ ເດັກຊາຍ ເດັກນ້ອຍ ເດັກ ແມ່ກັບລູກ ຄອບຄົວ ຄູ່ຜົວເມຍ ຄົນຂ້າມເພດ
    ເພື່ອນ ອາຍຸ ຕໍ່າກວ່າ ຕ່ຳກວ່າ ປີ ນ້ອຍ ອົງການ ເມືອງ ຂອງ ຢູ່ ທີ່ ສຳລັບ ແລະ ຈາກ ໃນ
    บ้านพัก สถานคุ้มครอง สถานสงเคราะห์ ที่พัก บ้าน ศูนย์ ผู้ชาย ผู้หญิง เด็กหญิง เด็กชาย เด็ก แม่กับลูก ครอบครัว คู่สามีภรรยา
    คนข้ามเพศ เพื่อน อายุ ต่ำกว่า ปี หลังเล็ก องค์กร มูลนิธิ เมือง ของ อยู่ ที่ สำหรับ และ จาก ใน
"""
_COMMON = frozenset(_COMMON_LATIN.split())
_STEMS = tuple(sorted(_COMMON_LETTERS.split(), key=len, reverse=True))
_SHELTER_WORDS = tuple(
    skeleton(word) for word in ("ເຮືອນພັກ", "ບ້ານພັກ", "ບ່ອນພັກພິງ", "ພັກພິງ", "บ้านพัก", "สถานคุ้มครอง", "สถานสงเคราะห์", "สถานพักพิง")
)
_LATIN_SHELTER = re.compile(
    r"\b(?:shelters?|safe ?houses?|safe ?homes?|ban ?phak|baan ?phak|huean ?phak|heuan ?phak)\b"
)


@dataclass(frozen=True)
class _Name:
    """What of a name gives a shelter away: letters, sound, a word of its own, or a place.

    `needs_word`: only beside a word for shelter, as Songkhla does. `is_exact`: misspelled, it would be other words.
    """

    letters: str = ""
    sound: str = ""
    word: str = ""
    place: str = ""
    needs_word: bool = False
    is_exact: bool = False


class ShelterNames:
    """The names, made ready to be looked for."""

    def __init__(self, own: Iterable[str], shared: Iterable[str] = ()) -> None:
        """Take names that only shelters have, and names of organisations that do other things besides."""
        with_word = {replace(one, needs_word=True) for name in shared for one in _made(name)}
        alone = {one for name in own for one in _made(name)}
        self._names = (*with_word, *(one for one in alone if replace(one, needs_word=True) not in with_word))

    def are_in(self, words: str) -> bool:
        """Tell whether words name a shelter."""
        written, in_latin = skeleton(words), latin(words)
        sound, apart = by_ear(in_latin), frozenset(in_latin.split())
        says_shelter = any(word in written for word in _SHELTER_WORDS) or bool(_LATIN_SHELTER.search(in_latin))
        places = (
            {place.code for one in places_in(words) for place in (one.place, *one.others)} if says_shelter else set()
        )
        return any(
            (says_shelter or not one.needs_word) and _is_named(one, written, sound, apart, places)
            for one in self._names
        )


async def read_shelter_names(connection: AsyncConnection) -> ShelterNames:
    """Read the names of all services that are shelters, open or not, and of where and by whom they are given."""
    services, organisations, locations = TABLES["service"], TABLES["organization"], TABLES["location"]
    at = TABLES["service_at_location"]
    marked = await _marked(connection)
    rows = (await connection.execute(select(services.c.id, services.c.organization_id))).all()
    sites = (await connection.execute(select(at.c.id, at.c.service_id, at.c.location_id))).all()
    sheltering = {row.service_id for row in sites if row.id in marked} | (marked & {row.id for row in rows})
    sheltering |= {row.id for row in rows if row.organization_id in marked}
    theirs = {row.organization_id for row in rows if row.id in sheltering and row.organization_id}
    shared = {row.organization_id for row in rows if row.id not in sheltering}
    places = {row.location_id for row in sites if row.service_id in sheltering and row.location_id}
    own = [
        *await _names_of(connection, services, sheltering),
        *await _names_of(connection, locations, places),
        *await _names_of(connection, organisations, theirs - shared),
    ]
    return ShelterNames(own, await _names_of(connection, organisations, theirs & shared))


async def _marked(connection: AsyncConnection) -> set[str]:
    """The ids of what is said to be a shelter, or a place where one stays."""
    column = TABLES["attribute"].c
    wanted = [term("need", "shelter").id, term("stay", "residential").id, term("kind", "government_shelter").id]
    rows = await connection.execute(select(column.link_id).where(column.taxonomy_term_id.in_(wanted)))
    return {link for link in rows.scalars() if link}


async def _names_of(connection: AsyncConnection, table: Table, ids: Collection[str]) -> set[str]:
    column = TABLES["attribute"].c
    rows = await connection.execute(select(table.c.id, table.c.name, table.c.alternate_name))
    names = {name for row in rows.all() if row.id in ids for name in (row.name, row.alternate_name) if name}
    spoken = [one.id for one in BY_ID.values() if one.taxonomy == "text" and one.name.startswith("name-")]
    texts = await connection.execute(select(column.link_id, column.value).where(column.taxonomy_term_id.in_(spoken)))
    return names | {row.value for row in texts.all() if row.link_id in ids and row.value}


def _made(name: str) -> Iterable[_Name]:
    """Make what is looked for: the whole name; the name without what is common to many; what is left of it alone."""
    plain = _IN_BRACKETS.sub("", name).strip()
    found, rest = places_in(plain), plain
    for one in reversed(found):
        rest = rest[: one.start] + " " + rest[one.end :]
    named, own = [one for one in found if one.place.kind is not Kind.COUNTRY], _own(rest)
    if not own and not named:
        return  # "House for men" tells nothing apart
    yield from _looked_for(plain, is_exact=True)
    yield from (_Name(word=short.lower()) for short in _ACRONYM.findall(plain) + _IN_BRACKETS_ACRONYM.findall(name))
    if own:
        yield from _looked_for(_own(plain))
        yield from _looked_for(own)
    else:
        yield from (_Name(place=one.place.code, needs_word=True) for one in named)


def _own(rest: str) -> str:
    """What is left without what many names have in common."""
    for stem in _STEMS:
        rest = rest.replace(stem, " ")
    words = (word for word in rest.split() if has_lao_or_thai(word) or latin(word) not in _COMMON)
    return " ".join(word for word in words if not word.isdigit())


def _looked_for(name: str, *, is_exact: bool = False) -> Iterable[_Name]:
    letters, sound = skeleton(name), by_ear(latin(name))
    is_mixed = bool(sound) and has_lao_or_thai(name)  # then the Latin word is what tells it apart
    if has_lao_or_thai(name) and not is_mixed and len(letters) >= _LEAST:
        yield _Name(letters=letters, is_exact=is_exact)
    if len(sound) >= _LEAST:
        yield _Name(sound=sound, is_exact=is_exact)


def _is_named(one: _Name, written: str, sound: str, apart: frozenset[str], places: set[str]) -> bool:
    if one.place:
        return one.place in places
    if one.word:
        return one.word in apart
    looked_for, where = (one.letters, written) if one.letters else (one.sound, sound)
    if looked_for in where:
        return True
    may_differ = not one.is_exact and len(looked_for) >= _LONG_ENOUGH and len(where) >= len(looked_for) - 1
    return may_differ and fuzz.partial_ratio(looked_for, where, score_cutoff=_LIKE) > 0
