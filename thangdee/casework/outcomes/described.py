"""An enquiry as it is compared: the family's answers, and what staff wrote down from their recordings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries import facts, store
from thangdee.casework.enquiries.model import OF_ENQUIRER, Enquiry, Field
from thangdee.casework.matching import Described, described_enquiry
from thangdee.casework.outcomes.search_store import UnfitNoteError
from thangdee.casework.outcomes.tables import enquiry_block, search_note
from thangdee.casework.referrals.facts import Value
from thangdee.core import changes
from thangdee.core.database import insert_new
from thangdee.core.time_words import LOCAL_TIME
from thangdee.core.vault import Place, Vault
from thangdee.referral_directory.places import Kind, by_code, province_of

LONGEST_HEARD = 2000
# Buttons of the form, as the comparison reads ages; over 25 says nothing that helps.
_AGES = {"under_15": "9-14", "15_17": "15-17", "18_24": "18-24"}
_SEXES = frozenset({"female", "male"})
# Free words in which a nickname or an old village may stand. Not the companions: their names are not hers.
_NOTES = (Field.OLD_VILLAGE, Field.OWN_WORDS, Field.MARKS, Field.LAST_CONTACT)


@dataclass(frozen=True)
class Told:
    """What a family told, and what was heard in their recordings, by field."""

    said: Mapping[Field, Value]
    heard: Mapping[Field, str]

    def words(self, field: Field) -> str:
        """Return words as typed, and what was heard beside them."""
        typed = str(self.said.get(field, {}).get("text") or "")
        return " ".join(one for one in (typed, self.heard.get(field, "")) if one)

    def code(self, field: Field) -> str:
        """Return the code of what was chosen, "" where nothing was."""
        return str(self.said.get(field, {}).get("code") or "")

    @property
    def media(self) -> tuple[str, ...]:
        """The ids of the recordings."""
        return tuple(str(value["media"]) for value in self.said.values() if value.get("media"))


async def told(connection: AsyncConnection, vault: Vault, enquiry_id: str) -> Told:
    """Open what a family told. Raises EnquiryGoneError, SealBrokenError."""
    said = await facts.facts_of(connection, vault, enquiry_id)
    return Told(said, await _heard(connection, vault, enquiry_id))


async def write_down(
    connection: AsyncConnection, vault: Vault, enquiry_id: str, field: Field, words: str, staff_id: str, now: datetime
) -> None:
    """Keep what one of us heard in a recording; nothing written takes it out again. Raises UnfitNoteError.

    Only beside a recording: whoever could write any name there would have a way to look residents up (R20b).
    """
    heard = words.strip()
    if len(heard) > LONGEST_HEARD or field in OF_ENQUIRER - {Field.RELATION}:
        raise UnfitNoteError(f"{len(heard)} letters")
    if heard and not (await facts.facts_of(connection, vault, enquiry_id)).get(field, {}).get("media"):
        raise UnfitNoteError("there is no recording")
    key = {"enquiry_id": enquiry_id, "field": field}
    that = (search_note.c.enquiry_id == enquiry_id) & (search_note.c.field == field)
    if not heard:
        await connection.execute(delete(search_note).where(that))
    else:
        key_id = await store.key_of(connection, enquiry_id)
        sealed = await vault.seal(connection, key_id, _place(enquiry_id, field), heard.encode())
        values = {"sealed_value": sealed, "staff_id": staff_id, "at": now}
        statement = insert_new(connection, search_note).values(key | values)
        await connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))
    # It sounds different now: made anew when it is next compared (several.py).
    await connection.execute(delete(enquiry_block).where(enquiry_block.c.enquiry_id == enquiry_id))
    await changes.announce(connection, changes.ENQUIRIES)


def described(whole: Enquiry, what: Told) -> Described:
    """Return the person who is looked for, as the comparison knows people."""
    return described_enquiry(row_of(whole, what))


def row_of(whole: Enquiry, what: Told) -> dict[str, Any]:
    """Return the enquiry as a row of `thangdee match` (design.md)."""
    district, province = _places(what)
    sex, left = what.code(Field.SEX), what.code(Field.LEFT_WHEN)
    filed = whole.filed_at or whole.created_at
    row = {
        "id": whole.id,
        "given_name": what.words(Field.FULL_NAME),
        "nickname": what.words(Field.NICKNAME),
        "sex": sex if sex in _SEXES else "",
        "age": _AGES.get(what.code(Field.AGE)) or what.words(Field.AGE),
        "year_left": left if left.isdecimal() else what.words(Field.LEFT_WHEN),
        "village": _village(what),
        "district": district,
        "province": province,
        "work": what.words(Field.WORK),
        "notes": " ; ".join(_notes(what)),
        "date_filed": filed.astimezone(LOCAL_TIME).date().isoformat(),
    }
    return {name: value or None for name, value in row.items()}


def _notes(what: Told) -> Iterable[str]:
    return [words for field in _NOTES if (words := what.words(field))]


def _village(what: Told) -> str:
    """Return the village, a former name in brackets behind it, as people write it in one box."""
    now, before = what.words(Field.VILLAGE), what.words(Field.OLD_VILLAGE)
    return f"{now} ({before})" if now and before else now or before


def _places(what: Told) -> tuple[str, str]:
    """Return district and province: what was chosen by name, else the words as typed, whichever place they mean."""
    chosen = by_code(what.code(Field.PLACE))
    if chosen is None:
        return what.words(Field.PLACE), ""
    if chosen.kind is not Kind.DISTRICT:
        return "", chosen.name("lo")
    province = province_of(chosen)
    return chosen.name("lo"), province.name("lo") if province else ""


async def _heard(connection: AsyncConnection, vault: Vault, enquiry_id: str) -> dict[Field, str]:
    rows = (await connection.execute(select(search_note).where(search_note.c.enquiry_id == enquiry_id))).all()
    key_id = await store.key_of(connection, enquiry_id) if rows else ""
    return {
        Field(row.field): (
            await vault.open(connection, key_id, _place(enquiry_id, Field(row.field)), row.sealed_value)
        ).decode()
        for row in rows
    }


def _place(enquiry_id: str, field: Field) -> Place:
    return Place("search_note", "sealed_value", f"{enquiry_id}|{field}")
