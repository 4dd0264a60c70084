"""The desk over HTTP: what it shows, what it does, what it refuses."""

import re
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import select

from tests.console.conftest import LAO, THAI
from thangdee.casework import conversations, duty
from thangdee.casework.chats import Chats
from thangdee.console.desk import desk_app
from thangdee.core import jobs
from thangdee.core.database import Database
from thangdee.core.errors import NotReadyError, StoreAwayError
from thangdee.core.outbox import STAFF_WORDS
from thangdee.core.words import LANGUAGES, text
from thangdee.processes.demo import about_answer

HOST = "http://desk.example:8000"
OWN = {"origin": HOST}


@pytest.fixture
async def browser(app):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOST, follow_redirects=True) as client:
        yield client


async def _held_by(installation, chat_id: str) -> str | None:
    async with installation.database.read() as connection:
        return (await Chats(connection, installation.vault).get(chat_id)).held_by


async def _post(browser, deed: str, origin: dict[str, str] = OWN, **form: str) -> httpx.Response:
    return await browser.post(f"/staff/{deed}", data={"lang": "en", **form}, headers=origin)


def test_desk_refuses_outside_the_demo(installation) -> None:
    with pytest.raises(NotReadyError):
        desk_app(installation.database, installation.vault, installation.clock, about_answer=about_answer, demo=False)


async def test_page_shows_the_queue_with_the_cry_on_top_in_words(browser, people) -> None:
    page = (await browser.get("/staff/?lang=en")).text

    shown = re.findall(r'class="urgency">([^<]+)<', page)
    assert shown == [text(f"staff.urgency.{urgency}", "en") for urgency in ("immediate", "high", "person")]
    assert "waits 1 min" in page
    assert "raised 2 times" in page
    assert text("topic.danger_now", "en") in page


@pytest.mark.parametrize("language", LANGUAGES)
async def test_transcript_is_in_the_viewers_language_with_what_stands_behind_answers(browser, people, language) -> None:
    page = (await browser.get(f"/staff/?lang={language}&chat={people.asking}")).text

    answer = text("answers.documents_held", language).split("\n")[2]
    assert answer.replace('"', "&#34;").replace("'", "&#39;") in page
    assert LAO in page
    assert text("desk.about.unreviewed", language) in page
    assert "VFI19: " in page
    assert text("desk.risk.high", language) in page
    assert text("desk.deed.press", language, label=text("topic.documents_held", language)) in page
    assert f'<html lang="{language}">' in page


async def test_page_says_where_no_consent_was_given(browser, people) -> None:
    nothing = (await browser.get(f"/staff/?chat={people.quiet}")).text
    cry = (await browser.get(f"/staff/?chat={people.crying}")).text
    agreed = (await browser.get(f"/staff/?chat={people.asking}")).text

    assert text("desk.not_kept", "en") in nothing
    assert text("desk.not_kept.cry", "en") in cry
    assert THAI in cry
    assert text("desk.not_kept", "en").split("\n", 1)[0] not in agreed


async def test_markup_in_a_persons_words_is_escaped(browser, people) -> None:
    page = (await browser.get(f"/staff/?chat={people.asking}")).text

    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img" not in page


async def test_take_over_reply_and_hand_back(browser, people, installation) -> None:
    page = await _post(browser, "take", chat=people.crying)
    assert page.url.path == "/staff/"
    assert await _held_by(installation, people.crying) == "desk"
    assert text("desk.held.me", "en") in page.text

    page = await _post(browser, "reply", chat=people.crying, words="เราอยู่ตรงนี้")
    assert text("desk.notice.sent", "en") in page.text
    assert "เราอยู่ตรงนี้" in page.text

    await _post(browser, "back", chat=people.crying)
    assert await _held_by(installation, people.crying) is None
    async with installation.database.read() as connection:
        kinds = (await connection.execute(select(jobs.job.c.kind))).scalars().all()
    assert kinds == [STAFF_WORDS] * 3


async def test_losing_a_race_or_not_holding_the_chat_is_said(browser, people, installation) -> None:
    async with installation.database.write() as connection:
        now = installation.clock.now()
        await conversations.take_over(connection, installation.vault, people.asking, "another", now)

    taken = await _post(browser, "take", chat=people.asking)
    unheld = await _post(browser, "reply", chat=people.asking, words="?")
    unfit = await _post(browser, "reply", chat=people.asking, words="")

    assert text("desk.notice.taken", "en") in taken.text
    assert text("desk.held.other", "en") in taken.text
    assert text("desk.notice.not_held", "en") in unheld.text
    assert text("desk.notice.unfit_words", "en") in unfit.text
    assert await _held_by(installation, people.asking) == "another"


async def test_duty_switch_says_whether_a_person_is_there(browser, people, installation) -> None:
    async def is_there() -> bool:
        async with installation.database.read() as connection:
            return await duty.is_someone_there(connection, installation.clock.now())

    assert text("desk.duty.on", "en") in (await _post(browser, "duty", is_there="yes")).text
    assert await is_there()
    assert text("desk.duty.off", "en") in (await _post(browser, "duty", is_there="no")).text
    assert not await is_there()


@pytest.mark.parametrize("deed", ["take", "reply", "back", "duty"])
@pytest.mark.parametrize(
    "origin", [{}, {"origin": "null"}, {"origin": "https://elsewhere.example"}, {"origin": "http://desk.example"}]
)
async def test_cross_origin_post_is_refused(browser, people, installation, deed, origin) -> None:
    answer = await _post(browser, deed, origin, chat=people.asking, words="?", is_there="yes")

    assert answer.status_code == 403
    assert await _held_by(installation, people.asking) is None


@pytest.mark.parametrize("path", ["", "static/desk.css", "static/htmx.min.js", "nothing", "take"])
async def test_every_answer_has_the_strict_policy(browser, people, path) -> None:
    answer = await browser.get(f"/staff/{path}")

    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["cache-control"] == ("no-cache" if path.startswith("static/") else "no-store")
    assert len(answer.headers.get_list("content-security-policy")) == 1


async def test_pages_hold_nothing_inline(browser, people) -> None:
    page = (await browser.get(f"/staff/?chat={people.asking}")).text

    assert re.findall(r"\sstyle=|\son\w+=\"|<style|<script(?! src=)", page) == []


async def test_unknown_chat_and_language_do_no_harm(browser, people) -> None:
    page = await browser.get("/staff/?chat=nobody&lang=xx&notice=%3Cb%3E")

    assert page.status_code == 200
    assert text("desk.gone", "en") in page.text
    assert "<b>" not in page.text


async def test_the_moving_part_alone_is_given_to_htmx(browser, people) -> None:
    part = await browser.get(f"/staff/?chat={people.asking}", headers={"hx-request": "true"})

    assert "<html" not in part.text
    assert LAO in part.text


class AwayDatabase(Database):
    """A database that does not answer."""

    @asynccontextmanager
    async def read(self):
        raise StoreAwayError("away")
        yield


async def test_an_unreachable_database_is_said_with_503(installation) -> None:
    away = AwayDatabase(installation.settings.database)
    app = desk_app(away, installation.vault, installation.clock, about_answer=about_answer, demo=True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOST) as browser:
        answer = await browser.get("/")

    assert answer.status_code == 503
    assert answer.headers["cache-control"] == "no-store"


def test_crisis_cards_and_answers_have_something_to_tell_and_menus_do_not() -> None:
    assert about_answer("crisis.danger_now")["reviewed_by"]["lo"] is None
    assert about_answer("answers.info_passport")["sources"][0].startswith("VFI19: ")
    assert about_answer("menu.root.title") is None
    assert about_answer("sources.VFI19") is None
