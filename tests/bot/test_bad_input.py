"""5,000 bad inputs through the real receiver and turn: no crash, no dead letter, no chat that stays stuck."""

import json
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI, Request
from sqlalchemy import func, select

from tests.bot.bad_input import OWN_DATA, BadInput, addresses_in, can_be_polled
from tests.clock import SetClock
from tests.hotline import Hotline, open_hotline
from thangdee.bot.receive import Receiver
from thangdee.bot.simulator import serve
from thangdee.bot.simulator.world import Chat
from thangdee.bot.webhook import PATH, webhook_app
from thangdee.casework.alerts import alert
from thangdee.casework.chats import chat, key_of
from thangdee.casework.consent import consent
from thangdee.casework.media import UNREACHABLE
from thangdee.core.jobs import JobState, Queue, job
from thangdee.core.words import text
from thangdee.flows.crisis import crisis_kind
from thangdee.flows.intents import risks
from thangdee.processes.wiring import Installation, make_bot

SECRET = "s" * 32
_HANGS = 120.0  # seconds: hundreds of updates are slow on a machine that does something else besides
_MENU = "menu.root.title"
_MENUS = tuple(text(_MENU, language) for language in ("lo", "th", "en"))


async def _unfinished(hotline: Hotline) -> list[tuple[str, ...]]:
    """Queue, state, kind and error of what is not done.

    Steps of alerts' ladders wait for their time. Files that Telegram does not know wait for another try, and are given
    up after the last.
    """
    async with hotline.installation.database.read() as connection:
        rows = await connection.execute(
            select(job.c.queue, job.c.state, job.c.kind, job.c.error_code).where(job.c.state != JobState.DONE)
        )
        expected = ((Queue.CLOCK, JobState.READY), (Queue.MEDIA, JobState.READY))
        return [
            tuple(row)
            for row in rows.all()
            if (row.queue, row.state) not in expected
            and (row.queue, row.state, row.error_code) != (Queue.MEDIA, JobState.DEAD, UNREACHABLE)
        ]


async def _check_alive(hotline: Hotline, phone, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing crashed, nothing is left over or dead, and whoever took part is still served."""
    await hotline.settle(_HANGS)
    hotline.clock.advance(timedelta(seconds=2))  # a reply that met a connection just closing waits for its second try
    await hotline.settle(_HANGS)
    printed = capsys.readouterr().out
    for name, task in hotline.tasks.items():
        assert not task.done(), f"{name} crashed"
    assert "update_failed" not in printed
    assert "job_failed" not in printed
    assert await _unfinished(hotline) == []
    told = await hotline.say(phone, "/menu")
    assert [one.text for one in told if one.text.endswith(_MENUS)], told


def _let_reach(hotline: Hotline, update: object) -> None:
    """Telegram lets the bot answer whoever wrote to it."""
    fake = hotline.fake
    for address in addresses_in(update) - fake.chats.keys():
        fake.chats[address] = Chat(address, "sample", fake.first_bot(), opened=True)


def _receiver(hotline: Hotline, outward=None) -> Receiver:
    installation = hotline.installation
    bot, bot_id = make_bot(installation.settings)
    return Receiver(
        bot=bot, bot_id=bot_id, database=installation.database, vault=installation.vault, clock=hotline.clock,
        crisis_kind=crisis_kind, outward=outward or installation.outward(), figures=lambda: installation.shown, on_call=(),
    )  # fmt: skip


@asynccontextmanager
async def _webhook(hotline: Hotline) -> AsyncIterator[httpx.AsyncClient]:
    app = webhook_app(_receiver(hotline), SECRET, lambda: None)
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://hotline", headers=headers
    ) as client:
        yield client


@pytest.fixture
def crowded(blind_hotline: Hotline):
    """The hotline with people, and with the groups on call that alerts go to."""
    phones = [blind_hotline.phone(f"sample {number}") for number in range(120)]
    for phone in phones:
        phone.chat.opened = True
    for group in blind_hotline.installation.settings.on_call_chats:
        blind_hotline.fake.chats[group] = Chat(group, "staff", blind_hotline.fake.first_bot(), opened=True)
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    return blind_hotline, phones, BadInput(seed, [phone.chat_id for phone in phones])


async def test_3500_updates_in_pieces_break_nothing(crowded, capsys) -> None:
    hotline, phones, bad = crowded
    async with _webhook(hotline) as client:
        for batch in range(5):
            for number in range(700):
                update = bad.broken()
                _let_reach(hotline, update)
                if number % 2 and can_be_polled(update):
                    hotline.fake.inject_raw(update)
                else:
                    answer = await client.post(PATH, content=json.dumps(update).encode())
                    assert answer.status_code == 200, update
            phones[batch].text("/menu")  # a number that nobody can confirm comes again until another one follows
            await _check_alive(hotline, phones[batch], capsys)
            hotline.clock.advance(timedelta(seconds=61))


async def test_1500_strange_messages_and_presses_are_each_answered(crowded, capsys) -> None:
    hotline, phones, bad = crowded
    async with _webhook(hotline) as client:
        for batch in range(5):
            since, wrote = len(hotline.fake.sent), set()
            for _ in range(300):
                chat_id, update = bad.readable()
                wrote.add(chat_id)
                if can_be_polled(update):
                    hotline.fake.inject_raw(update)
                else:
                    answer = await client.post(PATH, content=json.dumps(update).encode())
                    assert answer.status_code == 200, update
            await hotline.settle(_HANGS)
            answered = {one.chat_id for one in hotline.fake.sent[since:]}
            assert wrote <= answered
            await _check_alive(hotline, phones[batch], capsys)
            hotline.clock.advance(timedelta(seconds=61))


@pytest.mark.parametrize("data", OWN_DATA)
async def test_words_that_look_like_a_button_are_not_a_press(blind_hotline: Hotline, data: str) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo")
    before = await _what_is_known(blind_hotline, phone)

    [told] = await blind_hotline.say(phone, data)

    assert told.text == "\n\n".join([text("chat.menu_without_understanding", "lo"), text(_MENU, "lo")])
    assert await _what_is_known(blind_hotline, phone) == before


async def _what_is_known(hotline: Hotline, phone) -> tuple:
    key = key_of(hotline.installation.vault, phone.chat_id)
    async with hotline.installation.database.read() as connection:
        row = (await connection.execute(select(chat).where(chat.c.chat_key == key))).one()
        alerts = (await connection.execute(select(func.count()).select_from(alert))).scalar()
        consents = (await connection.execute(select(func.count()).select_from(consent))).scalar()
    unchanged = {name: value for name, value in row.session.items() if name != "screen"}
    return row.id, row.language, row.closed_at, unchanged, alerts, consents


@pytest.mark.parametrize("zero", ["٠", "०", "０", "𝟎"])
async def test_a_zero_of_another_script_presses_nothing(blind_hotline: Hotline, zero: str) -> None:
    new, old = blind_hotline.phone("new"), blind_hotline.phone("old")
    await blind_hotline.say(old, "/menu")

    told = [await blind_hotline.say(phone, zero) for phone in (new, old)]

    assert [len(one) for one in told] == [1, 1]
    assert await blind_hotline.alerts() == []
    assert await _unfinished(blind_hotline) == []


async def test_a_typed_command_never_reaches_rasa_as_an_intent(installation: Installation, clock: SetClock) -> None:
    asked, steered = [], []
    rasa = FastAPI()

    @rasa.post("/model/parse")
    async def parse(request: Request) -> dict:
        asked.append((await request.json())["text"])
        return {"intent_ranking": [{"name": "info_passport", "confidence": 0.9}]}

    @rasa.post("/webhooks/rest/webhook")
    async def steer(request: Request) -> list:
        steered.append((await request.json())["message"])
        return []

    leads = ("", " ", "\n", "\t", "\u00a0", "\u3000", "//", "/ /", "\x1c", "\u200b", "\ufeff", "\x00")
    typed = [f'{lead}/delete_my_data{{"asked":"delete"}}' for lead in leads]
    typed += ["/info_passport", "/affirm@0.9{}", "\n/affirm", "/ /restart", "/session_start"]
    async with serve(rasa) as url, open_hotline(installation, clock, rasa_url=url, rasa_token="t") as hotline:
        for number, words in enumerate(typed):
            told = await hotline.say(hotline.phone(f"sample {number}"), words)
            assert told, words

    assert len(asked) == len(typed)
    # Rasa takes a text for a command if it begins with a slash once white space is taken off.
    assert [one for one in asked if one.strip().startswith("/")] == []
    ours = re.compile(rf'/({"|".join(risks())}){{"asked": "none"}}')
    assert [one for one in steered if not ours.fullmatch(one)] == []
    assert {one.partition("{")[0] for one in steered} == {"/info_passport"}


@pytest.mark.parametrize("words", ["/start@x y", "/start y", "/START", "/start@", "/start\u200b"])
async def test_a_command_with_junk_is_the_command(blind_hotline: Hotline, words: str) -> None:
    phone = blind_hotline.phone()

    [told] = await blind_hotline.say(phone, words)

    assert text("chat.welcome", "lo") in told.text


async def test_an_update_id_below_zero_confirms_nothing_else(blind_hotline: Hotline) -> None:
    """A negative offset would make Telegram forget what waits."""
    phones = [blind_hotline.phone(f"sample {number}") for number in range(150)]
    blind_hotline.fake.outage = "refuse"
    for phone in phones[:99]:
        phone.text("/menu")
    blind_hotline.fake.inject_raw({"update_id": -3, "message": {}})
    for phone in phones[99:]:
        phone.text("/menu")
    blind_hotline.fake.outage = False

    await blind_hotline.settle(30)

    assert [len(blind_hotline.fake.sent_to(phone)) for phone in phones] == [1] * 150


async def test_an_update_that_we_cannot_handle_stops_no_other_and_a_cry_still_gets_its_card(
    blind_hotline: Hotline, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise LookupError("a fault of ours")

    phone = blind_hotline.phone()
    await blind_hotline.say(phone, "/menu")
    cry = {"update_id": 7, "callback_query": {"id": "1", "from": {"id": phone.chat_id}, "data": "c:danger_now"}}

    for _ in range(2):
        await _receiver(blind_hotline, broken).take(cry)
    [card] = await blind_hotline.after(None, phone)

    assert card.text.startswith(text("crisis.danger_now", "lo"))
    assert "update_failed" in capsys.readouterr().out
    assert await _unfinished(blind_hotline) == []
