"""Chats: who writes (a keyed hash only), where the talk stands, who holds it.

Before a yes nothing else is kept, and that for 24 hours (R1, R25): no name, no username, no words (R6).
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, LargeBinary, Row, String, Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.core import changes
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.database import insert_new
from thangdee.core.jobs import new_uid
from thangdee.core.vault import Place, Vault, data_key

# How long what a person told of place and age is remembered.
TOLD_KEPT = timedelta(hours=24)
_KEEP = "24 hours without a consent, else 90 days after the last contact"

chat = Table(
    "chat",
    metadata,
    Column("id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "names the chat", _KEEP)),
    Column(
        "chat_key",
        String(64),
        unique=True,
        info=about(DataClass.PSEUDONYM, "finds the chat again; empty once its owner deleted it", _KEEP),
    ),
    Column(
        "key_id",
        String(32),
        ForeignKey(data_key.c.id, ondelete="SET NULL"),
        info=about(DataClass.TECHNICAL, "which key opens this person's data", _KEEP),
    ),
    Column("sealed_address", LargeBinary, nullable=False, info=about(DataClass.SEALED, "where answers go", _KEEP)),
    Column("language", String(2), info=about(DataClass.SESSION, "lo, th or en", _KEEP)),
    Column("session", JSON, nullable=False, info=about(DataClass.SESSION, "where the talk stands; no words", _KEEP)),
    Column("held_by", String(32), info=about(DataClass.TECHNICAL, "staff member who talks; the bot is silent", _KEEP)),
    Column("created_at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "first contact", _KEEP)),
    Column("seen_at", AwareDateTime, nullable=False, info=about(DataClass.SESSION, "last contact", _KEEP)),
    Column("blocked_at", AwareDateTime, info=about(DataClass.SESSION, "the person stopped the bot", _KEEP)),
    Column("closed_at", AwareDateTime, info=about(DataClass.SESSION, "deleted by its owner, sealed", "72 hours")),
    Column("code_hash", String(64), info=about(DataClass.PSEUDONYM, "the word that undoes a deletion", "72 hours")),
)


@dataclass(frozen=True)
class Session:
    """Where the talk stands. Codes and counts only, never what a person wrote.

    `screen`: data of the buttons on the last screen, in order, for typed digits. `asked`: which yes-or-no question is
    open, or "help_place", "help_other_place" where the person may write a place. `keep_asked`: version of the words by
    which keeping was asked for. `misses`: messages in a row that were not understood. `wrong_codes`: failed tries to
    undo a deletion. `topic`, `topic_at`: the intent answered last. `place`: code of the place where the person said to
    be. `age_band`: "under_18", "adult" or "unknown". `need`: what help was looked for. `for_whom`: "woman", "man" or
    "transgender", where the person said it. `is_child`: they said of themselves to be under 18. `told_at`: when one of
    these was last said; after 24 hours all go.
    `then`: data of the button to go on with once the chat may be kept. `about`: which of several things an open
    question is about, a code or an id. Of the matter that is being written: `passed` names questions that were
    skipped or need no fact, `wished` the service whose card was pressed, `chosen` the one chosen, `others` whether
    others may be asked too ("y", "n").
    """

    screen: tuple[str, ...] = ()
    asked: str = "none"
    misses: int = 0
    hidden: bool = False
    language_tapped: bool = False
    keep_asked: int = 0
    flood_told_at: str | None = None
    wrong_codes: int = 0
    topic: str | None = None
    topic_at: str | None = None
    place: str | None = None
    age_band: str = "unknown"
    need: str | None = None
    for_whom: str | None = None
    is_child: bool = False
    told_at: str | None = None
    then: str | None = None
    about: str | None = None
    passed: tuple[str, ...] = ()
    wished: str | None = None
    chosen: str | None = None
    others: str | None = None

    def place_at(self, now: datetime) -> str | None:
        """Return the place where the person said to be, None once that was said more than 24 hours ago (R25)."""
        is_fresh = self.told_at is not None and now - datetime.fromisoformat(self.told_at) <= TOLD_KEPT
        return self.place if is_fresh else None

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "Session":
        """Return a session from stored JSON; fields of other versions are left out."""
        known = {name: value for name, value in stored.items() if name in cls.__dataclass_fields__}
        return cls(**known | {name: tuple(known.get(name, ())) for name in ("screen", "passed")})


@dataclass(frozen=True)
class Chat:
    """One person's chat with the hotline."""

    id: str
    chat_key: str
    key_id: str
    address: int
    language: str | None
    held_by: str | None
    created_at: datetime
    session: Session = field(default_factory=Session)
    is_new: bool = False


class Chats:
    """The chats of one transaction."""

    def __init__(self, connection: AsyncConnection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    async def of(self, address: int, now: datetime) -> Chat:
        """Find the chat of a Telegram chat id, or open one."""
        chat_key = key_of(self._vault, address)
        found = await self.find(chat_key)
        if found is None:
            return await self._open(chat_key, address, now)
        await self._connection.execute(update(chat).where(chat.c.id == found.id).values(seen_at=now, blocked_at=None))
        return found

    async def find(self, chat_key: str) -> Chat | None:
        """Find an open chat by its key."""
        query = select(chat).where(chat.c.chat_key == chat_key, chat.c.closed_at.is_(None))
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else await self._read(row)

    async def get(self, chat_id: str) -> Chat | None:
        """Find an open chat by its id."""
        query = select(chat).where(chat.c.id == chat_id, chat.c.closed_at.is_(None))
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else await self._read(row)

    async def save(self, changed: Chat) -> None:
        """Write language and session; who holds a chat is changed in conversations alone."""
        values = {"language": changed.language, "session": vars(changed.session)}
        await self._connection.execute(update(chat).where(chat.c.id == changed.id).values(values))

    async def _open(self, chat_key: str, address: int, now: datetime) -> Chat:
        chat_id, key_id = new_uid(), await self._vault.new_key(self._connection)
        sealed = await self._vault.seal(self._connection, key_id, _address(chat_id), str(address).encode())
        values: dict[str, Any] = {"id": chat_id, "chat_key": chat_key, "key_id": key_id, "sealed_address": sealed}
        values |= {"session": vars(Session()), "created_at": now, "seen_at": now}
        statement = insert_new(self._connection, chat).values(values).on_conflict_do_nothing()
        if (await self._connection.execute(statement.returning(chat.c.id))).scalar() is not None:
            return Chat(chat_id, chat_key, key_id, address, None, None, now, is_new=True)
        await self._vault.destroy_key(self._connection, key_id)  # another process was first
        return await self.of(address, now)

    async def _read(self, row: Row[Any]) -> Chat:
        address = await self._vault.open(self._connection, row.key_id, _address(row.id), row.sealed_address)
        session = Session.read(row.session)
        return Chat(row.id, row.chat_key, row.key_id, int(address), row.language, row.held_by, row.created_at, session)


def key_of(vault: Vault, address: int) -> str:
    """Return the keyed hash by which a Telegram chat id is known to us; also its lane."""
    return vault.keyring.look_up("chat", str(address))


def with_session(talk: Chat, **changes: Any) -> Chat:  # noqa: ANN401 - the fields of Session
    """Return the chat with a changed session."""
    return replace(talk, session=replace(talk.session, **changes))


async def mark_blocked(connection: AsyncConnection, chat_id: str, now: datetime) -> None:
    """Remember that the person stopped the bot; the next message of theirs undoes it."""
    await connection.execute(update(chat).where(chat.c.id == chat_id).values(blocked_at=now))
    await changes.announce(connection, changes.QUEUE, changes.about_chat(chat_id))


def _address(chat_id: str) -> Place:
    return Place("chat", "sealed_address", chat_id)
