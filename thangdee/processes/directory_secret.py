"""`thangdee directory secret`: seal the address of a place that nobody may know. No command prints one."""

import argparse
import asyncio
import getpass
import sys

from sqlalchemy import select

from thangdee.processes.audit import note_command
from thangdee.processes.wiring import Installation
from thangdee.referral_directory import confidential
from thangdee.referral_directory.tables import TABLES

_WRONG = 1
_LONGEST = 2000
_BROKEN = "\ufffd"  # stands where standard input held no UTF-8


def add_secret(deeds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `secret` to the deeds of `thangdee directory`."""
    secret = deeds.add_parser("secret", help="seal the address of a place; it is read from standard input")
    # Never an argument: those stand in the shell's history and in the list of processes.
    secret.add_argument("location", metavar="LOCATION_ID", help="as in locations.csv and on the work list")
    secret.add_argument("--forget", action="store_true", help="remove the sealed address instead")
    secret.add_argument("--by", default="operator", help="who does it, for the history")


async def run_secret(installation: Installation, chosen: argparse.Namespace) -> int:
    """Seal or forget; 1, and nothing is changed, where there is no such place or no address came."""
    location = await _known(installation, chosen.location)
    if location is None:
        return _refuse(f"no place has the id {chosen.location}; see locations.csv of an export")
    if chosen.forget:
        return await _forget(installation, location, chosen.by)
    address = (await asyncio.to_thread(_read)).strip()
    if not address or len(address) > _LONGEST or _BROKEN in address:
        return _refuse(f"an address of 1 to {_LONGEST} letters is needed on standard input, in UTF-8; none was sealed")
    async with installation.database.write() as connection:
        await confidential.keep_secret(connection, installation.vault, location, address)
        await confidential.note_secret(connection, location, by=chosen.by, now=installation.clock.now())
        await note_command(connection, installation, "directory:seal", location)
    print(f"Sealed: the address of {location}, {len(address)} letters.")
    print("From now on its place is in no chat, no export and no API. Read the texts of its services: they are public.")
    return 0


async def _forget(installation: Installation, location: str, by: str) -> int:
    now = installation.clock.now()
    async with installation.database.write() as connection:
        done = await confidential.forget_secret(connection, installation.vault, location, by=by, now=now)
        if done:
            await note_command(connection, installation, "directory:unseal", location)
    if not done:
        return _refuse(f"{location} has no sealed address")
    print(f"Removed: the sealed address of {location}, with its key.")
    print("What stands in its public fields and their history leaves with exports again; people see it once checked.")
    return 0


async def _known(installation: Installation, key: str) -> str | None:
    column = TABLES["location"].c.id
    async with installation.database.read() as connection:
        found = await connection.execute(select(column).where(column.in_((key, key.lower()))))
        return found.scalars().first()


def _read() -> str:
    if sys.stdin.isatty():  # what is typed is not shown either
        return getpass.getpass("Address (is not shown): ")
    return sys.stdin.read(_LONGEST + 2)


def _refuse(sentence: str) -> int:
    print(f"thangdee: {sentence}", file=sys.stderr)
    return _WRONG
