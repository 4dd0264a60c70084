"""Correcting a line and making an example of it, in a real browser and over HTTP."""

from datetime import timedelta

import httpx
import pytest
from playwright.async_api import expect
from sqlalchemy import select

from tests.console.conftest import LAO
from tests.console.test_desk_page import (  # noqa: F401 - fixtures
    SIZES,
    axe_violations,
    browser,
    fits,
    open_page,
    picture,
    url,
)
from thangdee.casework import consent, corrections, lessons, transcripts
from thangdee.casework.chats import Chats
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.lessons import Vouched, lesson
from thangdee.console.desk_view import meaning
from thangdee.core.words import LANGUAGES, text
from thangdee.flows.intents import risks

HOST = "http://desk.example:8000"
LONG_LAO = "ນາຍຈ້າງຊື່ ສົມມຸດ ຍຶດໜັງສືຜ່ານແດນຂອງຂ້ອຍ ໂທ 020 0000 0001 ຂ້ອຍຢາກໄດ້ຄືນ"


@pytest.fixture
async def client(app):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOST, follow_redirects=True) as made:
        yield made


async def _post(client, deed: str, **form: str) -> httpx.Response:
    return await client.post(f"/staff/{deed}", data={"lang": "en", **form}, headers={"origin": HOST})


async def _line(installation, chat_id: str, words: str = LAO) -> str:
    async with installation.database.read() as connection:
        who = await Chats(connection, installation.vault).get(chat_id)
        lines = await transcripts.read(connection, installation.vault, who)
    return next(line.id for line in lines if line.body.get("text") == words)


async def _answer(installation, chat_id: str, *, is_yes: bool = True) -> None:
    installation.clock.advance(timedelta(seconds=5))
    now = installation.clock.now()
    async with installation.database.write() as connection:
        who = await Chats(connection, installation.vault).get(chat_id)
        await consent.record(connection, who, Purpose.RESEARCH, is_yes=is_yes, given_by=GivenBy.TAPPED, now=now)


async def _propose(installation, chat_id: str, words: str = LAO, by: str = "desk") -> None:
    line, now = await _line(installation, chat_id, words), installation.clock.now()
    async with installation.database.write() as connection:
        await corrections.correct(connection, line, "documents_held", by, now)
        vouched = Vouched(LAO, is_clean=True, by=by)
        await lessons.propose(connection, installation.vault, line, "documents_held", vouched, now)


async def _states(installation) -> list[str]:
    async with installation.database.read() as connection:
        return list((await connection.execute(select(lesson.c.state))).scalars())


async def test_a_line_can_be_corrected_to_each_of_the_intents(client, people, installation) -> None:
    line = await _line(installation, people.asking)
    page = (await client.get(f"/staff/?chat={people.asking}&line={line}")).text

    offered = [intent for intent in risks() if f'<option value="{intent}"' in page]
    names = {intent: meaning(intent, language) for language in LANGUAGES for intent in risks()}
    alike = [language for language in LANGUAGES if len({meaning(one, language) for one in risks()}) < len(risks())]
    unnamed = [intent for intent, name in names.items() if name in (intent, "") or not name[0].isalpha()]

    assert offered == list(risks())
    assert unnamed == []
    assert alike == []


async def test_what_was_corrected_is_shown_and_no_words_are_copied(client, people, installation) -> None:
    line = await _line(installation, people.asking)

    page = await _post(client, "correct", chat=people.asking, line=line, intent="wages_withheld")

    meant = text("lessons.meant", "en", label=text("topic.wages_withheld", "en"))
    assert meant.replace("'", "&#39;") in page.text
    assert text("lessons.standing.not_asked", "en") in page.text
    assert await _states(installation) == []


async def test_an_unknown_meaning_or_line_changes_nothing(client, people, installation) -> None:
    line = await _line(installation, people.asking)

    unknown = await _post(client, "correct", chat=people.asking, line=line, intent="no_such_intent")
    gone = await _post(client, "correct", chat=people.asking, line="0" * 32, intent="greet")

    assert unknown.status_code == 422
    assert text("lessons.notice.line_gone", "en") in gone.text
    async with installation.database.read() as connection:
        assert await corrections.corrections(connection, people.asking) == {}


async def test_without_a_yes_no_example_can_be_made(client, people, installation) -> None:
    line = await _line(installation, people.asking)
    await _post(client, "correct", chat=people.asking, line=line, intent="wages_withheld")

    page = await client.get(f"/staff/lessons?chat={people.asking}&line={line}")
    told = await _post(
        client, "propose_lesson", chat=people.asking, line=line, colleague="desk", words="ນາຍຍຶດບັດ", is_clean="yes"
    )

    assert LAO not in page.text
    assert text("lessons.gone", "en") in page.text
    assert text("lessons.notice.no_yes", "en") in told.text
    assert await _states(installation) == []


async def test_a_cry_for_help_is_not_asked(client, people, installation) -> None:
    line = await _line(installation, people.crying, "ช่วยด้วย มีคนขังฉันไว้ในห้อง")

    told = await _post(client, "ask_learning", chat=people.crying, line=line)

    assert text("lessons.notice.not_now", "en") in told.text


async def test_what_was_typed_is_kept_when_a_number_still_stands_in_it(client, people, installation) -> None:
    line = await _line(installation, people.asking)
    await _answer(installation, people.asking)
    await _post(client, "correct", chat=people.asking, line=line, intent="documents_held")
    typed = "ນາຍຍຶດບັດ ໂທ 020 0000 0001 ແດ່"

    told = await _post(
        client, "propose_lesson", chat=people.asking, line=line, colleague="desk", words=typed, is_clean="yes"
    )
    unticked = await _post(client, "propose_lesson", chat=people.asking, line=line, colleague="desk", words="ນາຍຍຶດບັດ")

    assert typed in told.text
    assert "0001" not in str(told.url)
    assert text("lessons.notice.unfit_lesson", "en").split("\n")[0] in told.text
    assert text("lessons.notice.unfit_lesson", "en").split("\n")[0] in unticked.text
    assert await _states(installation) == []


async def test_the_proposer_cannot_approve_even_past_the_page(client, people, installation) -> None:
    await _answer(installation, people.asking)
    await _propose(installation, people.asking)
    async with installation.database.read() as connection:
        lesson_id = (await connection.execute(select(lesson.c.id))).scalar_one()

    own = await _post(client, "approve_lesson", lesson=lesson_id, colleague="desk")
    unknown = await _post(client, "approve_lesson", lesson=lesson_id, colleague="whoever")
    still = await _states(installation)
    other = await _post(client, "approve_lesson", lesson=lesson_id, colleague="reviewer")

    assert text("lessons.notice.own_lesson", "en").replace("'", "&#39;") in own.text
    assert text("lessons.notice.own_lesson", "en").replace("'", "&#39;") in unknown.text
    assert still == ["proposed"]
    assert text("lessons.ready", "en", count="1") in other.text


async def test_a_stranger_page_can_do_none_of_it(client, people, installation) -> None:
    for deed in ("correct", "ask_learning", "propose_lesson", "approve_lesson", "refuse_lesson"):
        answer = await client.post(
            f"/staff/{deed}", data={"lang": "en"}, headers={"origin": "http://elsewhere.example"}
        )
        assert answer.status_code == 403


@pytest.mark.parametrize("size", ["phone", "desktop"])
async def test_from_a_wrong_meaning_to_an_approved_example(open_page, people, installation, size) -> None:  # noqa: F811
    line = await _line(installation, people.asking)
    page = await open_page(size, f"/staff/?chat={people.asking}")
    here = page.locator(f"#line-{line}")
    await here.get_by_role("link", name=text("lessons.relabel", "en")).click()
    await expect(here.get_by_label(text("lessons.label", "en"))).to_be_in_viewport()
    await here.get_by_label(text("lessons.label", "en")).select_option("wages_withheld")
    await page.wait_for_timeout(2500)  # the page is brought up to date meanwhile
    await expect(here.get_by_label(text("lessons.label", "en"))).to_have_value("wages_withheld")
    await picture(page, f"lesson-label-{size}")
    assert await axe_violations(page) == []
    assert await fits(page)
    await here.get_by_role("button", name=text("lessons.save", "en")).click()
    await expect(here.locator(".meant")).to_contain_text(text("topic.wages_withheld", "en"))
    await here.get_by_role("button", name=text("lessons.ask", "en")).click()
    await expect(here).to_contain_text(text("lessons.standing.asked", "en"))
    await picture(page, f"lesson-asked-{size}")

    await _answer(installation, people.asking)
    await here.get_by_role("link", name=text("lessons.prepare", "en")).click()
    await expect(page.locator(".draft .words")).to_have_text(LAO)
    await picture(page, f"lesson-draft-{size}")
    assert await axe_violations(page) == []
    assert await fits(page)
    await page.get_by_label(text("lessons.cut", "en")).fill("ນາຍຈ້າງຍຶດໜັງສືຜ່ານແດນໄວ້")
    await page.get_by_label(text("lessons.is_clean", "en")).check()
    await page.get_by_role("button", name=text("lessons.propose", "en")).click()
    await expect(page.locator(".notice.proposed")).to_be_visible()
    await expect(page.locator(".waiting .lesson")).to_contain_text(text("lessons.own", "en"))
    await expect(page.get_by_role("button", name=text("lessons.approve", "en"))).to_have_count(0)
    await picture(page, f"lesson-own-{size}")

    await page.get_by_role("link", name=text("lessons.as.reviewer", "en")).click()
    await page.get_by_role("button", name=text("lessons.approve", "en")).click()
    await expect(page.locator("#ready")).to_have_text(text("lessons.ready", "en", count="1"))
    await picture(page, f"lesson-approved-{size}")
    assert await axe_violations(page) == []
    assert await _states(installation) == ["approved"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_is_readable_and_accessible(open_page, people, installation, size, language) -> None:  # noqa: F811
    async with installation.database.write() as connection:
        who = await Chats(connection, installation.vault).get(people.asking)
        said = transcripts.Line(transcripts.Direction.IN, installation.clock.now(), {"text": LONG_LAO, "deed": "text"})
        await transcripts.keep(connection, installation.vault, who, said)
    await _answer(installation, people.asking)
    await _propose(installation, people.asking, by="reviewer")
    line = await _line(installation, people.asking, LONG_LAO)
    async with installation.database.write() as connection:
        await corrections.correct(connection, line, "documents_held", "desk", installation.clock.now())

    page = await open_page(size, f"/staff/lessons?chat={people.asking}&line={line}&lang={language}")

    await expect(page.get_by_label(text("lessons.cut", language))).to_have_value(
        "ນາຍຈ້າງຊື່ … ຍຶດໜັງສືຜ່ານແດນຂອງຂ້ອຍ ໂທ … ຂ້ອຍຢາກໄດ້ຄືນ"
    )
    await expect(page.get_by_role("button", name=text("lessons.approve", language), exact=True)).to_be_visible()
    await picture(page, f"lessons-{size}-{language}")
    assert await axe_violations(page) == []
    assert await fits(page)


async def test_all_of_it_works_by_keyboard_and_without_script(browser, url, people, installation) -> None:  # noqa: F811
    await _answer(installation, people.asking)
    line = await _line(installation, people.asking)
    page = await (await browser.new_context(java_script_enabled=False)).new_page()
    await page.goto(f"{url}/staff/?chat={people.asking}")
    await page.locator(f"#line-{line} .correcting a").press("Enter")
    await page.locator("#intent").focus()
    await page.keyboard.type("They keep")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.locator(f"#line-{line}").get_by_role("link", name=text("lessons.prepare", "en")).press("Enter")
    await page.locator("#words").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".notice.proposed")).to_be_visible()


async def test_markup_in_a_persons_words_stays_text(open_page, people, installation) -> None:  # noqa: F811
    words = "<img src=x onerror=alert(1)><b>bold</b>"
    await _answer(installation, people.asking)
    line = await _line(installation, people.asking, words)
    async with installation.database.write() as connection:
        await corrections.correct(connection, line, "greet", "desk", installation.clock.now())

    page = await open_page("desktop", f"/staff/lessons?chat={people.asking}&line={line}")

    await expect(page.locator(".draft .words")).to_have_text(words)
    assert await page.locator("main img, .words b").count() == 0
