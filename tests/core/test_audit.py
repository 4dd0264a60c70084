"""The audit: rows are only added, every change to the chain is found, what the audit does not take is undone."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from tests.clock import SetClock
from thangdee.core import audit, audit_check, outbox
from thangdee.core.audit import AuditAwayError, UnfitForAuditError
from thangdee.core.audit_check import Break, Fault
from thangdee.core.database import Database
from thangdee.core.jobs import job
from thangdee.core.keyring import Keyring
from thangdee.core.vault import Vault

TABLE = audit.audit


async def deeds(database: Database, vault: Vault, clock: SetClock, many: int) -> None:
    for number in range(many):
        clock.advance(timedelta(minutes=1))
        async with database.write() as connection:
            await audit.record(
                connection, vault.keyring, actor="noy", action="chat:take", subject="c1", now=clock.now(), n=number
            )


async def by_hand(database: Database, *statements: str) -> None:
    """What somebody does who can write to the database: the triggers taken off first."""
    drops = {
        "sqlite": [
            "DROP TRIGGER audit_no_update",
            "DROP TRIGGER audit_no_delete",
            "DROP TRIGGER audit_at_the_end",
        ],
        "postgresql": ["ALTER TABLE audit DISABLE TRIGGER USER"],
    }[database.engine.dialect.name]
    async with database.write() as connection:
        for statement in (*drops, *statements):
            await connection.execute(text(statement))


async def breaks(database: Database, vault: Vault, heads: dict[int, str] | None = None) -> tuple[Break, ...]:
    return (await audit_check.check(database, vault.keyring, heads or {})).breaks


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ([], ()),
        (["UPDATE audit SET actor = 'kham' WHERE seq = 4"], (Break(4, Fault.CHANGED),)),
        (["UPDATE audit SET facts = '{}' WHERE seq = 4"], (Break(4, Fault.CHANGED),)),
        (["DELETE FROM audit WHERE seq = 4"], (Break(5, Fault.MISSING),)),
        (["DELETE FROM audit WHERE seq < 3"], (Break(3, Fault.START),)),
        (
            [
                "UPDATE audit SET seq = 99 WHERE seq = 3",
                "UPDATE audit SET seq = 3 WHERE seq = 4",
                "UPDATE audit SET seq = 4 WHERE seq = 99",
            ],
            # Each at another's place; the ones after them follow the wrong row.
            tuple(
                Break(*one)
                for one in (
                    (3, Fault.EXCHANGED), (3, Fault.CHANGED), (4, Fault.EXCHANGED), (4, Fault.CHANGED),
                    (5, Fault.EXCHANGED),
                )
            ),
        ),
        (["DELETE FROM audit WHERE seq > 4"], (Break(6, Fault.CUT_OFF),)),
        (["DELETE FROM audit"], (Break(6, Fault.CUT_OFF),)),
        (
            [
                "INSERT INTO audit_start (first_seq, previous, at, mac) SELECT 4, mac, at, mac FROM audit WHERE seq = 3",
                "DELETE FROM audit WHERE seq < 4",
            ],
            (Break(4, Fault.START),),
        ),
    ],
)  # fmt: skip
async def test_audit_detects_edit_delete_reorder_truncate(
    database: Database, vault: Vault, clock: SetClock, tmp_path, statements, found
) -> None:
    await deeds(database, vault, clock, 6)
    await audit_check.store_head(database, tmp_path, clock.now())

    await by_hand(database, *statements)

    assert await breaks(database, vault, audit_check.read_heads(tmp_path)) == found


async def test_a_chain_made_anew_with_another_key_is_found(
    database: Database, vault: Vault, clock: SetClock, tmp_path
) -> None:
    await deeds(database, vault, clock, 3)
    heads = {3: "f" * 64}  # what was stored apart is another row

    elsewhere = Vault(Keyring.create(tmp_path / "another.json"))

    assert await breaks(database, vault, heads) == (Break(3, Fault.HEAD),)
    assert [one.fault for one in await breaks(database, elsewhere)] == [Fault.CHANGED] * 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'kham' WHERE seq = 1",
        "DELETE FROM audit WHERE seq = 1",
        "DELETE FROM audit",
        "INSERT INTO audit SELECT 1, at, 'kham', action, subject, facts, previous, mac FROM audit WHERE seq = 1",
    ],
)
async def test_the_database_refuses_to_change_rows(
    database: Database, vault: Vault, clock: SetClock, statement
) -> None:
    await deeds(database, vault, clock, 2)

    with pytest.raises(DBAPIError):
        async with database.write() as connection:
            await connection.execute(text(statement))
    if database.engine.dialect.name == "sqlite":  # REPLACE deletes past the triggers for deleting
        with pytest.raises(DBAPIError):
            async with database.write() as connection:
                await connection.execute(text(statement.replace("INSERT", "INSERT OR REPLACE")))

    assert await breaks(database, vault) == ()


async def test_writers_at_once_make_one_chain(database: Database, vault: Vault, clock: SetClock) -> None:
    await asyncio.gather(*(deeds(database, vault, clock, 8) for _ in range(5)))

    verdict = await audit_check.check(database, vault.keyring, {})

    assert (verdict.rows, verdict.last_seq, verdict.breaks) == (40, 40, ())


async def test_who_records_early_in_a_long_transaction_keeps_nobody_waiting(
    database: Database, vault: Vault, clock: SetClock
) -> None:
    if database.engine.dialect.name == "sqlite":
        return  # lets one write at a time, whatever is written

    async with asyncio.timeout(10), database.write() as connection:
        await audit.record(connection, vault.keyring, actor="noy", action="chat:take", now=clock.now())
        await deeds(database, vault, clock, 2)

    verdict = await audit_check.check(database, vault.keyring, {})
    assert (verdict.rows, verdict.breaks) == (3, ())


async def test_old_rows_leave_by_the_named_way_and_the_chain_stays_whole(
    database: Database, vault: Vault, clock: SetClock, tmp_path
) -> None:
    await deeds(database, vault, clock, 5)
    await audit_check.store_head(database, tmp_path, clock.now())
    border = clock.now() - timedelta(minutes=1)
    for before in (border, border, clock.now() + timedelta(days=800)):  # the second finds nothing to do
        async with database.write() as connection:
            await audit.shorten(connection, vault.keyring, before=before, now=clock.now())
    await deeds(database, vault, clock, 1)

    verdict = await audit_check.check(database, vault.keyring, audit_check.read_heads(tmp_path))
    async with database.read() as connection:
        actions = list((await connection.execute(select(TABLE.c.action).order_by(TABLE.c.seq))).scalars())

    assert verdict.is_whole
    assert (verdict.first_seq, verdict.last_seq) == (6, 8)
    assert actions == ["audit:shorten", "audit:shorten", "chat:take"]


async def _break_the_audit(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("ALTER TABLE audit RENAME TO audit_away"))


async def test_what_the_audit_does_not_take_is_undone(database: Database, vault: Vault, clock: SetClock) -> None:
    await _break_the_audit(database)

    async def do_something() -> None:
        async with database.write() as connection:
            await outbox.tell_group(connection, vault, group=-100, notice="break_glass", now=clock.now())
            await audit.record(connection, vault.keyring, actor="noy", action="chat:take", now=clock.now())

    with pytest.raises(AuditAwayError):
        await do_something()

    async with database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(job))).scalar_one() == 0


async def test_answering_a_cry_goes_on_without_the_audit_and_is_written_later(
    database: Database, vault: Vault, clock: SetClock
) -> None:
    await deeds(database, vault, clock, 1)
    await _break_the_audit(database)
    async with database.write() as connection:
        await audit.record_in_crisis(
            connection, vault.keyring, actor="noy", action="chat:take", subject="c2", now=clock.now(), n=1
        )
    done_at = clock.now()
    async with database.write() as connection:
        await connection.execute(text("ALTER TABLE audit_away RENAME TO audit"))
    clock.advance(timedelta(minutes=9))

    async with database.write() as connection:
        assert await audit.catch_up(connection, vault.keyring) == 1
        assert await audit.catch_up(connection, vault.keyring) == 0

    async with database.read() as connection:
        row = (await connection.execute(select(TABLE).order_by(TABLE.c.seq.desc()).limit(1))).one()
    assert (row.seq, row.at, row.subject, json.loads(row.facts)) == (2, done_at, "c2", {"late": True, "n": 1})
    assert await breaks(database, vault) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "chat:unheard_of"},
        {"words": "my boss locked me in"},
        {"words": "ຊ່ວຍແດ່"},
        {"subject": "Miss Keo"},
        {"actor": ""},
        {"number": 1.5},
        {"words": "x" * 65},
    ],
)
async def test_the_audit_holds_codes_and_numbers_only(installation, clock: SetClock, wrong) -> None:
    fitting = {"actor": "noy", "action": "chat:take", "subject": "c1"}

    async with installation.database.write() as connection:
        with pytest.raises(UnfitForAuditError):
            await audit.record(connection, installation.vault.keyring, now=clock.now(), **(fitting | wrong))


async def test_heads_are_stored_apart_for_the_owner_only_and_each_once(installation, clock: SetClock, tmp_path) -> None:
    assert await audit_check.store_head(installation.database, tmp_path, clock.now()) is None
    await deeds(installation.database, installation.vault, clock, 2)

    assert await audit_check.store_head(installation.database, tmp_path, clock.now()) == 2
    assert await audit_check.store_head(installation.database, tmp_path, clock.now()) is None
    assert (tmp_path / audit_check.HEADS).stat().st_mode & 0o777 == 0o600
    assert audit_check.last_head_at(tmp_path) == clock.now()


async def _search_opened(database: Database, vault: Vault, clock: SetClock) -> None:
    async with database.write() as connection:
        await audit.record(
            connection, vault.keyring, actor="noy", action="enquiry:open_search", subject="e1", now=clock.now(), n=3
        )


async def test_what_was_done_in_an_enquiry_is_not_in_the_chain(
    console_database: Database, vault: Vault, clock: SetClock
) -> None:
    await _search_opened(console_database, vault, clock)

    async with console_database.read() as connection:
        row = (await connection.execute(select(TABLE))).one()
        detail = (await connection.execute(select(audit.audit_detail))).one()

    assert (row.actor, row.action, row.subject) == (audit.SOMEBODY, audit.APART, detail.id)
    assert json.loads(row.facts).keys() == {"mac"}
    said = (detail.actor, detail.action, detail.subject, detail.facts)
    assert said == ("noy", "enquiry:open_search", "e1", '{"n": 3}')


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE outcomes.audit_detail SET at = at", ()),
        ("UPDATE outcomes.audit_detail SET subject = 'e2'", (Break(1, Fault.DETAIL),)),
        ("UPDATE outcomes.audit_detail SET actor = 'kham'", (Break(1, Fault.DETAIL),)),
        ("DELETE FROM outcomes.audit_detail", (Break(1, Fault.DETAIL),)),
    ],
)
async def test_a_change_of_what_lies_apart_is_found(
    console_database: Database, vault: Vault, clock: SetClock, statement: str, found: tuple[Break, ...]
) -> None:
    await _search_opened(console_database, vault, clock)
    async with console_database.write() as connection:
        await connection.execute(text(statement))

    assert await breaks(console_database, vault) == found


async def test_a_process_without_outcomes_checks_the_chain_alone(
    console_database: Database, database: Database, vault: Vault, clock: SetClock
) -> None:
    await _search_opened(console_database, vault, clock)

    assert await breaks(database, vault) == ()
