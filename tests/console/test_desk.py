"""The desk over HTTP: what it shows to whom, what it does, what it refuses."""

import re
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select

from tests.console.conftest import LAO, THAI
from tests.console.signing_in import ORIGIN, client, sign_in, viewer_of
from thangdee.casework import conversations
from thangdee.casework.chats import Chats
from thangdee.casework.staff.roles import Role
from thangdee.core import jobs
from thangdee.core.database import Database
from thangdee.core.errors import StoreAwayError
from thangdee.core.outbox import STAFF_WORDS
from thangdee.core.words import LANGUAGES, text
from thangdee.processes.console import StaffConsole


@pytest.fixture
async def browser(people, staff_app, noy):
    async with client(staff_app, noy) as one:
        yield one


@pytest.fixture
async def supervisor(people, staff_app, installation):
    async with client(staff_app, await sign_in(installation, Role.SUPERVISOR, name="mali")) as one:
        yield one


async def _held_by(installation, chat_id: str) -> str | None:
    async with installation.database.read() as connection:
        return (await Chats(connection, installation.vault).get(chat_id)).held_by


async def _taken(browser, chat_id: str) -> None:
    await browser.post(f"/chats/{chat_id}/take")


async def test_page_shows_the_queue_with_the_cry_on_top_in_words(browser, people) -> None:
    page = (await browser.get("/")).text

    shown = re.findall(r'class="urgency">([^<]+)<', page)
    assert shown == [text(f"staff.urgency.{urgency}", "en") for urgency in ("immediate", "high", "person")]
    assert "waits 1 min" in page
    assert "raised 2 times" in page
    assert text("topic.danger_now", "en") in page


async def test_the_queue_shows_no_words_of_anybody(browser, people) -> None:
    for path in ("/", "/parts/queue", f"/chats/{people.crying}", f"/chats/{people.asking}", "/alarms"):
        page = (await browser.get(path)).text
        assert THAI not in page
        assert LAO not in page


@pytest.mark.parametrize("path", ["/parts/chats/{}", "/parts/chats/{}/facts"])
async def test_a_chat_that_is_not_ones_own_is_not_there(browser, people, path) -> None:
    answer = await browser.get(path.format(people.asking))

    assert answer.status_code == 404
    assert LAO not in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_transcript_is_in_the_viewers_language_with_what_stands_behind_answers(
    people, staff_app, installation, language
) -> None:
    async with client(staff_app, await sign_in(installation, Role.COUNSELLOR, language=language)) as browser:
        await _taken(browser, people.asking)
        page = (await browser.get(f"/chats/{people.asking}")).text

    answer = text("answers.documents_held", language).split("\n")[2]
    assert answer.replace('"', "&#34;").replace("'", "&#39;") in page
    assert LAO in page
    assert text("desk.about.unreviewed", language) in page
    assert "VFI19" in page
    assert text("desk.risk.high", language) in page
    assert text("desk.deed.press", language, label=text("topic.documents_held", language)) in page
    assert f'<html lang="{language}">' in page


async def test_page_says_where_no_consent_was_given(browser, people) -> None:
    for chat in (people.quiet, people.crying, people.asking):
        await _taken(browser, chat)
    nothing = (await browser.get(f"/chats/{people.quiet}")).text
    cry = (await browser.get(f"/chats/{people.crying}")).text
    agreed = (await browser.get(f"/chats/{people.asking}")).text

    assert text("desk.not_kept", "en") in nothing
    assert text("desk.not_kept.cry", "en") in cry
    assert THAI in cry
    assert text("desk.not_kept", "en").split("\n", 1)[0] not in agreed


async def test_markup_in_a_persons_words_is_escaped(browser, people) -> None:
    await _taken(browser, people.asking)
    page = (await browser.get(f"/chats/{people.asking}")).text

    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img src=x" not in page


async def test_take_over_reply_and_hand_back(browser, people, installation, noy) -> None:
    me = await viewer_of(installation, noy)
    await _taken(browser, people.crying)
    assert await _held_by(installation, people.crying) == me.staff_id
    assert text("desk.held.me", "en") in (await browser.get(f"/chats/{people.crying}")).text

    await browser.post(f"/chats/{people.crying}/reply", data={"words": "เราอยู่ตรงนี้", "token": "t1"})
    assert "เราอยู่ตรงนี้" in (await browser.get(f"/parts/chats/{people.crying}")).text

    await browser.post(f"/chats/{people.crying}/back", data={"summary": "Rests at a friend's."})
    assert await _held_by(installation, people.crying) is None
    assert "Rests at a friend" in (await browser.get(f"/chats/{people.crying}")).text
    async with installation.database.read() as connection:
        kinds = (await connection.execute(select(jobs.job.c.kind))).scalars().all()
    assert kinds == [STAFF_WORDS] * 3


async def test_losing_a_race_or_not_holding_the_chat_is_said(browser, people, installation) -> None:
    async with installation.database.write() as connection:
        now = installation.clock.now()
        await conversations.take_over(connection, installation.vault, people.asking, "another", now)

    taken = await browser.post(f"/chats/{people.asking}/take")
    unheld = await browser.post(f"/chats/{people.asking}/reply", data={"words": "?"})

    assert taken.headers["location"] == "/?notice=talk.notice.taken"
    assert unheld.headers["location"].endswith("notice=talk.notice.not_held")
    assert text("talk.notice.taken", "en").split("\n")[0] in (await browser.get(taken.headers["location"])).text
    assert await _held_by(installation, people.asking) == "another"


async def test_a_supervisor_reads_and_takes_over_from_somebody_who_went_off_duty(
    browser, supervisor, people, installation
) -> None:
    await _taken(browser, people.asking)

    page = (await supervisor.get(f"/chats/{people.asking}")).text
    taken = await supervisor.post(f"/chats/{people.asking}/take-from")

    assert LAO in page
    assert text("desk.take_from", "en") in page
    assert taken.headers["location"].endswith("talk.notice.taken_from")
    assert (await browser.get(f"/parts/chats/{people.asking}")).status_code in (200, 404)


@pytest.mark.parametrize("origin", [None, "null", "https://elsewhere.example", "https://desk.test:8443"])
async def test_cross_origin_post_is_refused(browser, people, installation, origin) -> None:
    browser.headers.pop("origin")
    answer = await browser.post(f"/chats/{people.asking}/take", headers={"origin": origin} if origin else {})

    assert answer.status_code == 403
    assert await _held_by(installation, people.asking) is None


async def test_pages_hold_nothing_inline(browser, people) -> None:
    await _taken(browser, people.asking)
    page = (await browser.get(f"/chats/{people.asking}")).text

    assert re.findall(r"\sstyle=|\son\w+=\"|<style|<script(?! src=)", page) == []


async def test_an_unknown_chat_and_notice_do_no_harm(browser, people) -> None:
    page = await browser.get("/chats/nobody?notice=%3Cb%3E")

    assert page.status_code == 200
    assert text("desk.not_yours", "en") in page.text
    assert "<b>" not in page.text.replace("<b>Who", "")


async def test_what_is_known_and_noted_stands_beside_the_chat(browser, people) -> None:
    await _taken(browser, people.asking)
    await browser.post(f"/chats/{people.asking}/note", data={"words": "Employer has the passport.", "token": "n1"})
    page = (await browser.get(f"/chats/{people.asking}")).text

    assert text("desk.age.unknown", "en") in page
    assert text("desk.purpose.keep_chat", "en") in page
    assert text("topic.documents_held", "en") in page
    assert "Employer has the passport." in page


@pytest.mark.parametrize(
    ("role", "first"),
    [
        (Role.AUDITOR, "/audit"),
        (Role.ADMINISTRATOR, "/staff"),
        (Role.DIRECTORY_EDITOR, "/directory"),
        (Role.PROVIDER, "/inbox"),
    ],
)
async def test_who_has_no_desk_is_led_to_their_own_page(staff_app, installation, role, first) -> None:
    async with client(staff_app, await sign_in(installation, role)) as browser:
        answer = await browser.get("/")

    assert answer.headers["location"] == first


class AwayDatabase(Database):
    """A database that does not answer."""

    @asynccontextmanager
    async def read(self):
        raise StoreAwayError("away")
        yield


async def test_an_unreachable_database_is_said_with_503(installation, noy) -> None:
    installation.database = AwayDatabase(installation.settings.database)
    app = StaffConsole(installation, ORIGIN).app
    async with client(app) as browser:
        browser.cookies.update(noy)
        answer = await browser.get("/")

    assert answer.status_code == 503
    assert answer.headers["cache-control"] == "no-store"


def test_crisis_cards_and_answers_have_something_to_tell_and_menus_do_not(staff_console) -> None:
    about_answer = staff_console.texts.about_answer

    assert about_answer("crisis.danger_now")["reviewed_by"]["lo"] is None
    assert about_answer("answers.info_passport")["sources"][0].startswith("VFI19")
    assert about_answer("menu.root.title") is None
