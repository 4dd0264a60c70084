"""Somebody who sends a matter, for the tests of the form: what they press and write, and what is kept of it."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.hotline import Hotline
from thangdee.bot.simulator import Phone, Sent
from thangdee.casework.referrals import deeds, facts, store
from thangdee.casework.referrals.facts import Fact
from thangdee.casework.referrals.model import Matter
from thangdee.casework.referrals.shown import Shown
from thangdee.casework.referrals.tables import matter

# Steps of the form after "for you or another person?", as the ends of buttons' data, or "=" and words.
A_WOMAN = (
    "q:urgency:ordinary", "q:age_band:18_59", "q:gender:woman", "q:with_children:no", "=Noy", "q:reach_by:call",
    "=020 55 512 345", "q:reach_hours:any", "q:phone_seen:only_me", "q:visit_wish:no_uniform",
    "s:more",
)  # fmt: skip


@dataclass
class Person:
    """One person with a phone."""

    hotline: Hotline
    phone: Phone

    async def say(self, words: str) -> Sent:
        """Write, and return the last answer."""
        self._later()
        return (await self.hotline.say(self.phone, words))[-1]

    async def record(self) -> Sent:
        """Send a voice note, and return the last answer."""
        self._later()
        return (await self.hotline.after(self.phone.voice(3), self.phone))[-1]

    async def press(self, end: str) -> Sent:
        """Press the button of the last screen whose data ends so."""
        data = self.find(end)
        assert data, (end, data_of(self.last))
        return await self.press_old(data)

    async def press_old(self, data: str) -> Sent:
        """Press a button of whatever screen."""
        self._later()
        return (await self.hotline.press(self.phone, data))[-1]

    async def do(self, *steps: str) -> Sent:
        """Take some steps one after the other."""
        for step in steps:
            await (self.say(step[1:]) if step.startswith("=") else self.press(step))
        return self.last

    def find(self, end: str) -> str | None:
        """Return the data of the button of the last screen that ends so."""
        return next((one for one in data_of(self.last) if one.endswith(end)), None)

    @property
    def last(self) -> Sent:
        """The last message on the phone."""
        return self.hotline.fake.sent_to(self.phone)[-1]

    def _later(self) -> None:
        self.hotline.clock.advance(timedelta(seconds=7))

    async def to_the_form(self, need: str = "shelter", place: str = "ປາກເຊ", *, keep: bool = True) -> Sent:
        """Go from the menu to the first question, by way of a search."""
        await self.say("/menu")
        await self.do("m:more", "m:help", "i:request_referral")
        if self.find(f"f:c:{need}"):  # else the topic told it
            await self.press(f"f:c:{need}")
        if place:
            await self.say(place)
        await self.press("f:d:" + (self.find_start("f:d:") or "")[4:])
        await self.press("f:s:" + (self.find_start("f:s:") or "")[4:])
        return await self.press("y:keep_chat" if keep else "n:keep_chat")

    def find_start(self, start: str) -> str | None:
        """Return the data of the first button of the last screen that begins so."""
        return next((one for one in data_of(self.last) if one.startswith(start)), None)


def data_of(sent: Sent) -> list[str]:
    """Return the data of all buttons of a message, in their order."""
    return [str(button.data) for row in sent.buttons for button in row]


async def somebody(hotline: Hotline, language: str = "lo") -> Person:
    """Return a person who chose a language and said no to keeping so far."""
    await hotline.installation.refresh_directory()
    person = Person(hotline, hotline.phone())
    await hotline.choose(person.phone, language, keep=False)
    return person


async def matters(hotline: Hotline) -> list[Matter]:
    """Return all matters, newest first."""
    async with hotline.installation.database.read() as connection:
        found = [await store.load(connection, one) for one in await _all(connection)]
    return sorted(found, key=lambda one: one.created_at, reverse=True)


async def _all(connection: AsyncConnection) -> list[str]:
    return list((await connection.execute(select(matter.c.id))).scalars())


async def answers(hotline: Hotline) -> tuple[Fact, ...]:
    """Return all answers of the newest matter."""
    whole = (await matters(hotline))[0]
    async with hotline.installation.database.read() as connection:
        return await facts.facts_of(connection, hotline.installation.vault, whole.id)


async def payload(hotline: Hotline) -> Shown:
    """Return what the receiver of the newest matter gets."""
    whole = (await matters(hotline))[0]
    async with hotline.installation.database.read() as connection:
        return await deeds.what_was_shown(connection, hotline.installation.vault, whole, whole.referrals[0])
