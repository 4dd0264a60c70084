"""Changing an entry: what was typed, what is wrong with it, and writing what differs, with its history."""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.console.directory.entry import CHOICES, NEW, PARTS, TEXTS, Entry, Fields
from thangdee.console.directory.view import Standing, state_of, status_of
from thangdee.core.script import fold
from thangdee.core.words import LANGUAGES
from thangdee.referral_directory import changes
from thangdee.referral_directory.opening import DAYS
from thangdee.referral_directory.places import by_code
from thangdee.referral_directory.snapshot import PLACE_IDENTIFIER
from thangdee.referral_directory.taxonomy import names_of

LONGEST = {"name": 200, "description": 2000, "contact_rule": 1000}
_LONGEST_OTHER = 300
_TIME = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(:[0-5]\d)?$")
_LINKS = ("service_at_location_id", "service_id", "location_id")
# What makes a part: without any of these it is taken away.
_CORE = {
    "phone": ("number",),
    "schedule": ("days", "opens_at", "closes_at", "description"),
    "cost_option": ("option", "amount", "amount_description"),
}


@dataclass(frozen=True)
class Wrong:
    """A field of the form and the key of what is wrong with it."""

    field: str
    key: str


@dataclass(frozen=True)
class Writer:
    """Who changes what, and when."""

    connection: AsyncConnection
    entry: Entry
    by: str
    now: datetime

    async def save(self, table: str, values: Mapping[str, Any]) -> None:
        """Write fields of a record, where there are any beside its id."""
        if len(values) > 1:
            await changes.save(self.connection, table, values, by=self.by, now=self.now)

    async def say(self, taxonomy: str, said: Mapping[str, str]) -> None:
        """Say what holds in one of our taxonomies."""
        table, key = self.entry.speaker(taxonomy)
        await changes.say(self.connection, table, key, taxonomy, said, by=self.by, now=self.now)


def typed(get: Callable[[str], str | None], get_all: Callable[[str], list[str]], before: Fields) -> Fields:
    """Return the form as it came in; a single field that did not come stays, boxes that did not come are not ticked."""
    after: Fields = {}
    for name, value in before.items():
        if isinstance(value, tuple):
            known = DAYS if name.endswith(".days") else names_of(name)
            ticked = get_all(name)
            after[name] = tuple(one for one in known if one in ticked)
        else:
            came = get(name)
            after[name] = value if came is None else _clean(name, came)
    return after


def wrongs(before: Fields, after: Fields) -> list[Wrong]:
    """Return what must be put right before it can be saved; only what was typed is looked at."""
    found = [Wrong(name, "needed") for name in ("name_en", "standing") if not after[name]]
    for name, value in after.items():
        if isinstance(value, str) and value != before[name]:
            problem = _problem(name, value)
            found += [Wrong(name, problem)] if problem else []
    if after["since"] and after["until"] and str(after["since"]) > str(after["until"]):
        found.append(Wrong("until", "order"))
    for name in after:
        kind, _, rest = name.partition(".")
        key = rest.partition(".")[0]
        if name.endswith(".number") and not after[name] and after[f"{kind}.{key}.description"] and key == NEW:
            found.append(Wrong(name, "needed"))
    return found


async def write(writer: Writer, before: Fields, after: Fields) -> None:
    """Write what differs. Raises WrongRecordError where the directory does not take it."""
    await _write_texts(writer, before, after)
    if any(before[name] != after[name] for name in ("standing", "since", "until")):
        await _write_standing(writer, after)
    for taxonomy in CHOICES:
        if before[taxonomy] != after[taxonomy]:
            values = writer.entry.says(taxonomy)
            await writer.say(taxonomy, {name: values.get(name, "") for name in after[taxonomy]})
    for table in PARTS:
        for key in (*writer.entry.parts[table], NEW):
            await _write_part(writer, table, key, before, after)
    site = writer.entry.listing.site
    if site is not None and before["place"] != after["place"]:
        place = {"external_identifier": after["place"], "external_identifier_type": PLACE_IDENTIFIER}
        await writer.save("location", {"id": site.id} | place)


async def _write_texts(writer: Writer, before: Fields, after: Fields) -> None:
    key = writer.entry.listing.service_id
    record: dict[str, Any] = {"id": key}
    if before["alternate_name"] != after["alternate_name"]:
        record["alternate_name"] = after["alternate_name"] or None
    said = dict(writer.entry.said.get(key, {}).get("text", {}))
    was = dict(said)
    for name in TEXTS:
        for language in LANGUAGES:
            value, term = str(after[f"{name}_{language}"]), f"{name}-{language}"
            if value == before[f"{name}_{language}"]:
                continue
            if language == "en" and name in ("name", "description") and term not in said:
                record[name] = value  # what the record itself says is English
            elif value:
                said[term] = value
            else:
                said.pop(term, None)
    await writer.save("service", record)
    if said != was:
        by, now = writer.by, writer.now
        await changes.say(writer.connection, "service", key, "text", said, by=by, now=now)


async def _write_standing(writer: Writer, after: Fields) -> None:
    standing, today = Standing(str(after["standing"])), writer.now.date()
    since, until = (date.fromisoformat(text) if text else None for text in (str(after["since"]), str(after["until"])))
    state = state_of(standing)
    is_over = until is None and (since is None or since <= today)
    status = status_of(standing, is_over=is_over)
    await writer.save("service", {"id": writer.entry.listing.service_id, "status": status.value})
    days = f"{since or ''}/{until or ''}"
    said = {state.value: days} if state else {}
    if said != writer.entry.says("state"):
        await writer.say("state", said)


async def _write_part(writer: Writer, table: str, key: str, before: Fields, after: Fields) -> None:
    names = [f"{table}.{key}.{name}" for name in PARTS[table]]
    if all(before[name] == after[name] for name in names):
        return
    is_gone = not any(after[f"{table}.{key}.{name}"] for name in _CORE[table])
    if is_gone and key == NEW:
        return
    if is_gone and table != "cost_option":  # a cost must belong to a service: it stays, empty
        await writer.save(table, {"id": key} | dict.fromkeys(_LINKS))
        return
    row: dict[str, Any] = {"id": str(uuid.uuid4()) if key == NEW else key}
    for name, full in zip(PARTS[table], names, strict=True):
        if before[full] != after[full]:
            row |= _stored(name, after[full])
    if key == NEW:
        row |= _link_of_new(writer.entry, table)
    if table == "schedule" and row.get("byday"):
        row["freq"] = "WEEKLY"
    await writer.save(table, row)


def _link_of_new(entry: Entry, table: str) -> dict[str, str]:
    """Return what a new part belongs to; opening hours of the place, where those stand there, count alone."""
    if table == "schedule":
        for row in entry.parts[table].values():
            return {name: row[name] for name in _LINKS if row[name]}
    return {"service_id": entry.listing.service_id}


def _stored(name: str, value: str | tuple[str, ...]) -> dict[str, Any]:
    if isinstance(value, tuple):
        return {"byday": ",".join(value) or None}
    if name == "amount":
        return {name: float(value) if value else None}
    return {name: value if name == "number" else value or None}


def _clean(name: str, value: str) -> str:
    value = value.replace("\r\n", "\n").strip()
    kind = name.rpartition(".")[2]
    if kind in ("opens_at", "closes_at") and (time := _TIME.match(fold(value))):
        return f"{int(time[1]):02}:{time[2]}"
    return fold(value).replace(",", "") if kind == "amount" else value


def _problem(name: str, value: str) -> str | None:
    kind = name.rpartition(".")[2]
    longest = LONGEST.get(name.rpartition("_")[0], _LONGEST_OTHER)
    test = _TESTS.get(kind)
    if value and test is not None and not test[0](value):
        return test[1]
    return "long" if len(value) > longest else None


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_amount(value: str) -> bool:
    return bool(re.fullmatch(r"\d{1,12}(\.\d{1,2})?", value))


_TESTS: dict[str, tuple[Callable[[str], bool], str]] = {
    "opens_at": (lambda value: _TIME.match(value) is not None, "time"),
    "closes_at": (lambda value: _TIME.match(value) is not None, "time"),
    "amount": (_is_amount, "amount"),
    "since": (_is_day, "day"),
    "until": (_is_day, "day"),
    "standing": (lambda value: value in list(Standing), "choice"),
    "place": (lambda value: by_code(value) is not None, "choice"),
}
