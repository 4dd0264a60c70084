"""Bad input by the thousand, from a seed: broken updates, strange words, strange button data."""

import copy
import json
import random
from collections.abc import Callable
from itertools import count
from typing import Any

Json = Any
_FIRST_ID = 1_500_000_000

_JUNK: tuple[Json, ...] = (
    None, True, False, 0, -1, 1, 2**31, -(2**31), 2**53, 2**62, 2**63, -(2**63), 10**30, 1.5, -0.0, 1e308, "", " ", "0", "5",
    "\x00", "\ud800", "\udfff\ud800", "x" * 5000, [], {}, [[]], [None], [{}], {"": None}, {"id": None}, {"id": "5"}, {"type": "private"},
    {"id": {}, "type": "private"}, {"chat": {"id": 1}}, [1, [2, [3, [4]]]], "private", "supergroup", "kicked", "2026-11-22", "ວັນ",
)  # fmt: skip
_NOT_NUMBERS = (float("nan"), float("inf"), float("-inf"))
_MARKS = "\u0301\u0323\u0eb9\u0ec8\u0e49\u20dd\ufe0f"
_BIDI = "\u202a\u202b\u202d\u202e\u202c\u2066\u2067\u2068\u2069\u200e\u200f\u200b\u2060\ufeff\u00ad"
_EMOJI = "🙏🏽👩‍👩‍👧‍👦🇱🇦🇹🇭🏳️‍🌈1️⃣🆘"
_MARKUP = (
    "<b>x</b>", "<script>alert(1)</script>", "*_[`", "[a](tg://user?id=1)", "{key}", "{0}{1!r}", "%s%n%x", "${jndi:x}", "{{7*7}}",
    "'; DROP TABLE job; --", "\\u0000", "&lt;&#x202e;", "```", "||x||", "\r\n\r\nHTTP/1.1 200", "../../etc/passwd", "file:///",
)  # fmt: skip
_DIGITS = "0123456789໐໑໒໓໔໕๐๑๒๓٠١٢٣०१２０𝟎²½Ⅳ"
_LETTERS = "ກຂຄງຈສຊຍດຕຖທນບປຜຝພຟມຢຣລວຫອຮກขคงจฉชซabcdefgh"
_COMMANDS = (
    "/start",
    "/menu",
    "/help",
    "/hide",
    "/delete",
    "/language",
    "/sos",
    "/info_passport",
    "/affirm",
    "/restart",
    "/",
)
_TAILS = (
    "@x y",
    " y",
    "@",
    "@@",
    '{"asked":"delete"}',
    "{",
    "\x00",
    " \u202e",
    "/",
    "\n/delete",
    "@x@y z",
    "'",
    "\u0301" * 50,
    "x" * 4090,
)
_DATA = (
    "i:", "i:nothing", "i:danger_now", "i:out_of_scope", "m:", "m:nowhere", "l:", "l:xx", "l:\ud800", "y:", "y:nothing", "n:nothing",
    "y:delete", "n:delete", "y:keep_chat", "y:talk_to_staff", "c:", "c:nothing", "c:info_passport", "h:", "h:nothing", "h:clear", "x:", "x:hide",
    "s:", "z:z", ":", "::", "i:i:i:", "", "\x00", "m:root\x00", "a" * 64, "ກ" * 64, "x" * 100_000, "{}", "null", "0", "1",
)  # fmt: skip
OWN_DATA = ("y:delete", "y:keep_chat", "n:keep_chat", "y:talk_to_staff", "l:th", "l:en", "x:hide", "c:x", "i:delete_my_data", "i:find_relative", "s:", "m:work")  # fmt: skip


class BadInput:
    """Makes updates of known people, each from the same seed the same."""

    def __init__(self, seed: int, chats: list[int]) -> None:
        self._chance = random.Random(seed)
        self._chats = chats
        self._ids = count(_FIRST_ID)

    def readable(self) -> tuple[int, Json]:
        """A sound update of strange content that asks for an answer; with the chat it came from."""
        chat_id = self._chance.choice(self._chats)
        make = self._chance.choice([self._words, self._words, self._words, self._press, self._place, self._caption])
        return chat_id, make(chat_id)

    def broken(self) -> Json:
        """Something that may be no update at all."""
        roll = self._chance.random()
        if roll < 0.05:
            return self._chance.choice(_JUNK)
        if roll < 0.10:
            return {self._key(): copy.deepcopy(self._chance.choice(_JUNK)) for _ in range(3)} | {
                "update_id": self._id()
            }
        update = self._sound()
        for _ in range(self._chance.randint(1, 5)):
            self._break(update)
        return update

    def text(self) -> str:
        """Words that nobody should have to read."""
        kinds: list[Callable[[], str]] = [
            lambda: self._some(_BIDI, 20) + self._some(_LETTERS, 20) + self._some(_BIDI, 5),
            lambda: self._chance.choice(_LETTERS) + self._some(_MARKS, 4000),
            lambda: self._some(_LETTERS + " ", self._chance.choice([4095, 4096, 4097, 9000])),
            lambda: self._some(_EMOJI, 30),
            lambda: self._chance.choice(_MARKUP) + self._some(_LETTERS, 3),
            lambda: self._chance.choice(_DIGITS) * self._chance.choice([1, 1, 1, 6, 2000]),
            lambda: self._chance.choice(_COMMANDS) + self._chance.choice(_TAILS),
            lambda: self._chance.choice(OWN_DATA) + self._chance.choice(("", " ", "\x00", "\u200b")),
            lambda: "".join(chr(self._chance.choice([self._chance.randrange(0x20, 0xD800), self._chance.randrange(0x110000)])) for _ in range(40)),
            lambda: "\x00\ud800" + self._some(_LETTERS, 4) + "\udc00\x00",
        ]  # fmt: skip
        return self._chance.choice(kinds)()

    def _words(self, chat_id: int) -> Json:
        # A letter at the end: without one, nothing might be left to read.
        return self._message(chat_id, text=self.text() + "ກ" * (self._chance.random() < 0.5) or "?")

    def _caption(self, chat_id: int) -> Json:
        photo = [{"file_id": self._chance.choice(["a", "x" * 5000, "\ud800", ""]), "width": 1, "height": 1}]
        return self._message(chat_id, photo=photo, caption=self.text())

    def _place(self, chat_id: int) -> Json:
        numbers = (*_NOT_NUMBERS, 91, -91, 181, 1e308, "17.9", None, 17.9, -0.0, 10**40)
        return self._message(
            chat_id, location={name: self._chance.choice(numbers) for name in ("latitude", "longitude")}
        )

    def _press(self, chat_id: int) -> Json:
        query_id = self._chance.choice(["1", "x" * 500, "\ud800", "\x00", ""])
        body = {"id": query_id, "from": _person(chat_id), "data": self._chance.choice(_DATA), "chat_instance": "1"}
        if self._chance.random() < 0.7:
            body["message"] = {"message_id": 3, "date": 0, "chat": _chat(chat_id)}
        return {"update_id": self._id(), "callback_query": body}

    def _message(self, chat_id: int, **content: Json) -> Json:
        date = self._chance.choice([1_795_000_000, 0, -5, 2**40, "x", None])
        number = self._chance.choice([self._chance.randrange(1, 10**9), -3, 2**61, "x", None])
        body = {"message_id": number, "date": date, "chat": _chat(chat_id), "from": _person(chat_id)} | content
        return {"update_id": self._id(), self._chance.choice(["message", "message", "edited_message"]): body}

    def _sound(self) -> Json:
        chat_id = self._chance.choice(self._chats)
        if self._chance.random() < 0.2:
            member = {
                "chat": _chat(chat_id),
                "from": _person(chat_id),
                "date": 1,
                "new_chat_member": {"status": "member"},
            }
            return {"update_id": self._id(), "my_chat_member": member}
        return copy.deepcopy(self._chance.choice([self._words, self._caption, self._place, self._press])(chat_id))

    def _break(self, update: Json) -> None:
        """Take one thing out, put another in, or hang a part somewhere else."""
        holders = [one for one in _holders(update) if one]
        if not holders:
            return
        holder, other = self._chance.choice(holders), self._chance.choice(holders)
        key = self._chance.choice(list(holder))
        roll = self._chance.random()
        if roll < 0.25:
            del holder[key]
        elif roll < 0.65:
            holder[key] = copy.deepcopy(self._chance.choice((*_JUNK, *_NOT_NUMBERS)))
        elif roll < 0.8:
            holder[self._key()] = copy.deepcopy(self._chance.choice(list(other.values())))
        elif roll < 0.9:
            holder[key] = [holder[key]] * 3
        else:
            holder[key] = _nested(self._chance.randint(2, 60), holder[key])

    def _key(self) -> str:
        return self._chance.choice(["message", "edited_message", "callback_query", "my_chat_member", "chat", "from", "id", "text", "photo", "voice", "update_id", "type", "x"])  # fmt: skip

    def _some(self, letters: str, most: int) -> str:
        return "".join(self._chance.choices(letters, k=self._chance.randint(1, most)))

    def _id(self) -> int:
        return next(self._ids)


def can_be_polled(update: Json) -> bool:
    """Whether the fake Bot API can write it down: no NaN, no half characters."""
    try:
        json.dumps(update, allow_nan=False, ensure_ascii=False).encode()
    except ValueError:
        return False
    return True


def addresses_in(update: Json) -> set[int]:
    """Every number in it that could be taken for a chat."""
    found = {one["id"] for one in _holders(update) if isinstance(one.get("id"), int)}
    return {one for one in found if not isinstance(one, bool) and abs(one) < 2**62}


def _holders(value: Json) -> list[dict[str, Json]]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    below = [holder for one in inner for holder in _holders(one)]
    return [value, *below] if isinstance(value, dict) else below


def _nested(depth: int, value: Json) -> Json:
    for _ in range(depth):
        value = {"message": [value]}
    return value


def _chat(chat_id: int) -> Json:
    return {"id": chat_id, "type": "private"}


def _person(chat_id: int) -> Json:
    return {"id": chat_id, "first_name": "Sample \u202e", "is_bot": False, "language_code": "lo"}
