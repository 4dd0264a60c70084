"""The processes that write to chats cannot know what came of an enquiry: no right, no open file, no module (R12)."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import ProgrammingError

import thangdee.casework.outcomes.tables  # noqa: F401 - all of them
from tests.clock import SetClock
from tests.every_module import import_all
from tests.flows.enquiries_out import a_family, data_of
from tests.hotline import TOKEN, open_hotline
from thangdee.bot.simulator import FakeTelegram, Phone, create_app, serve
from thangdee.casework.outcomes import forgetting
from thangdee.core import audit
from thangdee.core.audit_check import check
from thangdee.core.clock import Clock
from thangdee.core.columns import outcomes_metadata
from thangdee.core.database import Database
from thangdee.core.errors import NotReadyError
from thangdee.core.keyring import Keyring
from thangdee.core.settings import Settings
from thangdee.core.vault import Vault
from thangdee.processes.chat import run_chat
from thangdee.processes.children import Child, ours
from thangdee.processes.embedded import embed
from thangdee.processes.rasa import free_port
from thangdee.processes.wiring import Installation, need_no_outcomes, prepare
from thangdee.processes.worker import run_worker
from thangdee.referral_directory import figures

FORBIDDEN = ("thangdee.casework.outcomes", "thangdee.casework.matching", "thangdee.console")
_PATIENCE_SECONDS = 60.0


def forbidden(names: Collection[str]) -> list[str]:
    """Which of these modules know what came of enquiries, or show it to staff."""
    return sorted(name for name in names if any(name == one or name.startswith(f"{one}.") for one in FORBIDDEN))


# --- no module -------------------------------------------------------------------------------------------------


def test_bot_import_graph() -> None:
    rooms = ("thangdee.bot.", "thangdee.flows.", "thangdee.casework.enquiries.")
    processes = ["thangdee.processes.chat", "thangdee.processes.worker"]
    wanted = [*processes, *(name for name in import_all() if name.startswith(rooms))]
    code = (
        "import sys, json, importlib\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "print(json.dumps([*sys.modules]))"
    )

    held = json.loads(subprocess.run([sys.executable, "-c", code, *wanted], check=True, capture_output=True).stdout)

    assert set(wanted) <= set(held)
    assert forbidden(held) == []


@pytest.mark.parametrize("name", ["chat", "worker"])
def test_the_real_command_imports_nothing_of_outcomes(name: str, tmp_path: Path) -> None:
    """Up to the point at which it finds no keys: all its modules are there by then, none is imported later."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPROFILEIMPORTTIME": "1", "THANGDEE_DATA_DIR": str(tmp_path)}

    ended = subprocess.run(ours(name), env=environment, capture_output=True, text=True, check=False)

    imported = [line.rpartition("|")[2].strip() for line in ended.stderr.splitlines() if line.startswith("import time")]
    assert ended.returncode == 2, ended.stderr[-500:]
    assert "thangdee.processes.wiring" in imported
    assert forbidden(imported) == []


def test_the_console_holds_them_so_the_check_would_see_it(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPROFILEIMPORTTIME": "1", "THANGDEE_DATA_DIR": str(tmp_path)}

    ended = subprocess.run(ours("console"), env=environment, capture_output=True, text=True, check=False)

    imported = [line.rpartition("|")[2].strip() for line in ended.stderr.splitlines() if line.startswith("import time")]
    assert {"thangdee.console", "thangdee.casework.outcomes"} <= set(forbidden(imported))


# --- no right: PostgreSQL ---------------------------------------------------------------------------------------


@pytest.fixture
async def apart(postgres_url: str, tmp_path: Path, clock: SetClock) -> AsyncIterator[Installation]:
    """An installation on PostgreSQL, as the chat opens it: with a role of its own. No demo."""
    owner = Database(postgres_url)
    role = f"chat_of_{make_url(postgres_url).database}"
    async with owner.write() as connection:
        await connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN")
    await owner.close()
    own = make_url(postgres_url).set(username=role, password=None).render_as_string(hide_password=False)
    settings = Settings(
        data_dir=tmp_path / "var", database_url=postgres_url, chat_database_url=own, demo=False, on_call_chats=()
    )
    await prepare(settings)
    made = Installation(settings, Database(settings.chat_database), Vault(Keyring(settings.keyring_path)), clock)
    await _verify_numbers(made)
    await made.refresh_figures()
    yield made
    await made.database.close()


async def _verify_numbers(here: Installation) -> None:
    now = here.clock.now()
    async with here.database.write() as connection:
        for one in await figures.all_figures(connection):
            await figures.verify(
                connection, one.key, value="1191", source="made up", by="test", now=now,
                review_by=now.date() + timedelta(days=300) if one.is_crisis else date(2027, 1, 1),
            )  # fmt: skip


async def _is_denied(database: Database, statement: str) -> bool:
    try:
        async with database.write() as connection:
            await connection.execute(text(statement))
    except ProgrammingError as error:
        return "permission denied" in str(error)
    return False


async def test_bot_role_denied_on_outcomes(apart: Installation) -> None:
    names = [*outcomes_metadata.tables, "outcomes.alembic_version"]
    tried = {
        statement.format(name): await _is_denied(apart.database, statement.format(name))
        for name in names
        for statement in ("SELECT 1 FROM {}", "INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}", "TRUNCATE {}")
    }
    for table in outcomes_metadata.tables.values():
        statement = f'UPDATE {table.fullname} SET "{table.columns[0].name}" = NULL'  # noqa: S608 - our own names
        tried[statement] = await _is_denied(apart.database, statement)
    owner = Database(apart.settings.database)
    role = make_url(apart.settings.chat_database).username
    asked = (
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'outcomes' "
        "AND c.relkind IN ('r', 'v', 'm', 'p') AND (has_table_privilege(:role, c.oid, 'SELECT') OR "
        "has_any_column_privilege(:role, c.oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege(:role, c.oid, 'DELETE'))"
    )
    async with owner.read() as connection:
        rights = (await connection.execute(text(asked), {"role": role})).scalars().all()
    await owner.close()

    assert len(names) > 15
    assert [one for one, is_denied in tried.items() if not is_denied] == []
    assert rights == []  # were the schema ever opened to it, each table would still be shut
    await need_no_outcomes(apart.database)


async def test_the_hotline_takes_an_enquiry_and_sends_its_texts_under_that_role(
    apart: Installation, clock: SetClock
) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    async with open_hotline(apart, clock, rasa_url=nobody, rasa_token="none") as hotline:
        phone, one = await a_family(hotline)
        await hotline.after(None, phone)
        clock.advance(one.texts_at[0] - clock.now())
        await _until(lambda: one.code in hotline.fake.sent_to(phone)[-1].text)
        await hotline.round()
        tasks = dict(hotline.tasks)

    assert {name for name, task in tasks.items() if task.cancelled()} == {"chat", "worker"}, "one of them gave up"


async def test_they_do_not_start_where_they_could_read_outcomes(apart: Installation) -> None:
    as_owner = replace(apart, database=Database(apart.settings.database))
    for start in (run_chat, run_worker):
        with pytest.raises(NotReadyError, match="THANGDEE_CHAT_DATABASE_URL"):
            await start(as_owner)
    await as_owner.database.close()


async def test_a_role_that_may_become_the_owner_does_not_start(apart: Installation) -> None:
    owner, role = Database(apart.settings.database), make_url(apart.settings.chat_database).username
    async with owner.write() as connection:
        name = (await connection.execute(text("SELECT quote_ident(current_user)"))).scalar_one()
        await connection.exec_driver_sql(f"GRANT {name} TO {role} WITH INHERIT FALSE, SET TRUE")

    with pytest.raises(NotReadyError):
        await need_no_outcomes(apart.database)
    async with owner.write() as connection:
        await connection.exec_driver_sql(f"REVOKE {name} FROM {role}")
    await need_no_outcomes(apart.database)
    await owner.close()


# --- what lies apart goes with its row ------------------------------------------------------------------------


async def test_what_was_done_in_an_enquiry_is_let_go_with_its_row_of_the_audit(
    console_database: Database, vault: Vault, clock: SetClock
) -> None:
    for action in ("release:ask", "release:tell"):
        async with console_database.write() as connection:
            await audit.record(connection, vault.keyring, actor="noy", action=action, subject="e", now=clock.now())
        clock.advance(timedelta(days=400))
    kept = []
    for _ in range(2):
        async with console_database.write() as connection:
            await forgetting.sweep(connection, vault, clock.now())
            kept.append((await connection.execute(select(audit.audit_detail.c.action))).scalars().all())
        async with console_database.write() as connection:
            oldest = clock.now() - timedelta(days=730)
            await audit.shorten(connection, vault.keyring, before=oldest, now=clock.now())
    verdict = await check(console_database, vault.keyring, {})

    assert sorted(kept[0]) == ["release:ask", "release:tell"]  # the chain still holds both
    assert kept[1] == ["release:tell"]
    assert verdict.is_whole


# --- no open file: SQLite ---------------------------------------------------------------------------------------


async def test_on_sqlite_chat_and_worker_refuse_and_their_database_has_no_such_schema(
    installation: Installation,
) -> None:
    real = replace(installation, settings=installation.settings.model_copy(update={"demo": False}))
    async with installation.database.write() as connection:
        for one in await figures.all_figures(connection):
            now = installation.clock.now()
            await figures.verify(
                connection, one.key, value="1", source="x", by="t", now=now, review_by=date(2027, 12, 1)
            )
    for start in (run_chat, run_worker):
        with pytest.raises(NotReadyError, match="outcomes"):
            await start(real)
    plain = Database(installation.settings.database)
    async with plain.read() as connection:
        listed = {row.name for row in await connection.execute(text("PRAGMA database_list"))}
        inside = (await connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))).scalars().all()
    async with plain.write() as connection:
        with pytest.raises(Exception, match=r"no such table: outcomes\.resident"):
            await connection.execute(select(text("1")).select_from(text("outcomes.resident")))
    await plain.close()

    assert listed == {"main"}
    assert {table.name for table in outcomes_metadata.tables.values()} & set(inside) == set()


async def test_real_children_do_not_open_the_file_and_need_it_for_nothing(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    fake = FakeTelegram(now=clock.now)
    async with serve(create_app(fake)) as url:
        settings = Settings(
            data_dir=tmp_path, telegram_token=SecretStr(TOKEN), telegram_api=url, webhook_url=None, demo=True,
            database_url=None, chat_database_url=None, clock_file=tmp_path / "clock", pace_sending=False,
        )  # fmt: skip
        children = [one for name, one in (await embed(settings)).children.items() if name in ("chat", "worker")]
        await asyncio.gather(*(one.start() for one in children))
        try:
            phone = fake.new_phone("p")
            phone.start()
            await _until(lambda: fake.sent_to(phone))
            await _until(lambda: all("thangdee.db" in _open_files(one) for one in children))
            held = [name for one in children for name in _open_files(one) if name.startswith("outcomes")]
            for path in tmp_path.glob("outcomes.db*"):
                path.unlink()
            code = await _send_enquiry(fake, phone)
            clock.advance(timedelta(days=3, hours=1))
            await _until(lambda: "e:a.m" in data_of(fake.sent_to(phone)[-1]) and code in fake.sent_to(phone)[-1].text)
            after = list(tmp_path.glob("outcomes.db*"))
        finally:
            await asyncio.gather(*(one.stop() for one in children))

    assert held == []
    assert after == []


def _open_files(child: Child) -> set[str]:
    assert child.process is not None
    folder = Path(f"/proc/{child.process.pid}/fd")
    found = set()
    for one in folder.iterdir():
        try:
            found.add(one.readlink().name)
        except OSError:
            continue
    return found


async def _until(happens: Callable[[], object]) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not happens():
            await asyncio.sleep(0.05)


async def _send_enquiry(fake: FakeTelegram, phone: Phone) -> str:
    """Through the form, by buttons and one word; the number that the receipt gives."""

    async def press(data: str) -> None:
        before = len(fake.sent_to(phone))
        wanted = next(one for one in data_of(fake.sent_to(phone)[-1]) if one.startswith(data) or one.endswith(data))
        phone.press(wanted)
        await _until(lambda: len(fake.sent_to(phone)) > before)

    for step in ("l:lo", "y:keep_chat", "m:family", "m:missing", "i:find_relative", "e:b", "e:go"):
        await press(step)
    before = len(fake.sent_to(phone))
    phone.text("ນ້ອຍ")
    await _until(lambda: len(fake.sent_to(phone)) > before)
    await press(":z:")
    yes = next(one for one in data_of(fake.sent_to(phone)[-1]) if ":y:" in one)
    await press(yes)
    return yes.split(":")[1]
