"""Delivers updates to bots that set a webhook: in order, one at a time, again until a 2xx."""

import asyncio
import json
from http import HTTPStatus

import httpx

from thangdee.bot.simulator.telegram import FakeTelegram
from thangdee.bot.simulator.updates import Entry
from thangdee.bot.simulator.world import Bot, Webhook

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
_ANSWER_SECONDS = 10.0


class Courier:
    """Runs one delivery lane per bot with a webhook; start it in the loop of the fake."""

    def __init__(self, fake: FakeTelegram) -> None:
        self._fake = fake
        self._lanes: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Watch for webhooks until cancelled."""
        async with httpx.AsyncClient(timeout=_ANSWER_SECONDS, trust_env=False, verify=False) as client:  # noqa: S501 - tests' own
            try:
                while not self._fake.closed:
                    self._open_lanes(client)
                    await self._fake.bell.wait(1.0)
            finally:
                for lane in self._lanes.values():
                    lane.cancel()
                await asyncio.gather(*self._lanes.values(), return_exceptions=True)

    def _open_lanes(self, client: httpx.AsyncClient) -> None:
        for bot in self._fake.bots.values():
            lane = self._lanes.get(bot.bot_id)
            if bot.webhook is not None and len(bot.queue) and (lane is None or lane.done()):
                self._lanes[bot.bot_id] = asyncio.create_task(self._deliver_all(client, bot))

    async def _deliver_all(self, client: httpx.AsyncClient, bot: Bot) -> None:
        failures = 0
        while bot.webhook is not None:
            bot.queue.expire(self._fake.now())
            entry = bot.queue.first()
            if entry is None:
                return
            if not self._fake.outage and await self._deliver(client, bot.webhook, entry):
                failures = 0
                bot.queue.drop(entry)
                self._fake.bell.ring()
            else:
                delays = self._fake.webhook_delays
                await asyncio.sleep(delays[min(failures, len(delays) - 1)])
                failures += 1

    async def _deliver(self, client: httpx.AsyncClient, hook: Webhook, entry: Entry) -> bool:
        headers = {"Content-Type": "application/json"} | ({SECRET_HEADER: hook.secret} if hook.secret else {})
        try:
            answer = await client.post(hook.url, content=json.dumps(entry.body), headers=headers)
        except httpx.HTTPError as error:
            return self._failed(hook, f"Connection failed: {type(error).__name__}")
        if answer.is_success:
            return True
        return self._failed(hook, f"Wrong response from the webhook: {_status(answer.status_code)}")

    def _failed(self, hook: Webhook, why: str) -> bool:
        hook.last_error_at, hook.last_error = self._fake.now(), why
        return False


def _status(code: int) -> str:
    known = {status.value: status.phrase for status in HTTPStatus}
    return f"{code} {known.get(code, '')}".strip()
