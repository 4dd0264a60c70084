"""Pages about telling a family: who sees what, what is shown when, and what no page ever does (R16, R17, R28, R37)."""

from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
from sqlalchemy import select

from tests.casework.outcomes import release_worlds as made
from tests.casework.outcomes.release_worlds import FOR_US, HER_WORDS, OWN_WORDS
from tests.console.signing_in import ORIGIN, client, sign_in
from thangdee.casework import media
from thangdee.casework.enquiries import messages
from thangdee.casework.enquiries.messages import Kind
from thangdee.casework.outcomes import counts, given
from thangdee.casework.outcomes.model import Wish
from thangdee.casework.staff.roles import Role
from thangdee.console.enquiries.counts_page import as_sheet
from thangdee.console.shelter.wishes_page import SENTENCES
from thangdee.core.audit import audit_detail
from thangdee.core.columns import outcomes_metadata
from thangdee.core.jobs import job
from thangdee.core.words import text
from thangdee.processes.console import StaffConsole


@pytest.fixture
def app(installation):
    return StaffConsole(installation, ORIGIN).app


@pytest.fixture
async def world(installation, clock):
    """A found daughter; the tracer, who signs in as `noy`, cares for the enquiry."""
    there = await made.a_world(installation.database, installation.vault, clock.now())
    for name in ("noy", "lek", "dao", "mai", "officer", "other"):
        there.people[f"{name} cookies"] = await sign_in(installation, name=name)
    return there


def as_(app, world, name: str):
    return client(app, world.people[f"{name} cookies"])


async def _ids(world, table: str, column: str) -> list[str]:
    async with world.database.read() as connection:
        columns = outcomes_metadata.tables[f"outcomes.{table}"].c
        return list((await connection.execute(select(columns[column]))).scalars())


async def test_from_the_question_to_the_call_by_pages_alone(app, world, installation) -> None:
    """A tracer asks, the officer reads it to her, two approve, the tracer is told what to say; nothing is queued."""
    before = await _queued(installation)
    page = f"/enquiries/{world.enquiry.id}"
    async with as_(app, world, "noy") as noy:
        asked = await noy.post(f"{page}/wish", data={"resident": world.resident_id, "relation": "parent", "words": ""})
    async with as_(app, world, "officer") as officer:
        [wish_id] = await _ids(world, "wish", "id")
        listed, question = await officer.get("/shelter/wishes"), await officer.get(f"/shelter/wishes/{wish_id}")
        said = {"said": "yes", "how": "spoken", "for_family": HER_WORDS, "for_us": FOR_US}
        answered = await officer.post(f"/shelter/wishes/{wish_id}", data=said)
    async with as_(app, world, "noy") as noy:
        seen = await noy.get(page)
        requested = await noy.post(f"{page}/release", data={"resident": world.resident_id})
        [release_id] = await _ids(world, "release", "id")
        own = await noy.post(f"/releases/{release_id}/approve")
        early = await noy.post(f"/releases/{release_id}/tell", data={"how": "voice"})
        not_yet = await noy.get(f"/releases/{release_id}")
    for name in ("dao", "lek"):
        async with as_(app, world, name) as one:
            assert "approved" in (await one.post(f"/releases/{release_id}/approve")).headers["location"]
    async with as_(app, world, "noy") as noy:
        now_it_is = await noy.get(f"/releases/{release_id}")
        told = await noy.post(f"/releases/{release_id}/tell", data={"how": "voice"})
        again = await noy.post(f"/releases/{release_id}/tell", data={"how": "voice"})

    assert made.GIVEN not in listed.text
    assert made.GIVEN in question.text
    assert "K-17" in question.text
    for language in ("lo", "th"):
        who = text("release.relation.parent", language)
        assert all(text(f"release.read.{one}", language, who=who) in unescape(question.text) for one in SENTENCES)
    assert OWN_WORDS not in question.text  # a tracer released no words
    assert HER_WORDS in seen.text
    safe = text("release.tell.safe", "lo")
    assert (safe in not_yet.text, safe in now_it_is.text) == (False, True)
    assert [_notice(one) for one in (asked, answered, requested, own, early, told, again)] == [
        "asked", "answered", "requested", "own_release", "may_not_approvals", "told", "may_not_told",
    ]  # fmt: skip
    assert await _queued(installation) == before


def _notice(answer) -> str:
    assert answer.status_code == 303, answer.text[:200]
    return answer.headers["location"].rpartition("release.notice.")[2]


async def _queued(installation) -> list:
    async with installation.database.read() as connection:
        return [tuple(row) for row in await connection.execute(select(job.c.id, job.c.state).order_by(job.c.id))]


async def test_who_may_see_a_release(app, world, installation, clock) -> None:
    """Child protection sees a child's alone; an officer, a counsellor, an auditor none; a look is written down."""
    now = clock.now()
    await made.wished(world, now)
    release_id = await made.requested(world, now)
    child = await made.a_world(installation.database, installation.vault, now, age="15", number=8)
    await made.wished(child, now)
    childs = await made.requested(child, now)

    async with as_(app, world, "mai") as mai:
        listed = (await mai.get("/releases")).text
        statuses = [(await mai.get(f"/releases/{one}")).status_code for one in (release_id, childs, "made-up")]
        decided = await mai.post(f"/releases/{childs}/decide", data={"answer": "yes", "words": "made up"})
        refused = [await mai.post(f"/releases/{childs}/{deed}", data={"how": "voice"}) for deed in ("approve", "tell")]
    for role in (Role.COUNSELLOR, Role.SHELTER_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR):
        async with client(app, await sign_in(installation, role)) as one:
            assert (await one.get(f"/releases/{release_id}")).status_code == 403
            assert (await one.get("/releases")).status_code == 403

    assert (release_id in listed, childs in listed) == (False, True)
    assert statuses == [404, 200, 404]
    assert _notice(decided) == "decided"
    assert [one.status_code for one in refused] == [403, 403]
    async with installation.database.read() as connection:
        query = select(audit_detail.c.subject).where(audit_detail.c.action == "release:read")
        assert list((await connection.execute(query)).scalars()) == [childs]


async def test_the_part_about_telling_is_for_the_owner_of_the_enquiry(app, world, clock) -> None:
    await made.wished(world, clock.now())
    page, shelter = f"/enquiries/{world.enquiry.id}", text("release.shelter.kredtakarn", "lo")
    async with as_(app, world, "noy") as noy:
        own = (await noy.get(page)).text
    async with as_(app, world, "lek") as lek:
        others = (await lek.get(page)).text
        tried = await lek.post(f"{page}/wish", data={"resident": world.resident_id})

    assert (shelter in own, FOR_US in own) == (False, True)  # where she is, who tells the family learns at the end
    assert (shelter in others, FOR_US in others, HER_WORDS in others) == (False, False, False)
    assert _notice(tried) == "not_theirs"


async def test_weighty_deeds_ask_for_the_second_factor_again(app, world, clock) -> None:
    await made.wished(world, clock.now())
    release_id = await made.requested(world, clock.now())
    clock.advance(timedelta(minutes=6))
    paths = (f"/releases/{release_id}/approve", f"/releases/{release_id}/tell", f"/releases/{release_id}/decide")
    async with as_(app, world, "dao") as dao:
        answers = [await dao.post(path, data={"how": "voice", "answer": "yes"}) for path in paths]

    assert {one.headers["location"] for one in answers} == {
        f"/account/confirm?next={quote(f'/releases/{release_id}', safe='')}"
    }


async def test_an_officer_reaches_nothing_of_another_shelter(app, world, installation, clock) -> None:
    now = clock.now()
    wish_id = await made.asked(world, now)
    async with as_(app, world, "other") as other:
        assert (await other.get(f"/shelter/wishes/{wish_id}")).status_code == 404
        tried = await other.post(f"/shelter/wishes/{wish_id}", data={"said": "yes", "how": "spoken"})
        by_code = await other.post("/shelter/wishes-changed", data={"code": world.code})
    await made.answered(world, wish_id, Wish.YES, now)
    async with world.write() as connection:
        where = (world.enquiry.id, world.message_id, world.resident_id, world.id_of("noy"), now)
        await given.pass_on(connection, installation.vault, *where)
    async with as_(app, world, "other") as other:
        assert world.message_id not in (await other.get("/shelter/wishes")).text
        assert (await other.get(f"/shelter/messages/{world.message_id}")).status_code == 404

    assert (_notice(tried), _notice(by_code)) == ("wish_gone", "no_such_entry")


async def test_codes_cannot_be_tried_out(app, world) -> None:
    async with as_(app, world, "officer") as officer:
        tried = [await officer.post("/shelter/wishes-changed", data={"code": f"AAAA{n}"}) for n in range(7)]

    assert [_notice(one) for one in tried] == ["no_such_entry"] * 5 + ["too_many_tries"] * 2


async def test_she_changes_her_mind_with_the_code_on_her_paper(app, world, clock) -> None:
    await made.wished(world, clock.now())
    release_id = await made.requested(world, clock.now())
    await made.approved(world, release_id, clock.now())
    async with as_(app, world, "officer") as officer:
        changed = await officer.post("/shelter/wishes-changed", data={"code": world.code})
    async with as_(app, world, "noy") as noy:
        told = await noy.post(f"/releases/{release_id}/tell", data={"how": "voice"})

    assert (_notice(changed), _notice(told)) == ("taken_back", "may_not_refused")


async def test_a_recording_that_was_left_is_played_to_her_shelter_alone(app, world, installation, clock) -> None:
    now, vault = clock.now(), installation.vault
    async with world.write() as connection:
        content = {"id": "v", "chat_id": world.chat.id, "kind": media.Kind.VOICE, "state": media.State.READY}
        place = media._content("v")
        sealed = await vault.seal(connection, world.chat.key_id, place, b"made-up sound")
        await connection.execute(
            media.media.insert().values(content | {"sealed_content": sealed, "at": now, "seconds": 3})
        )
        await messages.leave(connection, vault, world.enquiry, Kind.VOICE, {"media": "v"}, now)
        [message_id] = [
            one.id for one in await messages.messages_of(connection, vault, world.enquiry.id) if "media" in one.body
        ]
    await made.wished(world, now, Wish.MESSAGE_ONLY)
    async with as_(app, world, "noy") as noy:
        passed = await noy.post(
            f"/enquiries/{world.enquiry.id}/message", data={"message": message_id, "resident": world.resident_id}
        )
    file = f"/shelter/messages/{message_id}/file"
    async with as_(app, world, "officer") as officer, as_(app, world, "other") as other:
        shown, played = await officer.get(f"/shelter/messages/{message_id}"), await officer.get(file)
        elsewhere = await other.get(file)
        offered = await officer.post(f"/shelter/messages/{message_id}", data={"wanted": "yes"})
        later = await officer.get(file)

    assert (_notice(passed), _notice(offered)) == ("passed", "offered")
    assert file in shown.text
    assert (played.status_code, played.content) == (200, b"made-up sound")
    assert (elsewhere.status_code, later.status_code) == (404, 404)
    async with as_(app, world, "noy") as noy:  # no sign of what she did with it
        page = (await noy.get(f"/enquiries/{world.enquiry.id}")).text
    assert text("release.message.took", "lo") not in page
    # The same words stand among the reasons for putting an enquiry away, whatever she did.
    assert text("release.message.not_wanted", "lo") not in page.replace('value="not_wished">ລາວບໍ່ຕ້ອງການ<', "")


async def test_numbers_that_could_tell_of_one_person_are_hidden_on_page_and_sheet(app, installation, clock) -> None:
    async with installation.database.write() as connection:
        for what, number in ((counts.FILED, 23), (counts.TOLD, 4), (counts.SAME, 5)):
            for _ in range(number):
                await counts.note(connection, what, clock.now())
    async with client(app, await sign_in(installation, Role.SUPERVISOR)) as one:
        page, sheet = await one.get("/enquiry-counts"), await one.get("/enquiry-counts/sheet")
    async with client(app, await sign_in(installation, Role.TRACER)) as tracer:
        refused = await tracer.get("/enquiry-counts")

    row = sheet.text.splitlines()[1].split(",")
    assert [row[1], row[3]] == ["23", "5"]
    assert {*row[4:]} == {"under 5"}
    assert ">23<" in page.text
    assert ">4<" not in page.text
    assert refused.status_code == 403


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", " =1"])
def test_csv_injection_cells_of_counts_are_text(cell: str) -> None:
    assert f"'{cell}" in as_sheet([[cell]])
