"""Telegram's JSON becomes an Incoming; broken or strange JSON becomes one that does nothing."""

from datetime import UTC, datetime
from typing import Any

from thangdee.casework.media import MOST_PHOTO_BYTES
from thangdee.flows.incoming import Deed, Incoming

_LONGEST_TEXT = 4096
_FILES = {"voice": Deed.VOICE, "audio": Deed.VOICE, "video_note": Deed.VOICE, "photo": Deed.PHOTO}


def update_id_of(raw: object) -> int | None:
    """Return the update's number, None if this is no update."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) and abs(number) < 2**62 else None


def read_update(raw: dict[str, Any]) -> Incoming | None:
    """Read what a person did in a private chat; None for groups, channels and anything unreadable."""
    number = update_id_of(raw)
    if number is None:
        return None
    if (press := _dict(raw.get("callback_query"))) is not None:
        return _press(number, press)
    if (member := _dict(raw.get("my_chat_member"))) is not None:
        return _membership(number, member)
    for name in ("message", "edited_message"):
        if (message := _dict(raw.get(name))) is not None:
            return _message(number, message)
    return None


def _press(number: int, press: dict[str, Any]) -> Incoming | None:
    message = _dict(press.get("message")) or {}
    address = _private_chat(message) or _int((_dict(press.get("from")) or {}).get("id"))
    if address is None or not isinstance(press.get("id"), str):
        return None
    return Incoming(
        number,
        address,
        Deed.PRESS,
        text=_text(press.get("data"))[:64],
        message_id=None,
        press_id=_text(press["id"])[:64] or None,
        language_hint=_hint(press.get("from")),
    )


def _membership(number: int, member: dict[str, Any]) -> Incoming | None:
    address = _private_chat(member)
    status = (_dict(member.get("new_chat_member")) or {}).get("status")
    if address is None:
        return None
    return Incoming(number, address, Deed.LEFT if status in ("kicked", "left") else Deed.NOTHING)


def _message(number: int, message: dict[str, Any]) -> Incoming | None:
    address = _private_chat(message)
    if address is None:
        return None
    place, (file_name, file) = _dict(message.get("location")) or {}, _file(message)
    return Incoming(
        number,
        address,
        _deed(message),
        text=_text(message.get("text")) or _text(message.get("caption")),
        message_id=_int(message.get("message_id")),
        file_id=_text(file.get("file_id"))[:256] or None,
        seconds=_positive(file.get("duration")),
        size=_positive(file.get("file_size")),
        is_round=file_name == "video_note",
        latitude=_degrees(place.get("latitude"), 90),
        longitude=_degrees(place.get("longitude"), 180),
        language_hint=_hint(message.get("from")),
        sent_at=_time(message.get("date")),
    )


def _deed(message: dict[str, Any]) -> Deed:
    for name, deed in _FILES.items():
        if message.get(name):
            return deed
    place = _dict(message.get("location")) or {}
    if _degrees(place.get("latitude"), 90) is not None and _degrees(place.get("longitude"), 180) is not None:
        return Deed.LOCATION
    return Deed.TEXT if _text(message.get("text")).strip() else Deed.OTHER


def _file(message: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the first file that has an id, and what kind it is."""
    for name in _FILES:
        found = message.get(name)
        sizes = [_dict(one) or {} for one in (found if isinstance(found, list) else [found])]
        if sizes := [one for one in sizes if _text(one.get("file_id"))]:
            return name, _largest(sizes)
    return "", {}


def _largest(sizes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the largest size of a picture that we may fetch; Telegram gives the smallest first."""
    fit = [one for one in sizes if (_positive(one.get("file_size")) or 0) <= MOST_PHOTO_BYTES]
    return (fit or sizes)[-1]


def _positive(value: object) -> int | None:
    number = _int(value)
    return number if number is not None and 0 < number < 2**31 else None


def _private_chat(holder: dict[str, Any]) -> int | None:
    place = _dict(holder.get("chat")) or {}
    return _int(place.get("id")) if place.get("type") == "private" else None


def _dict(value: object) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


def _int(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**62 else None


def _text(value: object) -> str:
    # Lone surrogates and null bytes cannot be stored as UTF-8 or in PostgreSQL.
    clean = value.encode("utf-8", "ignore").decode() if isinstance(value, str) else ""
    return clean.replace("\x00", "")[:_LONGEST_TEXT]


def _degrees(value: object, most: int) -> float | None:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not abs(value) <= most:
        return None
    return float(value)


def _hint(person: object) -> str | None:
    code = _text((_dict(person) or {}).get("language_code"))[:2]
    return code if code in ("lo", "th", "en") else None


def _time(value: object) -> str | None:
    seconds = _int(value)
    if seconds is None or not 0 < seconds < 2**33:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat()
