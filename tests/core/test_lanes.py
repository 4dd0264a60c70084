"""The loop over a queue: it stops when it is told to."""

import asyncio

import pytest

from thangdee.core.jobs import Queue
from thangdee.core.lanes import Lanes


@pytest.mark.parametrize("moments", range(5))
async def test_a_call_to_stop_that_comes_with_the_bell_is_heard(installation, clock, moments: int) -> None:
    async def take(_job: object) -> None: ...

    lanes = Lanes(database=installation.database, clock=clock, queue=Queue.CLOCK, name="t", width=1, take=take)
    resting = asyncio.create_task(lanes._rest())
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    lanes.ring()
    for _ in range(moments):
        await asyncio.sleep(0)
    is_over = resting.done()
    resting.cancel()
    await asyncio.wait({resting}, timeout=2)

    assert is_over or resting.cancelled()
