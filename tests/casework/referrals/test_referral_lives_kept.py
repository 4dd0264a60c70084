"""Random lives of matters through the real databases: what is kept is what the rules say, and what is shown (R7)."""

import random
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.casework.referrals.lives import PLACES, START, Deed, Life, Rules, a_deed, a_life, change_answers, step_of
from tests.casework.referrals.watching import look, look_at_order, note_deed
from thangdee.casework.alerts import alert
from thangdee.casework.chats import Chats
from thangdee.casework.consent import GivenBy
from thangdee.casework.referrals import deeds, facts, gate, store
from thangdee.casework.referrals.model import Field, Matter, Receiver, Said
from thangdee.casework.referrals.steps import StepRefusedError
from thangdee.core import audit
from thangdee.core.database import Database
from thangdee.core.jobs import Queue, job
from thangdee.core.vault import Vault

LIVES, DEEDS = 150, 14


async def test_what_is_kept_and_seen_is_what_she_said_yes_to(database: Database, vault: Vault) -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    chance, disclosed = random.Random(seed), 0

    for number in range(LIVES):
        async with database.write() as connection:
            kept = Kept(connection, vault, await _begun(connection, vault, number, chance))
            for _ in range(DEEDS):
                await kept.live()
            disclosed += kept.life.disclosed

    assert disclosed > LIVES


async def _begun(connection: AsyncConnection, vault: Vault, number: int, chance: random.Random) -> Life:
    life = a_life(Rules(), chance)
    who = await Chats(connection, vault).of(1000 + number, START)
    made = await deeds.begin(connection, vault, who, START)
    chosen = {"speed": life.matter.speed, "age_band": life.age, "is_for_other": life.for_other}
    life.matter = await deeds.change_draft(connection, made.id, START, **chosen)
    for name in life.answers:
        await _note(connection, vault, life, name)
    return life


async def _note(connection: AsyncConnection, vault: Vault, life: Life, name: str) -> None:
    plain = {key: value for key, value in life.answers[name].items() if key != "tell_no_family"}
    await facts.note(connection, vault, life.matter.id, Field(name), plain, Said.PERSON, life.now)
    await facts.strike(connection, life.matter.id, Field(name), is_struck=name in life.struck)
    if name in life.own_yes:
        await facts.agree(connection, life.matter.id, Field(name), life.now)


class Kept:
    """A life whose matter is in the database."""

    def __init__(self, connection: AsyncConnection, vault: Vault, life: Life) -> None:
        self.connection, self.vault, self.life = connection, vault, life

    async def live(self) -> None:
        """Do one thing and compare all that is kept with the rules and with the book."""
        deed = replace(a_deed(self.life), version=0)
        await self._do(deed)
        loaded = await store.load(self.connection, self.life.matter.id)
        assert _in_order(loaded) == _in_order(self.life.matter)
        seen = {one.id: await self._page(loaded, one) for one in loaded.referrals}
        look(self.life, lambda one: seen[one.id])
        await self._read_clocks()
        look_at_order(self.life)

    async def _page(self, loaded: Matter, one: Any) -> Mapping[str, Any]:
        """What a receiver's page holds: what was shown, as far as the gate lets it through."""
        told = gate.told(loaded, one, self.life.now)
        if not told:
            return {}
        shown = await deeds.what_was_shown(self.connection, self.vault, loaded, one)
        return {str(field): value for field, value in shown.fields.items() if field in told}

    async def _do(self, deed: Deed) -> None:
        life = self.life
        if deed.what == "wait":
            life.now += deed.after
            return
        if deed.what == "change":
            change_answers(life, deed)
            await _note(self.connection, self.vault, life, str(deed.how))
            return
        try:
            after = await (self._yes(deed) if deed.what == "yes" else self._step(deed))
        except StepRefusedError:
            return
        if after is not None:
            note_deed(life, deed)
            life.matter = after

    async def _yes(self, deed: Deed) -> Matter:
        kinds = {listing: Receiver(listing, organisation, kind, "LA") for listing, organisation, kind in PLACES}
        to = [kinds[one] for one in deed.listings]
        shown = await deeds.show(self.connection, self.vault, self.life.matter.id, to)
        assert {str(name): value for name, value in shown.fields.items()} == self.life.shown()
        return await self._say_yes(to, deed.said_by, self.life.now)

    async def _say_yes(self, to: list[Receiver], said_by: str, now: datetime) -> Matter:
        return await deeds.say_yes(
            self.connection, self.vault, self.life.matter.id, to,
            given_by=GivenBy.TAPPED, said_by=Said(said_by), now=now,
        )  # fmt: skip

    async def _step(self, deed: Deed) -> Matter | None:
        if deed.what == "decide":
            return await self._decide(deed)
        step = step_of(self.life, deed)
        if step is None:
            return None
        names = {"help_": "help", "learn_age": "learn_age", "lapse": "lapse"}
        return await deeds.take_step(
            self.connection, self.vault, self.life.matter.id, step,
            name=names.get(deed.what, "call_staff"), actor=audit.SYSTEM, now=self.life.now,
        )  # fmt: skip

    async def _decide(self, deed: Deed) -> Matter:
        made = self.life.rules.model.BestInterest(
            secrets.token_hex(8), *deed.staff, deed.listings[0], deed.is_yes, self.life.now
        )
        return await deeds.record_decision(
            self.connection, self.vault, self.life.matter.id, made, "it is good", self.life.now
        )

    async def _read_clocks(self) -> None:
        """What the clock holds; a call for staff is an alert of the chat."""
        current = self.life.matter.current
        lanes = [f"{kind}-{current.id}" for kind in ("answer_due", "contact_due", "progress_due")] if current else []
        query = select(job.c.kind, job.c.lane, job.c.run_at).where(job.c.queue == Queue.CLOCK, job.c.lane.in_(lanes))
        rows = await self.connection.execute(query)
        self.life.clocks = {(kind, lane.partition("-")[2], at) for kind, lane, at in rows.all()}
        self.life.called = "referral_" in str(await self._alert())

    async def _alert(self) -> str | None:
        mine = alert.c.chat_id == self.life.matter.chat_id
        return (await self.connection.execute(select(alert.c.reason).where(mine).limit(1))).scalar()


def _in_order(one: Matter) -> Matter:
    """Rows of the same instant have no order."""
    return replace(
        one,
        consents=tuple(sorted(one.consents, key=lambda it: it.id)),
        referrals=tuple(sorted(one.referrals, key=lambda it: it.id)),
        decisions=tuple(sorted(one.decisions, key=lambda it: it.id)),
    )
