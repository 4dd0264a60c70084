"""How long things are kept (R25), deletion that leaves nothing readable (R26), a disk without words (R27)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests import canary
from tests.hotline import Hotline
from thangdee.casework import alerts, conversations, erasure
from thangdee.casework.alerts import alert
from thangdee.casework.chats import Chats, chat, key_of
from thangdee.casework.consent import consent
from thangdee.casework.transcripts import phone_message, read, said
from thangdee.core.columns import metadata
from thangdee.core.database import Database
from thangdee.core.jobs import JobState, NewJob, Queue, enqueue, job, new_uid
from thangdee.core.vault import data_key
from thangdee.core.words import text
from thangdee.flows.incoming import Incoming
from thangdee.processes.worker import make_round

CRY = "ຂ້ອຍຖືກຂັງຢູ່ໃນຫ້ອງ ຊ່ວຍແດ່"
ALL_ABOUT_A_CHAT = (chat, data_key, said, consent, phone_message, alert)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def _counts(hotline: Hotline) -> dict[str, int]:
    async with hotline.installation.database.read() as connection:
        counts = {}
        for table in ALL_ABOUT_A_CHAT:
            query = select(func.count()).select_from(table)
            counts[table.name] = (await connection.execute(query)).scalar_one()
        return counts


async def _chat_ids(hotline: Hotline) -> list[str]:
    async with hotline.installation.database.read() as connection:
        return list((await connection.execute(select(chat.c.id).order_by(chat.c.created_at, chat.c.id))).scalars())


async def _id_of(hotline: Hotline, phone) -> str | None:
    installation = hotline.installation
    async with installation.database.read() as connection:
        who = await Chats(connection, installation.vault).find(key_of(installation.vault, phone.chat_id))
    return who.id if who else None


async def _words_of(hotline: Hotline, chat_id: str) -> list[str]:
    installation = hotline.installation
    async with installation.database.read() as connection:
        who = await Chats(connection, installation.vault).get(chat_id)
        lines = await read(connection, installation.vault, who) if who else []
    return [str(line.body.get("text")) for line in lines if line.direction == "in"]


async def _later(hotline: Hotline, by: timedelta) -> None:
    hotline.clock.advance(by)
    await hotline.round()


async def _talker(hotline: Hotline):
    """Somebody who agreed, wrote canary words and cried for help."""
    phone = hotline.phone(canary.LATIN)
    await hotline.choose(phone, "lo", keep=True)
    await hotline.say(phone, canary.WORDS)
    await hotline.say(phone, CRY)
    return phone


def _code_in(told: str) -> str:
    [code] = [word for word in told.replace("\n", " ").split() if word.isdecimal() and len(word) == 6]
    return code


def _folder(hotline: Hotline):
    return hotline.installation.settings.data_dir


# --- R25 ----------------------------------------------------------------------------------------------------


async def test_retention_clock_of_a_session_without_a_yes_is_24_hours(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=None)
    await _later(blind_hotline, 23 * HOUR)
    before = await _counts(blind_hotline)
    await _later(blind_hotline, 1 * HOUR + timedelta(minutes=1))

    assert before["chat"] == before["data_key"] == 1
    assert set((await _counts(blind_hotline)).values()) == {0}


async def test_retention_clock_of_a_session_with_a_no_is_24_hours_too(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    await blind_hotline.choose(phone, "lo", keep=False)

    await _later(blind_hotline, 24 * HOUR + timedelta(minutes=1))

    assert set((await _counts(blind_hotline)).values()) == {0}


async def test_retention_clock_begins_anew_with_each_contact(blind_hotline: Hotline) -> None:
    phone = blind_hotline.phone()
    for _ in range(4):
        await blind_hotline.say(phone, "/menu")
        await _later(blind_hotline, 23 * HOUR)

    assert (await _counts(blind_hotline))["chat"] == 1


async def test_retention_clock_of_a_kept_chat_is_90_days_after_the_last_contact(blind_hotline: Hotline) -> None:
    phone = await _talker(blind_hotline)
    await _later(blind_hotline, 60 * DAY)
    await blind_hotline.say(phone, "/menu")
    await _later(blind_hotline, 89 * DAY)
    before = await _counts(blind_hotline)
    await _later(blind_hotline, 2 * DAY)

    assert before["chat"] == before["data_key"] == 1
    assert before["said"] > 0
    assert set((await _counts(blind_hotline)).values()) == {0}


async def test_retention_clock_lets_a_crisis_alert_stay_for_90_days_without_a_yes(blind_hotline: Hotline) -> None:
    await blind_hotline.say(blind_hotline.phone(), CRY)
    await _later(blind_hotline, 89 * DAY)
    before = await blind_hotline.alerts()
    await _later(blind_hotline, 2 * DAY)

    assert [one.reason for one in before] == ["danger_now"]
    assert set((await _counts(blind_hotline)).values()) == {0}


async def test_retention_clock_of_jobs_bodies_7_days_and_rows_30_days(database: Database, vault, installation) -> None:
    now = installation.clock.now()
    async with database.write() as connection:
        for state, queue in (
            (JobState.DEAD, Queue.INBOX),
            (JobState.READY, Queue.CLOCK),
            (JobState.READY, Queue.INBOX),
        ):
            new = NewJob(queue, f"{state}{queue}", "x", now, now, new_uid(), sealed_body=b"body")
            await enqueue(connection, new)
            ended = now if state is JobState.DEAD else None
            change = job.update().where(job.c.uid == new.uid).values(state=state, done_at=ended)
            await connection.execute(change)
    hotline = replace(installation, database=database)

    seen = []
    for wait in (6 * DAY, 2 * DAY, 23 * DAY):
        installation.clock.advance(wait)
        await make_round(hotline)
        async with database.read() as connection:
            rows = (await connection.execute(select(job.c.state, job.c.queue, job.c.sealed_body))).all()
        seen.append({(row.state, row.queue): bool(row.sealed_body) for row in rows})

    dead, clock, waiting = ("dead", "inbox"), ("ready", "clock"), ("ready", "inbox")
    assert seen == [
        {dead: True, clock: True, waiting: True},
        {dead: False, clock: True, waiting: True},
        {clock: True, waiting: True},
    ]


async def test_done_jobs_hold_no_body_at_all(blind_hotline: Hotline) -> None:
    await _talker(blind_hotline)

    async with blind_hotline.installation.database.read() as connection:
        query = select(func.count()).select_from(job).where(job.c.state == JobState.DONE)
        done = (await connection.execute(query)).scalar_one()
        full = (await connection.execute(query.where(job.c.sealed_body.is_not(None)))).scalar_one()
    assert done > 8
    assert full == 0


# --- R26 ----------------------------------------------------------------------------------------------------

WAYS = {
    "by button": [("m:more",), ("m:about",), ("m:settings",), ("i:delete_my_data",)],
    "by command": ["/delete"],
    "in Lao": ["ລຶບ"],
    "in Thai": ["ลบ"],
    "in English": ["Delete"],
}


@pytest.mark.parametrize("way", WAYS)
async def test_erasure_leaves_nothing_readable_at_once(blind_hotline: Hotline, way: str) -> None:
    phone = await _talker(blind_hotline)
    chat_id = await _id_of(blind_hotline, phone)
    before = await _words_of(blind_hotline, chat_id)
    if way == "by button":
        await blind_hotline.say(phone, "/menu")
    for step in WAYS[way]:
        blind_hotline.clock.advance(timedelta(seconds=20))
        told = await (
            blind_hotline.press(phone, step[0]) if isinstance(step, tuple) else blind_hotline.say(phone, step)
        )
    [done] = await blind_hotline.press(phone, "y:delete")

    assert canary.WORDS in before
    assert told[0].text == text("delete.ask", "lo")
    assert done.text == text("delete.done", "lo", code=_code_in(done.text))
    assert await _id_of(blind_hotline, phone) != chat_id
    assert await _words_of(blind_hotline, chat_id) == []
    async with blind_hotline.installation.database.read() as connection:
        now, vault = blind_hotline.clock.now(), blind_hotline.installation.vault
        assert await alerts.open_alerts(connection) == []
        assert await conversations.queue(connection, now) == []
        assert await conversations.read(connection, vault, chat_id) is None


async def test_a_no_deletes_nothing(blind_hotline: Hotline) -> None:
    phone = await _talker(blind_hotline)
    chat_id = await _id_of(blind_hotline, phone)
    await blind_hotline.say(phone, "/delete")

    [told] = await blind_hotline.press(phone, "n:delete")

    assert told.text.startswith(text("delete.cancelled", "lo"))
    assert canary.WORDS in await _words_of(blind_hotline, chat_id)


async def _delete(hotline: Hotline, phone) -> str:
    await hotline.say(phone, "/delete")
    [done] = await hotline.press(phone, "y:delete")
    return _code_in(done.text)


async def test_the_code_undoes_a_deletion_within_72_hours(blind_hotline: Hotline) -> None:
    phone = await _talker(blind_hotline)
    chat_id = await _id_of(blind_hotline, phone)
    code = await _delete(blind_hotline, phone)
    await blind_hotline.say(phone, "ສະບາຍດີ")
    await _later(blind_hotline, 71 * HOUR)

    [told] = await blind_hotline.say(phone, f" {code} ")

    assert told.text == text("delete.restored", "lo")
    assert await _id_of(blind_hotline, phone) == chat_id
    assert canary.WORDS in await _words_of(blind_hotline, chat_id)
    assert len(await blind_hotline.alerts()) == 1


async def test_a_wrong_code_undoes_nothing(blind_hotline: Hotline) -> None:
    phone = await _talker(blind_hotline)
    chat_id = await _id_of(blind_hotline, phone)
    code = await _delete(blind_hotline, phone)

    for wrong in (f"{(int(code) + 1) % 1_000_000:06d}", code[:5], code + "0"):
        await blind_hotline.say(phone, wrong)

    assert await _id_of(blind_hotline, phone) != chat_id
    assert await _words_of(blind_hotline, chat_id) == []


async def test_after_ten_wrong_codes_the_right_one_is_refused_too(blind_hotline: Hotline) -> None:
    phone = await _talker(blind_hotline)
    chat_id = await _id_of(blind_hotline, phone)
    code = await _delete(blind_hotline, phone)

    for wrong in range(1, 11):
        await blind_hotline.say(phone, f"{(int(code) + wrong) % 1_000_000:06d}")
    blind_hotline.clock.advance(timedelta(minutes=2))
    await blind_hotline.say(phone, code)

    assert await _id_of(blind_hotline, phone) != chat_id


async def test_the_code_of_another_person_undoes_nothing(blind_hotline: Hotline) -> None:
    phone, other = await _talker(blind_hotline), blind_hotline.phone("other")
    chat_id = await _id_of(blind_hotline, phone)
    code = await _delete(blind_hotline, phone)

    await blind_hotline.say(other, code)

    assert await _words_of(blind_hotline, chat_id) == []
    assert (await _id_of(blind_hotline, other)) != chat_id


@pytest.mark.parametrize(("waited", "undone"), [(71.9, True), (72.1, False)])
async def test_the_code_ends_with_the_72_hours_even_where_the_worker_is_late(
    database: Database, vault, installation, waited: float, undone: bool
) -> None:
    clock = installation.clock
    async with database.write() as connection:
        whose = await Chats(connection, vault).of(5, clock.now())
        code = await erasure.close(connection, vault, whose, clock.now())
        clock.advance(waited * HOUR)
        newer = await Chats(connection, vault).of(5, clock.now())

        assert await erasure.reopen(connection, vault, newer, code, clock.now()) is undone
        assert (await Chats(connection, vault).of(5, clock.now())).id == (whose.id if undone else newer.id)


async def test_erasure_leaves_nothing_readable_after_72_hours(blind_hotline: Hotline) -> None:
    """No word, no number of the chat, no sealed value and no key that opens one, in any file."""
    phone, other = await _talker(blind_hotline), blind_hotline.phone("other")
    await blind_hotline.choose(other, "th", keep=True)
    chat_id, database = await _id_of(blind_hotline, phone), blind_hotline.installation.database
    async with database.read() as connection:
        key_id = (await connection.execute(select(chat.c.key_id).where(chat.c.id == chat_id))).scalar_one()
        wrapped = (await connection.execute(select(data_key.c.wrapped).where(data_key.c.id == key_id))).scalar_one()
        sealed = list((await connection.execute(select(said.c.sealed_body).where(said.c.chat_id == chat_id))).scalars())
    before = [_files_with(blind_hotline, one) for one in (wrapped, *sealed)]
    await _delete(blind_hotline, phone)
    await _later(blind_hotline, 72 * HOUR + timedelta(minutes=1))

    assert all(before)
    assert canary.found_in(_folder(blind_hotline), str(phone.chat_id)) == {}
    assert [_files_with(blind_hotline, one) for one in (wrapped, *sealed)] == [[]] * (len(sealed) + 1)
    assert await _rows_that_name(blind_hotline, chat_id, key_id) == []
    assert await _id_of(blind_hotline, other) is not None


def _files_with(hotline: Hotline, value: bytes) -> list[str]:
    return [path.name for path in canary.files(_folder(hotline)) if value in path.read_bytes()]


async def _rows_that_name(hotline: Hotline, *ids: str) -> list[str]:
    named = []
    async with hotline.installation.database.read() as connection:
        for table in metadata.tables.values():
            if table.name == "audit":
                continue  # keeps a chat's random number for 24 months: who read it, what was agreed (R30, R31)
            rows = (await connection.execute(select(table))).all()
            named += [table.name for row in rows if any(str(value) in ids for value in row)]
    return named


# --- R27 ----------------------------------------------------------------------------------------------------


async def test_disk_grep_finds_no_canary(blind_hotline: Hotline) -> None:
    """Whatever a person does, at no time do the files hold a word or the number of the chat."""
    phone = blind_hotline.phone(canary.LATIN)
    acts = [
        lambda: blind_hotline.choose(phone, "lo", keep=True),
        lambda: blind_hotline.say(phone, canary.WORDS),
        lambda: blind_hotline.say(phone, f"{CRY} {canary.WORDS}"),
        lambda: blind_hotline.say(phone, f"/{canary.WORDS}"),
        lambda: blind_hotline.after(phone.photo(caption=canary.WORDS), phone),
        lambda: blind_hotline.after(phone.voice(2), phone),
        lambda: blind_hotline.after(phone.contact(canary.NUMBER), phone),
        lambda: blind_hotline.say(phone, "/hide"),
        lambda: _delete(blind_hotline, phone),
        lambda: _later(blind_hotline, 73 * HOUR),
    ]
    found = []
    for act in acts:
        blind_hotline.clock.advance(timedelta(seconds=20))
        await act()
        found.append(canary.found_in(_folder(blind_hotline), str(phone.chat_id)))

    assert found == [{}] * len(acts)


async def test_disk_grep_finds_no_canary_while_messages_wait(blind_hotline: Hotline) -> None:
    """The bodies of inbox and outbox lie on the disk until they are done."""
    blind_hotline.fake.fail_next("sendMessage", times=50, status=500)
    phone = blind_hotline.phone()
    await blind_hotline.say(phone, canary.WORDS)
    await blind_hotline.stop("chat")

    async with blind_hotline.installation.database.read() as connection:
        waiting = (await connection.execute(select(job).where(job.c.sealed_body.is_not(None)))).all()
    assert [row.queue for row in waiting] == ["outbox"]
    assert canary.found_in(_folder(blind_hotline), str(phone.chat_id)) == {}


def test_a_canary_is_found_in_every_form_in_which_it_could_leak() -> None:
    body = Incoming(1, 2, "text", text=canary.LAO).to_json()
    forms = [
        str(body).encode(),
        repr(str(body).encode()).encode(),
        ascii(body).encode(),
        canary.LAO.encode("utf-16-le"),
    ]

    assert [canary.found(form) for form in forms] == [[canary.LAO]] * 4
