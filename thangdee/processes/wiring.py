"""One place that puts the rooms together for a process."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

import httpx
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection
from telegram import Bot
from telegram.request import HTTPXRequest

import thangdee.flows
from thangdee.casework.chats import Chat
from thangdee.casework.content.editions import live_editions, published_words
from thangdee.core import words
from thangdee.core.change_feed import RedisPublisher
from thangdee.core.clock import Clock
from thangdee.core.database import Database, outcomes_file
from thangdee.core.errors import NotReadyError
from thangdee.core.keyring import Keyring
from thangdee.core.schema import migrate
from thangdee.core.settings import Settings
from thangdee.core.vault import Vault
from thangdee.flows.outward import Outward
from thangdee.flows.understanding import RasaParser
from thangdee.referral_directory import figures
from thangdee.referral_directory.figures import ShownFigures
from thangdee.referral_directory.model import Directory
from thangdee.referral_directory.rows import read_rows
from thangdee.referral_directory.seed import seed_directory
from thangdee.referral_directory.snapshot import build, revision_of

_SEED = Path(thangdee.flows.__path__[0]) / "records.yml"
_CONNECTIONS = 40
# Rights of the role of chat and worker: every table of ours, and no other schema.
_CHAT_MAY = (
    "USAGE ON SCHEMA public",
    "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public",
    "USAGE ON ALL SEQUENCES IN SCHEMA public",
)
_OURSELVES = "thangdee"  # who brought in what ships with the program


@dataclass
class Installation:
    """What every process of one installation shares."""

    settings: Settings
    database: Database
    vault: Vault
    clock: Clock
    shown: ShownFigures = field(default_factory=ShownFigures)
    directory: Directory = field(default_factory=Directory)
    _revision: tuple[int, ...] = ()
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def refresh_figures(self) -> None:
        """Read the dated figures again; the crisis card is made from what is in memory."""
        async with self.database.read() as connection:
            listed = await figures.all_figures(connection)
        self.shown = figures.shown_figures(listed, self.clock.now(), demo=self.settings.demo)

    async def refresh_words(self) -> None:
        """Let the texts that staff published stand before the program's own, in this process."""
        async with self.database.read() as connection:
            live = await live_editions(connection)
        words.overlay(published_words(live))

    async def refresh_directory(self) -> None:
        """Read the directory again if it changed: searches are made in memory. Who comes meanwhile waits."""
        async with self._reading:
            async with self.database.read() as connection:
                revision = await revision_of(connection)
                if revision == self._revision:
                    return
                rows = await read_rows(connection)
            self.directory = await asyncio.to_thread(build, rows)  # seconds for a large one; nobody should wait for it
            self._revision = revision

    def outward(self) -> Callable[[AsyncConnection, Chat, datetime, str], Outward]:
        """Return the maker of a transaction's way out."""

        def make(connection: AsyncConnection, chat: Chat, now: datetime, dedupe: str) -> Outward:
            groups = self.settings.on_call_chats
            return Outward(connection, self.vault, chat, now, dedupe, self.shown, groups, self.directory)

        return make


def open_installation(settings: Settings, *, with_outcomes: bool = False) -> Installation:
    """Open what `thangdee init` made; `with_outcomes` for the console (R12). Raises NotReadyError, WeakKeyError."""
    vault = Vault(Keyring(settings.keyring_path))
    address = settings.database if with_outcomes else settings.chat_database
    if with_outcomes and address.startswith("sqlite") and not outcomes_file(address).exists():
        raise NotReadyError(
            f"{outcomes_file(address)} is missing: bring it back from the backup together with the other database, or "
            "run 'thangdee init' if there never was one"
        )
    database = Database(address, with_outcomes=with_outcomes)
    if settings.redis_url:
        database.after_commit = RedisPublisher(settings.redis_url)
    return Installation(settings, database, vault, Clock(settings.clock_file))


async def prepare(settings: Settings) -> None:
    """Make keys, tables and records where they are missing; safe to repeat."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    Keyring.create(settings.keyring_path)
    database = Database(settings.database, with_outcomes=True)
    try:
        await migrate(database)
        async with database.write() as connection:
            await let_chat_in(connection, settings)
            await figures.seed(connection, figures.load_seed(_SEED))
            now = Clock(settings.clock_file).now()
            await seed_directory(connection, _OURSELVES, now, demo=settings.demo)
    finally:
        await database.close()


async def let_chat_in(connection: AsyncConnection, settings: Settings) -> None:
    """On PostgreSQL, let the role of chat and worker use every table but the outcomes of enquiries (R12).

    Raises NotReadyError where that role does not exist.
    """
    if connection.dialect.name != "postgresql" or settings.chat_database_url is None:
        return
    role = make_url(settings.chat_database_url).username or ""
    known = await connection.execute(
        text("SELECT quote_ident(rolname) FROM pg_roles WHERE rolname = :role"), {"role": role}
    )
    quoted = known.scalar()
    if quoted is None:
        raise NotReadyError("the role in THANGDEE_CHAT_DATABASE_URL does not exist: make it with CREATE ROLE ... LOGIN")
    for grant in _CHAT_MAY:
        await connection.exec_driver_sql(f"GRANT {grant} TO {quoted}")
    await connection.exec_driver_sql(f"REVOKE ALL ON SCHEMA outcomes FROM {quoted}, PUBLIC")


async def need_no_outcomes(database: Database) -> None:
    """Raise NotReadyError where a process that writes to chats could read what came of enquiries (R12)."""
    if database.with_outcomes:
        raise NotReadyError("the outcomes of enquiries are open here")
    if database.engine.dialect.name != "postgresql":
        return
    asked = (  # also where it is not given the right but could take it: SET ROLE to the owner
        "SELECT count(*) FROM pg_namespace WHERE nspname = 'outcomes' "
        "AND (has_schema_privilege(oid, 'USAGE') OR pg_has_role(nspowner, 'MEMBER'))"
    )
    async with database.read() as connection:
        if (await connection.execute(text(asked))).scalar_one():
            raise NotReadyError(
                "this database role can read what came of enquiries: make another one (CREATE ROLE ... LOGIN), name "
                "it in THANGDEE_CHAT_DATABASE_URL and run 'thangdee init'"
            )


def need_real(settings: Settings) -> None:
    """Raise NotReadyError where the settings say "demo": its console lets anybody in as anybody."""
    if settings.demo:
        raise NotReadyError("THANGDEE_DEMO is set; take it away ('thangdee demo' sets it by itself)")


def make_bot(settings: Settings) -> tuple[Bot, int]:
    """Return the Telegram client and the bot's id. Raises NotReadyError without a token."""
    if settings.telegram_token is None:
        raise NotReadyError("set THANGDEE_TELEGRAM_TOKEN, or try 'thangdee demo'")
    token = settings.telegram_token.get_secret_value()
    number = token.partition(":")[0]
    if not number.isdecimal():
        raise NotReadyError("THANGDEE_TELEGRAM_TOKEN does not look like a bot token (digits, colon, letters)")
    base = settings.telegram_api.rstrip("/")
    tls = {"verify": _tls()}
    request = HTTPXRequest(
        connection_pool_size=_CONNECTIONS, connect_timeout=10, read_timeout=20, pool_timeout=20, httpx_kwargs=tls
    )
    polling = HTTPXRequest(connection_pool_size=2, connect_timeout=10, read_timeout=40, httpx_kwargs=tls)
    bot = Bot(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=request,
        get_updates_request=polling,
    )
    return bot, int(number)


def rasa_client() -> httpx.AsyncClient:
    """Return the client for Rasa: loopback or a private network only, so no proxies."""
    return httpx.AsyncClient(verify=_tls(), trust_env=False, limits=httpx.Limits(max_connections=_CONNECTIONS))


@cache
def _tls() -> ssl.SSLContext:
    """The certificates that count; read once, because each client would read some hundred of them again."""
    return httpx.create_ssl_context()


def rasa_parser(settings: Settings, client: httpx.AsyncClient) -> RasaParser:
    """Return the way to Rasa's understanding."""
    return RasaParser(client, settings.rasa_url, settings.rasa_token.get_secret_value())


async def rasa_answers(settings: Settings, client: httpx.AsyncClient) -> bool:
    """Tell whether Rasa can be reached."""
    headers = {"Authorization": f"Bearer {settings.rasa_token.get_secret_value()}"}
    try:
        return (await client.get(f"{settings.rasa_url}/", headers=headers, timeout=3)).is_success
    except httpx.HTTPError:
        return False
