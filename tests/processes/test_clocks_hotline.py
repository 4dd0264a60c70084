"""The whole of it with the worker running: a day later the next receiver is asked and the phone hears a neutral line."""

from datetime import timedelta

from tests.hotline import Hotline
from tests.processes import ringing
from thangdee.casework.chats import Chats
from thangdee.casework.referrals import knocks
from thangdee.core.words import text


async def test_a_day_without_an_answer_brings_the_next_receiver_and_a_knock(blind_hotline: Hotline) -> None:
    hotline = blind_hotline
    ringing.at_local(hotline.clock, "2026-11-24T10:00")
    phone = hotline.phone()
    await hotline.choose(phone, "lo", keep=True)
    here = hotline.installation
    async with here.database.write() as connection:
        whose = await Chats(connection, here.vault).of(phone.chat_id, hotline.clock.now())
    whole = await ringing.sent_matter(here, whose)
    await hotline.after(None, phone)
    hotline.clock.advance(timedelta(hours=25))
    heard = await hotline.after(None, phone)
    after = await ringing.load(here, whole.id)

    assert [one.receiver.listing_id for one in after.referrals] == ["a", "b"]
    assert [one.text for one in heard] == [text("knock.line", "lo")]
    assert [one[:1] for one in heard[0].labels] == ["👀", "⏳", text("buttons.crisis", "lo")[:1]]


async def test_show_under_the_knock_tells_where_it_stands_and_then_nothing_waits(blind_hotline: Hotline) -> None:
    hotline = blind_hotline
    ringing.at_local(hotline.clock, "2026-11-24T10:00")
    phone = hotline.phone()
    await hotline.choose(phone, "lo", keep=True)
    here = hotline.installation
    async with here.database.write() as connection:
        whose = await Chats(connection, here.vault).of(phone.chat_id, hotline.clock.now())
    whole = await ringing.sent_matter(here, whose)
    await ringing.accepted(here, whole)
    [knock] = await hotline.after(None, phone)
    shown = await hotline.press(phone, "u:s")
    async with here.database.read() as connection:
        waits = await knocks.is_waiting(connection, whose.id)

    assert knock.text == text("knock.line", "lo")
    assert shown
    assert not waits
    assert text("knock.line", "lo") not in [one.text for one in shown]


async def test_news_for_only_when_i_write_stands_under_the_next_answer(blind_hotline: Hotline) -> None:
    hotline = blind_hotline
    phone = hotline.phone()
    await hotline.choose(phone, "lo", keep=True)
    here = hotline.installation
    async with here.database.write() as connection:
        whose = await Chats(connection, here.vault).of(phone.chat_id, hotline.clock.now())
    whole = await ringing.sent_matter(here, whose, reach_hours=knocks.ONLY_WHEN_I_WRITE)
    await ringing.accepted(here, whole)
    silent = await hotline.after(None, phone)
    answered = await hotline.say(phone, "ເມນູ")
    again = await hotline.say(phone, "ເມນູ")

    assert silent == []
    assert [one.text for one in answered][-1] == text("knock.line", "lo")
    assert text("knock.line", "lo") not in [one.text for one in again]
