"""Texts and keyboards: what Telegram accepts, and what a person then sees."""

import html
import re
from typing import Any

from thangdee.bot.simulator.faults import bad_request
from thangdee.bot.simulator.records import Button, Rows

_TAGS = frozenset(
    {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "span", "tg-spoiler", "a", "code", "pre"}
    | {"blockquote", "tg-emoji"},
)
_TAG = re.compile(r"<(/?)([a-zA-Z0-9-]*)[^<>]*(>?)")
_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,64}(?:@\w+)?")
# TDLib's clean_input_string: control characters become spaces, line and direction marks go.
_CONTROLS = {code: " " for code in range(32) if code != 10} | dict.fromkeys(range(8232, 8239))


def visible_text(text: str, parse_mode: str, *, longest: int, what: str = "message") -> str:
    """The text as shown; raises Telegram's 400 when it is broken or too long."""
    cleaned = text.translate(_CONTROLS)
    shown = _without_tags(cleaned) if parse_mode.lower() == "html" else cleaned
    shown = shown.strip()
    if len(shown) > longest:
        raise bad_request("message is too long" if what == "message" else f"message {what} is too long")
    return shown


def required_text(text: str, parse_mode: str) -> str:
    """The text of a message, 1-4096 characters."""
    if not text:
        raise bad_request("message text is empty")
    shown = visible_text(text, parse_mode, longest=4096)
    if not shown:
        raise bad_request("text must be non-empty")
    return shown


def _without_tags(text: str) -> str:
    open_tags: list[str] = []
    for found in _TAG.finditer(text):
        closing, name, end = found.group(1), found.group(2).lower(), found.group(3)
        offset = len(text[: found.start()].encode())
        if not end:
            raise bad_request(f"can't parse entities: Unclosed start tag at byte offset {offset}")
        if not closing and name not in _TAGS:
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {offset}')
        if not closing:
            open_tags.append(name)
        else:
            _close(open_tags, name, offset)
    if open_tags:
        raise bad_request(f"can't parse entities: Can't find end tag corresponding to start tag \"{open_tags[-1]}\"")
    return html.unescape(_TAG.sub("", text))


def _close(open_tags: list[str], name: str, offset: int) -> None:
    if not open_tags:
        raise bad_request(f"can't parse entities: Unexpected end tag at byte offset {offset}")
    expected = open_tags.pop()
    if name and name != expected:
        raise bad_request(
            f"can't parse entities: Unmatched end tag at byte offset {offset}, "
            f'expected "</{expected}>", found "</{name}>"',
        )


def inline_rows(markup: Any) -> Rows:  # noqa: ANN401 - JSON
    """The inline keyboard of a reply_markup; empty when it has none."""
    rows = _rows(markup, "inline_keyboard")
    return tuple(tuple(_inline_button(button) for button in row) for row in rows)


def keyboard_change(markup: Any) -> Rows | None:  # noqa: ANN401 - JSON
    """The reply keyboard after this message: None when unchanged, empty when removed."""
    if not isinstance(markup, dict):
        return None
    if markup.get("remove_keyboard"):
        return ()
    if "keyboard" not in markup:
        return None
    rows = _rows(markup, "keyboard")
    return tuple(tuple(_reply_button(button) for button in row) for row in rows)


def _rows(markup: Any, key: str) -> list[list[Any]]:  # noqa: ANN401 - JSON
    if markup is None or markup == "":
        return []
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    rows = markup.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(
            f'field "{key}" of the {"Inline" if key == "inline_keyboard" else "Reply"}KeyboardMarkup '
            "must be an Array of Arrays"
        )
    if sum(len(row) for row in rows) > 100:
        raise bad_request("reply markup is too long")
    return [row for row in rows if row]


def _inline_button(button: Any) -> Button:  # noqa: ANN401 - JSON
    if not isinstance(button, dict) or not button.get("text"):
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be of type String')
    data, url = button.get("callback_data"), button.get("url")
    if data is None and url is None:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if data is not None and not 1 <= len(str(data).encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")
    return Button(label=str(button["text"]), data=data, url=url)


def _reply_button(button: Any) -> Button:  # noqa: ANN401 - JSON
    if isinstance(button, str):
        return Button(label=button)
    if not isinstance(button, dict) or not button.get("text"):
        raise bad_request('can\'t parse keyboard button: Field "text" must be of type String')
    asks = next((what for what in ("contact", "location") if button.get(f"request_{what}")), None)
    return Button(label=str(button["text"]), asks=asks)


def inline_markup(rows: Rows) -> dict[str, Any]:
    """The inline keyboard as Telegram shows it in a message."""
    return {"inline_keyboard": [[_inline_json(button) for button in row] for row in rows]}


def _inline_json(button: Button) -> dict[str, str]:
    action = {"url": button.url} if button.url is not None else {"callback_data": button.data or ""}
    return {"text": button.label, **action}


def command_entities(text: str) -> list[dict[str, Any]]:
    """Entities of type bot_command; offsets count UTF-16 units as Telegram does."""
    return [
        {"type": "bot_command", "offset": _units(text[: found.start()]), "length": _units(found.group())}
        for found in _COMMAND.finditer(text)
    ]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
