"""Pages of content: who may, two people, what was typed stays, the phone shows what was published."""

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from tests.console import browsing
from tests.console.browsing import axe_violations, chromium, fits, picture
from tests.console.signing_in import ORIGIN, client, sign_in, viewer_of
from thangdee.bot.simulator import serve
from thangdee.bot.simulator.sample_media import silent_voice
from thangdee.casework import notices
from thangdee.casework.content import editions, recordings
from thangdee.casework.staff.roles import Role
from thangdee.core import words
from thangdee.core.audit import audit
from thangdee.core.words import LANGUAGES
from thangdee.processes.console import StaffConsole
from thangdee.processes.wiring import Installation

KEY, CARD = "answers.info_passport", "crisis.danger_now"


@pytest.fixture(autouse=True)
def own_words():
    yield
    words.overlay({})


@pytest.fixture
def app(installation: Installation) -> FastAPI:
    return StaffConsole(installation, ORIGIN).app


def typed(key: str = KEY, **changed: str) -> dict[str, str]:
    texts = {one: words.own(key, one) for one in LANGUAGES}
    rest = {"sources": "VFI19", "review_by": "2027-05-01", "reason": "clearer", "revision": "0", "deed": "propose"}
    return texts | rest | changed


def better(key: str = KEY) -> str:
    return words.own(key, "en").rstrip() + " Good."


async def opened(installation: Installation, key: str = KEY) -> dict[str, str]:
    async with installation.database.read() as connection:
        one = await editions.open_edition(connection, key) or await editions.live_edition(connection, key)
    return {"edition": one.id, "revision": str(one.revision)}


async def audited(installation: Installation) -> list[str]:
    async with installation.database.read() as connection:
        return list((await connection.execute(select(audit.c.action).order_by(audit.c.seq))).scalars())


async def test_one_writes_another_publishes_and_the_audit_knows(app: FastAPI, installation: Installation) -> None:
    writer = await sign_in(installation, Role.DIRECTORY_EDITOR)
    second = await sign_in(installation, Role.SUPERVISOR)
    path = f"/content/text/{KEY}"
    async with client(app, writer) as mine, client(app, second) as theirs:
        proposed = await mine.post(f"{path}/edit", data=typed(en=better()))
        assert proposed.headers["location"].endswith("notice=content.notice.proposed")
        deed = await opened(installation) | {"read": "en"}
        own = await mine.post(f"{path}/publish", data=deed)
        assert own.headers["location"].endswith("own_edition")
        assert words.text(KEY, "en") == words.own(KEY, "en")
        unread = await theirs.post(f"{path}/publish", data=deed | {"read": "lo"})
        assert unread.headers["location"].endswith("not_read_over")
        published = await theirs.post(f"{path}/publish", data=deed)
        assert published.headers["location"].endswith("published")
        shown = (await mine.get(path)).text

    assert words.text(KEY, "en") == better()
    assert "Good." in shown
    assert [one for one in await audited(installation) if one.startswith("content:")] == [
        "content:propose", "content:publish",
    ]  # fmt: skip
    async with installation.database.read() as connection:
        boss = (await viewer_of(installation, second)).staff_id
        assert [one.kind for one in await notices.newest(connection, boss)] == ["content_waiting"]


async def test_two_take_it_back(app: FastAPI, installation: Installation) -> None:
    writer = await sign_in(installation, Role.DIRECTORY_EDITOR)
    second = await sign_in(installation, Role.SUPERVISOR)
    path = f"/content/text/{CARD}"
    async with client(app, writer) as mine, client(app, second) as theirs:
        await mine.post(f"{path}/edit", data=typed(CARD, en=better(CARD)))
        await theirs.post(f"{path}/publish", data=await opened(installation, CARD) | {"read": "en"})
        assert words.text(CARD, "en") == better(CARD)
        await mine.post(f"{path}/withdraw", data=await opened(installation, CARD) | {"word": "it is not right"})
        own = await mine.post(f"{path}/withdraw/confirm", data=await opened(installation, CARD))
        assert own.headers["location"].endswith("own_edition")
        await theirs.post(f"{path}/withdraw/confirm", data=await opened(installation, CARD))

    assert words.text(CARD, "en") == words.own(CARD, "en")


async def test_an_unfit_text_says_what_is_wrong_and_keeps_what_was_typed(app, installation: Installation) -> None:
    async with client(app, await sign_in(installation, Role.SUPERVISOR)) as me:
        answer = await me.post(f"/content/text/{KEY}/edit", data=typed(en=better() + " <b>kept</b>", sources=""))
        async with installation.database.read() as connection:
            assert await editions.open_edition(connection, KEY) is None

    assert answer.status_code == 200
    assert "&lt;b&gt;kept&lt;/b&gt;" in answer.text
    assert "signs that Telegram would not show" in answer.text
    assert "a source is missing" in answer.text


async def test_who_saves_after_a_colleague_sees_both(app, installation: Installation) -> None:
    first, second = [await sign_in(installation, Role.DIRECTORY_EDITOR) for _ in range(2)]
    path = f"/content/text/{KEY}/edit"
    async with client(app, first) as mine, client(app, second) as theirs:
        await theirs.post(path, data=typed(en=better() + " Theirs.", deed="draft"))
        answer = await mine.post(path, data=typed(en=better() + " Mine.", deed="draft"))

    assert "Good. Theirs." in answer.text
    assert "Good. Mine." in answer.text
    assert 'name="revision" value="1"' in answer.text


@pytest.mark.parametrize("gap", ["{x", "}", "{0}", "{x!}"])
async def test_broken_gaps_harm_no_page(app, installation: Installation, gap: str) -> None:
    async with client(app, await sign_in(installation, Role.SUPERVISOR)) as me:
        for deed in ("look", "draft"):
            answer = await me.post(f"/content/text/{KEY}/edit", data=typed(en=better() + gap, deed=deed))
            assert answer.status_code in (200, 303)
        assert (await me.get(f"/content/text/{KEY}")).status_code == 200
        assert (await me.get(f"/content/text/{KEY}/edit")).status_code == 200


async def test_a_phone_number_is_entered_by_one_and_confirmed_by_another(app, installation: Installation) -> None:
    first, second = [await sign_in(installation, Role.DIRECTORY_EDITOR) for _ in range(2)]
    path = "/content/figures/th_police"
    async with client(app, first) as mine, client(app, second) as theirs:
        unfit = await mine.post(f"{path}/enter", data={"value": "kept", "source": "s", "checked": "yes"})
        assert 'value="kept"' in unfit.text
        await mine.post(f"{path}/enter", data={"value": "0 (made up)", "source": "a call", "checked": "yes"})
        page = (await theirs.get(path)).text
        entry = page.partition('name="entry" value="')[2].partition('"')[0]
        await mine.post(f"{path}/confirm", data={"entry": entry, "checked": "yes"})
        assert "Not checked" in (await mine.get("/content/figures")).text
        await theirs.post(f"{path}/confirm", data={"entry": entry, "checked": "yes"})

    await installation.refresh_figures()
    assert installation.shown.values["th_police"] == "0 (made up)"
    assert [one for one in await audited(installation) if one.startswith("figure:")] == [
        "figure:enter",
        "figure:verify",
    ]


async def test_a_counsellor_reads_and_does_not_change(app, installation: Installation) -> None:
    async with client(app, await sign_in(installation, Role.COUNSELLOR)) as me:
        pages = [f"/content/text/{KEY}", "/content", "/content/work", "/content/figures", "/content/figures/th_police"]
        assert [(await me.get(path)).status_code for path in pages] == [200] * 5
        assert "/edit" not in (await me.get(f"/content/text/{KEY}")).text
        for path in (f"/content/text/{KEY}/edit", "/content/not-understood"):
            assert (await me.get(path)).status_code == 403
        assert (await me.post("/content/wishes", data={"wanted": "x"})).status_code == 403


async def test_the_list_is_searched_in_every_language_and_narrowed_by_state(app, installation: Installation) -> None:
    async with client(app, await sign_in(installation, Role.SUPERVISOR)) as me:
        for asked in (
            {"q": "passport"},
            {"q": "ໜັງສືຜ່ານແດນ"},
            {"q": "พาสปอร์ต"},
            {"room": "answers", "state": "unread_lo"},
        ):
            assert KEY in (await me.get("/content", params=asked)).text
        for asked in ({"state": "overdue"}, {"room": "crisis"}, {"q": "zzzz"}, {"state": "made up"}):
            assert KEY not in (await me.get("/content", params=asked)).text
        assert (await me.get("/content/text/chat.welcome")).status_code == 404
        assert (await me.get("/content/figures/none")).status_code == 404


async def test_opening_what_was_not_understood_is_written_down(app, installation: Installation) -> None:
    async with client(app, await sign_in(installation, Role.SUPERVISOR)) as me:
        assert (await me.get("/content/not-understood")).status_code == 200
        await me.post("/content/wishes", data={"wanted": "Insurance of workers"})
        assert "Insurance of workers" in (await me.get("/content/work")).text

    assert (await audited(installation))[-2:] == ["content:not_understood", "content:wish"]


async def test_a_recording_is_made_anew_heard_and_published_by_another(app, installation: Installation) -> None:
    first, second = [await sign_in(installation, Role.DIRECTORY_EDITOR) for _ in range(2)]
    path = f"/content/text/{KEY}"
    async with client(app, first) as mine, client(app, second) as theirs:
        for content in (b"<html>no sound</html>", b""):
            unfit = await mine.post(f"{path}/recording", data={"language": "lo"}, files={"sound": ("a.ogg", content)})
            assert unfit.headers["location"].endswith("unfit_recording")
        sound = {"sound": ("a.ogg", silent_voice(2))}
        kept = await mine.post(f"{path}/recording", data={"language": "lo"}, files=sound)
        assert kept.headers["location"].endswith("notice=content.notice.recorded")
        deed = {"recording": (await theirs.get(path)).text.partition("/content/recordings/")[2].partition('"')[0]}
        heard = await theirs.get(f"/content/recordings/{deed['recording']}", headers={"range": "bytes=0-1"})
        assert (heard.status_code, heard.content) == (206, b"\xff\xf3")
        own = await mine.post(f"{path}/recording/publish", data=deed)
        assert own.headers["location"].endswith("own_recording")
        await theirs.post(f"{path}/recording/publish", data=deed)

    async with installation.database.read() as connection:
        assert await recordings.to_send(connection, KEY, "lo") == deed["recording"]
    assert (await audited(installation))[-2:] == ["recording:add", "recording:publish"]


PATHS = (
    "/content", f"/content/text/{KEY}", f"/content/text/{CARD}/edit", "/content/work", "/content/figures",
    "/content/figures/th_police", "/content/not-understood",
)  # fmt: skip


@pytest.mark.parametrize(("size", "language"), [("small", "lo"), ("phone", "th"), ("desktop", "en")])
async def test_the_pages_fit_every_size_and_have_no_barriers(app, installation: Installation, size, language) -> None:
    async with client(app, await sign_in(installation, Role.DIRECTORY_EDITOR)) as mine:
        await mine.post(f"/content/text/{KEY}/edit", data=typed(en=better()))
        sound = {"sound": ("a.ogg", silent_voice(1))}
        await mine.post(f"/content/text/{KEY}/recording", data={"language": "lo"}, files=sound)
    cookies = await sign_in(installation, Role.SUPERVISOR, language=language)
    async with (
        serve(app) as url,
        chromium() as browser,
        browsing.opened(browser, f"{url}{PATHS[0]}", size=size, cookies=cookies) as page,
    ):
        for path in PATHS:
            await page.goto(url + path)
            assert await fits(page), path
            assert await axe_violations(page) == [], path
            await picture(page, f"content-{size}-{path.replace('/', '-')}")
        await page.goto(f"{url}/content/text/{CARD}/edit")
        await page.locator("#en").press("ControlOrMeta+End")
        await page.locator("#en").press_sequentially(" Stay quiet.", delay=5)
        await page.locator("#preview").get_by_text("Stay quiet.").wait_for()
        if size == "desktop":  # a form without script: the token comes in a field, beside the file
            await page.goto(f"{url}/content/text/{CARD}")
            sound = {"name": "a.ogg", "mimeType": "audio/ogg", "buffer": silent_voice(1)}
            await page.set_input_files("#sound", sound)
            await page.get_by_role("button", name="Send it up").click()
            await page.get_by_text("A second person listens").wait_for()
