"""kill -9 of any process at any point: nothing lost, order kept, hardly anything said twice (R46, R47)."""

import asyncio
import os
import random
import secrets
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import certifi
from pydantic import SecretStr
from sqlalchemy import ColumnElement, func, select

from tests.processes.crowd import Person, gather, seen_by
from tests.processes.nursery import Nursery
from thangdee.bot.simulator import FakeTelegram, create_app, serve
from thangdee.casework.alerts import LADDER, alert
from thangdee.casework.chats import key_of
from thangdee.core import jobs
from thangdee.core.clock import Clock
from thangdee.core.jobs import JobState, Queue, job
from thangdee.core.outbox import CRISIS_CARD, NOBODY, REPLY, STAFF_NOTICE
from thangdee.core.settings import Settings
from thangdee.flows.turn import FLOOD_A_MINUTE
from thangdee.processes.embedded import _environment
from thangdee.processes.rasa import free_port
from thangdee.processes.wiring import Installation, open_installation, prepare

TOKEN = "78:made-up-for-kills"
CHAT, WORKER = ("chat",), ("worker",)
_STARTS_BY_COMMAND = 0.04
_KILLED_WHILE_STARTING = 0.15


@dataclass
class Trial:
    """A whole installation in real processes, the crowd that writes to it, and who kills."""

    fake: FakeTelegram
    installation: Installation
    nursery: Nursery
    chance: random.Random
    people: list[Person]
    group: int
    clock: Clock
    processes: tuple[tuple[str, ...], ...]
    updates: list[int] = field(default_factory=list)
    kills: Counter[tuple[str, ...]] = field(default_factory=Counter)

    async def run(self, *, rounds: int, kills: int, cries: int = 0) -> None:
        """Everybody takes as many steps a round as are no flood yet, while processes die; then all comes to rest."""
        for process in self.processes:
            await self.nursery.start(*process, by_command=True)
        for _ in range(rounds):
            await self._round(kills // rounds, cries // rounds)
            await self.settle()
            # Only while nothing is under way: a jump of the clock would end leases.
            self.clock.advance(timedelta(seconds=61))
        await self.settle()
        self.clock.advance(LADDER[-1])
        await self.settle()

    async def _round(self, kills: int, cries: int) -> None:
        acts = self._acts(cries)
        for number in range(kills):
            for act in acts[len(acts) * number // kills : len(acts) * (number + 1) // kills]:
                self.updates.append(act())
            await self._kill_one()

    def _acts(self, cries: int) -> list[Callable[[], int]]:
        criers = self.chance.sample([person for person in self.people if not person.types], cries)
        steps = {id(person): FLOOD_A_MINUTE - (person in criers) for person in self.people}
        acts = [
            lambda one=person: one.step(self.fake, self.chance)
            for person in self.people
            for _ in range(steps[id(person)])
        ]
        acts += [lambda one=person: one.cry(self.fake) for person in criers]
        self.chance.shuffle(acts)
        return acts

    async def _kill_one(self) -> None:
        """Let some work be done, then kill a process at a moment nobody chose, and start it again."""
        victim = self.chance.choices(self.processes, [1 if one == WORKER else 3 for one in self.processes])[0]
        if self.chance.random() > _KILLED_WHILE_STARTING:
            enough = len(self.fake.sent) + self.chance.randint(1, 80)
            # It may be that less is left to do.
            await self._until(lambda: len(self.fake.sent) >= enough or not self.fake.pending(), patience=120)
        await asyncio.sleep(self.chance.uniform(0, 0.15))
        await self.nursery.kill(*victim)
        self.kills[victim] += 1
        await self.nursery.start(*victim, by_command=self.chance.random() < _STARTS_BY_COMMAND)

    async def _until(self, claim: Callable[[], bool], patience: float) -> None:
        async with asyncio.timeout(patience):
            while not claim():
                await asyncio.sleep(0.002)

    async def settle(self, patience: float = 60.0) -> None:
        """Until every update was taken in and every reply that is due went out; it may take long, but not stand still."""
        loop = asyncio.get_running_loop()
        seen, since = (-1, -1), loop.time()
        while self.fake.pending() or not await self._is_quiet():
            now = (self.fake.pending(), len(self.fake.sent))
            seen, since = (seen, since) if now == seen else (now, loop.time())
            assert loop.time() - since < patience, f"nothing moves: {await self.count(job.c.queue, job.c.state)}"
            await asyncio.sleep(0.1)

    async def _is_quiet(self) -> bool:
        """Nothing runs or is due, and no update or reply waits for another try a moment later."""
        counted = await self.count(job.c.queue, job.c.state)
        left = {queue for queue, state, _ in counted if state not in (JobState.DONE, JobState.DEAD)}
        if left - {Queue.CLOCK}:
            return False
        soon = self.clock.now() + timedelta(seconds=1)  # what is written after this look is due after it
        async with self.installation.database.read() as connection:
            return await jobs.is_quiet(connection, soon)

    def _of_people(self) -> ColumnElement[bool]:
        """Not the synthetic chat, which a worker that was killed leaves for the next minute's (R51)."""
        return job.c.lane != key_of(self.installation.vault, NOBODY)

    async def count(self, *what) -> list:
        """Rows of the job table, counted by columns."""
        async with self.installation.database.read() as connection:
            query = select(*what, func.count()).where(self._of_people()).group_by(*what)
            return [tuple(row) for row in (await connection.execute(query)).all()]

    async def check(self) -> None:
        """The claims, after all came to rest."""
        await self._check_store()
        await self._check_cries()
        self._check_screens()

    async def _check_store(self) -> None:
        async with self.installation.database.read() as connection:
            query = select(job.c.dedupe).where(job.c.queue == Queue.INBOX, self._of_people())
            stored = list((await connection.execute(query)).scalars())
        assert sorted(stored) == sorted(f"78:{one}" for one in self.updates), "every update is in the inbox, once"
        assert {state for state, _ in await self.count(job.c.state)} == {JobState.DONE}, "nothing is left, nothing died"
        rows = {(queue, kind): number for queue, kind, number in await self.count(job.c.queue, job.c.kind)}
        assert rows[Queue.OUTBOX, REPLY] == sum(len(one.expected) for one in self.people), "one reply row a step"

    async def _check_cries(self) -> None:
        cries = [one.cries for one in self.people if one.cries]
        rows = {
            kind: number for queue, kind, number in await self.count(job.c.queue, job.c.kind) if queue == Queue.OUTBOX
        }
        async with self.installation.database.read() as connection:
            times = list((await connection.execute(select(alert.c.times))).scalars())
        assert sorted(times) == sorted(cries), "one alert a chat, raised once for each cry"
        assert rows.get(CRISIS_CARD, 0) == sum(cries)
        assert rows.get(STAFF_NOTICE, 0) == len(cries) * len(LADDER), "each step of the ladder, once"

    def _check_screens(self) -> None:
        seen = seen_by(self.fake, self.people)
        for person in self.people:
            assert seen[person.phone.chat_id].screens == person.expected, "in order, none lost, none of another"
        notices = len(self.fake.sent_to(self.group)) - sum(1 for one in self.people if one.cries) * len(LADDER)
        cards = {one.phone.chat_id: seen[one.phone.chat_id].cards - one.cries for one in self.people}
        assert notices >= 0
        assert min(cards.values()) >= 0
        doubled = sum(one.doubled for one in seen.values()) + sum(cards.values()) + notices
        print(f"{len(self.updates)} updates, kills {dict(self.kills)}, doubled {doubled}")
        assert doubled <= self.kills.total(), "at most one message is said twice for each kill"


def _one_certificate(folder: Path) -> Path:
    """Nothing here speaks TLS, but each HTTP client reads the certificates of the whole world when it is made."""
    everybody = Path(certifi.where()).read_text(encoding="utf-8")
    end = "-----END CERTIFICATE-----"
    one = folder / "one.pem"
    one.write_text(everybody.split(end)[0] + end + "\n", encoding="utf-8")
    return one


@contextmanager
def _in_memory(folder: Path) -> Iterator[Path]:
    """A folder in memory where there is one: a killed process takes nothing along of what it wrote to a file.

    What a power cut takes is another matter (PRAGMA synchronous), and not on trial here.
    """
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own in it
    if not os.access(memory, os.W_OK):
        yield folder
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="thangdee-kills-") as made:
        yield Path(made)


@asynccontextmanager
async def trial(
    disk: Path, *, processes=(CHAT, WORKER), people: int, database_url: str | None = None, by_webhook: bool = False
) -> AsyncIterator[Trial]:
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    with _in_memory(disk) as folder:
        clock_file = folder / "clock"
        clock = Clock(clock_file)
        fake = FakeTelegram(now=clock.now, seed=seed, webhook_delays=(0.05, 0.1))
        async with serve(create_app(fake)) as url:
            group = fake.new_phone("staff (sample)")
            group.chat.opened = True
            port = free_port()
            settings = Settings(
                data_dir=folder / "var", database_url=database_url, demo=True, on_call_chats=(group.chat_id,),
                telegram_token=SecretStr(TOKEN), telegram_api=url, clock_file=clock_file, pace_sending=False,
                webhook_url=f"http://127.0.0.1:{port}" if by_webhook else None, webhook_port=port,
            )  # fmt: skip
            await prepare(settings)
            nobody = {"THANGDEE_RASA_URL": f"http://127.0.0.1:{free_port()}", "THANGDEE_RASA_TOKEN": "none"}
            nursery = Nursery(_environment(settings) | nobody | {"SSL_CERT_FILE": str(_one_certificate(folder))})
            installation = open_installation(settings)
            crowd = gather(fake, people)
            try:
                yield Trial(fake, installation, nursery, chance, crowd, group.chat_id, clock, processes)
            finally:
                await nursery.close()
                await installation.database.close()


async def test_200_kills_over_10000_updates_lose_nothing_and_keep_the_order(tmp_path: Path) -> None:
    async with trial(tmp_path, people=100) as one:
        await one.run(rounds=5, kills=200, cries=20)
        await one.check()

    assert len(one.updates) == 10_000
    assert one.kills.total() == 200
    assert min(one.kills[CHAT], one.kills[WORKER]) >= 20


async def test_kills_lose_nothing_when_telegram_calls_us(tmp_path: Path) -> None:
    async with trial(tmp_path, people=20, by_webhook=True) as one:
        await one.run(rounds=1, kills=20, cries=2)
        await one.check()

    assert len(one.updates) == 400
    assert one.fake.first_bot().webhook is not None


async def test_kills_of_either_of_two_chat_processes_lose_nothing(tmp_path: Path, postgres_url: str) -> None:
    both = (("chat", "--name", "chat-a"), ("chat", "--name", "chat-b"), WORKER)
    async with trial(tmp_path, people=40, processes=both, database_url=postgres_url) as one:
        await one.run(rounds=2, kills=40, cries=4)
        await one.check()

    assert len(one.updates) == 1600
    assert min(one.kills[both[0]], one.kills[both[1]]) > 0
