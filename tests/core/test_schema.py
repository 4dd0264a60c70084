"""Migrations: up, down, up with rows in them, on both databases; and what they make is what the code says."""

from datetime import datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.casework.content_rows import fill_content
from tests.casework.one_of_each_enquiry import fill_enquiries
from tests.casework.one_of_each_matter import fill_matters
from tests.casework.one_of_each_outcomes import fill_outcomes
from tests.casework.one_of_each_staff import fill_staff
from tests.casework.one_of_each_talk import fill_talks
from tests.clock import SetClock
from tests.every_module import import_all
from tests.referral_directory.one_of_each import fill_directory
from thangdee.casework import (
    alerts,
    break_glass,
    consent,
    corrections,
    duty,
    lessons,
    media,
    notices,
    roster,
    transcripts,
)
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chat, Chats
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.lessons import Vouched
from thangdee.casework.media import Announced, Kind
from thangdee.casework.roster import Rank, Wanted
from thangdee.casework.staff import accounts
from thangdee.casework.transcripts import Direction, Line
from thangdee.core import audit, changes, heartbeats, outbox, synthetic_chat
from thangdee.core.columns import metadata, outcomes_metadata
from thangdee.core.database import Database
from thangdee.core.errors import SealBrokenError
from thangdee.core.schema import migrate
from thangdee.core.vault import Vault
from thangdee.referral_directory import figures

import_all()  # every table


@pytest.fixture
async def empty_database(database_url: str):
    made = Database(database_url, with_outcomes=True)
    yield made
    await made.close()


async def _fill(database: Database, vault: Vault, clock: SetClock) -> None:
    """One row at least in every table."""
    now = clock.now()
    async with database.write() as connection:
        who = await Chats(connection, vault).of(5, now)
        await consent.record(connection, who, Purpose.KEEP_CHAT, is_yes=True, given_by=GivenBy.TAPPED, now=now)
        await transcripts.keep(connection, vault, who, Line(Direction.IN, now, {"text": "ສະບາຍດີ"}))
        await transcripts.stands_on_phone(connection, who.id, 7, now)
        await alerts.raise_alert(connection, who.id, Urgency.HIGH, "voice", now)
        await media.note(connection, vault, who, Announced("made-up", Kind.VOICE), now)
        await fill_talks(connection, vault, who, now)
        await fill_enquiries(connection, vault, who, now)
        await _teach(connection, vault, who, now)
        await _write_down(connection, vault, who, now)
        await connection.execute(changes.change.insert().values(topic=changes.QUEUE, at=now))  # on PostgreSQL a signal
        await fill_directory(connection, vault, now)
        await fill_staff(connection, vault, now)
        await fill_matters(connection, vault, now)
        if database.with_outcomes:
            await fill_outcomes(connection, vault, now)
        somebody = min(await accounts.names(connection))
        shift = Wanted(somebody, now, now + timedelta(hours=8), Rank.FIRST)
        await roster.plan(connection, shift, somebody, now)
        await duty.start(connection, "noy", now)
        await outbox.post(connection, vault, lane="a", key_id=who.key_id, kind="reply", body={}, now=now)
        await figures.seed(
            connection, [{"key": "k", "country": "th", "kind": "phone", "purpose": "police", "sample": "sample"}]
        )
        await fill_content(connection, "k", now)
        await heartbeats.beat(connection, heartbeats.CHAT, "chat", now, now)
        await synthetic_chat.note_asked(connection, now)


async def _teach(connection: AsyncConnection, vault: Vault, who: Chat, now: datetime) -> None:
    """A correction, the question whether the bot may learn, and a lesson."""
    [line] = await transcripts.read(connection, vault, who)
    await corrections.ask(connection, vault, who.id, "noy", now)
    await consent.record(connection, who, Purpose.RESEARCH, is_yes=True, given_by=GivenBy.TAPPED, now=now)
    await corrections.correct(connection, line.id, "greet", "noy", now)
    await lessons.propose(connection, vault, line.id, "greet", Vouched("ສະບາຍດີ", is_clean=True, by="noy"), now)


async def _write_down(connection: AsyncConnection, vault: Vault, who: Chat, now: datetime) -> None:
    """The audit with a new beginning and a row that waits for it, a notice, an opening of somebody's chat."""
    await audit.record(connection, vault.keyring, actor="noy", action="chat:take", now=now)
    start = {"first_seq": 1, "previous": audit.FIRST_PREVIOUS, "at": now, "mac": "made up"}
    await connection.execute(audit.audit_start.insert().values(start))
    deed = {"at": now, "actor": "noy", "action": "chat:take", "subject": who.id, "facts": "{}"}
    await connection.execute(audit.audit_late.insert().values(deed))
    await notices.tell(connection, "noy", "asked_in", who.id, now)
    opening = {"id": "o", "code": "ABCDE", "chat_id": who.id, "staff_id": "noy", "told": [], "at": now, "until": now}
    await connection.execute(break_glass.break_glass.insert().values(opening | {"sealed_reason": b"sealed"}))


async def _counts(database: Database) -> dict[str, int]:
    async with database.read() as connection:
        tables = [*metadata.tables.items(), *(outcomes_metadata.tables.items() if database.with_outcomes else ())]
        return {
            name: (await connection.execute(select(func.count()).select_from(one))).scalar_one() for name, one in tables
        }


async def _tables(database: Database) -> set[str]:
    def names(connection: Connection) -> set[str]:
        schemas = inspect(connection).get_schema_names()
        apart = inspect(connection).get_table_names(schema="outcomes") if "outcomes" in schemas else ()
        return {*inspect(connection).get_table_names(), *apart}

    async with database.read() as connection:
        return await connection.run_sync(names) - {"alembic_version"}


async def test_metadata_equals_migrations(database: Database) -> None:
    def differences(connection: Connection) -> list:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)

    async with database.read() as connection:
        found = await connection.run_sync(differences)

    assert found == []


async def test_metadata_of_the_outcomes_equals_their_migrations(console_database: Database) -> None:
    def is_theirs(name: str | None, kind: str, _parents: object) -> bool:
        return name == "outcomes" if kind == "schema" else True

    def differences(connection: Connection) -> list:
        options = {"compare_type": True, "include_schemas": True, "include_name": is_theirs}
        options |= {"version_table_schema": "outcomes"}
        return compare_metadata(MigrationContext.configure(connection, opts=options), outcomes_metadata)

    async with console_database.read() as connection:
        found = await connection.run_sync(differences)

    assert found == []


async def test_migrations_go_up_down_and_up_with_rows_in_them(
    empty_database: Database, vault: Vault, clock: SetClock
) -> None:
    await migrate(empty_database)
    await _fill(empty_database, vault, clock)
    filled = await _counts(empty_database)
    await migrate(empty_database, "base")
    left = await _tables(empty_database)
    await migrate(empty_database)
    await _fill(empty_database, vault, clock)

    assert min(filled.values()) >= 1
    assert left == set()
    assert await _counts(empty_database) == filled


async def test_migrating_again_changes_nothing(database: Database, vault: Vault, clock: SetClock) -> None:
    await _fill(database, vault, clock)
    filled = await _counts(database)

    await migrate(database)

    assert await _counts(database) == filled


async def test_a_key_that_is_gone_does_not_take_the_chat_with_it(
    database: Database, vault: Vault, clock: SetClock
) -> None:
    async with database.write() as connection:
        who = await Chats(connection, vault).of(5, clock.now())
        await vault.destroy_key(connection, who.key_id)

    async with database.read() as connection:
        with pytest.raises(SealBrokenError):
            await Chats(connection, vault).get(who.id)
    assert (await _counts(database))["chat"] == 1
