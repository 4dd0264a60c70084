"""What a receiver sees and does: the outline, then what was agreed to, nothing once it ended; each deed one step."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.console.sent_matters import LATER, NAME, PHONE, STORY, A, B, accepted, sent, step, withdrawn, works_for
from tests.console.signing_in import ORIGIN, client, sign_in
from thangdee.casework.providers import links, members
from thangdee.casework.referrals import questions, steps, store
from thangdee.casework.referrals.model import MatterState, ReferralState, Speed
from thangdee.casework.staff.roles import Role
from thangdee.core.audit import audit
from thangdee.core.time_words import LOCAL_TIME
from thangdee.core.words import text
from thangdee.processes.console import StaffConsole

OTHERS = ("/team", "/duty", "/held", "/directory", "/content", "/lessons", "/audit", "/staff")


@pytest.fixture
async def theirs(installation):
    """The session of somebody at the receiver."""
    return await works_for(installation)


@pytest.fixture
async def browser(installation, theirs):
    async with client(StaffConsole(installation, ORIGIN).app, theirs) as one:
        yield one


async def state_of(installation, matter):
    async with installation.database.read() as connection:
        return await store.load(connection, matter.id)


async def deeds_of(installation, action: str) -> list[dict]:
    async with installation.database.read() as connection:
        rows = await connection.execute(select(audit.c.facts).where(audit.c.action == action).order_by(audit.c.seq))
        return [json.loads(one) for one in rows.scalars()]


def at(installation, **ahead) -> str:
    return (installation.clock.now() + timedelta(**ahead)).astimezone(LOCAL_TIME).strftime("%Y-%m-%dT%H:%M")


def said(answer) -> str:
    """The notice after a deed."""
    return re.search(r"notice=([\w.]+)", answer.headers["location"])[1]


async def test_provider_minimal_before_accept(installation, browser) -> None:
    matter = await sent(installation)
    path = f"/inbox/{matter.current.id}"
    listed, before, part = [await browser.get(one) for one in ("/inbox", path, f"{path}/part")]

    for page in (listed, before, part):
        assert page.status_code == 200
        assert [word for word in LATER if word in page.text] == []
    for field in ("need", "age_band", "gender", "language", "province", "urgency"):
        assert text(f"field.{field}", "en") in before.text
    for field in ("call_name", "phone", "own_words", "health", "reach_by", "district", "with_children"):
        assert text(f"field.{field}", "en") not in before.text

    answer = await browser.post(f"{path}/accept", data={"at": at(installation, hours=3)})
    after = await browser.get(path)

    assert said(answer) == "provider.notice.accepted"
    assert [word for word in LATER if word not in after.text] == []
    # Each of the four sensitive ones carries it, and the top says it, too (R42).
    assert after.text.count(text("provider.secret.field", "en")) == 4
    assert text("provider.secret.body", "en") in after.text
    assert text("provider.secret.phone_seen", "en") in after.text
    assert [one["state"] for one in await deeds_of(installation, "referral:read")] == ["offered"] * 2 + ["accepted"]


@pytest.mark.parametrize("end", ["withdraw", "decline", "expire", "give_back"])
async def test_what_has_ended_shows_nothing_on_any_way(installation, browser, clock, end) -> None:
    matter = await sent(installation, with_voice=True)
    path, one = f"/inbox/{matter.current.id}", matter.current.id
    if end == "decline":
        await browser.post(f"{path}/decline", data={"reason": "full"})
    elif end == "expire":
        clock.advance(timedelta(days=4))
        cookies = await works_for(installation)  # the session is over by then
        browser.cookies.update(cookies)
        await step(installation, matter, "expire", lambda whole: steps.expire(whole, one, clock.now()))
    else:
        matter = await accepted(installation, matter)
        [file] = re.findall(rf"{path}/media/\w+", (await browser.get(path)).text)
        assert (await browser.get(file)).content == b"sound"
        if end == "withdraw":
            await withdrawn(installation, matter)
        else:
            await browser.post(f"{path}/give-back", data={"reason": "no_capacity"})
        assert (await browser.get(file)).status_code == 404
    reads = len(await deeds_of(installation, "referral:read"))

    for way in (path, f"{path}/part", f"{path}/part?seen=x", "/inbox"):
        page = await browser.get(way)
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-store"
        assert [word for word in (*LATER, text("field.need", "en")) if word in page.text] == []
        assert matter.referrals[0].code in page.text
    assert text("provider.ended.body", "en") in (await browser.get(path)).text
    assert len(await deeds_of(installation, "referral:read")) == reads


async def test_a_lapsed_consent_shows_nothing_though_nobody_ended_it(installation, browser, clock) -> None:
    matter = await accepted(installation, await sent(installation))
    clock.advance(timedelta(days=91))
    browser.cookies.update(await works_for(installation))

    page = await browser.get(f"/inbox/{matter.current.id}")

    assert text("provider.ended.title", "en") in page.text
    assert [word for word in LATER if word in page.text] == []


async def test_another_office_and_a_stranger_find_nothing(installation, browser) -> None:
    matter = await accepted(installation, await sent(installation, B, with_voice=True))
    path = f"/inbox/{matter.current.id}"

    for way in (path, "/inbox/guessed"):
        page = await browser.get(way)
        assert (page.status_code, matter.current.code in page.text) == (404, False)
        assert page.text == (await browser.get("/inbox/x")).text
        assert (await browser.post(f"{way}/accept", data={"at": at(installation, hours=3)})).status_code == 404
        assert (await browser.get(f"{way}/events")).status_code == 404
        assert (await browser.get(f"{way}/part")).text.count("canary") == 0
    assert matter.current.code not in (await browser.get("/inbox")).text
    assert await deeds_of(installation, "gate:refused") != []
    assert (await state_of(installation, matter)).current.state is ReferralState.ACCEPTED


async def test_who_left_the_office_sees_nothing_any_more(installation, browser, theirs) -> None:
    matter = await accepted(installation, await sent(installation))
    who = (await browser._transport.app.state.gate.who(next(iter(theirs.values())), is_passive=True)).staff_id
    async with installation.database.write() as connection:
        await members.take_away(connection, who, "org-a")

    assert (await browser.get(f"/inbox/{matter.current.id}")).status_code == 404
    assert text("provider.ended.title", "en") in (await browser.get(f"/inbox/{matter.current.id}/part?seen=x")).text


async def test_only_files_of_what_is_told_are_served(installation, browser) -> None:
    struck, other = await sent(installation, with_voice=True), await sent(installation, with_voice=True)
    path, foreign = f"/inbox/{struck.current.id}", f"/inbox/{other.current.id}"
    await accepted(installation, other)
    [theirs] = re.findall(rf"{foreign}/media/(\w+)", (await browser.get(foreign)).text)

    assert (await browser.get(f"{path}/media/{theirs}")).status_code == 404
    assert (await browser.get(f"{path}/media/guessed")).status_code == 404
    await accepted(installation, struck)
    [own] = re.findall(rf"{path}/media/(\w+)", (await browser.get(path)).text)
    assert (await browser.get(f"{path}/media/{theirs}")).status_code == 404  # of another matter
    answer = await browser.get(f"{path}/media/{own}", headers={"range": "bytes=0-1"})
    assert (answer.status_code, answer.content) == (206, b"so")
    assert [one["media"] for one in await deeds_of(installation, "media:view")] == [own]


async def test_from_accepting_to_what_came_of_it(installation, browser) -> None:
    matter = await sent(installation)
    path = f"/inbox/{matter.current.id}"

    for deed, form, notice in (
        ("accept", {"at": "other", "day": at(installation, hours=3)[:10], "clock": "19:30"}, "accepted"),
        ("again", {"at": at(installation, hours=20)}, "again"),
        ("contacted", {"how": "phone"}, "contacted"),
        ("helped", {}, "helped"),
        ("close", {"outcome": "partly"}, "closed"),
    ):
        assert said(await browser.post(f"{path}/{deed}", data=form)) == f"provider.notice.{notice}"
        page = await browser.get("/inbox")
        assert matter.current.code in page.text

    after = await state_of(installation, matter)
    assert (after.state, after.referrals[0].state, after.referrals[0].reason) == (
        MatterState.HELPED, ReferralState.CLOSED, "partly",
    )  # fmt: skip
    for deed in ("accept", "try_again", "contact", "help", "close"):
        assert len(await deeds_of(installation, f"referral:{deed}")) == 1


async def test_a_page_that_is_too_old_says_so_and_changes_nothing(installation, browser) -> None:
    matter = await sent(installation)
    path = f"/inbox/{matter.current.id}"
    await withdrawn(installation, matter)
    before = await state_of(installation, matter)

    for deed, form in (
        ("accept", {"at": at(installation, hours=3)}), ("decline", {"reason": "full"}), ("contacted", {"how": "phone"}),
        ("again", {"at": at(installation, hours=3)}), ("give-back", {"reason": "other"}), ("helped", {}),
        ("close", {"outcome": "lost"}), ("ask", {"code": "fetch"}), ("ask", {"code": "words", "words": "x"}),
    ):  # fmt: skip
        answer = await browser.post(f"{path}/{deed}", data=form)
        assert said(answer) == "provider.notice.step_refused", deed
        assert text("provider.notice.step_refused", "en") in (await browser.get(answer.headers["location"])).text
    assert await state_of(installation, matter) == before


async def test_times_and_reasons_that_are_none_are_refused(installation, browser) -> None:
    matter = await sent(installation, speed=Speed.URGENT)
    path = f"/inbox/{matter.current.id}"

    for given in (at(installation, hours=-1), at(installation, hours=25), "", "tomorrow", "other"):
        answer = await browser.post(f"{path}/accept", data={"at": given, "day": "2026-99-01", "clock": "8"})
        assert said(answer) == "provider.notice.unfit_time"
    assert said(await browser.post(f"{path}/decline", data={"reason": "<b>"})) == "provider.notice.unknown_reason"
    assert said(await browser.post(f"{path}/decline")) == "provider.notice.unknown_reason"
    assert (await state_of(installation, matter)).current.state is ReferralState.OFFERED
    offered = re.findall(r'name="at" value="([^"]+)"', (await browser.get(path)).text)
    assert said(await browser.post(f"{path}/accept", data={"at": offered[0]})) == "provider.notice.accepted"


async def test_after_three_tries_it_can_only_go_back(installation, browser, clock) -> None:
    matter = await accepted(installation, await sent(installation))
    path = f"/inbox/{matter.current.id}"
    promise = {"at": at(installation, hours=30)}
    for _ in range(3):
        assert said(await browser.post(f"{path}/again", data=promise)) == "provider.notice.again"

    assert said(await browser.post(f"{path}/again", data=promise)) == "provider.notice.no_more_tries"
    assert text("provider.again.over", "en") in (await browser.get(path)).text
    assert said(await browser.post(f"{path}/give-back", data={"reason": "not_reached"})) == "provider.notice.given_back"


@pytest.mark.parametrize(
    ("reason", "state"), [("no_capacity", MatterState.WITH_PROVIDER), ("did_not_want", MatterState.WITH_STAFF)]
)
async def test_who_does_not_want_it_is_not_sent_to_the_next(installation, browser, reason, state) -> None:
    matter = await accepted(installation, await sent(installation, A, B))

    await browser.post(f"/inbox/{matter.current.id}/give-back", data={"reason": reason})

    assert (await state_of(installation, matter)).state is state


async def test_the_page_learns_only_that_it_must_be_drawn_anew(installation, browser) -> None:
    matter = await sent(installation)
    path = f"/inbox/{matter.current.id}"
    seen = re.search(r"part\?seen=(\w+)", (await browser.get(path)).text)[1]
    reads = len(await deeds_of(installation, "referral:read"))

    same = await browser.get(f"{path}/part?seen={seen}")
    assert (same.status_code, same.content) == (204, b"")
    assert len(await deeds_of(installation, "referral:read")) == reads
    await accepted(installation, matter)
    changed = await browser.get(f"{path}/part?seen={seen}")
    assert (changed.status_code, PHONE in changed.text) == (200, True)


# --- questions --------------------------------------------------------------------------------------------------


async def test_a_question_is_answered_with_her_yes_only(installation, browser, clock) -> None:
    matter, vault = await sent(installation), installation.vault
    path = f"/inbox/{matter.current.id}"
    assert said(await browser.post(f"{path}/ask", data={"code": "safe_to_call"})) == "provider.notice.asked"
    async with installation.database.write() as connection:
        [one] = await questions.open_for_person(connection, matter.chat_id)
        mark = await questions.note_answer(connection, vault, one.id, {"code": "not_now"})
    noted = (await browser.get(path)).text
    async with installation.database.write() as connection:
        await questions.tell(connection, vault, one.id, mark, clock.now())

    told, answer = (await browser.get(path)).text, text("provider.answer.safe_to_call.not_now", "en")
    assert (answer in noted, answer in told) == (False, True)
    assert text("provider.inbox.answers", "en", count="1") in (await browser.get("/inbox")).text
    await withdrawn(installation, matter)
    assert answer not in (await browser.get(path)).text


async def test_words_to_staff_reach_staff_and_their_answer_the_receiver(installation, browser, clock) -> None:
    matter, vault = await sent(installation), installation.vault
    path = f"/inbox/{matter.current.id}"
    await browser.post(f"{path}/ask", data={"code": "words", "words": "Is <b>she</b> far from here?"})
    async with installation.database.write() as connection:
        assert await questions.open_for_person(connection, matter.chat_id) == []
        [one] = await questions.open_for_staff(connection, matter.id)
        assert await questions.words_of(connection, vault, one.id) == "Is <b>she</b> far from here?"
        await questions.answer_as_staff(connection, vault, one.id, "About an hour.", "noy", clock.now())

    page = (await browser.get(path)).text
    assert "About an hour." in page
    assert "Is &lt;b&gt;she&lt;/b&gt; far" in page


# --- links, and where a receiver may go ---------------------------------------------------------------------------


async def link_to(installation, matter) -> str:
    async with installation.database.write() as connection:
        return f"/r/{await links.make(connection, matter.current.id, installation.clock.now())}"


async def test_provider_link_lifecycle(installation, browser, clock) -> None:
    app, mine = StaffConsole(installation, ORIGIN).app, await sent(installation)
    good, late, foreign = [await link_to(installation, one) for one in (mine, mine, await sent(installation, B))]
    async with client(app) as stranger:
        asked = await stranger.get(good)
        assert (asked.status_code, asked.headers["location"].startswith("/sign-in?next=%2Fr%2F")) == (303, True)
        assert (await stranger.post(good)).headers["location"].startswith("/sign-in")
    pages = {(await browser.get(one)).text for one in (good, good, foreign, "/r/guessed")}
    assert len(pages) == 1  # opening a link changes and tells nothing

    followed = await browser.post(good)
    assert (followed.status_code, followed.headers["location"]) == (303, f"/inbox/{mine.current.id}")
    clock.advance(timedelta(hours=72))
    async with client(app, await works_for(installation)) as later:
        nowhere = [await later.post(one) for one in (good, late, foreign, "/r/guessed")]
        assert (await later.get(good)).status_code == 200
    assert {one.status_code for one in nowhere} == {404}
    assert len({one.text for one in nowhere}) == 1
    assert len(await deeds_of(installation, "referral:open_link")) == 1


async def test_signing_in_comes_back_to_the_link(installation) -> None:
    app, path = StaffConsole(installation, ORIGIN).app, await link_to(installation, await sent(installation))
    async with client(app, await works_for(installation)) as one:
        assert (await one.get("/sign-in", params={"next": path})).headers["location"] == path
        assert (await one.get("/sign-in")).headers["location"] == "/inbox"


async def test_receivers_see_no_other_page_and_others_see_no_inbox(installation, browser) -> None:
    page = (await browser.get("/inbox")).text
    ways = set(re.findall(r'href="(/[^"]*)"', page.partition("<header")[2].partition("</header>")[0]))

    assert ways == {"/", "/inbox", "/notices", "/account"}
    assert (await browser.get("/")).headers["location"] == "/inbox"
    for way in OTHERS:
        assert (await browser.get(way)).status_code == 403, way
    for role in set(Role) - {Role.PROVIDER}:
        async with client(browser._transport.app, await sign_in(installation, role)) as one:
            assert (await one.get("/inbox")).status_code == 403, role


async def test_what_a_person_wrote_is_no_markup(installation, browser) -> None:
    matter = await accepted(installation, await sent(installation))

    page = (await browser.get(f"/inbox/{matter.current.id}")).text

    assert STORY in page
    assert NAME in page
    assert 'href="tel:+8562000000000"' in page
