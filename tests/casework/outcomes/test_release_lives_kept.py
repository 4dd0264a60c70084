"""Random lives of releases in the database, watched by somebody who reads only who did what (R16)."""

import random
import secrets
from dataclasses import replace
from datetime import timedelta

from tests.casework.outcomes.release_worlds import a_world
from thangdee.casework.enquiries import deeds
from thangdee.casework.outcomes import proofs, release_store, releases, wish_store, wishes
from thangdee.casework.outcomes.model import ReleaseState, ToldHow, VettingItem, Wish
from thangdee.casework.outcomes.record import How
from thangdee.casework.staff.roles import Role
from thangdee.core.errors import ThangdeeError

LIVES, DEEDS = 16, 28
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
APPROVERS = ("noy", "lek", "dao", "keo")


class Life:
    """One enquiry and one resident; the book holds what was done and not refused."""

    def __init__(self, world, chance: random.Random, now, *, is_child: bool) -> None:
        self.world, self.chance, self.now, self.is_child = world, chance, now, is_child
        self.release = ""
        self.requested_at = now
        self.approvals: dict[str, bool] = {}
        self.decisions: dict[str, bool] = {}
        self.is_yes = self.is_over = False
        self.told = 0

    async def does(self, deed) -> bool:
        """Do something in a transaction of its own; what is refused is undone."""
        try:
            async with self.world.write() as connection:
                await deed(connection)
        except ThangdeeError:
            return False
        return True

    def may_tell(self) -> bool:
        """What the book says."""
        good = not self.is_child or (len(self.decisions) > 1 and any(self.decisions.values()))
        in_time = self.now < self.requested_at + 72 * HOUR
        enough = len(self.approvals) > 1 and any(self.approvals.values())
        return bool(self.release) and not self.is_over and self.is_yes and in_time and good and enough

    async def step(self) -> None:
        self.now += self.chance.choice((MINUTE, MINUTE, MINUTE, MINUTE, HOUR, HOUR, 20 * HOUR))
        if self.now >= self.requested_at + 72 * HOUR:
            self.is_over = True
        likely = (
            *(self.approve,) * 5,
            *(self.decide,) * (3 if self.is_child else 1),
            self.tell,
            self.tell,
            self.request,
        )
        rare = (self.ask_and_answer, self.take_back, self.refuse, self.money)
        await self.chance.choice(likely if self.chance.random() < 0.93 else rare)()

    async def ask_and_answer(self, said: Wish | None = None) -> None:
        world, said = self.world, said or self.chance.choice((Wish.YES, Wish.YES, Wish.NO, Wish.MESSAGE_ONLY))
        where = (world.enquiry.id, world.resident_id, world.id_of("noy"), self.now)
        if await self.does(lambda one: wishes.ask(one, world.vault, *where)):
            self.is_over, self.is_yes = True, said is Wish.YES  # asked again: what waited is over
            async with world.database.read() as connection:
                asked = await wish_store.newest(connection, world.enquiry.id, world.resident_id)
            by = world.id_of("officer")
            assert await self.does(lambda c: wishes.answer(c, world.vault, asked.id, said, How.SPOKEN, by, self.now))

    async def request(self) -> None:
        world, made = self.world, []

        async def deed(connection) -> None:
            where = (world.enquiry.id, world.resident_id, world.id_of("noy"), self.now)
            made.append(await releases.request(connection, world.vault, *where))

        if await self.does(deed):
            assert self.is_yes
            assert not self.release or self.is_over or self.told
            self.release, self.requested_at, self.is_over = made[0], self.now, False
            self.approvals, self.decisions = {}, {}

    async def approve(self) -> None:
        name, age = self.chance.choice(APPROVERS), self.chance.choice((0, 1, 4, 5, 5, 6))
        viewer = replace(self.world.people[name], factor_at=self.now - age * MINUTE)
        if await self.does(lambda one: releases.approve(one, self.world.vault, self.release, viewer, self.now)):
            assert name != "noy"
            assert age <= 5
            assert name not in self.approvals
            self.approvals[name] = Role.SUPERVISOR in viewer.roles

    async def decide(self) -> None:
        name, is_yes = self.chance.choice(("mai", "mai", "lek", "dao")), self.chance.random() < 0.9
        viewer = self.world.people[name]
        args = (self.world.vault, self.release, viewer, "made up", self.now)
        if await self.does(lambda one: releases.decide(one, *args, is_yes=is_yes)):
            assert self.is_child
            self.decisions[name] = Role.CHILD_PROTECTION in viewer.roles
            self.is_over = self.is_over or not is_yes

    async def refuse(self) -> None:
        by = self.world.id_of("keo")
        if await self.does(lambda one: releases.refuse(one, self.world.vault, self.release, by, self.now)):
            self.is_over = True

    async def take_back(self) -> None:
        world = self.world
        args = (world.vault, world.resident_id, world.id_of("officer"), self.now)
        assert await self.does(lambda one: wishes.take_back(one, *args))
        self.is_yes, self.is_over = False, True

    async def money(self) -> None:
        """The enquirer asks for money, and now and then a supervisor finds that it was not so."""
        world, is_good = self.world, self.chance.random() < 0.7
        args = (world.enquiry.id, VettingItem.NO_MONEY, world.id_of("dao"), self.now)
        if await self.does(lambda one: proofs.vet(one, *args, is_good=is_good, is_supervisor=True)) and not is_good:
            await self.does(lambda one: releases.settle_all(one, world.vault, self.now))  # as the sweep does
            self.is_over = True

    async def tell(self) -> None:
        by, expected = self.world.id_of("noy"), self.may_tell()
        args = (self.world.vault, self.release, by, self.chance.choice(list(ToldHow)), self.now)
        told = await self.does(lambda one: releases.tell(one, *args))
        assert told == expected, f"told {told}, the book says {expected}"
        if told:
            self.told += 1
            self.is_over = True


async def test_no_wrong_release_in_random_lives_that_are_kept(installation, clock) -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    chance, told, states = random.Random(seed), 0, set()
    for number in range(LIVES):
        is_child = chance.random() < 0.4
        age = chance.choice(("15", "?")) if is_child else "24"
        world = await a_world(installation.database, installation.vault, clock.now(), age=age, number=100 + number)
        life = Life(world, chance, clock.now(), is_child=is_child)
        await life.ask_and_answer(Wish.YES)
        await life.request()
        for _ in range(DEEDS):
            await life.step()
        told += life.told
        async with world.database.read() as connection:
            one = await release_store.load(connection, world.vault, life.release, life.now)
            states.add(one.state)
        async with world.write() as connection:  # and whatever stands, the family's closing ends it
            await deeds.close(connection, world.enquiry.id, life.now)
        life.is_over = True
        await life.tell()

    print(f"told {told}")
    assert told > 0
    assert states <= set(ReleaseState)
