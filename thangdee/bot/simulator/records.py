"""What the simulator remembers: chats, messages, files, and what bots have sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Button:
    """A button as a person sees it; `data` is set on inline buttons that call the bot back."""

    label: str
    data: str | None = None
    url: str | None = None
    asks: str | None = None  # "contact" or "location" on reply keyboards


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Media:
    """A file in a message; `kind` is voice, photo or document."""

    kind: str
    file_id: str
    mime_type: str
    content: bytes
    seconds: int | None = None
    name: str | None = None

    @property
    def path(self) -> str:
        """The `file_path` that getFile gives."""
        endings = {"voice": "oga", "photo": "jpg"}
        return f"{self.kind}/{self.file_id}.{endings.get(self.kind, 'bin')}"


@dataclass(slots=True)
class Message:
    """One message of a private chat, of either side."""

    message_id: int
    from_bot: bool
    at: datetime
    text: str = ""
    media: Media | None = None
    place: tuple[float, float] | None = None
    phone_number: str | None = None
    buttons: Rows = ()
    protected: bool = False
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A change of a phone's screen. The content is looked up when it is told, so deleted words are not kept here."""

    number: int
    kind: str  # message, gone, keyboard, blocked, typing, notice
    at: datetime
    message_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as it stands on the screen; `side` is "bot" or "person"."""

    message_id: int
    side: str
    at: datetime
    text: str
    buttons: Rows
    media: Media | None
    place: tuple[float, float] | None
    edited: bool
    protected: bool


@dataclass(frozen=True, slots=True)
class Screen:
    """All that a person sees: messages oldest first, and the reply keyboard below them."""

    messages: tuple[Bubble, ...]
    keyboard: Rows
    blocked: bool

    @property
    def texts(self) -> list[str]:
        """The visible texts, oldest first."""
        return [bubble.text for bubble in self.messages]


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that a bot sent or edited; `text` is as the person sees it, `payload` as the bot wrote it."""

    at: datetime
    bot: int
    chat_id: int
    message_id: int
    method: str
    text: str
    buttons: Rows
    keyboard: Rows | None  # None: unchanged; empty: removed
    media: Media | None
    payload: Mapping[str, Any] = field(repr=False)

    @property
    def labels(self) -> list[str]:
        """Labels of all buttons, inline ones first."""
        return [button.label for row in (*self.buttons, *(self.keyboard or ())) for button in row]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a method; `error` is None, an error code, or "cut" where no answer went back."""

    at: datetime
    bot: int
    method: str
    chat_id: int | None
    payload: Mapping[str, Any] = field(repr=False)
    error: int | str | None
