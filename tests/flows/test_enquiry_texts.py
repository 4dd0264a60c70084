"""The fixed texts: the same for everybody, on days that hang on the filing alone; what an enquirer ever sees (R13, R14)."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.casework.talks import a_colleague, take
from tests.flows.enquiries_out import TOLD, a_family, chat_of, data_of, enquiries_of, send_one
from tests.hotline import Hotline
from thangdee.bot.simulator import Phone, Sent
from thangdee.casework.content import recordings
from thangdee.casework.content.wording import TRACE_SAYS, TRACE_TEXTS
from thangdee.casework.enquiries.model import TEXT_DAYS, Enquiry, Field, State
from thangdee.casework.enquiries.texts import text_times
from thangdee.core.recoded import Recoded
from thangdee.core.words import LANGUAGES, own, text
from thangdee.flows.enquiry_buttons import day
from thangdee.flows.menu import tree

_HOUR = timedelta(hours=1)


def _look(sent: list[Sent]) -> list[tuple[str, list[str], bool]]:
    return [(one.text, data_of(one), bool(one.payload.get("protect_content"))) for one in sent]


async def _on_the_days(hotline: Hotline, phone: Phone, one: Enquiry) -> list[list[Sent]]:
    """What came on each of the three days, at its very minute."""
    told = []
    for at in one.texts_at:
        hotline.clock.advance(at - hotline.clock.now() - timedelta(minutes=1))
        before = await hotline.after(None, phone)
        assert before == []
        hotline.clock.advance(timedelta(minutes=1))
        told.append(await hotline.after(None, phone))
    return told


def test_times_hang_on_the_filing_and_move_only_into_the_hours_of_the_family() -> None:
    filed = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # half past eleven at night there

    at_night = text_times(filed, ())
    in_the_afternoon = text_times(filed, ("afternoon",))
    in_time = text_times(filed - timedelta(hours=12), ("any",))

    assert [at - filed for at in at_night] == [timedelta(days=days, hours=8, minutes=30) for days in TEXT_DAYS]
    assert [at.hour + 7 for at in in_the_afternoon] == [12, 12, 12]
    assert [at - filed for at in in_time] == [timedelta(days=days, hours=-12) for days in TEXT_DAYS]
    assert text_times(filed, ("only_when_i_write",)) == at_night


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_text_comes_on_its_day_and_the_last_one_ends_it(blind_hotline: Hotline, language: str) -> None:
    phone, one = await a_family(blind_hotline, language=language)
    await blind_hotline.after(None, phone)

    told = await _on_the_days(blind_hotline, phone, one)

    for number, (line, fixed) in zip(TEXT_DAYS, told, strict=True):
        assert line.text == text("enquiry.knock", language)
        assert data_of(line) == ["e:a.s"]
        assert fixed.text.startswith(text(f"enquiry.day_{number}", language, code=one.code))
        assert len(data_of(fixed)) == 4
        assert "c:danger_now" in data_of(fixed)
    assert data_of(told[0][1]) == data_of(told[1][1])
    assert "e:b" in data_of(told[2][1])
    assert [each.state for each in await enquiries_of(blind_hotline, phone)] == [State.EXPIRED]


async def test_texts_are_the_same_and_as_punctual_while_staff_hold_the_chat(blind_hotline: Hotline) -> None:
    free, one = await a_family(blind_hotline)
    held, other = await a_family(blind_hotline, {Field.NICKNAME: {"text": "Somchai"}})
    here = blind_hotline.installation
    async with here.database.write() as connection:
        staff = await a_colleague(connection, here.vault, blind_hotline.clock.now(), "noy")
    await take(
        here.database, here.vault, (await chat_of(blind_hotline, held)).id, staff.staff_id, blind_hotline.clock.now()
    )
    await blind_hotline.after(None, free)
    await blind_hotline.after(None, held)

    told = await _on_the_days(blind_hotline, free, one)
    mean = blind_hotline.fake.sent_to(held)[-6:]

    assert other.texts_at == one.texts_at
    flat = [each for day_of_it in told for each in day_of_it]
    assert [each.at for each in mean] == [each.at for each in flat]
    assert [(words.replace(other.code, one.code), *rest) for words, *rest in _look(mean)] == [
        tuple(each) for each in _look(flat)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", TRACE_TEXTS)
def test_every_text_of_an_enquiry_says_free_never_pay(language: str, key: str) -> None:
    bare = own(key, language).replace(" ", "").lower()

    assert [said for said in TRACE_SAYS[language] if said not in bare] == []


async def test_the_recording_of_a_text_comes_with_it_even_while_staff_hold_the_chat(blind_hotline: Hotline) -> None:
    phone, one = await a_family(blind_hotline)
    here, now = blind_hotline.installation, blind_hotline.clock.now()
    async with here.database.write() as connection:
        sound = await recordings.add(
            connection, "enquiry.day_3", "lo", Recoded(b"\xff\xf3 made up", seconds=4), "noy", now
        )
        await recordings.publish(connection, sound, "keo", now)
        staff = await a_colleague(connection, here.vault, now, "noy")
    await take(here.database, here.vault, (await chat_of(blind_hotline, phone)).id, staff.staff_id, now)
    await blind_hotline.after(None, phone)

    blind_hotline.clock.advance(one.texts_at[0] - blind_hotline.clock.now())

    assert [sent.media is not None for sent in await blind_hotline.after(None, phone)] == [False, False, True]


async def test_a_phone_that_others_look_at_gets_the_line_alone(blind_hotline: Hotline) -> None:
    phone, one = await a_family(blind_hotline, TOLD | {Field.PHONE_SEEN: {"code": "others"}})
    await blind_hotline.after(None, phone)

    told = await _on_the_days(blind_hotline, phone, one)

    assert [[each.text for each in sent] for sent in told] == [[text("enquiry.knock", "lo")]] * 3


async def test_a_hidden_phone_gets_a_neutral_line_that_stays(blind_hotline: Hotline) -> None:
    phone, one = await a_family(blind_hotline)
    await blind_hotline.say(phone, "hide")
    before = (await chat_of(blind_hotline, phone)).session.screen

    blind_hotline.clock.advance(one.texts_at[0] - blind_hotline.clock.now())
    [line] = await blind_hotline.after(None, phone)
    blind_hotline.clock.advance(timedelta(hours=13))
    await blind_hotline.round()

    assert line.text == text("enquiry.knock", "lo")
    session = (await chat_of(blind_hotline, phone)).session
    assert session.hidden
    assert session.screen == before
    assert line.text in phone.screen().texts


async def test_the_text_goes_from_the_phone_and_the_line_leads_back_to_it(blind_hotline: Hotline) -> None:
    phone, one = await a_family(blind_hotline)
    blind_hotline.clock.advance(one.texts_at[0] - blind_hotline.clock.now())
    line, fixed = (await blind_hotline.after(None, phone))[-2:]

    blind_hotline.clock.advance(timedelta(hours=13))
    await blind_hotline.round()

    assert fixed.text not in phone.screen().texts
    assert line.text in phone.screen().texts
    [status] = await blind_hotline.press(phone, "e:a.s")
    assert one.code in status.text


async def test_who_wants_to_hear_us_only_when_writing_is_told_then(blind_hotline: Hotline) -> None:
    told = dict(TOLD) | {Field.REACH_HOURS: {"codes": ["only_when_i_write"]}}
    phone, one = await a_family(blind_hotline, told)
    await blind_hotline.after(None, phone)

    blind_hotline.clock.advance(one.texts_at[0] - blind_hotline.clock.now() + _HOUR)
    assert await blind_hotline.after(None, phone) == []

    said = await blind_hotline.say(phone, "/menu")
    assert [one.text for one in said][1:] == [text("enquiry.knock", "lo")]
    assert len(await blind_hotline.say(phone, "/menu")) == 1


async def test_enquirer_visible_states(blind_hotline: Hotline) -> None:
    phone, one = await a_family(blind_hotline)
    fixed = text("answers.tracing_status", "lo")
    dates = dict(zip(("first", "second", "third"), map(day, one.texts_at), strict=True))
    received = text("enquiry.line.received", "lo", code=one.code, received=day(blind_hotline.clock.now()), **dates)

    ten_times = [await _ask_status(blind_hotline, phone) for _ in range(10)]
    assert {tuple(each.text for each in sent) for sent in ten_times} == {(f"{fixed}\n\n{received}",)}

    blind_hotline.clock.advance(one.texts_at[2] - blind_hotline.clock.now())
    await blind_hotline.settle()
    [expired] = (await _ask_status(blind_hotline, phone))[-1:]
    assert expired.text == f"{fixed}\n\n{text('enquiry.line.expired', 'lo', code=one.code, day=dates['third'])}"

    two = await send_one(blind_hotline, phone)
    [ask] = await _close(blind_hotline, phone)
    assert two.code in ask.text
    [closed] = await blind_hotline.press(phone, f"e:a.wy:{two.id}")
    assert two.code in closed.text
    [after] = await _ask_status(blind_hotline, phone)
    assert text("enquiry.line.closed", "lo", code=two.code, day=day(blind_hotline.clock.now())) in after.text
    assert [each.state for each in await enquiries_of(blind_hotline, phone)] == [State.CLOSED, State.EXPIRED]


async def test_who_types_their_number_hears_how_it_stands_and_nobody_elses_number_tells_anything(
    blind_hotline: Hotline,
) -> None:
    phone, one = await a_family(blind_hotline)
    [by_menu] = await _ask_status(blind_hotline, phone)
    stranger = blind_hotline.phone("stranger")
    await blind_hotline.say(stranger, "/start")

    by_number = [await blind_hotline.say(phone, typed) for typed in (one.code, f"ເລກ {one.code.lower()}")]
    theirs = await blind_hotline.say(stranger, one.code)
    nobodys = await blind_hotline.say(stranger, "7K7K7K7K")

    assert [[each.text for each in sent] for sent in by_number] == [[by_menu.text]] * 2
    assert _look(theirs) == _look(nobodys)
    assert one.code not in theirs[-1].text


async def test_who_closed_it_gets_no_more_texts(blind_hotline: Hotline) -> None:
    phone, one = await a_family(blind_hotline)
    await _close(blind_hotline, phone)
    await blind_hotline.press(phone, f"e:a.wy:{one.id}")

    blind_hotline.clock.advance(timedelta(days=31))

    assert await blind_hotline.after(None, phone) == []


async def _ask_status(hotline: Hotline, phone: Phone) -> list[Sent]:
    """Down the menu to "any news?", a while after whatever was before."""
    hotline.clock.advance(timedelta(minutes=2))
    await hotline.say(phone, "/menu")
    return await _down(hotline, phone, "i:tracing_status")


async def _close(hotline: Hotline, phone: Phone) -> list[Sent]:
    await _ask_status(hotline, phone)
    return await hotline.press(phone, "e:a.w")


async def _down(hotline: Hotline, phone: Phone, data: str) -> list[Sent]:
    path, wanted = [], data.removeprefix("i:")
    while wanted != "root":
        parent = next(node for node, children in tree().items() if wanted in children)
        path.append(f"m:{wanted}" if wanted in tree() else f"i:{wanted}")
        wanted = parent
    sent: list[Sent] = []
    for step in reversed(path):
        sent = await hotline.press(phone, step)
    return sent
