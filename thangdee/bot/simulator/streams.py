"""Server-sent events: one stream per phone, and one over all phones."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

from fastapi.responses import StreamingResponse

from thangdee.bot.simulator import screen_json
from thangdee.bot.simulator.phone import Phone
from thangdee.bot.simulator.records import Event
from thangdee.bot.simulator.telegram import FakeTelegram

_HEARTBEAT_SECONDS = 15.0
_MOMENT = timedelta(seconds=5)  # typing and notices are not told again later


def as_stream(events: AsyncIterator[str]) -> StreamingResponse:
    """The events as an answer that no cache or proxy holds back."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def screen_changes(fake: FakeTelegram, phone: Phone, after: int) -> AsyncIterator[str]:
    """Server-sent events from the one after `after` on; each has its number as id."""
    yield "retry: 500\n\n"
    told = after
    while not fake.closed:
        events = phone.chat.events[told:]
        for event in events:
            told = event.number
            yield _event_text(fake, phone, event)
        if not events and not await fake.bell.wait(_HEARTBEAT_SECONDS):
            yield ": still here\n\n"
        await asyncio.sleep(0)


async def all_phones(fake: FakeTelegram) -> AsyncIterator[str]:
    """All phones with the number of their last event, again whenever that changes."""
    yield "retry: 500\n\n"
    told = ""
    while not fake.closed:
        now = json.dumps([screen_json.summary(phone) for phone in fake.phones.values()])
        if now != told:
            told = now
            yield f"event: phones\ndata: {now}\n\n"
        elif not await fake.bell.wait(_HEARTBEAT_SECONDS):
            yield ": still here\n\n"


def _event_text(fake: FakeTelegram, phone: Phone, event: Event) -> str:
    kind, body = screen_json.event(phone, event)
    if kind in {"typing", "notice"} and fake.now() - event.at > _MOMENT:
        kind, body = "past", {}
    return f"id: {event.number}\nevent: {kind}\ndata: {json.dumps(body)}\n\n"
