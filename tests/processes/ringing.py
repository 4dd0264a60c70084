"""Clocks in a test: time that passes from one ringing to the next, and what the phone was sent meanwhile."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.clock import SetClock
from thangdee.casework import consent
from thangdee.casework.alerts import alert
from thangdee.casework.chats import Chat, Chats, chat
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.referrals import deeds, facts, steps, store
from thangdee.casework.referrals.model import Field, Matter, Receiver, Said
from thangdee.casework.referrals.tables import matter
from thangdee.core import audit, jobs, outbox
from thangdee.core.jobs import JobState, Queue, job
from thangdee.processes import clocks
from thangdee.processes.wiring import Installation
from thangdee.processes.worker import climb, make_round

A, B = Receiver("a", "org-a", "ngo", "LA"), Receiver("b", "org-b", "lwu", "LA")
_MANY = 1000


@dataclass(frozen=True)
class Told:
    """One message to a phone: its first text, when it was queued, to whom (the lane of the chat)."""

    key: str
    at: datetime
    lane: str


async def ring_due(here: Installation) -> int:
    """Ring all clocks that are due, and what these put on the clock for now; return how many."""
    count = 0
    while True:
        async with here.database.write() as connection:
            due = await jobs.claim(connection, Queue.CLOCK, now=here.clock.now(), taken_by="test", limit=_MANY)
        if not due:
            return count
        for one in due:
            await clocks.ring(here, one, {"ladder": climb})
        count += len(due)


async def pass_time(here: Installation, clock: SetClock, by: timedelta, *, rounds: bool = False) -> None:
    """Let time pass from one clock to the next; `rounds`: the worker's round each day, too."""
    until = clock.now() + by
    while (following := await _next_ring(here)) is not None and following <= until:
        if rounds and following - clock.now() > timedelta(days=1):
            clock.time += timedelta(days=1)
            await make_round(here)
            continue
        clock.time = max(clock.time, following)
        await ring_due(here)
    clock.time = until
    if rounds:
        await make_round(here)


async def _next_ring(here: Installation) -> datetime | None:
    async with here.database.read() as connection:
        query = select(func.min(job.c.run_at)).where(job.c.queue == Queue.CLOCK, job.c.state == JobState.READY)
        found = (await connection.execute(query)).scalar()
    return found if found is None or found.tzinfo else found.replace(tzinfo=here.clock.now().tzinfo)


async def told_all(here: Installation) -> list[Told]:
    """What was sent to phones since the last look, as keys; it counts as delivered."""
    found: list[Told] = []
    while True:
        async with here.database.write() as connection:
            now = here.clock.now()
            due = await jobs.claim(connection, Queue.OUTBOX, now=now, taken_by="test", limit=_MANY)
            for one in due:
                body = await outbox.read_body(connection, here.vault, one)
                if "parts" in body:
                    found.append(Told(body["parts"][0][0], one.created_at, one.lane))
                await jobs.finish(connection, one, now)
        if not due:
            return found


async def told(here: Installation, whose: Chat) -> list[Told]:
    """What was sent to one phone since the last look."""
    return [one for one in await told_all(here) if one.lane == whose.chat_key]


async def someone(here: Installation, address: int = 7, *purposes: Purpose) -> Chat:
    """A person who wrote, chose Lao and said yes to these."""
    async with here.database.write() as connection:
        whose = await Chats(connection, here.vault).of(address, here.clock.now())
        await connection.execute(update(chat).where(chat.c.id == whose.id).values(language="lo"))
        for purpose in (Purpose.KEEP_CHAT, *purposes):
            await consent.record(connection, whose, purpose, is_yes=True, given_by=GivenBy.TAPPED, now=here.clock.now())
        return (await Chats(connection, here.vault).get(whose.id)) or whose


async def sent_matter(
    here: Installation, whose: Chat, receivers: tuple[Receiver, ...] = (A, B), **answers: str
) -> Matter:
    """A grown woman's matter that was sent on; `answers`: fields with codes."""
    async with here.database.write() as connection:
        now = here.clock.now()
        made = await deeds.begin(connection, here.vault, whose, now)
        await deeds.change_draft(connection, made.id, now, need="shelter", age_band="18_59")
        for name, code in ({"need": "shelter"} | answers).items():
            await facts.note(connection, here.vault, made.id, Field(name), {"code": code}, Said.PERSON, now)
        await deeds.show(connection, here.vault, made.id, receivers)
        return await deeds.say_yes(connection, here.vault, made.id, receivers, given_by=GivenBy.TAPPED, now=now)


async def step(here: Installation, matter_id: str, name: str, do: "deeds.Step") -> Matter:
    """Take one step of steps.py now."""
    async with here.database.write() as connection:
        now = here.clock.now()
        return await deeds.take_step(connection, here.vault, matter_id, do, name=name, actor=audit.SYSTEM, now=now)


async def accepted(here: Installation, whole: Matter, by: timedelta = timedelta(hours=4)) -> Matter:
    """The receiver takes it on and promises contact."""
    now, one = here.clock.now(), whole.current
    return await step(here, whole.id, "accept", lambda found: steps.accept(found, one.id, now + by, now))


async def helped(here: Installation, whole: Matter) -> Matter:
    """The receiver takes it on and helps."""
    taken = await accepted(here, whole)
    now, one = here.clock.now(), taken.current
    return await step(here, whole.id, "help", lambda found: steps.help_(found, one.id, now))


async def load(here: Installation, matter_id: str) -> Matter:
    """The matter as it stands."""
    async with here.database.read() as connection:
        return await store.load(connection, matter_id)


async def change_chat(here: Installation, whose: Chat, **values: object) -> None:
    """Somebody holds the chat, it was blocked..."""
    async with here.database.write() as connection:
        await connection.execute(update(chat).where(chat.c.id == whose.id).values(values))


async def reasons(here: Installation) -> list[str]:
    """Why staff were called, newest last, taken calls included."""
    async with here.database.read() as connection:
        return list((await connection.execute(select(alert.c.reason).order_by(alert.c.raised_at))).scalars())


def at_local(clock: SetClock, text: str) -> None:
    """Set the clock to a local time of day: "2026-11-24T10:00"."""
    clock.time = datetime.fromisoformat(f"{text}+07:00").astimezone(clock.time.tzinfo)


async def take_all_calls(connection: AsyncConnection, now: datetime) -> None:
    """A colleague takes every call there is."""
    await connection.execute(update(alert).where(alert.c.taken_at.is_(None)).values(taken_by="noy", taken_at=now))


async def make_it_for_other(connection: AsyncConnection, matter_id: str) -> None:
    """The one who writes is a helper."""
    await connection.execute(update(matter).where(matter.c.id == matter_id).values(is_for_other=True))
