"""Correcting a line and making an example of it, in a real browser and over HTTP."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from playwright.async_api import expect
from sqlalchemy import select

from tests.console.conftest import LAO, MARKUP, THAI
from tests.console.signing_in import client, sign_in, viewer_of
from tests.console.test_desk_page import (  # noqa: F401 - fixtures
    SIZES,
    axe_violations,
    browser,
    fits,
    kept,
    open_page,
    picture,
    url,
)
from thangdee.casework import break_glass, consent, conversations, corrections, lessons, transcripts
from thangdee.casework.chats import Chats
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.lessons import Vouched, lesson
from thangdee.casework.staff.roles import Role
from thangdee.console.desk_view import meaning
from thangdee.core.words import LANGUAGES, text
from thangdee.flows.intents import risks

LONG_LAO = "ນາຍຈ້າງຊື່ ສົມມຸດ ຍຶດໜັງສືຜ່ານແດນຂອງຂ້ອຍ ໂທ 020 0000 0001 ຂ້ອຍຢາກໄດ້ຄືນ"
CLEAN = "ນາຍຈ້າງຍຶດໜັງສືຜ່ານແດນໄວ້"


@pytest.fixture
async def mine(people, installation, noy) -> str:
    """The id of a made-up counsellor, who has the chat with a question and the cry in hand."""
    me = (await viewer_of(installation, noy)).staff_id
    for chat in (people.asking, people.crying):
        await _take(installation, chat, me)
    return me


@pytest.fixture
async def desk(mine, staff_app, noy):
    """The counsellor's browser."""
    async with client(staff_app, noy) as one:
        yield one


@pytest.fixture
async def colleague(people, staff_app, installation):
    """The browser of a counsellor who has no chat in hand."""
    async with client(staff_app, await sign_in(installation, Role.COUNSELLOR, name="kham")) as one:
        yield one


async def _take(installation, chat_id: str, staff_id: str) -> None:
    async with installation.database.write() as connection:
        now = installation.clock.now()
        assert await conversations.take_over(connection, installation.vault, chat_id, staff_id, now)


async def _break_glass(installation, chat_id: str, name: str) -> None:
    for _ in range(2):  # who is told
        await sign_in(installation, Role.SUPERVISOR)
    staff_id = (await viewer_of(installation, await sign_in(installation, name=name))).staff_id
    async with installation.database.write() as connection:
        await break_glass.open_chat(
            connection, installation.vault, staff_id=staff_id, chat_id=chat_id, reason="A made-up reason of a test.",
            groups=installation.settings.on_call_chats, now=installation.clock.now(), everybody_counts=True,
        )  # fmt: skip


async def _do(desk, path: str, **form: str) -> httpx.Response:
    """Post a form and look at the page that it leads to."""
    answer = await desk.post(path, data=form)
    return await desk.get(answer.headers["location"]) if answer.status_code == 303 else answer


def _seen(key: str, **values: str) -> str:
    """How the first line of a text stands in a page."""
    return text(key, "en", **values).split("\n")[0].replace("'", "&#39;")


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


async def _correct(installation, line: str, intent: str = "documents_held", by: str = "another") -> None:
    async with installation.database.write() as connection:
        await corrections.correct(connection, line, intent, by, installation.clock.now())


async def _propose(installation, chat_id: str, by: str) -> str:
    """Propose the question as an example; its id."""
    line, now = await _line(installation, chat_id), installation.clock.now()
    await _correct(installation, line, by=by)
    async with installation.database.write() as connection:
        vouched = Vouched(LAO, is_clean=True, by=by)
        await lessons.propose(connection, installation.vault, line, "documents_held", vouched, now)
        return (await connection.execute(select(lesson.c.id))).scalar_one()


async def _states(installation) -> list[str]:
    async with installation.database.read() as connection:
        return list((await connection.execute(select(lesson.c.state))).scalars())


async def _corrected(installation, chat_id: str) -> dict[str, str]:
    async with installation.database.read() as connection:
        return await corrections.corrections(connection, chat_id)


async def test_a_line_can_be_corrected_to_each_of_the_intents(desk, people, installation) -> None:
    line = await _line(installation, people.asking)
    page = (await desk.get(f"/chats/{people.asking}?line={line}")).text

    offered = [intent for intent in risks() if f'<option value="{intent}"' in page]
    names = {intent: meaning(intent, language) for language in LANGUAGES for intent in risks()}
    alike = [language for language in LANGUAGES if len({meaning(one, language) for one in risks()}) < len(risks())]
    unnamed = [intent for intent, name in names.items() if name in (intent, "") or not name[0].isalpha()]

    assert offered == list(risks())
    assert unnamed == []
    assert alike == []


async def test_what_was_corrected_is_shown_and_no_words_are_copied(desk, people, installation) -> None:
    line = await _line(installation, people.asking)

    page = await _do(desk, f"/chats/{people.asking}/correct", line=line, intent="wages_withheld")

    assert _seen("lessons.meant", label=text("topic.wages_withheld", "en")) in page.text
    assert _seen("lessons.standing.not_asked") in page.text
    assert await _states(installation) == []


async def test_an_unknown_meaning_or_line_changes_nothing(desk, people, installation) -> None:
    line = await _line(installation, people.asking)

    unknown = await _do(desk, f"/chats/{people.asking}/correct", line=line, intent="no_such_intent")
    gone = await _do(desk, f"/chats/{people.asking}/correct", line="0" * 32, intent="greet")

    assert unknown.status_code == 422
    assert _seen("lessons.notice.line_gone") in gone.text
    assert await _corrected(installation, people.asking) == {}


@pytest.mark.parametrize("has_broken_glass", [False, True])
async def test_a_line_of_somebody_elses_chat_can_be_neither_corrected_nor_made_an_example(
    desk, colleague, people, installation, has_broken_glass
) -> None:
    if has_broken_glass:  # reads, and does nothing else (R38)
        await _break_glass(installation, people.asking, "kham")
    await _answer(installation, people.asking)
    line = await _line(installation, people.asking)
    told = [
        await _do(colleague, f"/chats/{people.asking}/correct", line=line, intent="greet"),
        await _do(colleague, f"/chats/{people.asking}/ask-learning", line=line),
    ]
    await _correct(installation, line)
    example = {"chat": people.asking, "line": line, "words": CLEAN, "is_clean": "yes"}
    told.append(await _do(colleague, "/lessons/propose", **example))
    page = await colleague.get(f"/lessons?chat={people.asking}&line={line}")

    assert [LAO in one.text for one in (*told, page)] == [has_broken_glass, has_broken_glass, False, False]
    assert f"/chats/{people.asking}/correct" not in told[0].text
    assert [_seen("lessons.notice.line_gone") in one.text for one in told] == [True] * 3
    assert _seen("lessons.gone") in page.text
    assert await _corrected(installation, people.asking) == {line: "documents_held"}
    assert await _states(installation) == []


async def test_ones_own_chat_is_no_door_to_the_line_of_another(colleague, people, installation) -> None:
    kham = (await viewer_of(installation, await sign_in(installation, name="kham"))).staff_id
    await _take(installation, people.crying, kham)
    await _answer(installation, people.asking)
    line = await _line(installation, people.asking)
    await _correct(installation, line)

    told = await _do(colleague, f"/chats/{people.crying}/correct", line=line, intent="greet")
    example = {"chat": people.crying, "line": line, "words": CLEAN, "is_clean": "yes"}
    proposed = await _do(colleague, "/lessons/propose", **example)
    page = await colleague.get(f"/lessons?chat={people.crying}&line={line}")

    assert [LAO in one.text for one in (told, proposed, page)] == [False] * 3
    assert _seen("lessons.notice.line_gone") in told.text
    assert _seen("lessons.notice.line_gone") in proposed.text
    assert await _corrected(installation, people.asking) == {line: "documents_held"}
    assert await _states(installation) == []


async def test_without_a_yes_no_example_can_be_made(desk, people, installation) -> None:
    line = await _line(installation, people.asking)
    await _do(desk, f"/chats/{people.asking}/correct", line=line, intent="wages_withheld")

    page = await desk.get(f"/lessons?chat={people.asking}&line={line}")
    example = {"chat": people.asking, "line": line, "words": "ນາຍຍຶດບັດ", "is_clean": "yes"}
    told = await _do(desk, "/lessons/propose", **example)

    assert LAO not in page.text
    assert _seen("lessons.gone") in page.text
    assert _seen("lessons.notice.no_yes") in told.text
    assert await _states(installation) == []


async def test_a_cry_for_help_is_not_asked(desk, people, installation) -> None:
    line = await _line(installation, people.crying, THAI)

    told = await _do(desk, f"/chats/{people.crying}/ask-learning", line=line)

    assert _seen("lessons.notice.not_now") in told.text


async def test_what_was_typed_is_kept_when_a_number_still_stands_in_it(desk, people, installation) -> None:
    line = await _line(installation, people.asking)
    await _answer(installation, people.asking)
    await _do(desk, f"/chats/{people.asking}/correct", line=line, intent="documents_held")
    typed = "ນາຍຍຶດບັດ ໂທ 020 0000 0001 ແດ່"

    told = await _do(desk, "/lessons/propose", chat=people.asking, line=line, words=typed, is_clean="yes")
    unticked = await _do(desk, "/lessons/propose", chat=people.asking, line=line, words="ນາຍຍຶດບັດ")

    assert typed in told.text
    assert "0001" not in str(told.url)
    assert _seen("lessons.notice.unfit_lesson") in told.text
    assert _seen("lessons.notice.unfit_lesson") in unticked.text
    assert await _states(installation) == []


async def test_the_proposer_cannot_approve_and_another_account_can(desk, colleague, people, mine, installation) -> None:
    await _answer(installation, people.asking)
    lesson_id = await _propose(installation, people.asking, by=mine)

    own = await _do(desk, "/lessons/approve", lesson=lesson_id)
    still = await _states(installation)
    other = await _do(colleague, "/lessons/approve", lesson=lesson_id)

    assert _seen("lessons.notice.own_lesson") in own.text
    assert still == ["proposed"]
    assert _seen("lessons.ready", count="1") in other.text
    async with installation.database.read() as connection:
        row = (await connection.execute(select(lesson.c.proposed_by, lesson.c.reviewed_by))).one()
    assert row.proposed_by == mine != row.reviewed_by


async def test_a_stranger_page_can_do_none_of_it(desk, people, installation) -> None:
    chat = f"/chats/{people.asking}"
    deeds = [f"{chat}/correct", f"{chat}/ask-learning", "/lessons/propose", "/lessons/approve", "/lessons/refuse"]
    for deed in deeds:
        assert (await desk.post(deed, headers={"origin": "http://elsewhere.example"})).status_code == 403


@pytest.mark.parametrize("size", ["phone", "desktop"])
async def test_from_a_wrong_meaning_to_an_approved_example(open_page, people, mine, installation, size) -> None:  # noqa: F811
    line = await _line(installation, people.asking)
    page = await open_page(size, f"/chats/{people.asking}", name="noy")
    here = page.locator(f"#line-{line}")
    await here.get_by_role("link", name=text("lessons.relabel", "en")).click()
    await expect(here.get_by_label(text("lessons.label", "en"))).to_be_in_viewport()
    await here.get_by_label(text("lessons.label", "en")).select_option("wages_withheld")
    async with installation.database.write() as connection:  # the page is brought up to date meanwhile
        now = installation.clock.now()
        await conversations.reply(connection, installation.vault, people.asking, mine, "from elsewhere", now)
    await expect(page.locator(".line").last).to_contain_text("from elsewhere")
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
    await page.reload()
    await here.get_by_role("link", name=text("lessons.prepare", "en")).click()
    await expect(page.locator(".draft .words")).to_have_text(LAO)
    await picture(page, f"lesson-draft-{size}")
    assert await axe_violations(page) == []
    assert await fits(page)
    await page.get_by_label(text("lessons.cut", "en")).fill(CLEAN)
    await page.get_by_label(text("lessons.is_clean", "en")).check()
    await page.get_by_role("button", name=text("lessons.propose", "en")).click()
    await expect(page.locator(".notice.proposed")).to_be_visible()
    await expect(page.locator(".waiting .lesson")).to_contain_text(text("lessons.own", "en"))
    await expect(page.get_by_role("button", name=text("lessons.approve", "en"))).to_have_count(0)
    await picture(page, f"lesson-own-{size}")

    theirs = await open_page(size, "/lessons", name="kham")
    await theirs.get_by_role("button", name=text("lessons.approve", "en")).click()
    await expect(theirs.locator("#ready")).to_have_text(text("lessons.ready", "en", count="1"))
    await picture(theirs, f"lesson-approved-{size}")
    assert await axe_violations(theirs) == []
    assert await _states(installation) == ["approved"]


@pytest.mark.parametrize(("size", "language"), [("small", "lo"), ("phone", "th"), ("desktop", "en")])
async def test_the_page_is_readable_and_accessible(open_page, people, installation, size, language) -> None:  # noqa: F811
    async with installation.database.write() as connection:
        who = await Chats(connection, installation.vault).get(people.asking)
        said = transcripts.Line(transcripts.Direction.IN, installation.clock.now(), {"text": LONG_LAO, "deed": "text"})
        await transcripts.keep(connection, installation.vault, who, said)
    await _answer(installation, people.asking)
    await _propose(installation, people.asking, by="another")
    line = await _line(installation, people.asking, LONG_LAO)
    await _correct(installation, line)
    me = (
        await viewer_of(installation, await sign_in(installation, Role.COUNSELLOR, name="noy", language=language))
    ).staff_id
    await _take(installation, people.asking, me)

    page = await open_page(size, f"/lessons?chat={people.asking}&line={line}", name="noy")

    await expect(page.get_by_label(text("lessons.cut", language))).to_have_value(
        "ນາຍຈ້າງຊື່ … ຍຶດໜັງສືຜ່ານແດນຂອງຂ້ອຍ ໂທ … ຂ້ອຍຢາກໄດ້ຄືນ"
    )
    await expect(page.get_by_role("button", name=text("lessons.approve", language), exact=True)).to_be_visible()
    await picture(page, f"lessons-{size}-{language}")
    assert await axe_violations(page) == []
    assert await fits(page)


async def test_all_of_it_works_by_keyboard_and_without_script(people, mine, open_page, installation) -> None:  # noqa: F811
    await _answer(installation, people.asking)
    line = await _line(installation, people.asking)
    page = await open_page("desktop", f"/chats/{people.asking}", name="noy", script=False)
    await page.locator(f"#line-{line} .correcting a").press("Enter")
    await page.locator("#intent").focus()
    # By arrows: letters typed with a pause between them would each begin a new search in the list.
    async with asyncio.timeout(30):
        while not (await page.locator("#intent option:checked").inner_text()).startswith("They keep"):
            await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.locator(f"#line-{line}").get_by_role("link", name=text("lessons.prepare", "en")).press("Enter")
    await page.wait_for_url("**/lessons?**")  # the desk, too, has something to write in
    await page.locator("#words").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".notice.proposed")).to_be_visible()


async def test_markup_in_a_persons_words_stays_text(open_page, people, mine, installation) -> None:  # noqa: F811
    await _answer(installation, people.asking)
    line = await _line(installation, people.asking, MARKUP)
    await _correct(installation, line, "greet")

    page = await open_page("desktop", f"/lessons?chat={people.asking}&line={line}", name="noy")

    await expect(page.locator(".draft .words")).to_have_text(MARKUP)
    assert await page.locator("main img, .words b").count() == 0
