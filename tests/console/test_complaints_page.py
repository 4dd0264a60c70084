"""Complaints as a page: whom one is about finds nothing by any route; the others work, answer and close."""

import pytest

from tests.casework.talks import a_chat, queued, take
from tests.console.browsing import SIZES, axe_violations, chromium, fits, opened, picture
from tests.console.signing_in import ORIGIN, client, sign_in, viewer_of
from thangdee.bot.simulator import serve
from thangdee.casework import complaints, notices
from thangdee.casework.complaint_rules import About, State
from thangdee.casework.staff.roles import Role
from thangdee.core.outbox import OWN_CONTROL, STAFF_WORDS
from thangdee.core.words import text
from thangdee.processes.console import StaffConsole

WORDS = "canary: ນາງເວົ້າບໍ່ດີໃສ່ຂ້ອຍ"
DEEDS = {
    "take": {},
    "note": {"words": "made up"},
    "answer": {"words": "made up", "how": "chat"},
    "close": {},
    "shut-out": {"who": "somebody"},
}


@pytest.fixture
def app(installation):
    return StaffConsole(installation, ORIGIN).app


async def _made(installation, about: About = About.STAFF, *, talked: str = ""):
    now, vault = installation.clock.now(), installation.vault
    async with installation.database.write() as connection:
        who = await a_chat(connection, vault, now)
    if talked:
        await take(installation.database, vault, who.id, talked, now)
    async with installation.database.write() as connection:
        one = await complaints.begin(connection, who, about, now)
        await complaints.hear(connection, vault, one, "who", {"text": "made up: the night desk"}, now)
        await complaints.hear(connection, vault, one, "what", {"text": WORDS}, now)
        return await complaints.make(connection, vault, one, now)


async def _state(installation, complaint_id: str) -> State:
    async with installation.database.read() as connection:
        return (await complaints.get(connection, complaint_id)).state


@pytest.mark.parametrize("role", list(Role))
async def test_whom_it_is_about_finds_nothing_by_any_route(app, installation, role: Role) -> None:
    cookies = await sign_in(installation, role)
    me = (await viewer_of(installation, cookies)).staff_id
    one = await _made(installation, talked=me)
    async with client(app, cookies) as browser:
        pages = [
            await browser.get(path) for path in ("/complaints", f"/complaints/{one.id}", "/notices", "/", "/audit")
        ]
        answers = [await browser.post(f"/complaints/{one.id}/{deed}", data=form) for deed, form in DEEDS.items()]
        gone = await browser.get("/complaints/made-up-id")

    there, not_there = pages[1].text.replace(one.id, ""), gone.text.replace("made-up-id", "")
    assert (pages[1].status_code, there) == (gone.status_code, not_there)  # as if there were none
    assert not any(mark in page.text for page in (pages[0], *pages[2:4]) for mark in (one.code, one.id))
    assert not any("canary" in page.text for page in pages)
    assert all(answer.status_code in (303, 403) for answer in answers)
    assert all(answer.status_code == 403 or "complaint_gone" in answer.headers["location"] for answer in answers)
    assert await _state(installation, one.id) is State.NEW
    async with installation.database.read() as connection:
        assert all(each.reference not in (one.id, one.code) for each in await notices.newest(connection, me))


async def test_a_supervisor_looks_into_it_answers_and_the_person_gets_a_neutral_line(app, installation) -> None:
    one, cookies = await _made(installation), await sign_in(installation, Role.SUPERVISOR)
    async with client(app, cookies) as browser:
        listed = await browser.get("/complaints")
        await browser.post(f"/complaints/{one.id}/take")
        page = await browser.get(f"/complaints/{one.id}")
        await browser.post(f"/complaints/{one.id}/answer", data={"words": "made up answer", "how": "chat"})

    assert one.code in listed.text
    assert "canary" not in listed.text
    assert WORDS in page.text
    sent = await queued(installation.database, installation.vault, (OWN_CONTROL, STAFF_WORDS))
    [(kind, body)] = sent
    assert kind == OWN_CONTROL
    assert body["parts"] == [["complaints.knock", {}, None]]
    assert await _state(installation, one.id) is State.ANSWERED


async def test_an_answer_that_would_tell_a_shelter_is_not_sent(app, installation) -> None:
    one, cookies = await _made(installation), await sign_in(installation, Role.SUPERVISOR)
    async with client(app, cookies) as browser:
        await browser.post(f"/complaints/{one.id}/take")
        answer = await browser.post(
            f"/complaints/{one.id}/answer", data={"words": "She is in the Kredtakarn shelter.", "how": "chat"}
        )

    assert "would_tell_place" in answer.headers["location"]
    assert await _state(installation, one.id) is State.LOOKED_INTO
    assert await queued(installation.database, installation.vault, (OWN_CONTROL,)) == []


async def test_small_counts_are_not_told(app, installation) -> None:
    await _made(installation, talked="somebody")
    async with client(app, await sign_in(installation, Role.SUPERVISOR)) as browser:
        page = await browser.get("/complaints")

    assert text("complaints.page.few", "en") in page.text
    assert "<td>1</td>" not in page.text


async def test_the_pages_are_readable_for_everybody_on_a_phone_and_on_a_desk(installation) -> None:
    one = await _made(installation)
    late = await _made(installation, About.AUTHORITY)
    cookies = await sign_in(installation, Role.SUPERVISOR, language="lo")
    viewer = await viewer_of(installation, cookies)
    async with installation.database.write() as connection:
        await complaints.take(connection, installation.vault, one.id, viewer, installation.clock.now())
    assert late.due_at is not None
    async with chromium() as browser, serve(StaffConsole(installation, ORIGIN).app) as url:
        for size in SIZES:
            for path, name in (("/complaints", "complaints"), (f"/complaints/{one.id}", "complaint")):
                async with opened(browser, f"{url}{path}", size=size, cookies=cookies) as page:
                    for closed in await page.locator("details").all():
                        await closed.locator("summary").click()
                    assert await fits(page), (size, path)
                    assert await axe_violations(page) == []
                    await picture(page, f"{name}-{size}")
