"""Logs hold places and kinds, never words or the token (R29)."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests import canary
from thangdee.bot.simulator import FakeTelegram, create_app, serve
from thangdee.core.settings import Settings
from thangdee.core.words import text
from thangdee.processes.children import ours
from thangdee.processes.embedded import _environment
from thangdee.processes.rasa import free_port
from thangdee.processes.wiring import prepare

TOKEN = "778899:made-up-token-of-a-test"
SECRET = TOKEN.partition(":")[2]
CRY = f"ຂ້ອຍຖືກຂັງຢູ່ໃນຫ້ອງ ຊ່ວຍແດ່ {canary.WORDS}"

# Everything that an unlucky library could say, in a process of its own: configuring changes the whole process.
EVERY_ROAD = f"""
import logging, warnings
from thangdee.core import logs
logs.configure("test")
words = {canary.WORDS!r} + {TOKEN!r}
for name in ("httpx", "telegram", "telegram.ext", "sqlalchemy.engine", "uvicorn.error", "uvicorn.access", "asyncio", "any", None):
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
        logging.getLogger(name).log(level, words + "%s", words, extra={{"words": words}})
try:
    raise ValueError(words)
except ValueError as error:
    logging.getLogger("any").exception(words)
    logs.report("failed", error, text=words, kind="reply")
logs.log().info("event_name", count=3, text=words, chat=words, kind=["a list", words], seconds={{"a": words}})
warnings.warn(words, stacklevel=1)
raise ExceptionGroup(words, [ExceptionGroup(words, [RuntimeError(words)])])
"""


def _run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True, timeout=60)


def test_no_canary_in_any_log_by_whatever_road_it_comes() -> None:
    done = _run(EVERY_ROAD)

    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert canary.found((done.stdout + done.stderr).encode(), TOKEN, SECRET) == []
    assert done.returncode == 1
    assert {line["event"] for line in lines} == {"library_warning", "failed", "event_name", "process_failed"}
    [ours_only] = [line for line in lines if line["event"] == "event_name"]
    assert ours_only.keys() == {
        "event", "level", "timestamp", "process", "count",
    }  # fmt: skip
    assert [(line["error"], line["module"]) for line in lines if line["event"] == "failed"] == [
        ("ValueError", "__main__")
    ]
    assert lines[-1]["error"] == "RuntimeError"


class Watched:
    """The chat and the worker as real processes, everything they print in one file."""

    def __init__(self, fake: FakeTelegram, settings: Settings, output: Path) -> None:
        self.fake = fake
        self.settings = settings
        self.output = output
        self.processes: list[asyncio.subprocess.Process] = []

    async def start(self, name: str, **more: str) -> asyncio.subprocess.Process:
        environment = os.environ | _environment(self.settings) | more
        with self.output.open("ab") as file:
            process = await asyncio.create_subprocess_exec(*ours(name), env=environment, stdout=file, stderr=file)
        self.processes.append(process)
        return process

    async def stop(self) -> None:
        for process in self.processes:
            if process.returncode is None:
                process.kill()
            await process.wait()

    def printed(self) -> bytes:
        return self.output.read_bytes()

    async def until(self, claim, patience: float = 60) -> None:
        async with asyncio.timeout(patience):
            while not claim():
                await asyncio.sleep(0.02)


@asynccontextmanager
async def _watch(tmp_path: Path, **more: str) -> AsyncIterator[Watched]:
    fake = FakeTelegram(seed=5)
    async with serve(create_app(fake)) as url:
        settings = Settings(
            data_dir=tmp_path / "var", telegram_token=SecretStr(TOKEN), telegram_api=url, demo=True, pace_sending=False,
            on_call_chats=(-100,),
        )  # fmt: skip
        await prepare(settings)
        watched = Watched(fake, settings, tmp_path / "output")
        await watched.start("chat", **more)
        await watched.start("worker", **more)
        try:
            yield watched
        finally:
            await watched.stop()


BROKEN = [
    {"update_id": 1, "message": {"text": canary.WORDS}},
    {"update_id": 2, "message": {"chat": {"id": canary.WORDS, "type": "private"}, "text": [canary.WORDS]}},
    {"update_id": 3, "callback_query": {"id": canary.WORDS, "data": {"w": canary.WORDS}, "from": {"id": 5}}},
    {"update_id": 4, "message": canary.WORDS},
    {"update_id": canary.WORDS},
    {"update_id": 5, canary.WORDS: canary.WORDS},
    {"update_id": 6, "message": {"chat": {"id": 2**61, "type": "private"}, "text": canary.WORDS, "date": "x"}},
    canary.WORDS,
    [canary.WORDS],
]


async def _speak(watched: Watched, phone) -> None:
    fake = watched.fake
    phone.start()
    await fake.wait_for(lambda sent: sent.chat_id == phone.chat_id, timeout=60)
    phone.press("l:lo")
    phone.press("l:lo")
    for words in (canary.WORDS, f"/{canary.WORDS}", CRY, canary.WORDS * 200):
        phone.text(words)
    phone.photo(caption=canary.WORDS)
    phone.document(canary.WORDS.encode(), name=canary.WORDS)
    phone.contact(canary.NUMBER)
    for number, update in enumerate(BROKEN):
        fake.inject_raw(update | {"update_id": 5000 + number} if isinstance(update, dict) and number < 4 else update)
    phone.text("/delete")
    await fake.wait_for(lambda sent: sent.text == text("delete.ask", "lo"), timeout=60)


async def _trouble_telegram(watched: Watched, phone) -> None:
    fake = watched.fake
    for fault in (
        {"status": 400},
        {"status": 500},
        {"drop": True},
        {"retry_after": 1},
        {"status": 401},
        {"status": 403},
    ):
        fake.fail_next("sendMessage", phone.chat_id, description=f"{canary.WORDS} {TOKEN}", **fault)
        phone.text(canary.WORDS)
    for fault in ({"status": 409}, {"status": 500}, {"drop": True}, {"retry_after": 1}, {"status": 401}):
        fake.fail_next("getUpdates", description=f"{canary.WORDS} {TOKEN}", **fault)
    fake.fail_next("answerCallbackQuery", status=400, description=canary.WORDS)
    phone.press("n:delete")
    phone.text("/hide")
    await watched.until(lambda: not fake.faults.waiting)


@pytest.fixture(params=["up", "down"])
def rasa(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Address and token of a real Rasa, or of nobody."""
    return (
        request.getfixturevalue("rasa_server") if request.param == "up" else (f"http://127.0.0.1:{free_port()}", SECRET)
    )


async def test_no_canary_in_any_log(tmp_path: Path, rasa: tuple[str, str]) -> None:
    url, token = rasa
    async with _watch(tmp_path, THANGDEE_RASA_URL=url, THANGDEE_RASA_TOKEN=token) as watched:
        phone = watched.fake.new_phone(canary.LATIN)
        await _speak(watched, phone)
        await _trouble_telegram(watched, phone)
        _ruin(watched.settings.data_dir / "thangdee.db")
        phone.text(CRY)
        await watched.until(lambda: b"store_away" in watched.printed())
        watched.fake.outage = "cut"
        phone.text(canary.WORDS)
        watched.fake.revoke(TOKEN)
        before = watched.printed().count(b"polling_failed")
        await watched.until(lambda: watched.printed().count(b"polling_failed") > before)
        printed = watched.printed()

    assert canary.found(printed, str(phone.chat_id)) == []
    assert canary.found(printed, TOKEN, SECRET) == []
    assert all(set(json.loads(line)) for line in printed.splitlines())
    assert b"update_not_for_us" in printed


def _ruin(path: Path) -> None:
    """Nobody can read the database any more: the file is full of something else."""
    size = path.stat().st_size
    for one in (path, path.with_name(path.name + "-wal")):
        with one.open("r+b") as file:
            file.write(os.urandom(max(size, 4096)))


async def test_logs_never_contain_token(tmp_path: Path) -> None:
    """Nor when Telegram does not know it, or cannot be reached at all."""
    async with _watch(tmp_path, THANGDEE_RASA_URL=f"http://127.0.0.1:{free_port()}") as watched:
        watched.fake.revoke(TOKEN)
        await watched.until(lambda: b"InvalidToken" in watched.printed())
        away = await watched.start("chat", THANGDEE_TELEGRAM_API=f"http://127.0.0.1:{free_port()}")
        await watched.until(lambda: b"NetworkError" in watched.printed())
        strange = await watched.start("chat", THANGDEE_TELEGRAM_TOKEN=f"no-number:{SECRET}")
        await strange.wait()
        printed = watched.printed()

    assert away.returncode is not None
    assert strange.returncode == 2
    assert canary.found(printed, TOKEN, SECRET, "no-number") == []
    assert b"bot token" in printed
