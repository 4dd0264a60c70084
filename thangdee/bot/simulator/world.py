"""The state behind the fake Bot API: bots, private chats, messages and files."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from thangdee.bot.simulator import render
from thangdee.bot.simulator.bell import Bell
from thangdee.bot.simulator.records import Event, Media, Message, Rows
from thangdee.bot.simulator.updates import UpdateQueue, wanted

GROUP = "group"


@dataclass(slots=True)
class Webhook:
    """Where a bot wants its updates, and how the last deliveries went."""

    url: str
    secret: str = ""
    max_connections: int = 40
    last_error_at: datetime | None = None
    last_error: str = ""


@dataclass(slots=True, eq=False)
class Bot:
    """One bot, known by its token from the first call on."""

    token: str
    queue: UpdateQueue
    next_message_id: int
    allowed_updates: tuple[str, ...] = ()
    webhook: Webhook | None = None
    polls: int = 0  # counts getUpdates calls: a newer one ends an older one
    profile: dict[str, Any] = field(default_factory=dict)
    queries: dict[str, tuple[int, datetime]] = field(default_factory=dict)  # not answered yet: chat and time

    @property
    def bot_id(self) -> int:
        """The number before the colon of the token."""
        return int(self.token.partition(":")[0])

    @property
    def username(self) -> str:
        """A made-up user name."""
        return f"sample_{self.bot_id}_bot"

    def take_message_id(self) -> int:
        """Ids grow by one over all chats of the bot, as with Telegram."""
        self.next_message_id += 1
        return self.next_message_id


@dataclass(slots=True, eq=False)
class Chat:
    """The private chat of one made-up person with one bot, or a group of some."""

    chat_id: int
    first_name: str
    bot: Bot
    kind: str = "migrant"
    language_code: str = "lo"
    messages: dict[int, Message] = field(default_factory=dict)
    keyboard: Rows = ()
    events: list[Event] = field(default_factory=list)
    opened: bool = False  # a bot cannot write before the person did
    blocked: bool = False


class World:
    """Everything that exists; all of it in memory and in one event loop."""

    def __init__(self, now: Callable[[], datetime], *, seed: int | None = None) -> None:
        self.now = now
        self.chance = random.Random(seed)
        self.bell = Bell()
        self.bots: dict[str, Bot] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, Media] = {}
        self.closed = False
        self._unclaimed: Bot | None = self._new_bot("0:unclaimed")

    def bot(self, token: str) -> Bot:
        """The bot with this token. The first token ever used gets what phones wrote before."""
        known = self.bots.get(token)
        if known is not None:
            return known
        made, self._unclaimed = self._unclaimed or self._new_bot(token), None
        made.token = token
        self.bots[token] = made
        return made

    def first_bot(self) -> Bot:
        """The bot that phones talk to when no token is named."""
        return next(iter(self.bots.values()), None) or self._unclaimed or self.bot("1000001:sample")

    def add_chat(self, first_name: str, *, token: str | None = None, kind: str = "migrant") -> Chat:
        """A new private chat with a random id, or a group that the bot is in."""
        chat_id = self.chance.randint(1_000_000_000, 7_999_999_999)
        bot = self.bot(token) if token else self.first_bot()
        is_group = kind == GROUP
        chat = Chat(-chat_id if is_group else chat_id, first_name, bot, kind, opened=is_group)
        self.chats[chat.chat_id] = chat
        return chat

    def store_file(
        self,
        kind: str,
        content: bytes,
        mime_type: str,
        *,
        seconds: int | None = None,
        name: str | None = None,
    ) -> Media:
        """Keep a file and give it its file_id."""
        file_id = f"{kind[:1].upper()}{self.chance.getrandbits(120):030x}"
        media = Media(kind, file_id, mime_type, content, seconds, name)
        self.files[file_id] = media
        return media

    def put_update(self, bot: Bot, kind: str, body: dict[str, Any]) -> int | None:
        """Queue an update unless the bot does not want its kind; gives the update_id."""
        if not wanted(kind, bot.allowed_updates):
            return None
        update_id = bot.queue.put(kind, body, self.now())
        self.bell.ring()
        return update_id

    def add_message(self, chat: Chat, message: Message) -> None:
        """Show a message on the phone."""
        chat.messages[message.message_id] = message
        self.show(chat, "message", message.message_id)

    def remove_message(self, chat: Chat, message_id: int) -> None:
        """Take a message away on both sides."""
        chat.messages.pop(message_id, None)
        self.show(chat, "gone", message_id)

    def show(self, chat: Chat, kind: str, message_id: int | None = None, text: str = "") -> None:
        """Note a change of the screen and wake who watches."""
        chat.events.append(Event(len(chat.events) + 1, kind, self.now(), message_id, text))
        self.bell.ring()

    def message_json(self, chat: Chat, message: Message) -> dict[str, Any]:
        """The message as the Bot API shows it."""
        sender = render.bot_user(chat.bot.bot_id, chat.bot.username) if message.from_bot else self.person(chat)
        return render.message(message, sender=sender, chat=render.chat(chat.chat_id, chat.first_name))

    def person(self, chat: Chat) -> dict[str, Any]:
        """The person of a chat as a Telegram user."""
        return render.person(chat.chat_id, chat.first_name, chat.language_code)

    def close(self) -> None:
        """Let all streams and long polls end."""
        self.closed = True
        self.bell.ring()

    def _new_bot(self, token: str) -> Bot:
        return Bot(token, UpdateQueue(self.chance), self.chance.randint(1_000, 900_000))
