"""From the phone to the desk and back, on the real path: simulator, chat process, database, desk. Rasa is away."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import httpx
import pytest
from playwright.async_api import expect
from pydantic import SecretStr

from tests.console.browsing import chromium, opened
from thangdee.bot.simulator import FakeTelegram, Phone, serve
from thangdee.console.access import CSRF_HEADER
from thangdee.core.settings import Settings
from thangdee.core.words import text
from thangdee.processes.chat import run_chat
from thangdee.processes.console import StaffConsole
from thangdee.processes.demo import demo_app
from thangdee.processes.wiring import Installation, open_installation

CRY = "ช่วยด้วย มีคนขังฉันไว้ในห้อง"
NOTE = "Made-up note: the shop has a back door."


@pytest.fixture
async def hotline(tmp_path, prepared_folder):
    """The running hotline: simulator and address of the page."""
    settings = Settings(
        data_dir=tmp_path / "var", database_url=None, redis_url=None, webhook_url=None, on_call_chats=(), demo=True,
        telegram_token=SecretStr("100200300:made-up"), rasa_url="http://127.0.0.1:9", pace_sending=False,
    )  # fmt: skip
    shutil.copytree(prepared_folder, settings.data_dir)
    installation = open_installation(settings, with_outcomes=True)
    fake, staff = FakeTelegram(now=installation.clock.now), StaffConsole(installation, "http://localhost:8000")
    async with serve(demo_app(fake, installation, staff)) as url:
        chat = _pointed_at(installation, url)
        running = [staff.keep(), run_chat(chat)]
        tasks = [asyncio.create_task(one) for one in running]
        yield fake, url
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await chat.database.close()
    await installation.database.close()


def _pointed_at(installation: Installation, url: str) -> Installation:
    settings = installation.settings.model_copy(update={"telegram_api": url})
    return replace(installation, settings=settings, database=open_installation(settings).database)


@pytest.fixture
async def crying(hotline) -> Phone:
    """The phone of somebody who called for help, and was told what to do by the bot."""
    fake, _ = hotline
    phone = fake.new_phone()
    phone.start()
    await fake.wait_for(lambda sent: text("chat.ask_language", "lo") in sent.text, timeout=30)
    phone.press("l:th")
    phone.text(CRY)
    await fake.wait_for(lambda sent: text("crisis.danger_now", "th") in sent.text, timeout=30)
    await fake.quiet(timeout=30)
    return phone


@asynccontextmanager
async def _desk(url: str, who: str) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of a sample colleague, signed in; its requests carry what the pages of the desk send."""
    async with httpx.AsyncClient(base_url=f"{url}/staff", headers={"origin": url}, timeout=30) as desk:
        entered = await desk.post("/demo-sign-in?lang=en", data={"who": who})
        assert entered.status_code == 303
        # A browser takes a "Secure" cookie for this very machine without TLS; this client does not.
        desk.headers["cookie"] = entered.headers["set-cookie"].partition(";")[0]
        desk.headers[CSRF_HEADER] = re.search(r'X-CSRF-Token": "([^"]+)"', (await desk.get("/")).text)[1]
        yield desk


async def test_a_cry_is_taken_over_by_one_of_two_answered_and_handed_back(hotline, crying) -> None:
    fake, url = hotline
    async with _desk(url, "counsellor") as noy, _desk(url, "second_counsellor") as kham:
        page = (await noy.get("/")).text
        assert text("topic.danger_now", "en") in page
        (chat,) = set(re.findall(r'/chats/(\w+)"', page))
        assert CRY not in page + (await noy.get(f"/chats/{chat}")).text

        both = await asyncio.gather(noy.post(f"/chats/{chat}/take"), kham.post(f"/chats/{chat}/take"))
        after = [answer.headers["location"] for answer in both]
        assert sorted(after) == ["/staff/?notice=talk.notice.taken", f"/staff/chats/{chat}"]
        holder, other = (noy, kham) if after[0].endswith(chat) else (kham, noy)
        assert CRY in (await holder.get(f"/chats/{chat}")).text
        assert CRY not in (await other.get(f"/chats/{chat}")).text
        await fake.wait_for(lambda sent: sent.text == text("person.joined", "th"), timeout=30)
        said = len(fake.sent)
        crying.text("หนังสือเดินทางทำยังไง")
        await fake.quiet(timeout=30)
        assert len(fake.sent) == said

        await holder.post(f"/chats/{chat}/note", data={"words": NOTE, "token": "n1"})
        assert NOTE in (await holder.get(f"/parts/chats/{chat}/facts")).text
        await holder.post(f"/chats/{chat}/reply", data={"words": "เราอยู่ตรงนี้ <b>", "token": "r1"})
        await other.post(f"/chats/{chat}/reply", data={"words": "made-up intruder", "token": "r2"})
        await fake.wait_for(lambda sent: sent.text == "เราอยู่ตรงนี้ <b>", timeout=30)
        await holder.post(f"/chats/{chat}/back", data={"summary": NOTE})
        await fake.wait_for(lambda sent: sent.text == text("person.left", "th"), timeout=30)

    crying.text("เมนู")
    await fake.wait_for(lambda sent: text("menu.root.title", "th") in sent.text, timeout=30, since=said)
    assert [sent.text for sent in fake.sent[said:]][:2] == ["เราอยู่ตรงนี้ <b>", text("person.left", "th")]
    assert len(fake.sent) == said + 3
    assert NOTE not in "".join(sent.text for sent in fake.sent)


async def test_the_page_tells_by_itself_what_became_of_a_reply(hotline, crying) -> None:
    _, url = hotline
    async with chromium() as browser, opened(browser, f"{url}/staff/sign-in?lang=en") as page:
        await page.locator('button[value="counsellor"]').click()
        await page.locator(".queue li.immediate a").click()
        await page.get_by_role("button", name=text("desk.take", "en")).click()
        await _reply(page, "made-up first")
        await expect(page.locator(".line.staff").last.locator(".sending.sent")).to_be_visible(timeout=30_000)
        assert "made-up first" in crying.screen().texts

        crying.block()
        await _reply(page, "made-up second")
        told = page.locator(".line.staff").last.locator(".sending.blocked")
        await expect(told).to_have_text(re.compile(re.escape(text("talk.sending.blocked", "en"))), timeout=30_000)
        assert "made-up second" not in crying.screen().texts


async def _reply(page, words: str) -> None:
    await page.get_by_label(text("desk.reply", "en")).fill(words)
    await page.get_by_role("button", name=text("desk.send", "en"), exact=True).click()
    await expect(page.locator(".line.staff").last).to_contain_text(words)
