"""The simulator's records as Telegram's JSON objects."""

from datetime import datetime
from typing import Any

from thangdee.bot.simulator.markup import command_entities, inline_markup
from thangdee.bot.simulator.records import Media, Message


def unix(at: datetime) -> int:
    """Seconds since 1970, as Telegram writes times."""
    return int(at.timestamp())


def bot_user(bot_id: int, username: str) -> dict[str, Any]:
    """A bot as User."""
    return {"id": bot_id, "is_bot": True, "first_name": "Sample bot", "username": username}


def person(user_id: int, first_name: str, language_code: str) -> dict[str, Any]:
    """A made-up person as User; in a group somebody of it."""
    return {"id": abs(user_id), "is_bot": False, "first_name": first_name, "language_code": language_code}


def chat(chat_id: int, first_name: str) -> dict[str, Any]:
    """A private chat as Chat, or a group, whose number is negative."""
    if chat_id < 0:
        return {"id": chat_id, "title": first_name, "type": "group"}
    return {"id": chat_id, "first_name": first_name, "type": "private"}


def message(record: Message, *, sender: dict[str, Any], chat: dict[str, Any]) -> dict[str, Any]:
    """A message as Message."""
    body: dict[str, Any] = {
        "message_id": record.message_id,
        "from": sender,
        "chat": chat,
        "date": unix(record.at),
    }
    if record.edited_at is not None:
        body["edit_date"] = unix(record.edited_at)
    body |= _content(record)
    if record.buttons:
        body["reply_markup"] = inline_markup(record.buttons)
    if record.protected:
        body["has_protected_content"] = True
    return body


def _content(record: Message) -> dict[str, Any]:
    if record.media is not None:
        caption = {"caption": record.text} if record.text else {}
        return {**_media(record.media), **caption}
    if record.place is not None:
        latitude, longitude = record.place
        return {"location": {"latitude": latitude, "longitude": longitude}}
    if record.phone_number is not None:
        return {"contact": {"phone_number": record.phone_number, "first_name": "Sample"}}
    entities = command_entities(record.text)
    return {"text": record.text, **({"entities": entities} if entities else {})}


def _media(media: Media) -> dict[str, Any]:
    one = _file(media)
    if media.kind == "photo":
        return {"photo": [{**one, "width": 320, "height": 240}]}
    if media.kind == "voice":
        return {"voice": {**one, "duration": media.seconds or 0, "mime_type": media.mime_type}}
    return {"document": {**one, "file_name": media.name or "file", "mime_type": media.mime_type}}


def _file(media: Media) -> dict[str, Any]:
    return {
        "file_id": media.file_id,
        "file_unique_id": media.file_id[-16:],
        "file_size": len(media.content),
    }


def file(media: Media) -> dict[str, Any]:
    """A file as File, with the path to fetch it."""
    return {**_file(media), "file_path": media.path}
