"""The roster as a page, and what an open page asks by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.console.signing_in import ORIGIN, client, gate_of, sign_in, viewer_of
from thangdee.casework import alerts, conversations, duty, roster
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chats
from thangdee.casework.staff.roles import Role
from thangdee.console.alarms import add_alarms
from thangdee.console.app import bare_app
from thangdee.console.directory.view import place_name
from thangdee.console.duty_page import add_duty
from thangdee.console.shared import Console
from thangdee.core.audit import audit
from thangdee.core.words import text

EIGHT = {"day": "2026-11-23", "since": "08:00", "until": "16:00", "rank": "first", "weeks": "2"}


@pytest.fixture
def app(installation):
    app = bare_app(gate_of(installation))
    console = Console(
        installation.database, installation.vault, installation.clock, about_answer=lambda _: None, origin=ORIGIN
    )
    add_duty(app, console)
    add_alarms(app, console)
    return app


async def _alert(installation, urgency, address=5) -> alerts.Alert:
    async with installation.database.write() as connection:
        who = await Chats(connection, installation.vault).of(address, installation.clock.now())
        raised, _ = await alerts.raise_alert(connection, who.id, urgency, "danger_now", installation.clock.now())
    return raised


async def _shifts(installation) -> list[tuple[str, str]]:
    async with installation.database.read() as connection:
        query = select(roster.shift).order_by(roster.shift.c.starts_at)
        return [(row.starts_at.isoformat(), row.ends_at.isoformat()) for row in await connection.execute(query)]


async def test_a_supervisor_plans_copies_and_removes(app, installation) -> None:
    noy = await viewer_of(installation, await sign_in(installation, Role.COUNSELLOR, name="noy"))
    cookies = await sign_in(installation, Role.SUPERVISOR)
    async with client(app, cookies) as browser:
        planned = await browser.post("/duty/plan", data=EIGHT | {"who": noy.staff_id})
        page = await browser.get(planned.headers["location"])
        night = await browser.post("/duty/plan", data=EIGHT | {"who": noy.staff_id, "since": "22:00", "until": "06:00"})
        after_both = await _shifts(installation)
        await browser.post("/duty/copy", data={"week": "2026-12-07"})
        copied = await _shifts(installation)
        async with installation.database.read() as connection:
            first = (
                await roster.between(connection, installation.clock.now(), installation.clock.now() + timedelta(14))
            )[0]
        await browser.post("/duty/remove", data={"shift": first.id})

    assert text("duty.notice.planned", "en") in page.text
    assert "noy" in page.text
    assert "08:00–16:00" in page.text
    assert night.headers["location"].endswith("duty.notice.planned")
    assert after_both[:2] == [
        ("2026-11-23T01:00:00+00:00", "2026-11-23T09:00:00+00:00"),
        ("2026-11-23T15:00:00+00:00", "2026-11-23T23:00:00+00:00"),
    ]
    assert (len(after_both), len(copied), len(await _shifts(installation))) == (4, 6, 5)
    async with installation.database.read() as connection:
        done = (await connection.execute(select(audit.c.action).order_by(audit.c.seq))).scalars().all()
    assert [one for one in done if one.startswith("duty:")] == ["duty:plan", "duty:plan", "duty:copy", "duty:remove"]


@pytest.mark.parametrize(
    ("changed", "notice"),
    [
        ({"who": "nobody"}, "not_a_colleague"),
        ({"day": "tomorrow"}, "unfit_shift"),
        ({"day": "2026-11-20"}, "unfit_shift"),
        ({"weeks": "99"}, "unfit_shift"),
    ],
)
async def test_what_cannot_be_planned_is_said(app, installation, changed, notice) -> None:
    noy = await viewer_of(installation, await sign_in(installation, Role.COUNSELLOR))
    async with client(app, await sign_in(installation, Role.ADMINISTRATOR)) as browser:
        answer = await browser.post("/duty/plan", data=EIGHT | {"who": noy.staff_id} | changed)

    assert answer.headers["location"].endswith(f"duty.notice.{notice}")
    assert await _shifts(installation) == []


async def test_a_counsellor_starts_and_stops_but_plans_nothing(app, installation) -> None:
    cookies = await sign_in(installation, Role.COUNSELLOR, name="noy", language="lo")
    me = await viewer_of(installation, cookies)
    async with client(app, cookies) as browser:
        before = await browser.get("/duty")
        refused = await browser.post("/duty/plan", data=EIGHT | {"who": me.staff_id})
        started = await browser.post("/duty/start", data={"hours": "3", "back": "/"})
        async with installation.database.read() as connection:
            there = await duty.on_duty(connection, installation.clock.now())
        during = await browser.get("/duty")
        await browser.post("/duty/end", data={"back": "https://elsewhere.test/"})

    assert text("duty.now.nobody", "lo").split("\n")[0] in before.text
    assert text("duty.now.unplanned", "lo") in before.text
    assert "/duty/plan" not in before.text
    assert refused.status_code == 403
    assert started.headers["location"].startswith("/?")
    assert there == {me.staff_id: installation.clock.now() + timedelta(hours=3)}
    assert text("duty.until", "lo", clock="18:00") in during.text
    async with installation.database.read() as connection:
        assert not await duty.is_someone_there(connection, installation.clock.now())


async def test_the_page_says_who_should_be_there_and_is_not(app, installation) -> None:
    noy = await sign_in(installation, Role.COUNSELLOR, name="noy")
    async with client(app, await sign_in(installation, Role.SUPERVISOR)) as browser:
        who = (await viewer_of(installation, noy)).staff_id
        await browser.post("/duty/plan", data=EIGHT | {"who": who, "day": "2026-11-22", "since": "14:00"})
        there = await browser.get("/duty")
    installation.clock.advance(timedelta(minutes=16))
    async with client(app, await sign_in(installation, Role.SUPERVISOR)) as browser:
        absent = await browser.get("/duty")

    said = text("duty.now.absent", "en", names="noy")
    assert said not in there.text
    assert said in absent.text


async def test_an_open_page_hears_codes_urgencies_and_how_long_the_session_lasts(app, installation) -> None:
    cookies = await sign_in(installation, Role.COUNSELLOR)
    me = await viewer_of(installation, cookies)
    cry = await _alert(installation, Urgency.IMMEDIATE)
    mine = await _alert(installation, Urgency.HIGH, address=6)
    theirs = await _alert(installation, Urgency.PERSON, address=7)
    async with installation.database.write() as connection:
        now = installation.clock.now()
        for one, holder in ((mine, me.staff_id), (theirs, "somebody else")):
            await conversations.pass_on(connection, one.chat_id, holder=None, to=holder)
    async with client(app, cookies) as browser:
        told = (await browser.get("/alarms", headers={"x-passive": "1"})).json()
        installation.clock.advance(timedelta(minutes=14))
        later = (await browser.get("/alarms", headers={"x-passive": "1"})).json()
        here = await browser.post("/here")
        after = (await browser.get("/alarms", headers={"x-passive": "1"})).json()
        installation.clock.advance(timedelta(minutes=15))
        over = await browser.get("/alarms", headers={"x-passive": "1"})

    assert now == installation.clock.now() - timedelta(minutes=29)
    assert told["waiting"] == [
        {"code": cry.code, "urgency": "immediate", "rings": True},
        {"code": mine.code, "urgency": "high", "rings": True},
        {"code": theirs.code, "urgency": "person", "rings": False},
    ]
    assert [one["left"] for one in (told, later, after)] == [900, 60, 900]
    assert not told["last"]
    assert here.status_code == 204
    assert over.status_code == 401


async def test_the_eighth_hour_cannot_be_prolonged(app, installation) -> None:
    cookies = await sign_in(installation, Role.COUNSELLOR)
    async with client(app, cookies) as browser:
        for _ in range(34):
            installation.clock.advance(timedelta(minutes=14))
            await browser.post("/here")
        told = (await browser.get("/alarms", headers={"x-passive": "1"})).json()

    assert told["last"]
    assert told["left"] == 4 * 60


def test_a_place_is_named_in_the_language_of_who_looks() -> None:
    assert place_name("LA-SV", "lo") == "ແຂວງສະຫວັນນະເຂດ"
    assert place_name(None, "lo") == ""
    assert place_name("nowhere", "th") == "nowhere"
