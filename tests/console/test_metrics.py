"""Figures for Prometheus: for who shows the token, and with no person, chat or colleague in them."""

import re
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from tests.clock import SetClock
from tests.console.conftest import People
from tests.console.signing_in import sign_in, viewer_of
from thangdee.casework import conversations
from thangdee.casework.staff.roles import Role
from thangdee.console.metrics import add_metrics
from thangdee.core import heartbeats, synthetic_chat
from thangdee.processes.wiring import Installation

TOKEN = "made up for this test"
FIGURES = {
    'thangdee_alerts_open{urgency="high"}': 0, 'thangdee_alerts_open{urgency="immediate"}': 1,
    'thangdee_alerts_open{urgency="person"}': 1, "thangdee_chats_held": 1,
    'thangdee_alert_oldest_seconds{urgency="immediate"}': 200,
    'thangdee_dead_letters{queue="outbox"}': 0, "thangdee_held_replies": 0,
    'thangdee_process_up{process="chat:chat"}': 1, 'thangdee_process_up{process="worker:worker"}': 0,
    'thangdee_queue_depth{queue="outbox"}': 1, "thangdee_synthetic_chat_ok": 1, "thangdee_synthetic_chat_seconds": 0.5,
}  # fmt: skip


async def _ask(installation: Installation, token: str | None, **headers: str) -> httpx.Response:
    app = FastAPI()
    secret = None if token is None else SecretStr(token)
    add_metrics(app, installation.database, installation.vault, installation.clock, secret)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as browser:
        return await browser.get("/metrics")


@pytest.mark.parametrize(
    ("token", "header", "status"),
    [
        (None, "", 404),
        ("", "Bearer ", 404),
        (TOKEN, "", 401),
        (TOKEN, "Bearer another", 401),
        (TOKEN, f"Bearer {TOKEN}", 200),
    ],
)
async def test_only_who_shows_the_token_gets_figures(
    installation: Installation, token: str | None, header: str, status: int
) -> None:
    assert (await _ask(installation, token, authorization=header)).status_code == status


async def test_figures_say_how_it_stands_and_name_nobody(
    installation: Installation, people: People, clock: SetClock
) -> None:
    me = (await viewer_of(installation, await sign_in(installation, Role.COUNSELLOR, name="noy"))).staff_id
    async with installation.database.write() as connection:
        await heartbeats.beat(connection, "worker", "worker", clock.now(), clock.now())
        clock.advance(timedelta(minutes=2))
        await heartbeats.beat(connection, "chat", "chat", clock.now(), clock.now())
        await synthetic_chat.note_answered(connection, timedelta(seconds=0.5), clock.now())
        await conversations.take_over(connection, installation.vault, people.asking, me, clock.now())

    text = (await _ask(installation, TOKEN, authorization=f"Bearer {TOKEN}")).text

    found = {
        one.name + ("{" + ",".join(f'{k}="{v}"' for k, v in one.labels.items()) + "}" if one.labels else ""): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }
    assert {name: found[name] for name in FIGURES} == FIGURES
    assert not re.search(r"[0-9a-f]{16}", text)  # ids of chats, keys and colleagues look like that
    assert not any(name in text for name in (me, "noy", people.crying, people.asking))
