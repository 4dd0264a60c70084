"""Files that people send: fetched from Telegram, sealed, found again by their line; or refused, and said so (R58)."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.hotline import TOKEN, Hotline
from thangdee.bot.simulator import Phone
from thangdee.bot.updates import read_update
from thangdee.casework import conversations, media
from thangdee.casework.chats import Chats, key_of
from thangdee.casework.media import Media, State
from thangdee.casework.transcripts import Line, read
from thangdee.core.jobs import JobState, Queue, job
from thangdee.core.words import text
from thangdee.flows.incoming import Incoming
from thangdee.processes.wiring import Installation

CRY = "ຂ້ອຍຖືກຂັງຢູ່ໃນຫ້ອງ ຊ່ວຍແດ່"


async def _lines(installation: Installation, phone: Phone) -> list[Line]:
    async with installation.database.read() as connection:
        whose = await Chats(connection, installation.vault).find(key_of(installation.vault, phone.chat_id))
        return await read(connection, installation.vault, whose) if whose else []


async def _files(hotline: Hotline, phone: Phone) -> list[Media]:
    """The files of a phone's lines, in order."""
    ids = [line.body["media"] for line in await _lines(hotline.installation, phone) if "media" in line.body]
    async with hotline.installation.database.read() as connection:
        known = await media.shown(connection, ids)
    return [known[one] for one in ids]


async def _opened(hotline: Hotline, file: Media) -> bytes:
    async with hotline.installation.database.read() as connection:
        return (await media.open_file(connection, hotline.installation.vault, file.id)).content


async def _dead(hotline: Hotline) -> list[str | None]:
    async with hotline.installation.database.read() as connection:
        query = select(job.c.error_code).where(job.c.queue == Queue.MEDIA, job.c.state == JobState.DEAD)
        return list((await connection.execute(query)).scalars())


async def _take_over(hotline: Hotline, phone: Phone) -> None:
    installation = hotline.installation
    async with installation.database.write() as connection:
        whose = await Chats(connection, installation.vault).find(key_of(installation.vault, phone.chat_id))
        assert await conversations.take_over(connection, installation.vault, whose.id, "noy", hotline.clock.now())


async def test_a_voice_note_is_fetched_and_its_line_leads_to_it(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, keep=True)

    told = await blind_hotline.after(phone.voice(3), phone)

    [file] = await _files(blind_hotline, phone)
    heard = await _opened(blind_hotline, file)
    assert [sent.text for sent in told] == [text("chat.voice_received_off_duty", "lo")]
    assert (file.kind, file.state, file.seconds) == ("voice", State.READY, 3)
    assert heard[:2] == b"\xff\xf3"
    assert all("file_id" not in line.body for line in await _lines(blind_hotline.installation, phone))
    assert [alert.reason for alert in await blind_hotline.alerts()] == ["voice"]


async def test_a_photo_is_fetched_after_a_yes_only(blind_hotline: Hotline) -> None:
    without, agreed = blind_hotline.phone(), blind_hotline.phone()
    await blind_hotline.choose(without, keep=False)
    await blind_hotline.choose(agreed, keep=True)

    told = [await blind_hotline.after(phone.photo(), phone) for phone in (without, agreed)]

    [file] = await _files(blind_hotline, agreed)
    assert [sent.text for [sent] in told] == [
        text("media.tell.not_kept", "lo"), text("chat.photo_received_off_duty", "lo"),
    ]  # fmt: skip
    assert file.state is State.READY
    async with blind_hotline.installation.database.read() as connection:
        assert (await connection.execute(select(media.media.c.id))).scalars().all() == [file.id]
    assert [call.method for call in blind_hotline.fake.calls if call.method == "getFile"] == ["getFile"]


async def test_without_a_yes_a_voice_note_and_what_follows_a_cry_are_kept(blind_hotline: Hotline) -> None:
    speaking, crying = blind_hotline.phone(), blind_hotline.phone()
    await blind_hotline.say(crying, CRY)

    await blind_hotline.after(speaking.voice(1), speaking)
    await blind_hotline.after(crying.photo(), crying)

    for phone, kind in ((speaking, "voice"), (crying, "photo")):
        [file] = await _files(blind_hotline, phone)
        assert (file.kind, file.state) == (kind, State.READY)


async def test_trouble_with_telegram_delays_one_file_and_no_other(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, keep=True)
    blind_hotline.fake.fail_next("getFile", times=2, status=502)
    blind_hotline.fake.fail_next("getFile", retry_after=5)
    blind_hotline.fake.fail_next("download", status=404)
    await blind_hotline.after(phone.voice(1), phone)
    waiting = await _files(blind_hotline, phone)

    for _ in range(5):
        blind_hotline.clock.advance(timedelta(seconds=10))
        await blind_hotline.after(phone.photo(), phone)

    files = await _files(blind_hotline, phone)
    assert [file.state for file in waiting] == [State.WAITING]
    assert [file.state for file in files] == [State.READY] * 6
    assert await _dead(blind_hotline) == []


async def test_a_file_that_telegram_refuses_is_given_up_and_staff_see_why(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, keep=True)
    blind_hotline.fake.fail_next("getFile", times=99, status=400)
    await blind_hotline.after(phone.voice(1), phone)

    for _ in range(6):
        blind_hotline.clock.advance(timedelta(minutes=1))
        await blind_hotline.settle()

    [file] = await _files(blind_hotline, phone)
    assert (file.state, file.reason) == (State.REFUSED, "unreachable")
    assert await _dead(blind_hotline) == ["unreachable"]


@pytest.mark.parametrize(
    ("send", "told"),
    [
        (lambda phone: phone.voice(b"<html>no voice</html>"), "unreadable"),
        (lambda phone: phone.photo(b"<svg>no photo</svg>"), "unreadable"),
        (lambda phone: phone.voice(320, seconds=20), "too_long"),
        (lambda phone: phone.voice(b"OggS" + bytes(5 * 1024 * 1024)), "too_big_voice"),
        (lambda phone: phone.voice(2, seconds=301), "too_long"),
        (lambda phone: phone.photo(b"\xff\xd8\xff" + bytes(10 * 1024 * 1024)), "too_big_photo"),
    ],
)
async def test_a_file_that_cannot_be_taken_is_said_so_once_and_the_alert_stands(
    blind_hotline: Hotline, send: Any, told: str
) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, keep=True)

    sent = [one.text for one in await blind_hotline.after(send(phone), phone)]

    [file] = await _files(blind_hotline, phone)
    assert file.state is State.REFUSED
    assert sent.count(text(f"media.tell.{told}", "lo")) == 1
    assert len(await blind_hotline.alerts()) == 1
    assert await _dead(blind_hotline) == []


async def test_while_a_person_talks_the_bot_is_silent_about_files_too(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.say(phone, CRY)
    await _take_over(blind_hotline, phone)
    await blind_hotline.after(None, phone)

    told = await blind_hotline.after((phone.voice(b"no voice"), phone.voice(1), phone.voice(1, seconds=999)), phone)

    assert told == []
    states = [file.state for file in await _files(blind_hotline, phone)]
    assert states == [State.REFUSED, State.READY, State.REFUSED]


async def test_a_word_about_a_file_does_not_come_late(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, keep=True)
    blind_hotline.fake.fail_next("getFile", retry_after=600)
    await blind_hotline.after(phone.voice(b"no voice"), phone)

    blind_hotline.clock.advance(timedelta(minutes=11))
    told = await blind_hotline.after(None, phone)

    assert told == []
    assert [file.reason for file in await _files(blind_hotline, phone)] == ["unreadable"]


async def test_a_file_of_a_deleted_chat_is_not_fetched(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, keep=True)
    blind_hotline.fake.fail_next("getFile", retry_after=60)
    await blind_hotline.after(phone.voice(1), phone)
    await blind_hotline.say(phone, "/delete")
    await blind_hotline.press(phone, "y:delete")

    blind_hotline.clock.advance(timedelta(minutes=2))
    await blind_hotline.settle()

    errors = [call.error for call in blind_hotline.fake.calls if call.method == "getFile"]
    assert errors == [429]


async def test_neither_token_nor_file_reaches_a_log(
    blind_hotline: Hotline, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    phone = blind_hotline.phone()
    caplog.set_level(logging.WARNING)  # as in service: what libraries say below that is silenced (core/logs.py)
    await blind_hotline.choose(phone, keep=True)
    for fault in ({"status": 500}, {"drop": True}):
        blind_hotline.fake.fail_next("getFile", description=f"no {TOKEN}", **fault)
    blind_hotline.fake.fail_next("download", status=500)

    for _ in range(4):
        await blind_hotline.after(phone.voice(b"no voice"), phone)
        blind_hotline.clock.advance(timedelta(seconds=30))

    said = caplog.text + "".join(capfd.readouterr())
    assert TOKEN not in said
    assert "no voice" not in said


def _message(**more: Any) -> Incoming | None:
    chat = {"id": 5, "type": "private"}
    return read_update({"update_id": 1, "message": {"message_id": 2, "chat": chat, **more}})


def test_the_largest_size_of_a_picture_within_the_limit_is_taken() -> None:
    sizes = [{"file_id": f"f{size}", "file_size": size} for size in (1_000, 900_000, 11_000_000)]

    assert (taken := _message(photo=sizes)) is not None
    assert (taken.file_id, taken.size) == ("f900000", 900_000)
    assert (taken := _message(photo=sizes[2:])) is not None
    assert (taken.file_id, taken.size) == ("f11000000", 11_000_000)
    assert (taken := _message(photo=[{"file_id": "f"}, {}])) is not None
    assert taken.file_id == "f"


def test_what_telegram_says_of_a_file_is_read_and_survives_the_inbox() -> None:
    note = {"file_id": "f", "duration": 61, "file_size": 9_000_000, "length": 384}

    read_back = Incoming.from_json(_message(video_note=note).to_json())

    assert (read_back.file_id, read_back.seconds, read_back.size, read_back.is_round) == ("f", 61, 9_000_000, True)
    strange = _message(voice={"file_id": "f", "duration": -5, "file_size": "big"})
    assert (strange.seconds, strange.size, strange.is_round) == (None, None, False)
