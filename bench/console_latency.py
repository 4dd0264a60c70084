"""How long a message takes from Telegram's hands to a staff member's screen while many messages arrive.

    python bench/console_latency.py [--rate 30] [--phones 120] [--pages 10] [--seconds 60]
                                    [--database URL] [--redis URL]

A fresh installation with every process real but Telegram's servers: chat, worker, console, Rasa. Half of the phones are
held by staff, half talk with the bot. Each page is a signed-in console page: it listens to GET /events and fetches its
parts as the page's script does, one request at a time for each part. Measured is the time from the moment Telegram has
the message to the moment the page has a part in which it stands. The phones, the pages and Telegram's stand-in share
one process on the same machine, which makes the figures worse, never better. All people are made up.

Exit code 1 where the 95th of a hundred takes 2 seconds or more, or where a line is missing or stands there twice.
"""

import argparse
import asyncio
import contextlib
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import httpx
from pydantic import SecretStr

from thangdee.bot.simulator import FakeTelegram, Phone, create_app, serve
from thangdee.casework import consent, conversations
from thangdee.casework.chats import Chats
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.staff import accounts, sessions
from thangdee.casework.staff.roles import Role
from thangdee.console.access import COOKIE, PASSIVE_HEADER
from thangdee.core import jobs
from thangdee.core.clock import Clock
from thangdee.core.settings import Settings
from thangdee.processes.embedded import embed
from thangdee.processes.rasa import free_port
from thangdee.processes.wiring import Installation, open_installation

MOST_SECONDS = 2.0
_TOKEN = "100200300:made-up-for-the-bench"  # noqa: S105 - the stand-in takes any
_WORDS = (
    "ຢາກໄປເຮັດວຽກຢູ່ໄທ ຕ້ອງເຮັດແນວໃດ", "ເຮັດໜັງສືຜ່ານແດນແນວໃດ", "ຂອບໃຈຫຼາຍໆ",
    "ทำพาสปอร์ตที่ไหน", "ขอบคุณค่ะ", "นายจ้างไม่จ่ายค่าแรง ทำอย่างไรดี",
)  # fmt: skip
_MARK = re.compile(r"mark(\d{6})")
_PART = re.compile(r"<[^>]*\sdata-live=[^>]*>")
_LAST_ONES_SECONDS = 20
_MOST_LINES = 150  # a page shows the last 200


@dataclass
class Page:
    """One open page: the chat it shows, when each message came into Telegram's hands and onto the page."""

    phone: Phone
    chat_id: str
    cookie: str
    handed: dict[int, float] = field(default_factory=dict)
    seen: dict[int, float] = field(default_factory=dict)
    last: Counter[int] = field(default_factory=Counter)

    def read(self, text: str) -> None:
        """Note what stands in a fetched part."""
        now = time.monotonic()
        self.last = Counter(int(mark) for mark in _MARK.findall(text))
        for mark in self.last:
            self.seen.setdefault(mark, now)


def main() -> int:
    """Measure, print, and say whether it is fast enough."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("rate", 30), ("phones", 120), ("pages", 10), ("seconds", 60)):
        parser.add_argument(f"--{name}", type=int, default=default)
    for name in ("database", "redis"):
        parser.add_argument(f"--{name}")
    chosen = parser.parse_args()
    return asyncio.run(measure(chosen))


async def measure(chosen: argparse.Namespace) -> int:
    """Run the installation, the phones and the pages."""
    with tempfile.TemporaryDirectory(prefix="thangdee-") as folder:
        fake = FakeTelegram(now=Clock().now)
        async with serve(create_app(fake)) as url:
            settings = _settings(Path(folder), url, chosen)
            embedded = await embed(settings, with_console=True)
            installation = open_installation(settings)
            phones = [fake.new_phone(f"sample {number}") for number in range(chosen.phones)]
            for phone in phones:
                phone.chat.opened = True
            pages = await _staff(installation, phones[: chosen.phones // 2], chosen.pages)
            await embedded.start()
            try:
                await embedded.until_it_understands()
                await _until_it_is_quiet(installation)
                async with _opened(pages, f"http://127.0.0.1:{settings.console_port}") as look_last:
                    await _talk(phones, pages, chosen)
                    await _until_all_is_seen(pages, look_last)
            finally:
                await embedded.stop()
                await installation.database.close()
    return _report(pages, chosen)


def _settings(folder: Path, telegram: str, chosen: argparse.Namespace) -> Settings:
    return Settings(
        data_dir=folder,
        database_url=chosen.database,
        redis_url=chosen.redis,
        telegram_token=SecretStr(_TOKEN),
        telegram_api=telegram,
        webhook_url=None,
        console_port=free_port(),
        demo=True,
        on_call_chats=(),
    )


async def _staff(installation: Installation, phones: list[Phone], pages: int) -> list[Page]:
    """Let staff hold these chats, each person having agreed that words are kept; return the first chats as pages."""
    now, keyring = installation.clock.now(), installation.vault.keyring
    made = []
    async with installation.database.write() as connection:
        for number, phone in enumerate(phones):
            if number < pages:
                staff_id = await accounts.add(
                    connection, installation.vault, name=f"sample-{number}", roles={Role.COUNSELLOR}, language="lo",
                    now=now,
                )  # fmt: skip
                token = await sessions.start(connection, keyring, staff_id, now, with_passkey=False)
            chat = await Chats(connection, installation.vault).of(phone.chat_id, now)
            await consent.record(connection, chat, Purpose.KEEP_CHAT, is_yes=True, given_by=GivenBy.TAPPED, now=now)
            await conversations.take_over(connection, installation.vault, chat.id, staff_id, now)
            if number < pages:
                made.append(Page(phone, chat.id, token))
    return made


async def _until_it_is_quiet(installation: Installation) -> None:
    """Wait until all were told that a person is there now."""
    async with asyncio.timeout(60):
        while True:
            async with installation.database.read() as connection:
                if await jobs.is_quiet(connection, installation.clock.now()):
                    return
            await asyncio.sleep(0.2)


@contextlib.asynccontextmanager
async def _opened(pages: list[Page], base: str) -> AsyncIterator[Callable[[], Awaitable[object]]]:
    """Open the pages; yields a last look of all of them."""
    async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=30, limits=httpx.Limits()) as client:
        await _until_it_is_up(client)
        async with asyncio.TaskGroup() as group:
            open_pages = [group.create_task(_keep_open(client, page)) for page in pages]

            async def look_last() -> object:
                return await asyncio.gather(*(_look(client, page) for page in pages))

            yield look_last
            for one in open_pages:
                one.cancel()


async def _until_it_is_up(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(httpx.TransportError):
                await client.get("/health")
                return
            await asyncio.sleep(0.2)


async def _keep_open(client: httpx.AsyncClient, page: Page) -> None:
    """What static/live.js does: listen, and fetch each part of the page anew when it is hinted at."""
    parts = _parts(await _fetch(client, page, f"/chats/{page.chat_id}"))
    bells = {path: asyncio.Event() for path in parts}
    async with asyncio.TaskGroup() as group:
        for path, bell in bells.items():
            group.create_task(_keep_fresh(client, page, path, bell))
        asking = client.stream("GET", "/events", params={"chat": page.chat_id}, headers=_headers(page))
        async with asking as answer:
            answer.raise_for_status()
            async for line in answer.aiter_lines():
                for path, names in parts.items():
                    if line.removeprefix("event: ") in names:
                        bells[path].set()
        raise RuntimeError("the console closed its line")


def _parts(html: str) -> dict[str, list[str]]:
    """Return where the live parts of a page are fetched, and which hints each follows."""
    tags = [tag for tag in _PART.findall(html) if _attribute(tag, "hx-get")]
    return {unescape(_attribute(tag, "hx-get")): _attribute(tag, "data-live").split() for tag in tags}


def _attribute(tag: str, name: str) -> str:
    return tag.partition(f' {name}="')[2].partition('"')[0]


async def _keep_fresh(client: httpx.AsyncClient, page: Page, path: str, bell: asyncio.Event) -> None:
    while True:
        await bell.wait()
        bell.clear()
        text = await _fetch(client, page, path)
        if path.startswith(_lines_of(page)):
            page.read(text)


def _lines_of(page: Page) -> str:
    return f"/parts/chats/{page.chat_id}?"


async def _look(client: httpx.AsyncClient, page: Page) -> None:
    page.read(await _fetch(client, page, _lines_of(page)))


async def _fetch(client: httpx.AsyncClient, page: Page, path: str) -> str:
    answer = await client.get(path, headers=_headers(page))
    answer.raise_for_status()
    return answer.text


def _headers(page: Page) -> dict[str, str]:
    return {"cookie": f"{COOKIE}={page.cookie}", PASSIVE_HEADER: "1"}


async def _talk(phones: list[Phone], pages: list[Page], chosen: argparse.Namespace) -> None:
    """Write at an even rate, all phones in turn, each time in another order."""
    shown, chance, begun = {page.phone.chat_id: page for page in pages}, random.Random(5), time.monotonic()
    for number in range(chosen.rate * chosen.seconds):
        if number % len(phones) == 0:
            chance.shuffle(phones)
        phone = phones[number % len(phones)]
        await asyncio.sleep(max(0.0, begun + number / chosen.rate - time.monotonic()))
        page = shown.get(phone.chat_id)
        if page is not None:
            page.handed[number] = time.monotonic()
        phone.text(f"{chance.choice(_WORDS)} mark{number:06d}")


async def _until_all_is_seen(pages: list[Page], look_last: Callable[[], Awaitable[object]]) -> None:
    for _ in range(_LAST_ONES_SECONDS * 5):
        if not any(set(page.handed) - set(page.seen) for page in pages):
            break
        await asyncio.sleep(0.2)
    await look_last()


def _report(pages: list[Page], chosen: argparse.Namespace) -> int:
    waits = sorted(page.seen[mark] - at for page in pages for mark, at in page.handed.items() if mark in page.seen)
    missing = sum(len(set(page.handed) - set(page.seen)) for page in pages)
    wrong = sum(page.last[mark] != 1 for page in pages for mark in sorted(page.handed)[-_MOST_LINES:])
    store = "PostgreSQL" if chosen.database else "SQLite"
    print(
        f"{chosen.rate} messages/s from {chosen.phones} phones for {chosen.seconds} s, half of them held by staff; "
        f"{len(pages)} open pages; {store}{', Redis' if chosen.redis else ''}; {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    if not waits or missing or wrong:
        print(f"  {len(waits)} seen, {missing} missing, {wrong} lines not exactly once on the page")
        return 1
    at = statistics.quantiles(waits, n=100, method="inclusive")
    print(f"  N {len(waits)}: p50 {at[49]:.2f} s, p95 {at[94]:.2f} s, p99 {at[98]:.2f} s, max {waits[-1]:.2f} s")
    return int(at[94] >= MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
