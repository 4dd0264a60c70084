"""What phones show, as JSON for the page."""

from typing import Any

from thangdee.bot.simulator.phone import Phone
from thangdee.bot.simulator.records import Bubble, Button, Event, Rows


def summary(phone: Phone) -> dict[str, Any]:
    """One phone in the list of phones; ids are strings, for they may be larger than a browser's numbers."""
    return {
        "id": str(phone.chat_id),
        "label": phone.label,
        "kind": phone.chat.kind,
        "blocked": phone.chat.blocked,
        "last_event": len(phone.chat.events),
    }


def screen(phone: Phone) -> dict[str, Any]:
    """The whole screen."""
    seen = phone.screen()
    return {
        "messages": [_bubble_json(bubble) for bubble in seen.messages],
        "keyboard": _rows_json(seen.keyboard),
        "blocked": seen.blocked,
        "last_event": len(phone.chat.events),
    }


def event(phone: Phone, record: Event) -> tuple[str, dict[str, Any]]:
    """Kind and content of a change, as it stands now: a message that was deleted since is told as gone."""
    if record.kind == "message":
        found = phone.bubble(record.message_id)
        return ("message", _bubble_json(found)) if found else ("gone", {"message_id": record.message_id})
    if record.kind == "gone":
        return "gone", {"message_id": record.message_id}
    if record.kind == "keyboard":
        return "keyboard", {"rows": _rows_json(phone.chat.keyboard)}
    if record.kind == "blocked":
        return "blocked", {"blocked": phone.chat.blocked}
    return record.kind, {"text": record.text}


def _bubble_json(bubble: Bubble) -> dict[str, Any]:
    media = bubble.media
    return {
        "message_id": bubble.message_id,
        "side": bubble.side,
        "at": bubble.at.isoformat(),
        "text": bubble.text,
        "buttons": _rows_json(bubble.buttons),
        "media": {"kind": media.kind, "file_id": media.file_id, "seconds": media.seconds, "name": media.name}
        if media
        else None,
        "place": list(bubble.place) if bubble.place else None,
        "edited": bubble.edited,
        "protected": bubble.protected,
    }


def _rows_json(rows: Rows) -> list[list[dict[str, str | None]]]:
    return [[_button_json(button) for button in row] for row in rows]


def _button_json(button: Button) -> dict[str, str | None]:
    return {"label": button.label, "data": button.data, "url": button.url, "asks": button.asks}
