"""`thangdee converse`: a fresh installation talked to by JSON Lines, with its own clock and its own outages."""

import argparse
import asyncio
import contextlib
import json
import re
import signal
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from thangdee.bot.simulator import FakeTelegram, NoSuchButtonError, Phone, create_app, serve
from thangdee.casework import alerts
from thangdee.core import jobs
from thangdee.core.clock import Clock
from thangdee.core.jobs import Queue
from thangdee.core.settings import Settings
from thangdee.processes.converse_residents import store_residents
from thangdee.processes.embedded import Embedded, embed
from thangdee.processes.wiring import Installation, open_installation

TOKEN = "100200300:made-up-for-trials"  # noqa: S105 - the simulator takes any
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_LOOK_EVERY_SECONDS = 0.02
_PATIENCE_SECONDS = 30.0
_A_ROUND_SECONDS = 1.5
_A_MOMENT = timedelta(seconds=1)
# Each stop takes a few tenths of a second: after so many the rest of the time passes at once.
_MOST_STOPS, _LEAST_STEP = 300, timedelta(minutes=10)


async def run_converse(*, language: str | None, residents: Path | None) -> int:
    """Talk until standard input ends. `language`: each person has chosen it before their first line.

    `residents`: rows of a register (JSON Lines), stored as residents of shelters who said yes to being looked for.
    """
    with tempfile.TemporaryDirectory(prefix="thangdee-") as folder:
        clock = Clock(Path(folder) / "clock")
        fake = FakeTelegram(now=clock.now)
        async with serve(create_app(fake)) as url:
            settings = Settings(
                data_dir=Path(folder),
                database_url=None,
                chat_database_url=None,
                telegram_token=SecretStr(TOKEN),
                telegram_api=url,
                webhook_url=None,
                demo=True,
                clock_file=Path(folder) / "clock",
                pace_sending=False,
                on_call_chats=(),
            )
            embedded = await embed(settings)
            if residents is not None:
                await store_residents(settings, residents)
            await embedded.start()
            try:
                await embedded.until_it_understands()
                await Conversation(fake, clock, embedded, open_installation(settings), language).run()
            finally:
                await embedded.stop()
    return 0


class Conversation:
    """One run: people by name, what they saw, what staff saw."""

    def __init__(
        self, fake: FakeTelegram, clock: Clock, embedded: Embedded, installation: Installation, language: str | None
    ) -> None:
        self._fake = fake
        self._clock = clock
        self._embedded = embedded
        self._installation = installation
        self._language = language
        self._people: dict[str, Phone] = {}
        self._down: set[str] = set()
        self._seen = 0
        self._alerts: dict[str, int] = {}

    async def run(self) -> None:
        """Take one line after another."""
        while line := await asyncio.to_thread(sys.stdin.readline):
            if not line.strip():
                continue
            try:
                await self._take(json.loads(line))
            except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
                _write({"error": f"{type(error).__name__}: {error}"})

    async def _take(self, step: dict[str, Any]) -> None:
        if "advance" in step:
            await self._advance(_duration(step["advance"]))
        elif "kill" in step:
            await self._kill(str(step["kill"]))
        elif "restore" in step:
            await self._restore(str(step["restore"]))
        else:
            await self._act(step)
        await self._settle()
        await self._show()

    async def _advance(self, by: timedelta) -> None:
        """Let time pass, with a stop wherever a clock rings on the way: what follows from it has a time of its own."""
        if "worker" in self._down:
            self._clock.advance(by)
            return
        end = self._clock.now() + by
        for _ in range(_MOST_STOPS):
            now = self._clock.now()
            async with self._installation.database.read() as connection:
                following = await jobs.next_due(connection, Queue.CLOCK, now, end)
            if following is None:
                break
            self._clock.advance(min(max(following - now, _LEAST_STEP), end - now))
            await self._settle()
        self._clock.advance(max(end - self._clock.now(), timedelta(0)))
        await asyncio.sleep(_A_ROUND_SECONDS)

    async def _act(self, step: dict[str, Any]) -> None:
        name = str(step["from"])
        if name not in self._people:
            self._people[name] = self._fake.new_phone(name)
            await self._choose_language(self._people[name])
        phone = self._people[name]
        if "text" in step:
            phone.text(str(step["text"]))
        elif "press" in step:
            phone.press(_button(phone, step["press"]))
        elif "voice" in step:
            phone.voice(3)
        elif "photo" in step:
            phone.photo()
        elif "location" in step:
            phone.location(*_place(step["location"]))
        else:
            raise ValueError("a line has text, press, voice, photo or location; or advance, kill, restore")

    async def _choose_language(self, phone: Phone) -> None:
        if self._language is None:
            return
        phone.start()
        await self._settle()
        with contextlib.suppress(NoSuchButtonError):
            phone.press(f"l:{self._language}")
        await self._settle()
        self._seen = len(self._fake.sent)

    async def _kill(self, name: str) -> None:
        if name == "redis":
            print("converse: this installation runs without Redis", file=sys.stderr)
            return
        await self._embedded.children[name].stop(signal.SIGKILL)
        self._down.add(name)

    async def _restore(self, name: str) -> None:
        if name in self._down:
            await self._embedded.children[name].start()
            self._embedded.children[name].keep_alive()
            self._down.discard(name)
        if name == "rasa":
            await self._embedded.until_it_understands()

    async def _settle(self) -> None:
        """Wait until every message was taken in and every reply went out, as far as the living processes can."""
        if "chat" in self._down:
            return
        loop = asyncio.get_running_loop()
        end = loop.time() + _PATIENCE_SECONDS
        while loop.time() < end:
            if not self._fake.pending() and await self._is_quiet():
                return
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    async def _is_quiet(self) -> bool:
        # What another process writes between this look at the clock and the look at the table is due a moment later.
        soon = self._clock.now() + _A_MOMENT
        async with self._installation.database.read() as connection:
            return await jobs.is_quiet(connection, soon)

    async def _show(self) -> None:
        names = {phone.chat_id: name for name, phone in self._people.items()}
        for sent in self._fake.sent[self._seen :]:
            _write(
                {
                    "to": names.get(sent.chat_id),
                    "text": sent.text,
                    "buttons": list(sent.labels),
                    "audio": sent.media is not None and sent.media.kind in ("voice", "audio"),
                    "at": sent.at.isoformat(),
                }
                | ({"document": sent.media.name} if sent.media is not None and sent.media.kind == "document" else {})
            )
        self._seen = len(self._fake.sent)
        await self._show_alerts()

    async def _show_alerts(self) -> None:
        async with self._installation.database.read() as connection:
            open_now = await alerts.open_alerts(connection)
        for one in open_now:
            if self._alerts.get(one.id) != one.times:
                facts = {"code": one.code, "urgency": one.urgency, "reason": one.reason, "times": one.times}
                _write({"alert": facts | {"at": one.again_at.isoformat()}})
                self._alerts[one.id] = one.times


def _duration(text: str) -> timedelta:
    found = _DURATION.fullmatch(str(text))
    if found is None:
        raise ValueError("advance takes an ISO 8601 duration of days, hours, minutes, seconds: P3D, PT90M")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _button(phone: Phone, wanted: Any) -> Any:  # noqa: ANN401 - a label or a number
    """Find the label without its picture: "ລາວ" stands for "🇱🇦 ລາວ"."""
    plain = [label for label in phone.labels() if label.partition(" ")[2] == wanted]
    return plain[-1] if plain else wanted


def _place(given: Any) -> tuple[float, float]:  # noqa: ANN401 - what the line holds
    if isinstance(given, dict):
        latitude = given.get("latitude", given.get("lat"))
        longitude = given.get("longitude", given.get("lon"))
        return float(latitude), float(longitude)  # type: ignore[arg-type]
    return float(given[0]), float(given[1])


def _write(line: dict[str, Any]) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--language", choices=("lo", "th", "en"))
    about = "rows of a register, stored as residents who wish to be found"
    parser.add_argument("--residents", type=Path, metavar="FILE", help=about)


async def command(chosen: argparse.Namespace, _settings: Settings) -> int:
    """Run `thangdee converse`."""
    return await run_converse(language=chosen.language, residents=chosen.residents)
