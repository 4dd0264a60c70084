"""The audit looked after: `thangdee audit verify`, and the worker's nightly check, heads and retention (R25, R30)."""

import argparse
import getpass
import re
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import audit_reading, notices
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Role
from thangdee.core import audit, audit_check
from thangdee.core.audit_check import Fault, Verdict
from thangdee.core.errors import StoreAwayError
from thangdee.core.logs import log, report
from thangdee.core.settings import Settings
from thangdee.processes.wiring import Installation, open_installation

KEPT = timedelta(days=730)  # 24 months (R25)
_HEAD_EVERY = timedelta(hours=1)
_NIGHT = timedelta(hours=20)  # UTC: 3 in the morning in Laos and Thailand
_NO_CODE, _LONGEST_LOGIN = re.compile(r"[^\w.-]", re.ASCII), 32
_SAYS = {
    Fault.START: "the chain does not begin where it should",
    Fault.MISSING: "rows before it are missing",
    Fault.CHANGED: "it does not say what was written",
    Fault.EXCHANGED: "it does not follow the row before it",
    Fault.CUT_OFF: "it was stored apart as the newest row, but the chain ends before it",
    Fault.DETAIL: "what was done there lies apart, and is gone or says something else",
    Fault.HEAD: "another row was stored apart under this number",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("deed", choices=("verify",), help="verify: check the chain and the heads stored apart")


async def command(_chosen: argparse.Namespace, settings: Settings) -> int:
    """Check the chain, say where it breaks, return 1 where it does."""
    installation = open_installation(settings, with_outcomes=True)
    try:
        heads = audit_check.read_heads(settings.data_dir)
        verdict = await audit_check.check(installation.database, installation.vault.keyring, heads)
    finally:
        await installation.database.close()
    print(f"{verdict.rows} rows, from {verdict.first_seq} to {verdict.last_seq}; {len(heads)} heads stored apart.")
    for broken in verdict.breaks:
        print(f"BROKEN at row {broken.seq}: {_SAYS[broken.fault]}.")
    if verdict.is_whole:
        print("The chain is whole.")
    return 0 if verdict.is_whole else 1


async def note_command(
    connection: AsyncConnection, installation: Installation, action: str, subject: str = "", **facts: int
) -> None:
    """Write down what is done at the command line, and under which login of the machine (R31)."""
    await audit.record(
        connection,
        installation.vault.keyring,
        actor=audit.OPERATOR,
        action=action,
        subject=subject,
        now=installation.clock.now(),
        login=_login(),
        **facts,
    )


def _login() -> str:
    try:
        return _NO_CODE.sub("_", getpass.getuser())[:_LONGEST_LOGIN]
    except (OSError, KeyError):  # a container may know no name for its user
        return "unknown"


async def keep_audit(installation: Installation) -> None:
    """Do what is due: bring late rows in, store a head apart each hour; each night check the chain and let old rows go.

    Never raises where the audit is away: the rest of the worker's round must go on.
    """
    now = installation.clock.now()
    try:
        async with installation.database.write() as connection:
            late = await audit.catch_up(connection, installation.vault.keyring)
        if late:
            log().error("audit_was_away", count=late)
        if await _is_check_due(installation, now):
            await _check(installation, now)
            async with installation.database.write() as connection:
                await audit.shorten(connection, installation.vault.keyring, before=now - KEPT, now=now)
        await _store_head(installation, now)
    except (StoreAwayError, OSError) as error:
        report("audit_away", error)


async def _is_check_due(installation: Installation, now: datetime) -> bool:
    tonight = now.replace(hour=0, minute=0, second=0, microsecond=0) + _NIGHT
    night = tonight if now >= tonight else tonight - timedelta(days=1)
    async with installation.database.read() as connection:
        last = await audit_reading.last_check(connection)
    return last is None or last.at < night


async def _check(installation: Installation, now: datetime) -> None:
    heads = audit_check.read_heads(installation.settings.data_dir)
    verdict = await audit_check.check(installation.database, installation.vault.keyring, heads)
    if not verdict.is_whole:
        await _alarm(installation, verdict, now)
    async with installation.database.write() as connection:
        await audit_reading.note_check(connection, installation.vault.keyring, verdict, now)


async def _alarm(installation: Installation, verdict: Verdict, now: datetime) -> None:
    first = verdict.breaks[0]
    log().error("audit_broken", line=first.seq, state=first.fault, count=len(verdict.breaks))
    async with installation.database.write() as connection:
        told = [one.id for one in await accounts.all_staff(connection) if one.roles & {Role.AUDITOR, Role.SUPERVISOR}]
        await notices.tell_all(connection, told, "audit_broken", str(first.seq), now)


async def _store_head(installation: Installation, now: datetime) -> None:
    folder = installation.settings.data_dir
    last = audit_check.last_head_at(folder)
    if last is not None and now - last < _HEAD_EVERY:
        return
    seq = await audit_check.store_head(installation.database, folder, now)
    if seq is not None:
        log().info("audit_head", line=seq)  # the journal is a third place
