"""What a person did, reduced to what the hotline may know: no name, no username, no photo (R6)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Deed(StrEnum):
    """The kinds of update that a chat can bring."""

    TEXT = "text"
    PRESS = "press"
    VOICE = "voice"
    PHOTO = "photo"
    LOCATION = "location"
    OTHER = "other"
    LEFT = "left"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Incoming:
    """One update. `text` is the message, the caption or the button's data; `crisis` what the receiver saw.

    `seconds`, `size` (bytes): what Telegram says of the file. `is_round`: the file is a round video.
    """

    update_id: int
    address: int
    deed: Deed
    text: str = ""
    message_id: int | None = None
    press_id: str | None = None
    file_id: str | None = None
    seconds: int | None = None
    size: int | None = None
    is_round: bool = False
    latitude: float | None = None
    longitude: float | None = None
    language_hint: str | None = None
    sent_at: str | None = None
    crisis: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the set fields, for the sealed inbox body."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "") and value is not False}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Incoming":
        """Read an inbox body."""
        return cls(**stored | {"deed": Deed(stored["deed"])})

    def said_at(self, fallback: datetime) -> datetime:
        """When Telegram says it was sent."""
        return datetime.fromisoformat(self.sent_at) if self.sent_at else fallback
