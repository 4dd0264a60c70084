"""What a reply to a family must not name before a second person has read it: whom they look for (R19).

Names, village, shelter and its province of each candidate whom a tracer did not rule out, and of each who was asked or
is released. Names and village as the family told them count from the first day, found or not: else a reply that says
them would come at once while nobody is found, and late from then on (R14). The words are looked for as written, in Lao
and Thai letters alike, and as they sound, in Latin ones too.
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries import store
from thangdee.casework.enquiries.facts import facts_of
from thangdee.casework.enquiries.model import Field
from thangdee.casework.matching.likeness import likeness
from thangdee.casework.matching.sound import coarse, sound_of
from thangdee.casework.outcomes import residents
from thangdee.casework.outcomes.model import Shelter
from thangdee.casework.outcomes.residents import Entry, NoSuchEntryError
from thangdee.casework.outcomes.tables import candidate, release, wish
from thangdee.casework.referrals.facts import Value
from thangdee.core.clock import Clock
from thangdee.core.errors import SealBrokenError
from thangdee.core.vault import Vault
from thangdee.referral_directory.places.gazetteer import by_code

# Each shelter's own names, and the province where it stands (VFI19).
_NAMES: dict[Shelter, tuple[str, ...]] = {
    Shelter.SONGKWAE: ("TH-65", "ສອງແຄວ", "สองแคว", "Songkwae", "Song Khwae"),
    Shelter.KREDTAKARN: ("TH-12", "ເກັດຕະການ", "เกร็ดตระการ", "เกล็ดตระการ", "Kredtakarn", "Kredtrakarn"),
    Shelter.NAREESAWAT: ("TH-30", "ນາລີສະຫວັດ", "นารีสวัสดิ์", "Nareesawat", "Narisawat"),
    Shelter.SRI_SURAT: ("TH-84", "ສີສຸລາດ", "ศรีสุราษฎร์", "Sri Surat", "Si Surat"),
    Shelter.CHIANG_RAI: ("TH-57",),
    Shelter.PATHUM_THANI: ("TH-13",),
    Shelter.RANONG: ("TH-85",),
    Shelter.SONGKHLA: ("TH-90",),
}
# Of what the family told: who she is, and from where.
_TOLD = (Field.NICKNAME, Field.FULL_NAME, Field.VILLAGE, Field.OLD_VILLAGE)
_NOT_RULED_OUT = ("same", "unsure")
_LEAST_SOUNDS, _LEAST_CONSONANTS, _ALIKE = 4, 2, 0.9
# What stands before a name and is left out as often as not: somebody says Phonthong of ban Phonthong.
_TITLES = re.compile(
    r"^(?:ບ້ານ|บ้าน|หมู่บ้าน|ນາງສາວ|ນາງ|ທ້າວ|ທ\.|ນ\.|นางสาว|นาง|น\.ส\.|นาย|ท้าว|(?:m(?:r|s|rs|iss)|b\.|ban|baan|nang|thao)\b\.?)\s*",
    re.IGNORECASE,
)
_BREAKS = re.compile(r"[^\w\u0e00-\u0eff]+")


class CaseTermsOf:
    """Finds the words; only the console has what it needs (R12)."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock

    async def __call__(self, connection: AsyncConnection, chat_id: str) -> Collection[str]:
        """Return what a reply to this chat must not name by itself; empty where no enquiry of it was sent."""
        return await terms_of(connection, self._vault, chat_id, self._clock.now())


async def terms_of(connection: AsyncConnection, vault: Vault, chat_id: str, now: datetime) -> set[str]:
    """Return names and places of whom this chat's enquiries look for, and of the residents whom they may have found."""
    filed = [one.id for one in await store.of_chat(connection, chat_id) if one.filed_at is not None]
    found: set[str] = set()
    for enquiry_id in filed:
        found |= _as_told(await facts_of(connection, vault, enquiry_id))
    for resident_id in await _linked(connection, filed):
        try:
            found |= _terms(await residents.opened(connection, vault, resident_id, now))
        except (NoSuchEntryError, SealBrokenError):
            continue  # she took back her yes, or it lapsed: nothing of her is known any more
    return found


def sound_alike(words: str, terms: Collection[str]) -> bool:
    """Tell whether words have one of these in them by ear, in whichever script: Khamla is ຄຳຫຼ້າ and คำหล้า."""
    parts = [one for one in _BREAKS.split(words) if one]
    heard = {sound_of(one) for one in parts} | {sound_of(a + b) for a, b in pairwise(parts)}
    wanted = {sound_of("".join(_BREAKS.split(one))) for one in terms}
    telling = [one for one in wanted if len(one) >= _LEAST_SOUNDS and len(coarse(one)) >= _LEAST_CONSONANTS]
    return any(one in said or likeness(one, said) >= _ALIKE for one in telling for said in heard)


async def _linked(connection: AsyncConnection, enquiries: list[str]) -> set[str]:
    judged = select(candidate.c.resident_id).where(
        candidate.c.enquiry_id.in_(enquiries), candidate.c.verdict.in_(_NOT_RULED_OUT)
    )
    asked = select(wish.c.resident_id).where(wish.c.enquiry_id.in_(enquiries))
    released = select(release.c.resident_id).where(release.c.enquiry_id.in_(enquiries))
    return {one for query in (judged, asked, released) for one in (await connection.execute(query)).scalars()}


def _as_told(told: Mapping[Field, Value]) -> set[str]:
    texts = [str(told[one].get("text") or "") for one in _TOLD if one in told]
    parts = [part for one in texts for part in (one, *_BREAKS.split(one))]
    return {one for one in (*parts, *(_TITLES.sub("", one) for one in parts)) if one}


def _terms(entry: Entry) -> set[str]:
    record, (place_code, *names) = entry.record, _NAMES[entry.shelter]
    place = by_code(place_code)
    told = (record.given_name, record.family_name, record.nickname, record.village, record.old_village)
    where = () if place is None else place.names.values()
    bare = [_TITLES.sub("", one) for one in (*told, *names) if one]
    return {one for one in (*told, *names, *bare, *where) if one}
