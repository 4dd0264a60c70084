"""What stands beside a chat, so that nobody asks again (R44): told, agreed, answered, called; a phone that fell silent."""

from datetime import timedelta

from tests.casework.talks import a_chat, cry, take
from thangdee.casework import consent, conversations, known, transcripts
from thangdee.casework.chats import Chats, mark_blocked
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.known import Known, Topic
from thangdee.casework.transcripts import Direction, Line


async def _known(database, vault, clock, chat_id) -> Known:
    async with database.read() as connection:
        read = await conversations.read(connection, vault, chat_id)
        found = await known.known(connection, vault, chat_id, read.lines, clock.now())
    assert found is not None
    return found


async def test_what_was_told_agreed_answered_and_called_stands_beside_the_chat(installation, clock) -> None:
    database, vault, now = installation.database, installation.vault, clock.now()
    said = {"place": "LA1301", "age_band": "under_18", "need": "shelter", "told_at": now.isoformat()}
    async with database.write() as connection:
        whose = await a_chat(connection, vault, now, **said)
        await consent.record(
            connection, whose, Purpose.KEEP_CHAT, is_yes=False, given_by=GivenBy.READ_BY_STAFF, now=now
        )
        for line in (
            Line(Direction.IN, now, {"text": "?"}, intent="wages_withheld"),
            Line(Direction.BOT, now, {"say": ["answers.wages_withheld", "numbers.x"]}),
            Line(Direction.IN, now + timedelta(minutes=1), {"text": "ok"}, intent="thanks"),
        ):
            await transcripts.keep(connection, vault, whose, line)
        await cry(connection, whose.id, now)

    found = await _known(database, vault, clock, whose.id)

    assert (found.place, found.age_band, found.need, found.told_at) == ("LA1301", "under_18", "shelter", now)
    assert {one.purpose: (one.is_yes, one.given_by) for one in found.consents} == {
        Purpose.TALK_TO_STAFF: (True, GivenBy.TAPPED), Purpose.KEEP_CHAT: (False, GivenBy.READ_BY_STAFF),
    }  # fmt: skip
    assert found.topics == (
        Topic("wages_withheld", now, is_answer=False), Topic("answers.wages_withheld", now, is_answer=True),
    )  # fmt: skip
    assert [(one.reason, one.taken_by) for one in found.alerts] == [("danger_now", None)]
    assert (found.silent_for, found.is_blocked) == (None, False)

    clock.advance(timedelta(hours=24, seconds=1))
    assert (await _known(database, vault, clock, whose.id)).place is None  # R25


async def test_a_phone_is_called_silent_after_nine_hours_while_somebody_waits_for_it(installation, clock) -> None:
    database, vault = installation.database, installation.vault
    async with database.write() as connection:
        whose = await a_chat(connection, vault, clock.now())
    clock.advance(timedelta(hours=9))
    assert (await _known(database, vault, clock, whose.id)).silent_for is None
    await take(database, vault, whose.id, "noy", clock.now())

    assert (await _known(database, vault, clock, whose.id)).silent_for == timedelta(hours=9)
    async with database.write() as connection:
        await mark_blocked(connection, whose.id, clock.now())
    assert (await _known(database, vault, clock, whose.id)).is_blocked

    async with database.write() as connection:
        await Chats(connection, vault).of(whose.address, clock.now())  # a sign of life
    found = await _known(database, vault, clock, whose.id)
    assert (found.silent_for, found.is_blocked) == (None, False)
