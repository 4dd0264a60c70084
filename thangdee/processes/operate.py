"""What an operator does from the terminal: set up, verify numbers, duty, keys."""

import argparse
import asyncio
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import duty
from thangdee.core.errors import NotReadyError
from thangdee.core.settings import Settings
from thangdee.processes.audit import note_command
from thangdee.processes.wiring import Installation, open_installation, prepare
from thangdee.referral_directory import figures
from thangdee.referral_directory.figures import Figure

_REVIEW_AFTER = timedelta(days=180)
_MOST_DIGITS = 40


def add_verify_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `verify-numbers` takes."""
    parser.add_argument("--list", action="store_true", help="only show what stands")
    parser.add_argument("--all", action="store_true", help="ask for every figure, not only the crisis numbers")


def add_duty_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `duty` takes."""
    parser.add_argument("staff", help="a short name that callers never see")
    parser.add_argument("--hours", type=float, default=8.0, help="for how long; 0 ends it")


def add_keys_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `keys` takes."""
    parser.add_argument("deed", choices=("rotate",), help="rotate: a new key-encryption key, everything re-wrapped")


async def command(chosen: argparse.Namespace, settings: Settings) -> int:
    """Run one of this module's commands."""
    if chosen.command == "init":
        await prepare(settings)
        print(f"Ready: {settings.data_dir} holds the keys and the database. Back up keyring.json apart from the rest.")
        return 0
    installation = open_installation(settings)
    try:
        match chosen.command:
            case "verify-numbers":
                return await _verify_numbers(installation, only_list=chosen.list, every=chosen.all)
            case "duty":
                await _set_duty(installation, chosen.staff, chosen.hours)
            case "keys":
                await _rotate(installation)
    finally:
        await installation.database.close()
    return 0


async def need_crisis_numbers(installation: Installation) -> None:
    """Raise NotReadyError unless the crisis numbers of both countries were verified."""
    async with installation.database.read() as connection:
        missing = figures.missing_for_service(await figures.all_figures(connection), installation.clock.now())
    if missing:
        names = ", ".join(one.key for one in missing)
        raise NotReadyError(f"these crisis numbers are not verified: {names}. Run 'thangdee verify-numbers'.")


async def _verify_numbers(installation: Installation, *, only_list: bool, every: bool) -> int:
    now = installation.clock.now()
    async with installation.database.read() as connection:
        listed = await figures.all_figures(connection)
    for one in listed:
        state = f"verified until {one.review_by}: {one.value}" if one.is_verified(now) else "NOT verified, not shown"
        print(f"{one.key:24} {'crisis' if one.is_crisis else one.kind:8} {state}")
    if only_list:
        return 0
    print("\nCall each number before you enter it; an empty line skips. Nothing is shown until it is entered.\n")
    by = (await _ask("Your name, for the record: ")) or "operator"
    for one in listed:
        if not one.is_verified(now) and (every or one.is_crisis):
            await _verify_one(installation, one, by)
    return 0


async def _verify_one(installation: Installation, one: Figure, by: str) -> None:
    value = await _ask(f"{one.country.upper()} {one.purpose}: number or figure? ")
    if not value:
        return
    if one.kind == "phone" and not (2 < len(value) <= _MOST_DIGITS and any(char.isdigit() for char in value)):
        print("That is no phone number; skipped.")
        return
    source = await _ask("  Who says so (office, document, date)? ")
    called = await _ask("  Did you call or check it yourself today? yes/no ")
    if not source or called.lower() not in ("yes", "y"):
        print("Not entered: a source and a check of today are needed.")
        return
    now = installation.clock.now()
    async with installation.database.write() as connection:
        await figures.verify(
            connection, one.key, value=value, source=source, by=by, now=now, review_by=_review_day(now.date())
        )
        await note_command(connection, installation, "figure:verify", one.key)
    print(f"  Entered; to be checked again by {_review_day(now.date())}.")


def _review_day(today: date) -> date:
    return today + _REVIEW_AFTER


async def _set_duty(installation: Installation, staff: str, hours: float) -> None:
    async with installation.database.write() as connection:
        await _change_duty(connection, installation, staff, hours)
    print(f"{staff} is on duty for {hours:g} hours." if hours > 0 else f"{staff} is off duty.")


async def _change_duty(connection: AsyncConnection, installation: Installation, staff: str, hours: float) -> None:
    if hours > 0:
        await duty.start(connection, staff, installation.clock.now() + timedelta(hours=hours))
    else:
        await duty.end(connection, staff)
    await note_command(connection, installation, "duty:start" if hours > 0 else "duty:end")


async def _rotate(installation: Installation) -> None:
    async with installation.database.write() as connection:
        changed = await installation.vault.rotate(connection)
        await note_command(connection, installation, "keys:rotate", keys=changed)
    print(f"{changed} case keys are wrapped with {installation.vault.keyring.current}. Back up keyring.json.")


async def _ask(question: str) -> str:
    try:
        return (await asyncio.to_thread(input, question)).strip()
    except EOFError:  # nothing more is piped in
        return ""
