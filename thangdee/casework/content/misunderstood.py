"""What the bot did not understand, grouped by likeness, so that it becomes content.

Who writes texts must not read what people wrote (R37). So nothing is shown but words which two people or more wrote
alike, of people who said yes to learning from their words (R2); what only one of them wrote becomes dots, and names
of places, numbers and titles are cut besides. All the rest is a number.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel
from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import consent, transcripts
from thangdee.casework.chats import Chats, chat
from thangdee.casework.consent import Purpose
from thangdee.casework.cutting import CUT, PlaceSpans, cut, one_line
from thangdee.casework.transcripts import Direction, Line, said
from thangdee.core.errors import SealBrokenError
from thangdee.core.script import fold, script_of
from thangdee.core.vault import Vault

PERIOD = timedelta(days=30)
OUT_OF_SCOPE = "out_of_scope"
# What the bot says where it was not sure, and where it could not read at all (flows/commands.py, flows/turn.py).
_ASKED_BACK = {"chat.did_you_mean", "chat.not_understood_person"}
_READER_AWAY = "chat.menu_without_understanding"
# A page must not take seconds to open: newest lines first.
MOST_LINES = 1500
_ALIKE = 78  # of 100, by letters: a slip and another ending are alike, another question is not
_SHORTEST_COMMON = 4  # letters in a row that two people wrote alike
_FEWEST_CHATS = 2


@dataclass(frozen=True)
class Group:
    """Lines that are alike: the words they share, from how many chats and lines."""

    words: str
    chats: int
    lines: int


@dataclass(frozen=True)
class NotUnderstood:
    """What is shown: groups, most frequent first; `others`: lines that are counted and not shown."""

    groups: tuple[Group, ...]
    lines: int
    others: int


@dataclass(frozen=True)
class _Line:
    chat_id: str
    words: str
    folded: str


async def not_understood(
    connection: AsyncConnection, vault: Vault, now: datetime, place_spans: PlaceSpans | None = None
) -> NotUnderstood:
    """Return what the bot did not understand in the last 30 days."""
    total, lines = await _lines(connection, vault, now)
    groups = [_group(alike, place_spans) for alike in _alike(lines)]
    shown = sorted((one for one in groups if one), key=lambda one: (-one.chats, -one.lines, one.words))
    return NotUnderstood(tuple(shown), total, total - sum(one.lines for one in shown))


async def _lines(connection: AsyncConnection, vault: Vault, now: datetime) -> tuple[int, list[_Line]]:
    """Return how many lines were not understood, and those of people who said yes."""
    since = now - PERIOD
    counted = select(said.c.chat_id, func.sum(case((said.c.intent == OUT_OF_SCOPE, 1), else_=0)).label("unclear"))
    theirs = (said.c.direction == Direction.IN) & (said.c.at > since) & chat.c.closed_at.is_(None)
    query = counted.join(chat).where(theirs).group_by(said.c.chat_id).order_by(func.max(said.c.at).desc())
    total, lines = 0, list[_Line]()
    for row in (await connection.execute(query)).all():
        if len(lines) < MOST_LINES and await consent.allows(connection, row.chat_id, Purpose.RESEARCH):
            found = await _read_one(connection, vault, row.chat_id, since)
            total, lines = total + len(found), lines + found
        else:
            total += row.unclear  # without a yes nothing is opened, not even to count
    return total, lines


async def _read_one(connection: AsyncConnection, vault: Vault, chat_id: str, since: datetime) -> list[_Line]:
    try:
        whose = await Chats(connection, vault).get(chat_id)
        lines = await transcripts.read(connection, vault, whose) if whose else []
    except SealBrokenError:
        return []  # erased while we looked
    found = []
    for number, line in enumerate(lines):
        words = one_line(str(line.body.get("text") or "")) if line.body.get("deed") == "text" else ""
        if line.at > since and words and script_of(words) != "none" and _was_unclear(line, lines[number + 1 :]):
            found.append(_Line(chat_id, words, fold(words)))
    return found


def _was_unclear(line: Line, following: Sequence[Line]) -> bool:
    """Tell whether the bot took it for nothing it knows, or asked back; when it could not read at all, that is none."""
    answer = next((one for one in following if one.direction is not Direction.IN), None)
    said_then = answer.body.get("say", []) if answer and answer.direction is Direction.BOT else []
    if _READER_AWAY in said_then:
        return False
    return line.direction is Direction.IN and (line.intent == OUT_OF_SCOPE or bool(_ASKED_BACK & set(said_then)))


def _alike(lines: list[_Line]) -> list[list[_Line]]:
    """Put each line to the group whose first line is most like it."""
    groups: list[list[_Line]] = []
    firsts: list[str] = []
    for line in lines:
        nearest = process.extractOne(line.folded, firsts, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        if nearest is None:
            groups.append([line])
            firsts.append(line.folded)
        else:
            groups[nearest[2]].append(line)
    return groups


def _group(alike: list[_Line], place_spans: PlaceSpans | None) -> Group | None:
    """Return what may be shown of a group; None where one person alone wrote so, or too little is common."""
    chats = {line.chat_id for line in alike}
    if len(chats) < _FEWEST_CHATS:
        return None
    first = alike[0]
    others = [line for line in alike if line.chat_id != first.chat_id]
    shared = cut(max((_common(first.words, one.words) for one in others), key=_letters), place_spans)
    return Group(shared, len(chats), len(alike)) if _letters(shared) >= _SHORTEST_COMMON else None


def _common(one: str, other: str) -> str:
    """Return the words of `one` with dots for what does not stand in `other` as well."""
    pieces = []
    for block in Indel.opcodes(one.lower(), other.lower()):
        is_long = block.src_end - block.src_start >= _SHORTEST_COMMON
        is_whole = one.lower() == other.lower()
        pieces.append(one[block.src_start : block.src_end] if block.tag == "equal" and (is_long or is_whole) else CUT)
    return re.sub(rf"{CUT}(?:\s*{CUT})+", CUT, "".join(pieces))


def _letters(words: str) -> int:
    return sum(char.isalpha() for char in words)
