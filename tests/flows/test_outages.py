"""What still works when a part is away: the cry for help first, then menus (R48, R52)."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from tests.hotline import open_hotline
from thangdee.core.words import text
from thangdee.processes.rasa import free_port

CRY = "ຂ້ອຍຖືກຂັງຢູ່ໃນຫ້ອງ ຊ່ວຍແດ່"


@asynccontextmanager
async def _hung_server():
    """A server that takes connections and never answers."""
    server = await asyncio.start_server(lambda _reader, _writer: asyncio.Event().wait(), "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def _card_comes(hotline) -> None:
    phone = hotline.phone()
    phone.text(CRY)
    card = await hotline.fake.wait_for(lambda sent: sent.chat_id == phone.chat_id, timeout=10)
    assert card.text.startswith(text("crisis.danger_now", "lo"))
    assert len(await hotline.alerts()) == 1


@pytest.mark.parametrize("down", ["rasa", "worker", "redis", "rasa hangs", "all"])
async def test_crisis_with_each_dependency_down(installation, clock, down: str) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    redis = {"redis_url": f"redis://{nobody}", "pace_sending": True} if down in ("redis", "all") else {}
    async with (
        _hung_server() as hung,
        open_hotline(
            installation, clock, rasa_url=hung if down == "rasa hangs" else f"http://{nobody}", rasa_token="none",
            worker=down not in ("worker", "all"), **redis,
        ) as hotline,
    ):  # fmt: skip
        await _card_comes(hotline)


@pytest.mark.parametrize("hangs", [False, True])
async def test_without_understanding_menus_lead_on(installation, clock, hangs: bool) -> None:
    async with _hung_server() as hung:
        url = hung if hangs else f"http://127.0.0.1:{free_port()}"
        async with open_hotline(installation, clock, rasa_url=url, rasa_token="none") as hotline:
            phone = hotline.phone()
            await hotline.choose(phone, "th", keep=False)

            [screen] = await hotline.say(phone, "นายจ้างไม่จ่ายเงินเดือน")
            [work] = await hotline.say(phone, "1")
            [trouble] = await hotline.say(phone, "๑")
            [answer] = await hotline.say(phone, "1")

    assert screen.text.startswith(text("chat.menu_without_understanding", "th"))
    assert len(work.labels) <= 4
    assert len(trouble.labels) <= 4
    assert answer.text.startswith(text("answers.wages_withheld", "th"))
