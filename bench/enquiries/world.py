"""A hotline in this process for thousands of made-up lives: the real inbox, turns, clocks and outbox; nobody receives.

What would be sent is read from the outbox, each message with the time at which it may go. Staff work on the same
database as the console opens it, with outcomes; the chat opens it without (R12). One world knows nothing of another.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import httpx
from sqlalchemy import event, select, update
from telegram import Bot

from thangdee.bot.receive import Receiver
from thangdee.bot.render import words_of
from thangdee.core import jobs, outbox
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.core.jobs import Job, JobState, Queue, job
from thangdee.core.words import text
from thangdee.flows.crisis import crisis_kind
from thangdee.flows.deciding import RasaDialogue
from thangdee.flows.reply import Reply
from thangdee.flows.turn import Turns
from thangdee.flows.understanding import RasaParser
from thangdee.processes import clocks
from thangdee.processes.wiring import Installation
from thangdee.processes.worker import climb, make_round

_NOBODY = "http://127.0.0.1:9"  # nothing listens there: menus only, as when Rasa is away
_OUR_OWN = {"typing", "notice", "press_seen"}
# What is drawn by lot: the number of an enquiry, of a row, of what was shown, and that which undoes a deletion. Each
# becomes "the first", "the second".
_DRAWN = re.compile(
    r"\b(?:[0-9a-f]{32}|[23456789BCDFGHJKMNPQRSTVWXZ]{8}|(?<=:y:)[0-9a-f]{8}|(?<=[: ])\d{6}(?=[ .\n]))\b"
)
# The lane of a person is named by the keyed hash of their number.
_KEY = re.compile(r"[0-9a-f]{40,}")


@dataclass(frozen=True)
class Line:
    """One message as it would reach the phone; what is drawn by lot is numbered in the order of its first sight."""

    at: datetime
    kind: str
    text: str
    buttons: tuple[tuple[str, str], ...]
    manner: str
    keys: tuple[str, ...] = ()


@dataclass
class Person:
    """One who writes: what they were sent, and the buttons that stand on their phone, as they really are."""

    address: int
    lines: list[Line] = field(default_factory=list)
    data: tuple[str, ...] = ()
    drawn: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    asked: list[tuple[str, str, tuple[Line, ...]]] = field(default_factory=list)

    def same(self, said: str) -> str:
        """Return the words with what was drawn by lot in the place of which only its order is told."""
        return _DRAWN.sub(lambda one: self.drawn.setdefault(one[0], f"<{len(self.drawn) + 1}>"), said)


@dataclass(frozen=True)
class Rasa:
    """Where understanding is; without it there are menus only."""

    url: str = _NOBODY
    token: str = "none"  # noqa: S105 - no server


class World:
    """One hotline with its staff. `outward`, `leaky`: a way out with a fault, which may read outcomes, to try ours."""

    def __init__(
        self,
        here: Installation,
        rasa: Rasa | None = None,
        outward: Callable[..., Any] | None = None,
        *,
        leaky: bool = False,
    ) -> None:
        self.console = here
        plain = Database(here.settings.chat_database, with_outcomes=leaky)
        for one in (plain, here.database):
            event.listen(one.engine.sync_engine, "connect", _without_waiting)
        self.here = replace(here, database=plain)
        self.people: dict[int, Person] = {}
        self._updates = 0
        self._client = httpx.AsyncClient(trust_env=False)
        known = rasa or Rasa()
        out = outward(self.here) if outward else self.here.outward()
        self._receiver = Receiver(
            bot=Bot("1:made-up"), bot_id=1, database=plain, vault=here.vault, clock=here.clock, crisis_kind=crisis_kind,
            outward=out, figures=lambda: here.shown, on_call=(),
        )  # fmt: skip
        self._turns = Turns(
            database=plain, vault=here.vault, clock=here.clock, parser=RasaParser(self._client, known.url, known.token),
            dialogue=RasaDialogue(self._client, known.url, known.token), crisis_kind=crisis_kind, outward=out,
        )  # fmt: skip
        if outward:
            self.here.outward = lambda: out  # type: ignore[method-assign]

    async def close(self) -> None:
        """Give all back."""
        await self._client.aclose()
        await self.here.database.close()

    def person(self, address: int) -> Person:
        """Return who has this phone."""
        return self.people.setdefault(address, Person(address))

    async def says(self, address: int, words: str) -> list[Line]:
        """They write."""
        return await self._take(address, {"text": words})

    async def sends_voice(self, address: int) -> list[Line]:
        """They speak."""
        return await self._take(address, {"voice": {"file_id": f"made-up-{address}", "duration": 4, "file_size": 900}})

    async def presses(self, address: int, data: str) -> list[Line]:
        """They press a button."""
        self._updates += 1
        who = {"id": address, "is_bot": False, "first_name": "-", "language_code": "lo"}
        chat = {"id": address, "type": "private"}
        pressed = {"id": str(self._updates), "from": who, "data": data, "message": {"message_id": 1, "chat": chat}}
        return await self._turn(address, {"update_id": self._updates, "callback_query": pressed})

    async def pass_time(self, until: datetime, clock: Clock, set_to: Callable[[datetime], None]) -> None:
        """Let every clock ring at its own moment until then."""
        while True:
            async with self.here.database.read() as connection:
                due = await jobs.is_due(connection, Queue.CLOCK, clock.now())
                following = await jobs.next_due(connection, Queue.CLOCK, clock.now(), until)
            if not due and following is None:
                break
            if not due and following is not None:
                set_to(following)
            await self._ring()
            await self._send()
        set_to(max(until, clock.now()))

    async def look(self) -> None:
        """See what staff just had sent."""
        await self._send()

    async def round(self) -> None:
        """One round of the worker."""
        await make_round(self.here)
        await self._send()

    async def _take(self, address: int, content: dict[str, Any]) -> list[Line]:
        self._updates += 1
        who = {"id": address, "is_bot": False, "first_name": "-", "language_code": "lo"}
        at = int(self.here.clock.now().timestamp())
        chat = {"id": address, "type": "private"}
        message = {"message_id": self._updates, "date": at, "chat": chat, "from": who} | content
        return await self._turn(address, {"update_id": self._updates, "message": message})

    async def _turn(self, address: int, update_: dict[str, Any]) -> list[Line]:
        before = len(self.person(address).lines)
        await self._receiver.take(update_)
        for taken in await self._claimed(Queue.INBOX):
            await self._turns.take(taken)
        await self._send()
        return self.person(address).lines[before:]

    async def _ring(self) -> None:
        for taken in await self._claimed(Queue.CLOCK):
            await clocks.ring(self.here, taken, {"ladder": climb})

    async def _claimed(self, queue: Queue) -> list[Job]:
        async with self.here.database.write() as connection:
            return await jobs.claim(connection, queue, now=self.here.clock.now(), taken_by="world", limit=50)

    async def _send(self) -> None:
        """Read what waits in the outbox and may go now, in its order."""
        now = self.here.clock.now()
        waits = (job.c.queue == Queue.OUTBOX) & (job.c.state == JobState.READY) & (job.c.run_at <= now)
        async with self.here.database.write() as connection:
            rows = (await connection.execute(select(job).where(waits).order_by(*_ORDER))).all()
            for row in rows:
                taken = Job(
                    row.id, row.uid, Queue.OUTBOX, row.lane, row.kind, row.key_id, row.sealed_body, 1, row.created_at
                )
                if row.kind not in _OUR_OWN:
                    self._note(row, await outbox.read_body(connection, self.here.vault, taken))
            if rows:
                done = {"state": JobState.DONE, "done_at": now, "sealed_body": None}
                await connection.execute(update(job).where(job.c.id.in_([row.id for row in rows])).values(done))

    def _note(self, row: Any, body: dict[str, Any]) -> None:  # noqa: ANN401 - a row
        person = self.person(body["to"])
        language = body.get("language", "lo")
        kind_of_lane = _KEY.sub("", row.lane)
        manner = f"{row.priority} {row.created_at:%d %H:%M:%S.%f} {kind_of_lane}"
        if "parts" not in body:  # a paper, a deletion, a recording: all that says which
            rest = {name: str(value) for name, value in sorted(body.items()) if name != "to"}
            person.lines.append(Line(row.run_at, row.kind, person.same(str(rest)), (), manner))
            return
        reply = Reply.from_json(body)
        data = tuple(one.data for one in reply.buttons)
        labels = [text(one.label, language, **one.values) for one in reply.buttons]
        buttons = tuple((person.same(label), person.same(one)) for label, one in zip(labels, data, strict=True))
        shown = person.same(words_of(reply, language))
        manner, keys = f"{manner} {reply.sensitive} {reply.stays}", tuple(part.key for part in reply.parts)
        person.lines.append(Line(row.run_at, row.kind, shown, buttons, manner, keys))
        person.data = data or person.data


_ORDER = (job.c.priority, job.c.position, job.c.id)


def differences(one: Person, other: Person) -> Iterator[tuple[Line | None, Line | None]]:
    """Return what one was sent and the other was not, in the order of coming."""
    for number in range(max(len(one.lines), len(other.lines))):
        mine = one.lines[number] if number < len(one.lines) else None
        theirs = other.lines[number] if number < len(other.lines) else None
        if mine != theirs:
            yield mine, theirs


def _without_waiting(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    """These lives need not outlast a power cut."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()
