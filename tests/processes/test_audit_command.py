"""`thangdee audit verify`, and what the worker does with the audit each hour and each night."""

import os
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, text

from tests.clock import SetClock
from thangdee.casework import audit_reading, notices
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Role
from thangdee.core import audit, audit_check
from thangdee.processes.audit import KEPT, keep_audit
from thangdee.processes.wiring import Installation
from thangdee.processes.worker import make_round


async def _deeds(installation: Installation, many: int) -> None:
    async with installation.database.write() as connection:
        for _ in range(many):
            await audit.record(
                connection, installation.vault.keyring, actor="noy", action="chat:take", now=installation.clock.now()
            )


def _change_by_hand(installation: Installation, *statements: str) -> None:
    with sqlite3.connect(installation.settings.data_dir / "thangdee.db") as file:
        for trigger in ("audit_no_update", "audit_no_delete"):
            file.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            file.execute(statement)
    file.close()


def _verify(installation: Installation, tmp_path: Path) -> tuple[int, str]:
    return _thangdee(installation, tmp_path, "audit", "verify")


def _thangdee(installation: Installation, tmp_path: Path, *command: str) -> tuple[int, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("THANGDEE_")}
    environment["THANGDEE_DATA_DIR"] = str(installation.settings.data_dir)
    done = subprocess.run(
        [sys.executable, "-m", "thangdee.processes", *command],
        check=False, capture_output=True, cwd=tmp_path, env=environment, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stdout.decode()


async def _last(installation: Installation) -> audit_reading.Entry | None:
    async with installation.database.read() as connection:
        return await audit_reading.last_check(connection)


async def test_verify_says_that_the_chain_is_whole_or_exactly_where_it_breaks(
    installation: Installation, tmp_path: Path
) -> None:
    await _deeds(installation, 5)
    await audit_check.store_head(installation.database, installation.settings.data_dir, installation.clock.now())

    whole = _verify(installation, tmp_path)
    _change_by_hand(installation, "UPDATE audit SET actor = 'kham' WHERE seq = 2", "DELETE FROM audit WHERE seq = 5")
    broken = _verify(installation, tmp_path)

    assert whole == (0, "5 rows, from 1 to 5; 1 heads stored apart.\nThe chain is whole.\n")
    assert broken[0] == 1
    assert broken[1].splitlines()[1:] == [
        "BROKEN at row 2: it does not say what was written.",
        "BROKEN at row 5: it was stored apart as the newest row, but the chain ends before it.",
    ]


async def test_the_worker_checks_once_a_night_and_stores_a_head_each_hour(
    installation: Installation, clock: SetClock
) -> None:
    folder = installation.settings.data_dir
    await _deeds(installation, 2)

    await make_round(installation)
    first, heads = await _last(installation), audit_check.read_heads(folder)
    clock.advance(timedelta(minutes=59))
    await _deeds(installation, 1)
    await make_round(installation)
    same, same_heads = await _last(installation), audit_check.read_heads(folder)
    clock.advance(timedelta(hours=12))
    await make_round(installation)
    next_night = await _last(installation)

    assert first is not None
    assert (first.facts, same) == ({"rows": 2, "last": 2, "breaks": 0}, first)
    assert list(heads) == list(same_heads) == [3]  # the check's own row is the newest
    assert next_night is not None
    assert next_night.facts == {"rows": 4, "last": 4, "breaks": 0}
    assert list(audit_check.read_heads(folder)) == [3, 5]


async def test_a_break_is_told_to_auditors_and_supervisors(installation: Installation, clock: SetClock) -> None:
    told = {}
    async with installation.database.write() as connection:
        for role in (Role.AUDITOR, Role.SUPERVISOR, Role.COUNSELLOR):
            told[role] = await accounts.add(
                connection, installation.vault, name=role, roles={role}, language="lo", now=clock.now()
            )
    await _deeds(installation, 3)
    _change_by_hand(installation, "DELETE FROM audit WHERE seq = 2")

    await keep_audit(installation)

    async with installation.database.read() as connection:
        kinds = {
            role: [(one.kind, one.reference) for one in await notices.newest(connection, staff_id)]
            for role, staff_id in told.items()
        }
    assert kinds == {
        Role.AUDITOR: [("audit_broken", "3")],
        Role.SUPERVISOR: [("audit_broken", "3")],
        Role.COUNSELLOR: [],
    }
    last = await _last(installation)
    assert last is not None
    assert last.facts == {"rows": 2, "last": 3, "breaks": 1, "row": 3, "fault": "missing"}


async def test_rows_go_after_24_months_and_the_rest_is_whole(installation: Installation, clock: SetClock) -> None:
    await _deeds(installation, 3)
    await keep_audit(installation)
    clock.advance(KEPT)
    await _deeds(installation, 1)
    await keep_audit(installation)
    clock.advance(timedelta(days=1))
    await keep_audit(installation)

    last = await _last(installation)
    heads = audit_check.read_heads(installation.settings.data_dir)
    verdict = await audit_check.check(installation.database, installation.vault.keyring, heads)

    assert last is not None
    assert last.facts["breaks"] == 0
    assert (verdict.is_whole, verdict.first_seq > 4) == (True, True)


async def test_a_broken_audit_does_not_stop_the_workers_round(installation: Installation) -> None:
    async with installation.database.write() as connection:
        await connection.execute(text("ALTER TABLE audit RENAME TO audit_away"))

    await make_round(installation)


async def test_commands_that_take_something_out_or_change_keys_are_written_down(
    installation: Installation, tmp_path: Path
) -> None:
    exported = _thangdee(installation, tmp_path, "directory", "export", "--json", str(tmp_path / "out.json"))
    rotated = _thangdee(installation, tmp_path, "keys", "rotate")

    async with installation.database.read() as connection:
        rows = (await connection.execute(select(audit.audit).order_by(audit.audit.c.seq))).all()
    assert (exported[0], rotated[0]) == (0, 0)
    assert [(row.actor, row.action) for row in rows] == [("operator", "directory:export"), ("operator", "keys:rotate")]
    assert all('"login": "' in row.facts for row in rows)
