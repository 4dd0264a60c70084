"""A phone: a made-up person with a private chat, who writes, taps and looks at the screen."""

from collections.abc import Iterator
from typing import Any

from thangdee.bot.simulator import render
from thangdee.bot.simulator.records import Bubble, Button, Media, Message, Rows, Screen
from thangdee.bot.simulator.sample_media import PICTURE, silent_voice
from thangdee.bot.simulator.world import Chat, World


class NoSuchButtonError(LookupError):
    """No button on the screen has this label, number or data."""


class BotIsBlockedError(RuntimeError):
    """A person who blocked the bot cannot write before unblocking it."""


class Phone:
    """One person's phone. Every act gives the `update_id` queued for the bot, or None where it wants no such update."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self._chat = chat

    @property
    def chat_id(self) -> int:
        """The private chat's id, which is the person's id too."""
        return self._chat.chat_id

    @property
    def label(self) -> str:
        """The made-up first name."""
        return self._chat.first_name

    @property
    def chat(self) -> Chat:
        """The state behind this phone."""
        return self._chat

    def start(self) -> int | None:
        """Tap "Start"."""
        return self.text("/start")

    def text(self, text: str) -> int | None:
        """Write a text, as it is (too long or broken too)."""
        return self._write(text=text)

    def voice(self, content: bytes | float = 2, *, seconds: int | None = None) -> int | None:
        """Send a voice note: OGG/Opus bytes, or a silent one of so many seconds."""
        given = isinstance(content, bytes)
        sound = content if isinstance(content, bytes) else silent_voice(content)
        length = seconds if seconds is not None else (2 if given else round(float(content)))
        return self._write(media=self._world.store_file("voice", sound, "audio/ogg", seconds=length))

    def photo(self, content: bytes = PICTURE, *, caption: str = "") -> int | None:
        """Send a photo; without bytes a small made-up one."""
        return self._write(media=self._world.store_file("photo", content, "image/jpeg"), text=caption)

    def document(
        self,
        content: bytes,
        *,
        name: str = "file.bin",
        mime_type: str = "application/octet-stream",
    ) -> int | None:
        """Send any file."""
        return self._write(media=self._world.store_file("document", content, mime_type, name=name))

    def location(self, latitude: float, longitude: float) -> int | None:
        """Send a place."""
        return self._write(place=(latitude, longitude))

    def contact(self, phone_number: str) -> int | None:
        """Share the own number; the caller makes it up."""
        return self._write(phone_number=phone_number)

    def edit(self, message_id: int, text: str) -> int | None:
        """Change an own text message."""
        message = self._chat.messages[message_id]
        if message.from_bot:
            raise ValueError("only an own message can be edited")
        message.text, message.edited_at = text, self._world.now()
        self._world.show(self._chat, "message", message_id)
        return self._post("edited_message", self._world.message_json(self._chat, message))

    def press(self, what: str | int, *, message_id: int | None = None) -> int | None:
        """Tap a button by label, number (from 1, as shown) or data; raises NoSuchButtonError.

        The newest message that has it is taken, then the reply keyboard.
        """
        self._must_not_be_blocked()
        for message in self._with_buttons(message_id):
            button = _find(message.buttons, what)
            if button is not None:
                return self._call_back(message, button)
        button = _find(self._chat.keyboard, what)
        if button is None:
            raise NoSuchButtonError(f"no button {what!r}; there are {self.labels()}")
        return self.text(button.label)

    def labels(self) -> list[str]:
        """All labels that can be tapped now: newest message first, then the reply keyboard."""
        rows = [row for message in self._with_buttons(None) for row in message.buttons] + list(self._chat.keyboard)
        return [button.label for row in rows for button in row]

    def block(self) -> int | None:
        """Block the bot: its next message gets a 403."""
        return self._set_blocked(blocked=True)

    def unblock(self) -> int | None:
        """Unblock the bot."""
        return self._set_blocked(blocked=False)

    def screen(self) -> Screen:
        """What the person sees now."""
        bubbles = tuple(_bubble(message) for message in self._chat.messages.values())
        return Screen(bubbles, self._chat.keyboard, self._chat.blocked)

    def bubble(self, message_id: int | None) -> Bubble | None:
        """One message as it stands on the screen; None when it is gone."""
        message = self._chat.messages.get(message_id or 0)
        return _bubble(message) if message else None

    def _with_buttons(self, message_id: int | None) -> Iterator[Message]:
        for message in reversed(self._chat.messages.values()):
            if message.buttons and message_id in (None, message.message_id):
                yield message

    def _call_back(self, message: Message, button: Button) -> int | None:
        if button.data is None:
            raise NoSuchButtonError(f"{button.label!r} opens a link and calls nobody")
        query_id = str(self._world.chance.getrandbits(63))
        self._chat.bot.queries[query_id] = (self.chat_id, self._world.now())
        return self._post(
            "callback_query",
            {
                "id": query_id,
                "from": self._world.person(self._chat),
                "message": self._world.message_json(self._chat, message),
                "chat_instance": str(self.chat_id * 7919),
                "data": button.data,
            },
        )

    def _write(
        self,
        *,
        text: str = "",
        media: Media | None = None,
        place: tuple[float, float] | None = None,
        phone_number: str | None = None,
    ) -> int | None:
        self._must_not_be_blocked()
        self._chat.opened = True
        message_id = self._chat.bot.take_message_id()
        message = Message(
            message_id,
            from_bot=False,
            at=self._world.now(),
            text=text,
            media=media,
            place=place,
            phone_number=phone_number,
        )
        self._world.add_message(self._chat, message)
        return self._post("message", self._world.message_json(self._chat, message))

    def _set_blocked(self, *, blocked: bool) -> int | None:
        if self._chat.blocked == blocked:
            return None
        self._chat.blocked = blocked
        self._world.show(self._chat, "blocked")
        was, becomes = ("member", "kicked") if blocked else ("kicked", "member")
        return self._post(
            "my_chat_member",
            {
                "chat": render.chat(self.chat_id, self.label),
                "from": self._world.person(self._chat),
                "date": render.unix(self._world.now()),
                "old_chat_member": self._membership(was),
                "new_chat_member": self._membership(becomes),
            },
        )

    def _membership(self, status: str) -> dict[str, Any]:
        bot = self._chat.bot
        until = {"until_date": 0} if status == "kicked" else {}
        return {"user": render.bot_user(bot.bot_id, bot.username), "status": status, **until}

    def _must_not_be_blocked(self) -> None:
        if self._chat.blocked:
            raise BotIsBlockedError(self.label)

    def _post(self, kind: str, body: dict[str, Any]) -> int | None:
        return self._world.put_update(self._chat.bot, kind, body)


def _find(rows: Rows, what: str | int) -> Button | None:
    buttons = [button for row in rows for button in row]
    for button in buttons:
        if what in (button.label, button.data):
            return button
    number = int(what) if str(what).isascii() and str(what).isdigit() else 0
    return buttons[number - 1] if 1 <= number <= len(buttons) else None


def _bubble(message: Message) -> Bubble:
    return Bubble(
        message_id=message.message_id,
        side="bot" if message.from_bot else "person",
        at=message.at,
        text=message.text,
        buttons=message.buttons,
        media=message.media,
        place=message.place,
        edited=message.edited_at is not None,
        protected=message.protected,
    )
