"""`thangdee directory worklist`, `requests` and `check`: what is to be checked, whom to ask, what was checked."""

import argparse
import asyncio
import sys
from collections.abc import Iterable
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.processes.audit import note_command
from thangdee.processes.wiring import Installation
from thangdee.referral_directory import freshness
from thangdee.referral_directory.assurances import How
from thangdee.referral_directory.model import Checked, Directory, text_in
from thangdee.referral_directory.requests import requests_to_owners
from thangdee.referral_directory.snapshot import load_snapshot

_WRONG = 1
_LONGEST_NAME, _LONGEST_SOURCE = 64, 200
_WAYS = {"phone": How.PHONE, "visit": How.VISIT, "mail": How.EMAIL, "letter": How.LETTER, "told": How.OWNER}
_SERVICE, _ALL = "service", "all"
_KINDS = {
    _SERVICE: "service",
    "phone": "phone",
    "schedule": "schedule",
    "address": "address",
    "cost": "cost_option",
    "location": "location",
    "organisation": "organization",
}
_NAMES = {table: name for name, table in _KINDS.items()}

# Table, id, what it says, last check.
Fact = tuple[str, str, str, Checked]


def add_checks(deeds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `worklist`, `requests` and `check` to the deeds of `thangdee directory`."""
    deeds.add_parser("worklist", help="facts that nobody checked, or not for 90 days, with their ids")
    ask = deeds.add_parser("requests", help="write a draft e-mail to each owner of what is to be checked")
    ask.add_argument("folder", type=Path, help="where the drafts go, one .eml file each")
    check = deeds.add_parser("check", help="enter that you checked today that facts are still so")
    check.add_argument("id", metavar="ID", help="a service, or one of its places, as the work list and nearest name it")
    check.add_argument("--by", required=True, type=_name, metavar="NAME", help="who checked, for the record")
    check.add_argument("--how", required=True, choices=tuple(_WAYS), help="mail: e-mail; told: the owner said so")
    check.add_argument(
        "--fact", action="append", metavar="FACT",
        help=f"{', '.join(_KINDS)}, {_ALL}, or the id of one fact; may be repeated; if left out: {_SERVICE}, that is "
        "whether it is there and for whom",
    )  # fmt: skip
    check.add_argument("--source", type=_source, metavar="TEXT", help="who or what says so: an office, its letter")


async def show_worklist(installation: Installation) -> None:
    """Print each fact to check: the service's id first, then the fact with its own."""
    now = installation.clock.now()
    async with installation.database.read() as connection:
        listed = await freshness.worklist(connection, now)
    for due in listed:
        last = "never checked" if due.was_never_checked else f"last checked {due.checked.assured_on}"
        source = f"; source {due.checked.source} {due.checked.source_year or ''}" if due.checked.source else ""
        own = "" if due.entity == "service" else f" [fact {due.entity_id}]"
        print(
            f"{due.service_id} {_NAMES[due.entity]:12} {due.title}: {due.shows} ({last}{source})"
            f" ask {due.owner_email or 'somebody: no email'}{own}"
        )
    print(f"{len(listed)} facts to check")


async def write_requests(installation: Installation, folder: Path) -> None:
    """Write the drafts; nothing is sent. Raises OSError where the folder cannot be written."""
    async with installation.database.read() as connection:
        listed = await freshness.worklist(connection, installation.clock.now())
    drafts = requests_to_owners(listed)
    await asyncio.to_thread(_keep, drafts.values(), folder)
    unasked = sum(due.owner_email is None for due in listed)
    print(f"{len(drafts)} drafts in {folder}; {unasked} of {len(listed)} facts have no e-mail address to ask")


def _keep(drafts: Iterable[EmailMessage], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, draft in enumerate(drafts, start=1):
        (folder / f"request-{number:03}.eml").write_bytes(draft.as_bytes())


async def run_check(installation: Installation, chosen: argparse.Namespace) -> int:
    """Enter the checks and print them; 1, and nothing is entered, where the id or a fact is not there."""
    async with installation.database.write() as connection:
        directory = await load_snapshot(connection)
        facts = _facts(directory, chosen.id)
        if not facts:
            return _refuse(f"no service has the id {chosen.id}; see 'thangdee directory worklist'")
        wanted = _wanted(facts, chosen.fact or [_SERVICE])
        if isinstance(wanted, str):
            return _refuse(f"this service has no fact '{wanted}' to check; it has: {_kinds(facts)}")
        await _enter(connection, installation, wanted, chosen)
        await note_command(connection, installation, "directory:check", chosen.id)
    today = installation.clock.now().date()
    print(f"{_title(directory, chosen.id)}: checked {today} by {chosen.by} ({chosen.how})")
    for fact in wanted:
        _show("  checked", fact)
    for fact in facts:
        if fact not in wanted and not fact[3].is_fresh(today):
            _show("  still to check", fact)
    return 0


async def _enter(
    connection: AsyncConnection, installation: Installation, wanted: Iterable[Fact], chosen: argparse.Namespace
) -> None:
    now, how = installation.clock.now(), _WAYS[chosen.how]
    for entity, entity_id, *_ in wanted:
        await freshness.assure(connection, entity, entity_id, by=chosen.by, how=how, now=now, source=chosen.source)


def _facts(directory: Directory, key: str) -> list[Fact]:
    """Return the facts of a service at all its places, or of one of them; each once."""
    listings = [one for one in directory.listings if key.lower() in (one.id.lower(), one.service_id.lower())]
    return list({fact[1]: fact for one in listings for fact in freshness.facts_of(one)}.values())


def _wanted(facts: list[Fact], named: list[str]) -> list[Fact] | str:
    """Return the facts that are named, or the first name that names none."""
    found: dict[str, Fact] = {}
    for name in named:
        kind, key = _KINDS.get(name), name.lower()
        some = [one for one in facts if name == _ALL or one[0] == kind or one[1].lower() == key]
        if not some:
            return name
        found |= {one[1]: one for one in some}
    return list(found.values())


def _kinds(facts: list[Fact]) -> str:
    return ", ".join(dict.fromkeys(_NAMES[entity] for entity, *_ in facts))


def _title(directory: Directory, key: str) -> str:
    names = (one.names for one in directory.listings if key.lower() in (one.id.lower(), one.service_id.lower()))
    return text_in(next(names, {}), "en")


def _show(word: str, fact: Fact) -> None:
    entity, entity_id, shows, _ = fact
    print(f"{word}: {_NAMES[entity]} {shows or '-'} [{entity_id}]")


def _refuse(sentence: str) -> int:
    print(f"thangdee: {sentence}", file=sys.stderr)
    return _WRONG


def _name(text: str) -> str:
    return _short(text, _LONGEST_NAME)


def _source(text: str) -> str:
    return _short(text, _LONGEST_SOURCE)


def _short(text: str, longest: int) -> str:
    if not 0 < len(text.strip()) <= longest:
        raise argparse.ArgumentTypeError(f"1 to {longest} letters are needed")
    return text.strip()
