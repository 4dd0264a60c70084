"""One message in doubt at a time, and nobody waits for a stalled call (R47)."""

import asyncio

from thangdee.bot.in_doubt import OneInDoubt


async def _send(gate: OneInDoubt, log: list[str], name: str, *, call: float, record: float) -> None:
    async with gate.turn() as turn:
        log.append(f"{name} sent")
        await asyncio.sleep(call)
        turn.answered()
        await asyncio.sleep(record)
        log.append(f"{name} recorded")


async def test_the_next_message_waits_until_the_one_before_is_recorded() -> None:
    gate, log = OneInDoubt(), []

    # Recording takes longer than patience with Telegram lasts.
    await asyncio.gather(*(_send(gate, log, name, call=0, record=0.3) for name in "ab"))

    assert log == ["a sent", "a recorded", "b sent", "b recorded"]


async def test_a_stalled_call_lets_the_others_go_on() -> None:
    gate, log = OneInDoubt(), []

    slow = asyncio.create_task(_send(gate, log, "slow", call=5, record=0))
    await asyncio.wait_for(_send(gate, log, "quick", call=0, record=0), 2)
    slow.cancel()
    await asyncio.wait({slow})

    assert log == ["slow sent", "quick sent", "quick recorded"]


async def test_a_failed_or_cancelled_message_gives_its_turn_back() -> None:
    gate, log = OneInDoubt(), []

    failed = asyncio.create_task(_send(gate, log, "failed", call=0, record=5))
    await asyncio.sleep(0.05)
    failed.cancel()
    await asyncio.wait_for(_send(gate, log, "next", call=0, record=0), 2)

    assert log == ["failed sent", "next sent", "next recorded"]
