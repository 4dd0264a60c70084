"""Officers enter who said yes, and open an entry by the code on her paper alone, of their own shelter."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.console.route_worlds import World
from tests.console.shelter_worlds import CANARY, THERE, entry, to_enter
from tests.console.signing_in import ORIGIN, client, sign_in
from thangdee.casework.outcomes import residents
from thangdee.casework.outcomes.tables import resident
from thangdee.casework.staff.roles import Role
from thangdee.core.audit import audit_detail
from thangdee.core.words import text
from thangdee.processes.console import StaffConsole

CODE = re.compile(r"[2-9A-Z]{5}-[2-9A-Z]{5}")


@pytest.fixture
async def world(installation) -> World:
    made = World(installation)
    await made.enter(Role.SHELTER_OFFICER)
    return made


@pytest.fixture
def app(installation):
    return StaffConsole(installation, ORIGIN).app


async def stored(world: World) -> int:
    async with world.installation.database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(resident))).scalar_one()


async def test_without_her_yes_the_form_does_not_open_and_nothing_is_stored(app, world) -> None:
    given = await to_enter(world)
    async with client(app, world.cookies) as browser:
        no = await browser.post("/shelter/enter/yes", data=given | {"yes": "no"})
        unsaid = await browser.post("/shelter/enter/yes", data=given | {"yes": ""})
        past_the_form = [
            await browser.post("/shelter/enter", data=given | {"yes": said}) for said in ("no", "", "maybe")
        ]

    assert "no_yes" in no.headers["location"]
    assert 'name="nickname"' not in unsaid.text
    assert all("no_yes" in one.headers["location"] for one in past_the_form)
    assert await stored(world) == 0


async def test_who_said_yes_is_entered_and_her_code_shown_once(app, world) -> None:
    given = await to_enter(world)
    async with client(app, world.cookies) as browser:
        form = await browser.post("/shelter/enter/yes", data=given)
        token = re.search(r'name="token" value="(\w{32})"', form.text)[1]
        done = await browser.post("/shelter/enter", data=given | {"token": token})
        again = await browser.post("/shelter/enter", data=given | {"token": token})
        [code] = set(CODE.findall(done.text))
        opened = await browser.post("/shelter/code", data={"code": code})

    assert "already_entered" in again.headers["location"]
    assert await stored(world) == 1
    assert "Keo" in opened.text
    assert (
        text("shelter.name.kredtakarn", "en")
        not in re.search(r'<section class="slip">.*?</section>', done.text, re.DOTALL)[0]
    )
    async with world.installation.database.read() as connection:
        actions = list((await connection.execute(select(audit_detail.c.action))).scalars())
    assert actions.count("resident:enter") == 1
    assert "resident:read" in actions


async def test_what_is_unclear_is_said_at_its_field_and_nothing_typed_is_lost(app, world) -> None:
    given = await to_enter(world)
    wrong = given | {"birth_year_or_age": "16-17", "date_entered": "03/25/2026", "village": "Nasai"}
    async with client(app, world.cookies) as browser:
        page = await browser.post("/shelter/enter", data=wrong)

    for key in ("age_range", "day_first", "no_assent"):
        assert text(f"shelter.why.{key}", "en") in page.text
    assert 'value="Nasai"' in page.text
    assert await stored(world) == 0


async def test_a_child_is_entered_with_the_adult_who_decided_it_with_her(app, world) -> None:
    given = await to_enter(world) | {"birth_year_or_age": ""}
    async with client(app, world.cookies) as browser:
        alone = await browser.post("/shelter/enter", data=given)
        with_adult = await browser.post("/shelter/enter", data=given | {"assented_by": "Khru Noi"})

    assert text("shelter.why.no_assent", "en") in alone.text
    assert CODE.search(with_adult.text)


async def test_an_officer_enters_and_opens_for_the_own_shelter_only(app, world) -> None:
    given = await to_enter(world)
    elsewhere = await entry(world, THERE)
    async with client(app, world.cookies) as browser:
        entered = await browser.post("/shelter/enter", data=given | {"shelter": THERE.value})
        theirs = await browser.post("/shelter/code", data={"code": elsewhere["code"]})
        guessed = await browser.post("/shelter/code", data={"code": "AAAAA-AAAAA"})

    assert "not_their_shelter" in entered.headers["location"]
    assert theirs.headers["location"] == guessed.headers["location"] == "/shelter/code?notice=no_such_entry"
    assert await stored(world) == 1


async def test_who_guesses_codes_is_slowed_down(app, world) -> None:
    given = await entry(world)
    async with client(app, world.cookies) as browser:
        for number in range(10):
            await browser.post("/shelter/code", data={"code": f"AAAAA-AAAA{number}"})
        right = await browser.post("/shelter/code", data={"code": given["code"]})
        world.installation.clock.advance(timedelta(seconds=61))
        later = await browser.post("/shelter/code", data={"code": given["code"]})

    assert later.status_code == 200
    assert "too_many_tries" in right.headers["location"]


async def test_an_officer_without_a_shelter_is_told_so(app, world) -> None:
    async with client(app, world.cookies) as browser:
        page = await browser.get("/shelter")

    assert text("shelter.home.no_shelter", "en") in html.unescape(page.text)
    assert "/shelter/enter" not in page.text


async def test_by_her_code_an_entry_is_renewed_put_right_and_taken_back(app, world) -> None:
    given = await entry(world)
    async with client(app, world.cookies) as browser:
        renewed = await browser.post("/shelter/code/renew", data=given | {"not_found_by": "my uncle"})
        no_yes = await browser.post("/shelter/code/renew", data=given | {"yes": ""})
        correct = given | {"nickname": "Bee", "village": "Nasai", "birth_year_or_age": "2545"}
        corrected = await browser.post("/shelter/code/correct", data=correct)
        unclear = await browser.post("/shelter/code/correct", data=correct | {"birth_year_or_age": "16-17"})
        gone = await browser.post("/shelter/code/withdraw", data=given)
        after = await browser.post("/shelter/code", data=given)

    assert "my uncle" in renewed.text
    assert text("shelter.why.no_yes", "en") in no_yes.text
    assert "Bee" in corrected.text
    assert '<dd dir="auto">2002</dd>' in corrected.text
    assert text("shelter.why.age_range", "en") in unclear.text
    assert "withdrawn" in gone.headers["location"]
    assert "no_such_entry" in after.headers["location"]
    assert await stored(world) == 0


async def test_an_entry_whose_paper_is_lost_is_erased_and_nobody_learns_whether_there_was_one(app, world) -> None:
    given = await to_enter(world) | {"shelter_number": "ก-๗/2569"}
    async with client(app, world.cookies) as browser:
        await browser.post("/shelter/enter", data=given)
        await browser.post("/shelter/enter", data=given | {"shelter_number": ""})
        lost = [
            await browser.post("/shelter/code/lost", data={"shelter": where, "number": number})
            for where, number in (("kredtakarn", "8"), ("kredtakarn", "-"), ("sri_surat", "ก-7/2569"))
        ]
        assert await stored(world) == 2
        lost.append(await browser.post("/shelter/code/lost", data={"shelter": "kredtakarn", "number": "ก 7 2569"}))

    assert await stored(world) == 1
    assert "not_their_shelter" in lost.pop(2).headers["location"]
    assert {one.headers["location"] for one in lost} == {"/shelter/code?notice=lost_erased"}


async def test_a_family_that_is_wanted_comes_to_staff_and_the_answer_back_to_her_shelter(app, world) -> None:
    given = await entry(world)
    async with client(app, world.cookies) as browser:
        asked = await browser.post(
            "/shelter/code/family", data=given | {"whom": f"{CANARY}'s mother", "token": "a" * 32}
        )
        await browser.post("/shelter/code/family", data=given | {"whom": f"{CANARY}'s mother", "token": "a" * 32})
    async with client(app, await sign_in(world.installation, Role.TRACER)) as browser:
        listed = await browser.get("/family-wanted")
        [path] = set(re.findall(r'href="(/family-wanted/\w+)"', listed.text))
        read = await browser.get(path)
        early = await browser.post(f"{path}/close", data={"state": "found", "result": "She is well."})
        await browser.post(f"{path}/take")
        await browser.post(f"{path}/close", data={"state": "found", "result": "She is well."})
    async with client(app, world.cookies) as browser:
        answered = await browser.post("/shelter/code", data=given)

    assert text("shelter.notice.family_asked", "en") in asked.text
    assert CANARY not in listed.text
    assert f"{CANARY}&#39;s mother" in read.text
    assert text("shelter.name.kredtakarn", "en") not in read.text
    assert "not_yours" in early.headers["location"]
    assert "She is well." in answered.text


async def test_few_entries_are_not_counted_on_the_page(app, world) -> None:
    for _ in range(residents.FEWEST - 1):
        await entry(world)
    async with client(app, world.cookies) as browser:
        few = await browser.get("/shelter")
        await entry(world)
        some = await browser.get("/shelter")

    assert text("shelter.home.few", "en").format(fewest=5) in few.text
    assert text("shelter.home.count", "en").format(count=5) in some.text
