"""Taking back: from every state, by button or word in every language, whoever holds the chat (R4)."""

from datetime import timedelta

from sqlalchemy import select, update

from tests.flows.matters_out import (
    ACCEPT,
    STATES,
    TOLD,
    chat_of,
    data_of,
    directory_of,
    go,
    in_state,
    offer,
    receivers_in,
    sent_to,
    written,
)
from tests.flows.test_answers_by_button import _check_first_lines
from tests.hotline import Hotline
from thangdee.bot.simulator import Phone
from thangdee.casework.chats import Chats, chat
from thangdee.casework.referrals import gate, store
from thangdee.casework.referrals.model import ENDED, Field, Matter, MatterState, ReferralState
from thangdee.core.jobs import Queue, job
from thangdee.core.words import text
from thangdee.flows.matter_words import told_in_words
from thangdee.referral_directory.model import text_in

WORDS = {"lo": "ຖອນຄືນ", "th": "ไม่ให้ส่ง", "en": "Take back"}


async def _matters(hotline: Hotline, phones: list[Phone]) -> list[Matter]:
    vault, now = hotline.installation.vault, hotline.clock.now()
    async with hotline.installation.database.write() as connection:
        chats = [await Chats(connection, vault).of(phone.chat_id, now) for phone in phones]
        return [(await store.matters_of(connection, one.id))[0] for one in chats]


async def test_withdraw_from_every_state(clockless_hotline: Hotline) -> None:
    vault, now = clockless_hotline.installation.vault, clockless_hotline.clock.now()
    to = receivers_in(await directory_of(clockless_hotline))
    ways = [*WORDS, "button"]
    people = {(state, way): clockless_hotline.phone(f"{state} {way}") for state in STATES for way in ways}
    for phone in people.values():
        phone.start()
    await clockless_hotline.settle(60)
    async with clockless_hotline.installation.database.write() as connection:
        for number, ((state, way), phone) in enumerate(people.items()):
            who = await chat_of(connection, vault, phone, way if way in WORDS else "lo", now)
            await in_state(connection, vault, who, state, to, now)
            await offer(connection, vault, who, now, "u:s", "u:w")
            if (number + number // len(ways)) % 2:
                await connection.execute(update(chat).where(chat.c.id == who.id).values(held_by="somebody"))
    before = await _matters(clockless_hotline, list(people.values()))
    await clockless_hotline.settle(60)

    for (_, way), phone in people.items():
        phone.text(WORDS[way]) if way in WORDS else phone.press("u:w")
    await clockless_hotline.settle(60)
    for (state, _), phone in people.items():
        if state not in ("closed", "taken back"):  # there it is said at once that nothing is left to take back
            phone.press("u:wa:")
    await clockless_hotline.settle(60)

    later = clockless_hotline.clock.now()
    for (state, way), phone, was, matter in zip(
        people, people.values(), before, await _matters(clockless_hotline, list(people.values())), strict=True
    ):
        assert matter.state in ENDED, (state, way)
        assert matter.state is MatterState.WITHDRAWN or was.state in ENDED
        assert all(not gate.told(matter, one, later) for one in matter.referrals)
        assert all(one.withdrawn_at for one in matter.consents) or was.state in ENDED
        asked, answer = clockless_hotline.fake.sent_to(phone)[-2:]
        language = way if way in WORDS else "lo"
        opening = "matter.nothing_open" if was.state in ENDED else "matter.taken_back"
        assert answer.text.startswith(text(opening, language)), (state, way)
        assert ("u:wa:" in data_of(asked)) == (was.state not in ENDED)
        nobody = text("matter.line.told_nobody", language)
        assert (nobody in answer.text) is (not was.referrals), (state, way)
    _check_first_lines(clockless_hotline.fake.sent)


async def test_the_receiver_is_told_to_stop_and_she_hears_what_they_could_read(clockless_hotline: Hotline) -> None:
    vault, now, directory = (
        clockless_hotline.installation.vault,
        clockless_hotline.clock.now(),
        await directory_of(clockless_hotline),
    )
    to = receivers_in(directory)
    early, late = clockless_hotline.phone("outline"), clockless_hotline.phone("all")
    async with clockless_hotline.installation.database.write() as connection:
        await in_state(connection, vault, await chat_of(connection, vault, early, "lo", now), "offered", to, now)
        await in_state(connection, vault, await chat_of(connection, vault, late, "lo", now), "accepted", to, now)
    clockless_hotline.clock.advance(timedelta(minutes=5))

    [_] = await clockless_hotline.say(early, WORDS["lo"])
    [outline] = await clockless_hotline.press(early, "u:wa:")
    [_] = await clockless_hotline.say(late, WORDS["lo"])
    [everything] = await clockless_hotline.press(late, "u:wa:")

    name = text_in(directory.by_id[to[0].listing_id].names, "lo")
    other = text_in(directory.by_id[to[1].listing_id].names, "lo")
    for sent in (outline, everything):
        assert name in sent.text
        assert other not in sent.text
        assert told_in_words({Field.NEED: TOLD[Field.NEED]}, "lo") in sent.text
        assert text("matter.line.told_to_stop", "lo") in sent.text
    for private in ("ນ້ອງດາວ", "ເຈັບທ້ອງ"):
        assert private not in outline.text
        assert private in everything.text
    matters = await _matters(clockless_hotline, [early, late])
    async with clockless_hotline.installation.database.read() as connection:
        of_clock = select(job.c.lane).where(job.c.queue == Queue.CLOCK, job.c.kind == "notify_ended")
        lanes = set((await connection.execute(of_clock)).scalars())
    assert lanes >= {f"notify_ended-{one.referrals[0].id}" for one in matters}


async def test_only_one_of_them_is_left_out_and_the_next_is_asked(clockless_hotline: Hotline) -> None:
    vault, now, directory = (
        clockless_hotline.installation.vault,
        clockless_hotline.clock.now(),
        await directory_of(clockless_hotline),
    )
    to, phone = receivers_in(directory), clockless_hotline.phone()
    async with clockless_hotline.installation.database.write() as connection:
        await in_state(connection, vault, await chat_of(connection, vault, phone, "en", now), "accepted", to, now)
    clockless_hotline.clock.advance(timedelta(minutes=5))

    [asked] = await clockless_hotline.say(phone, "take it back")
    [names] = await clockless_hotline.press(phone, next(one for one in data_of(asked) if one.startswith("u:wl")))
    [done] = await clockless_hotline.press(phone, data_of(names)[0])
    [again] = await clockless_hotline.press(phone, data_of(names)[0])

    first, second = (text_in(directory.by_id[one.listing_id].names, "en") for one in to)
    [matter] = await _matters(clockless_hotline, [phone])
    assert text("matter.line.only_then_next", "en", name=first, next=second) in asked.text
    assert [one.state for one in matter.referrals] == [ReferralState.WITHDRAWN, ReferralState.OFFERED]
    assert not gate.told(matter, matter.referrals[0], now)
    assert text("matter.line.no_more_to", "en", name=first) in done.text
    assert text("matter.line.stopped", "en", name=first) in done.text
    assert second in done.text
    assert again.text.startswith(text("matter.status", "en"))


async def test_the_screen_of_deletion_offers_to_take_back_alone(clockless_hotline: Hotline) -> None:
    vault, now = clockless_hotline.installation.vault, clockless_hotline.clock.now()
    to, phone = receivers_in(await directory_of(clockless_hotline)), clockless_hotline.phone()
    async with clockless_hotline.installation.database.write() as connection:
        await in_state(connection, vault, await chat_of(connection, vault, phone, "lo", now), "contacted", to, now)

    [asked] = await clockless_hotline.say(phone, "ລຶບ")
    [question] = await clockless_hotline.press(phone, "u:w")
    [_] = await clockless_hotline.press(phone, "u:wa:")
    [plain] = await clockless_hotline.say(phone, "ລຶບ")

    assert data_of(asked) == ["y:delete", "u:w", "n:delete", "c:danger_now"]
    assert question.text.startswith(text("matter.take_back", "lo"))
    assert data_of(plain) == ["y:delete", "n:delete", "c:danger_now"]


async def test_deleting_the_chat_takes_everything_back_and_undoing_it_does_not_bring_it_back(
    clockless_hotline: Hotline,
) -> None:
    vault, now = clockless_hotline.installation.vault, clockless_hotline.clock.now()
    to, phone = receivers_in(await directory_of(clockless_hotline)), clockless_hotline.phone()
    async with clockless_hotline.installation.database.write() as connection:
        who = await chat_of(connection, vault, phone, "lo", now)
        first = await in_state(connection, vault, who, "accepted", to, now)
        second = await written(connection, vault, who, now)
        second = await go(connection, vault, await sent_to(connection, vault, second, to[1:], now), ACCEPT, now)

    [_] = await clockless_hotline.say(phone, "/delete")
    [done] = await clockless_hotline.press(phone, "y:delete")
    async with clockless_hotline.installation.database.read() as connection:
        closed = [await store.load(connection, one.id) for one in (first, second)]
    code = next(word for word in done.text.split() if word.isdecimal() and len(word) == 6)
    [_] = await clockless_hotline.say(phone, code)
    async with clockless_hotline.installation.database.read() as connection:
        undone = [await store.load(connection, one.id) for one in (first, second)]

    assert undone == closed
    assert {one.state for one in undone} == {MatterState.WITHDRAWN}
    assert all(not gate.told(one, each, now) for one in undone for each in one.referrals)
    assert all(consent.withdrawn_at for one in undone for consent in one.consents)


async def test_a_button_of_somebody_elses_matter_does_nothing(clockless_hotline: Hotline) -> None:
    vault, now = clockless_hotline.installation.vault, clockless_hotline.clock.now()
    to = receivers_in(await directory_of(clockless_hotline))
    owner, other = clockless_hotline.phone("owner"), clockless_hotline.phone("other")
    await clockless_hotline.after(other.start(), other)
    async with clockless_hotline.installation.database.write() as connection:
        matter = await in_state(
            connection, vault, await chat_of(connection, vault, owner, "lo", now), "accepted", to, now
        )
        who = await chat_of(connection, vault, other, "lo", now)
        steps = [f"{one}:{matter.id}" for one in ("u:wa", "u:w", "u:s", "u:t", "u:wl", "u:m")]
        data = (*steps, f"u:wr:{matter.consents[0].id}")
        await offer(connection, vault, who, now, *data)
    await clockless_hotline.settle()

    answers = [(await clockless_hotline.press(other, one))[-1].text for one in data]

    [after] = await _matters(clockless_hotline, [owner])
    assert after == matter
    assert all("ນ້ອງດາວ" not in one for one in answers)
