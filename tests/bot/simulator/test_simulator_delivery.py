"""Updates by polling and webhook, faults, limits, and waiting for what bots send."""

import asyncio
import time

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter

from thangdee.bot.simulator import FakeTelegram, create_app, serve
from thangdee.bot.simulator.markup import visible_text

TOKEN = "1234567:sample-token"


class Receiver:
    """A webhook that remembers what came, and answers as told."""

    def __init__(self):
        self.got = []
        self.secrets = []
        self.refusals = 0
        self.app = FastAPI()
        self.app.add_api_route("/hook", self.take, methods=["POST"])

    async def take(self, request: Request):
        if self.refusals:
            self.refusals -= 1
            return Response(status_code=503)
        self.got.append(await request.json())
        self.secrets.append(request.headers.get("x-telegram-bot-api-secret-token"))
        return Response()


@pytest.fixture
async def receiver():
    one = Receiver()
    async with serve(one.app) as base:
        one.url = f"{base}/hook"
        yield one


async def call(url, method, **arguments):
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.post(f"{url}/bot{TOKEN}/{method}", json=arguments)


async def test_offset_confirms_and_ids_go_up_by_one(bot, fake, phone):
    phone.text("1")
    first, second = await bot.get_updates(timeout=0)
    assert second.update_id == first.update_id + 1
    assert len(await bot.get_updates(timeout=0)) == 2

    assert [update.message.text for update in await bot.get_updates(offset=second.update_id, timeout=0)] == ["1"]
    assert await bot.get_updates(offset=second.update_id + 1, timeout=0) == ()
    assert fake.pending() == 0


async def test_limit_and_negative_offset(bot, phone):
    for number in range(5):
        phone.text(str(number))
    assert len(await bot.get_updates(limit=2, timeout=0)) == 2
    assert [update.message.text for update in await bot.get_updates(offset=-2, timeout=0)] == ["3", "4"]
    assert len(await bot.get_updates(timeout=0)) == 2


async def test_long_poll_answers_as_soon_as_something_comes(bot, phone):
    (start,) = await bot.get_updates(timeout=0)
    waiting = asyncio.create_task(bot.get_updates(offset=start.update_id + 1, timeout=10))
    await asyncio.sleep(0.05)
    began = time.monotonic()
    phone.text("ສະບາຍດີ")
    assert (await waiting)[0].message.text == "ສະບາຍດີ"
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("down", [True, False])
async def test_jumped_update_id_is_neither_lost_nor_confirmed_by_the_old_offset(bot, fake, phone, down):
    (start,) = await bot.get_updates(timeout=0)
    await bot.get_updates(offset=start.update_id + 1, timeout=0)
    fake.jump_update_id(down=down)
    phone.text("after the jump")

    (update,) = await bot.get_updates(offset=start.update_id + 1, timeout=0)
    assert update.message.text == "after the jump"
    assert (update.update_id < start.update_id) is down
    assert await bot.get_updates(offset=update.update_id + 1, timeout=0) == ()


async def test_newer_poll_ends_the_older_with_a_conflict(bot, bot_with, url):
    older = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.1)
    async with bot_with(TOKEN) as second:
        await second.get_updates(timeout=0)
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await older


async def test_allowed_updates_keep_other_kinds_away(bot, phone, fake):
    await bot.get_updates(timeout=0, allowed_updates=["callback_query"])
    assert phone.text("x") is None
    await bot.get_updates(timeout=0, allowed_updates=[])
    assert phone.text("x") is not None


async def test_updates_expire_after_a_day(bot, phone, clock):
    clock.move(hours=25)
    assert await bot.get_updates(timeout=0) == ()


async def test_webhook_brings_updates_in_order_with_the_secret(bot, fake, phone, receiver):
    await bot.set_webhook(receiver.url, secret_token="sample-secret")
    for number in range(5):
        phone.text(str(number))
    await fake.wait_until(lambda: fake.pending() == 0)

    assert [update["message"]["text"] for update in receiver.got] == ["/start", "0", "1", "2", "3", "4"]
    assert set(receiver.secrets) == {"sample-secret"}
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates(timeout=0)
    assert await bot.delete_webhook()
    assert await bot.get_updates(timeout=0) == ()


async def test_refused_webhook_is_tried_again_and_nothing_overtakes(bot, fake, phone, receiver):
    receiver.refusals = 3
    await bot.set_webhook(receiver.url)
    phone.text("second")
    await fake.wait_until(lambda: fake.pending() == 0)

    assert [update["message"]["text"] for update in receiver.got] == ["/start", "second"]
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count) == (receiver.url, 0)
    assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"


async def test_unreachable_webhook_keeps_its_backlog(bot, fake, phone):
    await bot.set_webhook("http://127.0.0.1:9/hook")
    await asyncio.sleep(0.1)
    info = await bot.get_webhook_info()
    assert info.pending_update_count == 1
    assert info.last_error_message.startswith("Connection failed")
    await bot.delete_webhook(drop_pending_updates=True)
    assert fake.pending() == 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"url": "http://example.org/hook"}, "(?i)https url must be provided"),
        ({"url": "https://example.org/hook", "secret_token": "no spaces"}, "unallowed characters"),
    ],
)
async def test_bad_webhooks_are_refused(bot, arguments, why):
    with pytest.raises(BadRequest, match=why):
        await bot.set_webhook(**arguments)


async def test_limits_answer_429_with_the_seconds_to_wait(url, bot, fake, phone):
    limited = FakeTelegram(limits=True)
    async with serve(create_app(limited)) as base:
        one, other = limited.new_phone(), limited.new_phone()
        one.start()
        other.start()
        codes = [(await call(base, "sendMessage", chat_id=one.chat_id, text="x")).status_code for _ in range(5)]
        refused = await call(base, "sendMessage", chat_id=one.chat_id, text="x")
        free = await call(base, "sendMessage", chat_id=other.chat_id, text="x")
    assert codes == [200, 200, 200, 429, 429]
    assert refused.json()["parameters"] == {"retry_after": 1}
    assert refused.json()["description"] == "Too Many Requests: retry after 1"
    assert free.status_code == 200


async def test_scripted_refusals_count_down_and_do_nothing(bot, fake, phone):
    fake.fail_next("sendMessage", phone.chat_id, retry_after=7)
    fake.fail_next("sendMessage", status=500, times=2)
    fake.fail_next("sendMessage", status=403)
    with pytest.raises(RetryAfter) as late:
        await bot.send_message(phone.chat_id, "x")
    assert late.value._retry_after.total_seconds() == 7
    for kind in (NetworkError, NetworkError, Forbidden):
        with pytest.raises(kind):
            await bot.send_message(phone.chat_id, "x")
    assert fake.sent == []
    assert await bot.send_message(phone.chat_id, "x")
    assert [one.error for one in fake.calls if one.method == "sendMessage"] == [429, 500, 500, 403, None]


async def test_dropped_answer_leaves_the_message_sent(bot, fake, phone):
    fake.fail_next("sendMessage", drop=True)
    with pytest.raises(NetworkError):
        await bot.send_message(phone.chat_id, "ສົ່ງແລ້ວ")
    assert phone.screen().texts[-1] == "ສົ່ງແລ້ວ"


async def test_delayed_answer_comes_after_the_message(bot, fake, phone):
    fake.fail_next("sendMessage", delay=0.2)
    sending = asyncio.create_task(bot.send_message(phone.chat_id, "x"))
    await fake.wait_for(lambda sent: sent.text == "x", timeout=0.15)
    assert not sending.done()
    await sending


@pytest.mark.parametrize("outage", [True, "refuse"])
async def test_outage_stops_everything_and_ends(bot, fake, phone, outage):
    fake.outage = outage
    for calling in (bot.get_me, bot.get_updates):
        with pytest.raises(NetworkError):
            await calling()
    fake.outage = False
    assert len(await bot.get_updates(timeout=0)) == 1


async def test_unknown_method_and_bad_token_get_the_real_answers(url, fake):
    unknown = await call(url, "sendNothing")
    assert (unknown.status_code, unknown.json()) == (404, {"ok": False, "error_code": 404, "description": "Not Found"})
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"{url}/botnonsense/getMe")).status_code == 404
        assert (await client.get(f"{url}/bot{TOKEN}/GETME")).json()["result"]["is_bot"]
        assert (await client.get(f"{url}/file/bot{TOKEN}/voice/none.oga")).status_code == 404


async def test_revoked_token_is_unauthorised(url, bot_with, fake):
    fake.revoke("99:gone")
    with pytest.raises(InvalidToken):
        async with bot_with("99:gone"):
            pass


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
async def test_broken_json_body_is_a_bad_request(url, body):
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(
            f"{url}/bot{TOKEN}/sendMessage", content=body, headers={"content-type": "application/json"}
        )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "arguments",
    [
        {"chat_id": "x", "text": "x"},
        {"text": "x"},
        {"chat_id": None, "text": "x"},
        {"chat_id": 1, "text": "x", "reply_markup": "{"},
        {"chat_id": "²", "text": "x"},
    ],
)
async def test_odd_arguments_are_bad_requests(url, arguments):
    assert (await call(url, "sendMessage", **arguments)).status_code == 400


async def test_raw_updates_come_as_they_are(url, fake, phone):
    copy = {"update_id": 5, "message": None}
    for update in (copy, copy, [], "x", {"update_id": "5"}):
        fake.inject_raw(update, token=None)
    phone.text("after")
    got = (await call(url, "getUpdates")).json()["result"]

    assert got[1:-1] == [copy, copy, [], "x", {"update_id": "5"}]
    assert (await call(url, "getUpdates", offset=got[-1]["update_id"] + 1)).json()["result"] == []


async def test_wait_for_times_out_and_finds_what_came_before(bot, fake, phone):
    await bot.send_message(phone.chat_id, "ກ່ອນ")
    assert (await fake.wait_for(lambda sent: sent.text == "ກ່ອນ")).chat_id == phone.chat_id
    with pytest.raises(TimeoutError):
        await fake.wait_for(lambda sent: sent.text == "ກ່ອນ", timeout=0.05, since=len(fake.sent))


async def test_quiet_waits_for_the_last_answer(fake, phone, answering):
    await fake.quiet(0.1)
    assert phone.labels() == ["ລາວ", "ไทย", "English", "ດ່ວນ · ด่วน", "ເມນູ", "ບ່ອນຢູ່"]


@given(st.text(max_size=200))
def test_plain_text_never_breaks_and_has_no_direction_marks(text):
    shown = visible_text(text, "", longest=4096)
    assert not set(shown) & {"\u202e", "\x00", "\u2028"}
