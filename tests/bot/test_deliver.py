"""Delivery: each chat in its order, whatever Telegram answers (R47)."""

from datetime import timedelta

from sqlalchemy import select

from tests.hotline import Hotline
from thangdee.casework.chats import chat
from thangdee.core.jobs import JobState, Queue, job
from thangdee.core.words import text


async def _outbox(hotline: Hotline, state: JobState) -> list[str | None]:
    async with hotline.installation.database.read() as connection:
        query = select(job.c.error_code).where(job.c.queue == Queue.OUTBOX, job.c.state == state)
        return list((await connection.execute(query)).scalars())


async def test_outbox_faults_429_holds_one_chat_and_no_other(blind_hotline: Hotline) -> None:
    slow, other = blind_hotline.phone("slow"), blind_hotline.phone("other")
    blind_hotline.fake.fail_next("sendMessage", slow.chat_id, retry_after=20)
    slow.text("/menu")
    slow.text("/language")

    meanwhile = await blind_hotline.say(other, "/menu")
    nothing_yet = list(blind_hotline.fake.sent_to(slow))
    blind_hotline.clock.advance(timedelta(seconds=21))
    later = await blind_hotline.after(None, slow)

    assert len(meanwhile) == 1
    assert nothing_yet == []
    assert [text("menu.root.title", "lo") in sent.text for sent in later] == [True, False]


async def test_outbox_faults_blocked_user_ends_in_no_retry_and_a_later_message_is_answered(
    blind_hotline: Hotline,
) -> None:
    phone = blind_hotline.phone()
    blind_hotline.fake.fail_next("sendMessage", phone.chat_id, status=403)
    await blind_hotline.say(phone, "/menu")
    dead = await _outbox(blind_hotline, JobState.DEAD)
    async with blind_hotline.installation.database.read() as connection:
        blocked_at = (await connection.execute(select(chat.c.blocked_at))).scalar_one()

    answered = await blind_hotline.say(phone, "/menu")

    assert dead == ["blocked"]
    assert blocked_at is not None
    assert len(answered) == 1


async def test_outbox_faults_a_bad_request_becomes_a_dead_letter_and_the_chat_goes_on(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    blind_hotline.fake.fail_next("sendMessage", phone.chat_id, status=400)

    first = await blind_hotline.say(phone, "/menu")
    second = await blind_hotline.say(phone, "/menu")

    assert (len(first), len(second)) == (0, 1)
    assert await _outbox(blind_hotline, JobState.DEAD) == ["badrequest"]


async def test_outbox_faults_server_errors_are_tried_again_in_order(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    blind_hotline.fake.fail_next("sendMessage", phone.chat_id, times=3, status=502)
    phone.text("/menu")
    phone.text("/language")

    for _ in range(4):
        await blind_hotline.settle()
        blind_hotline.clock.advance(timedelta(seconds=10))
    told = await blind_hotline.after(None, phone)

    assert [text("menu.root.title", "lo") in sent.text for sent in told] == [True, False]


async def test_outbox_faults_a_cut_connection_repeats_at_most_one(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    blind_hotline.fake.fail_next("sendMessage", phone.chat_id, drop=True)
    phone.text("/menu")
    await blind_hotline.settle()
    blind_hotline.clock.advance(timedelta(seconds=5))

    told = await blind_hotline.after(None, phone)

    assert 1 <= len(told) <= 2
    assert len({sent.text for sent in told}) == 1


async def test_sensitive_messages_cannot_be_forwarded_and_have_no_preview(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()

    [card] = await blind_hotline.say(phone, "ถูกขังอยู่ในห้อง ช่วยด้วย")

    assert card.payload["protect_content"] in (True, "true", "True")
    assert "link_preview_options" in card.payload
