"""The deeds of a talk through the console's routes: who may, what the person gets, what the audit and the page say."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.casework.talks import a_chat, cry, queued
from tests.console.signing_in import ORIGIN, client, gate_of, sign_in, viewer_of
from thangdee.casework import alerts, consent, conversations, held_replies, notes, shares
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chats
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.shares import Reach
from thangdee.casework.staff.roles import Role
from thangdee.console.app import bare_app
from thangdee.console.held_page import add_held
from thangdee.console.shared import Console
from thangdee.console.talk_deeds import add_talk_deeds, look
from thangdee.core import audit
from thangdee.core.jobs import JobState, job
from thangdee.core.outbox import STAFF_WORDS, TYPING
from thangdee.core.words import text
from thangdee.processes.talking import talk_tools

SECRET = "ນ້ອງຢູ່ບ້ານເກັດຕະການ"


@pytest.fixture
async def console(installation) -> Console:
    await installation.refresh_directory()
    return Console(
        installation.database, installation.vault, installation.clock, about_answer=lambda _: None, origin=ORIGIN
    )


@pytest.fixture
def app(installation, console):
    made = bare_app(gate_of(installation))
    add_talk_deeds(made, console, talk_tools(installation))
    add_held(made, console)
    return made


@pytest.fixture
async def talk(installation, clock):
    async with installation.database.write() as connection:
        return await _in_queue(connection, installation, clock)


async def _in_queue(connection, installation, clock, **given):
    """A chat whose person asked for one of us."""
    made = await a_chat(connection, installation.vault, clock.now(), **given)
    await alerts.raise_alert(connection, made.id, Urgency.PERSON, "talk_to_human", clock.now())
    return made


async def _post(app, cookies, path: str, **data: str):
    async with client(app, cookies) as browser:
        return await browser.post(path, data=data)


async def _in_hand(app, installation, talk) -> dict[str, str]:
    """Cookies of a counsellor who holds the chat."""
    cookies = await sign_in(installation, Role.COUNSELLOR)
    await _post(app, cookies, f"/chats/{talk.id}/take")
    return cookies


def _notice(answer) -> str:
    assert answer.status_code == 303
    return answer.headers["location"].partition("notice=")[2]


async def _sent(installation) -> list[str]:
    return [body["text"] for _, body in await queued(installation.database, installation.vault, [STAFF_WORDS])]


async def _audited(installation) -> list[str]:
    async with installation.database.read() as connection:
        rows = await connection.execute(select(audit.audit.c.action).order_by(audit.audit.c.seq))
        return [action for action in rows.scalars() if action.startswith(("chat:", "held:", "consent:"))]


async def test_of_two_who_take_over_at_once_one_wins_and_the_other_is_told(app, installation, talk) -> None:
    both = [await sign_in(installation, Role.COUNSELLOR) for _ in range(2)]

    answers = await asyncio.gather(*(_post(app, cookies, f"/chats/{talk.id}/take") for cookies in both))

    assert sorted(answer.headers["location"] for answer in answers) == [
        "/?notice=talk.notice.taken", f"/chats/{talk.id}",
    ]  # fmt: skip
    assert await _sent(installation) == [text("person.joined", "lo")]
    assert await _audited(installation) == ["chat:take"]


async def test_only_a_chat_that_waits_or_is_known_is_taken_over_the_others_need_broken_glass(
    app, installation, clock
) -> None:
    async with installation.database.write() as connection:
        quiet = await a_chat(connection, installation.vault, clock.now(), address=3)
    noy, mali = [await sign_in(installation, role) for role in (Role.COUNSELLOR, Role.SUPERVISOR)]

    refused = await _post(app, noy, f"/chats/{quiet.id}/take")
    allowed = await _post(app, mali, f"/chats/{quiet.id}/take")
    await _post(app, mali, f"/chats/{quiet.id}/close")
    again = await _post(app, noy, f"/chats/{quiet.id}/take")

    assert [_notice(one) for one in (refused, allowed, again)] == ["talk.notice.taken", "", "talk.notice.taken"]
    assert await _audited(installation) == ["chat:take", "chat:close"]


async def test_a_reply_goes_out_once_for_a_form_and_htmx_is_told_in_words(app, installation, talk) -> None:
    cookies = await _in_hand(app, installation, talk)

    first = await _post(app, cookies, f"/chats/{talk.id}/reply", words="ສະບາຍດີ", token="t1")
    again = await _post(app, cookies, f"/chats/{talk.id}/reply", words="ສະບາຍດີ", token="t1")
    async with client(app, cookies) as browser:
        part = await browser.post(
            f"/chats/{talk.id}/reply", data={"words": " ", "token": "t2"}, headers={"hx-request": "true"}
        )

    assert (_notice(first), _notice(again)) == ("talk.notice.sent", "talk.notice.repeated")
    assert (part.status_code, json.loads(part.headers["hx-trigger"])["talk-notice"]) == (
        204, {"code": "unfit_words", "text": text("talk.notice.unfit_words", "en")},
    )  # fmt: skip
    assert (await _sent(installation))[1:] == ["ສະບາຍດີ"]


@pytest.mark.parametrize(
    ("deed", "data"),
    [
        ("reply", {"words": "x"}),
        ("canned", {"key": "canned.free"}),
        ("vetted", {"key": "answers.info_passport"}),
        ("card", {"listing": "x"}),
        ("retry", {"job": "x"}),
        ("note", {"words": "x"}),
        ("consent", {"purpose": "keep_chat", "answer": "yes"}),
        ("transfer", {"to": "x", "summary": "x"}),
        ("ask-in", {"colleague": "x"}),
        ("see-out", {"colleague": "x"}),
        ("leave", {}),
        ("back", {"summary": "x"}),
        ("close", {"summary": "x"}),
        ("typing", {}),
        ("choices", None),
        ("near", None),
    ],
)
async def test_who_does_not_hold_the_chat_changes_and_reads_nothing(app, installation, talk, deed, data) -> None:
    await _in_hand(app, installation, talk)
    other = await sign_in(installation, Role.COUNSELLOR)

    async with client(app, other) as browser:
        path = f"/chats/{talk.id}/{deed}"
        answer = await (browser.get(path) if data is None else browser.post(path, data=data))

    if data is None:
        assert answer.status_code == 404
    elif deed == "typing":
        assert answer.status_code == 204
    else:
        assert _notice(answer) in ("talk.notice.not_held", "talk.notice.no_colleague")
    assert await _sent(installation) == [text("person.joined", "lo")]
    assert await queued(installation.database, installation.vault, [TYPING]) == []
    async with installation.database.read() as connection:
        assert await notes.of_chat(connection, installation.vault, talk.id) == []
        assert await consent.latest(connection, talk.id, Purpose.KEEP_CHAT) is None
    assert await _audited(installation) == ["chat:take"]


async def test_ready_texts_are_found_in_both_languages_and_sent_in_the_persons(app, installation, talk) -> None:
    cookies = await _in_hand(app, installation, talk)
    async with client(app, cookies) as browser:
        found = await browser.get(f"/chats/{talk.id}/choices", params={"search": "take your time"})
        in_lao = await browser.get(f"/chats/{talk.id}/choices", params={"search": "ບໍ່ຕ້ອງຟ້າວ"})
        nothing = await browser.get(f"/chats/{talk.id}/choices", params={"search": "xyzzy"})
    await _post(app, cookies, f"/chats/{talk.id}/canned", key="canned.take_your_time", token="a")
    await _post(app, cookies, f"/chats/{talk.id}/canned", key="canned.answer_at", at="8:30", token="b")
    await _post(app, cookies, f"/chats/{talk.id}/canned", key="canned.answer_at", at="08:30", token="c")
    await _post(app, cookies, f"/chats/{talk.id}/vetted", key="answers.info_passport", token="d")
    unknown = await _post(app, cookies, f"/chats/{talk.id}/vetted", key="crisis.danger_now", token="e")

    for part in (found, in_lao):
        assert text("canned.take_your_time", "lo").splitlines()[2] in part.text
        assert text("canned.take_your_time", "en").splitlines()[2] in part.text
    assert text("talk.choices.none", "en") in nothing.text
    assert _notice(unknown) == "talk.notice.unknown_text"
    sent = (await _sent(installation))[1:]
    assert sent[:2] == [text("canned.take_your_time", "lo"), text("canned.answer_at", "lo", time="08:30")]
    assert sent[2].startswith(text("answers.info_passport", "lo"))
    assert len(sent) == 3
    async with installation.database.read() as connection:
        read = await conversations.read(connection, installation.vault, talk.id)
    assert [line.body["say"] for line in read.lines[1:]] == [
        ["canned.take_your_time"], ["canned.answer_at"], ["answers.info_passport"],
    ]  # fmt: skip


async def test_help_near_is_found_as_the_bot_finds_it_and_sent_as_its_card(app, installation, talk) -> None:
    cookies = await _in_hand(app, installation, talk)
    async with client(app, cookies) as browser:
        part = await browser.get(f"/chats/{talk.id}/near", params={"need": "counselling", "place": "Pakse"})
        nowhere = await browser.get(f"/chats/{talk.id}/near", params={"need": "counselling", "place": "Xyzzy"})
    listing = part.text.partition('name="listing" value="')[2].partition('"')[0]

    answer = await _post(app, cookies, f"/chats/{talk.id}/card", listing=listing, token="a")
    gone = await _post(app, cookies, f"/chats/{talk.id}/card", listing="nothing", token="b")

    assert (_notice(answer), _notice(gone)) == ("talk.notice.sent", "talk.notice.unknown_service")
    assert text("talk.near.unknown_place", "en") in nowhere.text
    assert (await _sent(installation))[1:] == [talk_tools(installation).near_help.words(listing, "lo")]


async def test_consent_given_by_word_of_mouth_is_written_down_as_read_by_staff(app, installation, talk) -> None:
    cookies = await _in_hand(app, installation, talk)

    wrong = await _post(app, cookies, f"/chats/{talk.id}/consent", purpose="research", answer="yes")
    right = await _post(app, cookies, f"/chats/{talk.id}/consent", purpose="keep_chat", answer="yes")

    assert (_notice(wrong), _notice(right)) == ("talk.notice.unknown_text", "talk.notice.consent")
    async with installation.database.read() as connection:
        rows = (await connection.execute(select(consent.consent.c.purpose, consent.consent.c.given_by))).all()
    assert [row.purpose for row in rows if row.given_by == GivenBy.READ_BY_STAFF] == [Purpose.KEEP_CHAT]
    assert (await _audited(installation))[-1] == "consent:change"


async def test_a_held_reply_is_listed_without_words_read_by_a_second_person_and_let_go(app, installation, talk) -> None:
    noy = await _in_hand(app, installation, talk)
    dao = await sign_in(installation, Role.TRACER)
    held = await _post(app, noy, f"/chats/{talk.id}/reply", words=SECRET, token="a")
    async with installation.database.read() as connection:
        (waits,) = await held_replies.waiting(connection, installation.clock.now())

    async with client(app, noy) as browser:
        refused = await browser.get("/held")
    async with client(app, dao) as browser:
        listed, opened = await browser.get("/held"), await browser.get(f"/held/{waits.id}")
        wordless = await browser.post(f"/held/{waits.id}", data={"decision": "refuse", "word": ""})
        released = await browser.post(f"/held/{waits.id}", data={"decision": "approve"})
        again = await browser.post(f"/held/{waits.id}", data={"decision": "approve"})
        gone = await browser.get(f"/held/{waits.id}")

    assert (_notice(held), refused.status_code) == ("talk.notice.held", 403)
    assert SECRET not in listed.text
    assert waits.id in listed.text
    assert SECRET in opened.text
    assert (_notice(wordless), _notice(released)) == ("talk.notice.unfit_word", "held.notice.approved")
    assert (_notice(again), gone.status_code) == ("talk.notice.nothing_held", 404)
    assert (await _sent(installation))[1:] == [SECRET]
    assert [one for one in await _audited(installation) if one.startswith("held:")] == ["held:read", "held:release"]


async def test_the_writer_sees_that_a_reply_waits_and_why_it_was_refused(staff_app, installation, talk) -> None:
    noy, dao = await _in_hand(staff_app, installation, talk), await sign_in(installation, Role.TRACER)
    await installation.refresh_directory()
    await _post(staff_app, noy, f"/chats/{talk.id}/reply", words=SECRET, token="a")
    async with installation.database.read() as connection:
        (waits,) = await held_replies.waiting(connection, installation.clock.now())

    async with client(staff_app, noy) as browser:
        before = await browser.get(f"/chats/{talk.id}")
        await _post(staff_app, dao, f"/held/{waits.id}", decision="refuse", word="Ask her first.")
        after = await browser.get(f"/chats/{talk.id}")
        gone = await browser.get("/chats/nothing")
    async with client(staff_app, dao) as browser:
        strange = await browser.get(f"/chats/{talk.id}")

    assert text("desk.second.waiting", "en") in before.text
    assert text("desk.second.refused", "en") in after.text
    assert "Ask her first." in after.text
    assert SECRET not in gone.text + strange.text


async def test_a_tracer_does_not_decide_on_words_of_his_own(app, installation, talk) -> None:
    dao = await sign_in(installation, Role.TRACER)
    await _post(app, dao, f"/chats/{talk.id}/take")
    await _post(app, dao, f"/chats/{talk.id}/reply", words=SECRET, token="a")
    async with installation.database.read() as connection:
        (waits,) = await held_replies.waiting(connection, installation.clock.now())

    own = await _post(app, dao, f"/held/{waits.id}", decision="approve")
    back = await _post(app, dao, f"/chats/{talk.id}/withdraw", held=waits.id)

    assert (_notice(own), _notice(back)) == ("talk.notice.own_reply", "talk.notice.withdrawn")
    assert await _sent(installation) == [text("person.joined", "lo")]


async def test_a_chat_goes_from_hand_to_hand_and_back_to_the_bot(app, installation, talk) -> None:
    noy, dao = await _in_hand(app, installation, talk), await sign_in(installation, Role.COUNSELLOR)
    other = (await viewer_of(installation, dao)).staff_id

    steps = [
        await _post(app, noy, f"/chats/{talk.id}/ask-in", colleague=other, question="Which market is this?"),
        await _post(app, dao, f"/chats/{talk.id}/note", words="The one by the river.", token="n"),
        await _post(app, noy, f"/chats/{talk.id}/transfer", to=other, summary="She waits for a call.", tell="yes"),
        await _post(app, dao, f"/chats/{talk.id}/back", summary="She is on the bus home."),
    ]

    codes = [_notice(step).removeprefix("talk.notice.") for step in steps]
    assert codes == ["asked_in", "noted", "transferred", "handed_back"]
    async with installation.database.read() as connection:
        assert (await Chats(connection, installation.vault).get(talk.id)).held_by is None
        kinds = [str(one.kind) for one in await notes.of_chat(connection, installation.vault, talk.id)]
    assert sorted(kinds) == ["ask_in", "hand_back", "note", "transfer"]
    assert await _audited(installation) == [
        "chat:take", "chat:ask_in", "chat:note", "chat:transfer", "chat:hand_back",
    ]  # fmt: skip


async def test_a_supervisor_takes_over_from_who_is_not_there(app, installation, talk, clock) -> None:
    async with installation.database.write() as connection:
        await conversations.take_over(connection, installation.vault, talk.id, "gone", clock.now())
    boss = await sign_in(installation, Role.SUPERVISOR)
    noy = await sign_in(installation, Role.COUNSELLOR)

    refused = await _post(app, noy, f"/chats/{talk.id}/take-from")
    taken = await _post(app, boss, f"/chats/{talk.id}/take-from")

    assert (refused.status_code, _notice(taken)) == (403, "talk.notice.taken_from")


async def test_looking_is_audited_once_and_refused_to_others(app, console, installation, talk, clock) -> None:
    noy = await viewer_of(installation, await _in_hand(app, installation, talk))
    dao = await viewer_of(installation, await sign_in(installation, Role.COUNSELLOR))
    boss = await viewer_of(installation, await sign_in(installation, Role.SUPERVISOR))

    looks = [await look(console, who, talk.id) for who in (noy, noy, dao, boss)]

    assert looks == [Reach.HOLDER, Reach.HOLDER, None, Reach.SUPERVISOR]
    assert (await _audited(installation)).count("chat:read") == 2
    clock.advance(timedelta(minutes=15))
    await look(console, noy, talk.id)
    assert (await _audited(installation)).count("chat:read") == 3


async def test_typing_reaches_the_outbox_and_a_failed_message_is_sent_again(app, installation, talk) -> None:
    cookies = await _in_hand(app, installation, talk)
    await _post(app, cookies, f"/chats/{talk.id}/typing")
    async with installation.database.write() as connection:
        failed = job.update().where(job.c.kind == STAFF_WORDS).values(state=JobState.DEAD, error_code="badrequest")
        await connection.execute(failed)
        read = await conversations.read(connection, installation.vault, talk.id)
    (sending,) = read.sendings.values()

    first = await _post(app, cookies, f"/chats/{talk.id}/retry", job=sending.job_uid)
    second = await _post(app, cookies, f"/chats/{talk.id}/retry", job=sending.job_uid)

    assert (_notice(first), _notice(second)) == ("talk.notice.resent", "talk.notice.nothing_to_resend")
    assert [kind for kind, _ in await queued(installation.database, installation.vault)] == [TYPING, STAFF_WORDS]


async def test_a_cry_is_answered_though_the_audit_is_broken_and_nothing_else_is(app, installation, talk, clock) -> None:
    async with installation.database.write() as connection:
        calm = await _in_queue(connection, installation, clock, address=2)
        await cry(connection, talk.id, clock.now())
    cookies = await sign_in(installation, Role.COUNSELLOR)
    async with installation.database.write() as connection:
        await connection.exec_driver_sql(
            "CREATE TRIGGER broken BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'broken'); END"
        )

    for_her = [
        await _post(app, cookies, f"/chats/{talk.id}/take"),
        await _post(app, cookies, f"/chats/{talk.id}/reply", words="ສະບາຍດີ", token="a"),
    ]
    for_him = await _post(app, cookies, f"/chats/{calm.id}/take")

    assert [answer.status_code for answer in for_her] == [303, 303]
    assert for_him.status_code == 503
    async with installation.database.read() as connection:
        assert (await Chats(connection, installation.vault).get(calm.id)).held_by is None
        viewer = await viewer_of(installation, cookies)
        assert [one.chat_id for one in await shares.own_chats(connection, viewer, clock.now())] == [talk.id]
