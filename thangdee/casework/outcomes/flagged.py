"""Whom staff warn each other of: a finder, a broker, a relative who is not safe. A warning to staff, and no more.

Stored are a keyed hash, of a name only 16 bits of how it sounds, and the sealed words of who warned (R24).
"""

import json
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries.flags import Raised
from thangdee.casework.enquiries.model import Field
from thangdee.casework.matching.sound import sound_of, vowelled
from thangdee.casework.outcomes.described import Told
from thangdee.casework.outcomes.phones import numbers_in
from thangdee.casework.outcomes.search_store import UnfitNoteError
from thangdee.casework.outcomes.tables import flagged_person
from thangdee.core import changes
from thangdee.core.keyring import Keyring
from thangdee.core.vault import Place, Vault

KEPT = timedelta(days=180)
LONGEST = 1000
# A name of one or two sounds is half the country's.
_SHORTEST_SOUND = 3
_MOST_WORDS = 400
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0eb1-\u0ecf\u0e31-\u0e4e])*")
_PHONES = (Field.PHONE, Field.CALLED_FROM)
_NAMES = (Field.COMPANIONS, Field.OWN_WORDS, Field.LEFT_HOW, Field.LAST_CONTACT, Field.WORK)


class FlaggedKind(StrEnum):
    """By what somebody is known again."""

    PHONE = "phone"
    NAME = "name"


@dataclass(frozen=True)
class Warned:
    """One warning that fits. `value`: the number or name as it was written then."""

    id: str
    kind: FlaggedKind
    value: str
    note: str
    staff_id: str
    at: datetime


async def flag(
    connection: AsyncConnection, vault: Vault, kind: FlaggedKind, value: str, note: str, staff_id: str, now: datetime
) -> None:
    """Warn of a number or a name; what is no number, or a name too short to know, raises UnfitNoteError."""
    words = note.strip()
    forms = _forms(kind, value)
    if not forms or not 0 < len(words) <= LONGEST or len(value) > LONGEST:
        raise UnfitNoteError("neither a number nor a name, or no reason")
    plain = json.dumps({"value": value.strip(), "note": words}, ensure_ascii=False).encode()
    for form in sorted(forms):
        made, key_id = uuid.uuid4().hex, await vault.new_key(connection)
        sealed = await vault.seal(connection, key_id, _place(made), plain)
        values = {
            "id": made, "kind": kind, "look_up": look_up(vault.keyring, kind, form), "key_id": key_id,
            "sealed_note": sealed, "staff_id": staff_id, "at": now,
        }  # fmt: skip
        await connection.execute(insert(flagged_person).values(values))
    await changes.announce(connection, changes.ENQUIRIES)


async def warnings_for(
    connection: AsyncConnection, vault: Vault, what: Told, raised: Iterable[Raised], now: datetime
) -> list[Warned]:
    """Return whom we were warned of among the numbers and names of an enquiry and of what was reported beside it."""
    reports = [part["text"] for one in raised for part in parts_of(one.body) if "text" in part]
    phones = {form for text in (*map(what.words, _PHONES), *reports) for form in _forms(FlaggedKind.PHONE, text)}
    names = {form for text in (*map(what.words, _NAMES), *reports) for form in sounds_in(text)}
    sought = {look_up(vault.keyring, FlaggedKind.PHONE, form): form for form in phones}
    sought |= {look_up(vault.keyring, FlaggedKind.NAME, form): form for form in names}
    alive = flagged_person.c.at > now - KEPT
    query = select(flagged_person).where(flagged_person.c.look_up.in_(sought), alive).order_by(flagged_person.c.at)
    found: dict[tuple[str, str], Warned] = {}
    for row in (await connection.execute(query)).all():
        body = json.loads(await vault.open(connection, row.key_id, _place(row.id), row.sealed_note))
        one = Warned(row.id, FlaggedKind(row.kind), body["value"], body["note"], row.staff_id, row.at)
        # 16 bits are shared by many sounds: only the same one counts.
        if one.kind is FlaggedKind.PHONE or _forms(one.kind, one.value) & names:
            found[one.value, one.note] = one
    return list(found.values())


def look_up(keyring: Keyring, kind: FlaggedKind, form: str) -> str:
    """Return the keyed hash by which a number or the sound of a name is found; of a name only 16 bits (R24)."""
    hashed = keyring.look_up(f"flagged_{kind}", form)
    return hashed if kind is FlaggedKind.PHONE else hashed[:4]


def sounds_in(text: str) -> frozenset[str]:
    """Return how each word of a text sounds, and each two together: a name may be either."""
    words = _WORD.findall(text)[:_MOST_WORDS]
    one = [_ear(word) for word in words]
    two = [f"{first}{second}" for first, second in pairwise(one)]
    return frozenset(sound for sound in (*one, *two) if len(sound) >= _SHORTEST_SOUND)


def parts_of(body: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what was kept beside a flag, in its order: {"text": words} or {"media": id of a file}."""
    parts: list[dict[str, str]] = []
    for name, value in body.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping):
                parts += parts_of(one)
            elif isinstance(one, str) and one:
                parts.append({"media" if name == "media" else "text": one})
    return parts


def _forms(kind: FlaggedKind, value: str) -> frozenset[str]:
    if kind is FlaggedKind.PHONE:
        return numbers_in(value)
    sound = "".join(_ear(word) for word in _WORD.findall(value))
    return frozenset({sound}) if len(sound) >= _SHORTEST_SOUND else frozenset()


def _ear(word: str) -> str:
    """Return how a word sounds, what is easily mixed up taken as one."""
    return vowelled(sound_of(word))


def _place(flagged_id: str) -> Place:
    return Place("flagged_person", "sealed_note", flagged_id)
