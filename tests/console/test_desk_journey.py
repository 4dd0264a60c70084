"""From the phone to the desk and back, on the real path: simulator, chat process, database, desk. Rasa is away."""

import asyncio
import re
from contextlib import suppress
from dataclasses import replace

import httpx
import pytest
from pydantic import SecretStr

from thangdee.bot.simulator import FakeTelegram, serve
from thangdee.core.settings import Settings
from thangdee.core.words import text
from thangdee.processes.chat import run_chat
from thangdee.processes.demo import demo_app
from thangdee.processes.wiring import Installation, open_installation, prepare

CRY = "ช่วยด้วย มีคนขังฉันไว้ในห้อง"


@pytest.fixture
async def hotline(tmp_path):
    """The running hotline: simulator and address of the page."""
    settings = Settings(
        data_dir=tmp_path, database_url=None, redis_url=None, webhook_url=None, on_call_chats=(), demo=True,
        telegram_token=SecretStr("100200300:made-up"), rasa_url="http://127.0.0.1:9", pace_sending=False,
    )  # fmt: skip
    await prepare(settings)
    installation = open_installation(settings)
    fake = FakeTelegram(now=installation.clock.now)
    async with serve(demo_app(fake, installation)) as url:
        chat = asyncio.create_task(run_chat(_pointed_at(installation, url)))
        yield fake, url
        chat.cancel()
        with suppress(asyncio.CancelledError):
            await chat
    await installation.database.close()


def _pointed_at(installation: Installation, url: str) -> Installation:
    return replace(installation, settings=installation.settings.model_copy(update={"telegram_api": url}))


async def test_a_cry_is_taken_over_answered_and_handed_back(hotline) -> None:
    fake, url = hotline
    phone = fake.new_phone()
    phone.start()
    await fake.wait_for(lambda sent: text("chat.ask_language", "lo") in sent.text, timeout=15)
    phone.press("l:th")
    phone.text(CRY)
    await fake.wait_for(lambda sent: text("crisis.danger_now", "th") in sent.text, timeout=15)

    async with httpx.AsyncClient(base_url=f"{url}/staff/", headers={"origin": url}, follow_redirects=True) as desk:
        await fake.quiet()
        page = (await desk.get("")).text
        assert text("topic.danger_now", "en") in page
        (chat,) = set(re.findall(r"chat=(\w+)", page))
        assert CRY in (await desk.get(f"?chat={chat}")).text

        await desk.post("take", data={"chat": chat, "lang": "en"})
        await fake.wait_for(lambda sent: sent.text == text("person.joined", "th"), timeout=15)
        said = len(fake.sent)
        phone.text("หนังสือเดินทางทำยังไง")
        await fake.quiet()
        assert len(fake.sent) == said

        await desk.post("reply", data={"chat": chat, "lang": "en", "words": "เราอยู่ตรงนี้ <b>"})
        await fake.wait_for(lambda sent: sent.text == "เราอยู่ตรงนี้ <b>", timeout=15)
        await desk.post("back", data={"chat": chat, "lang": "en"})
        await fake.wait_for(lambda sent: sent.text == text("person.left", "th"), timeout=15)

    phone.text("เมนู")
    await fake.wait_for(lambda sent: text("menu.root.title", "th") in sent.text, timeout=15, since=said)
    assert [sent.text for sent in fake.sent[said:]][:2] == ["เราอยู่ตรงนี้ <b>", text("person.left", "th")]
    assert len(fake.sent) == said + 3
