"""The pages of receivers: ways written down by one and checked by another, tests whose code comes back, people."""

import pytest
from sqlalchemy import select

from tests.console.receiver_worlds import an_office
from tests.console.route_worlds import World
from tests.console.signing_in import ORIGIN, client, gate_of, sign_in
from thangdee.casework.providers import channels, members, notices, organisations
from thangdee.casework.providers.addresses import Kind
from thangdee.casework.providers.notices import Saying
from thangdee.casework.staff import accounts, invitations
from thangdee.casework.staff.roles import Role
from thangdee.console.app import bare_app
from thangdee.console.providers import add_providers
from thangdee.console.shared import Console
from thangdee.core import jobs
from thangdee.core.audit import audit
from thangdee.core.jobs import Queue
from thangdee.core.words import text

MAIL = "desk@office.test"


@pytest.fixture
def app(installation):
    made = bare_app(gate_of(installation))
    here = (installation.database, installation.vault, installation.clock)
    add_providers(made, Console(*here, about_answer=lambda _: None, origin=ORIGIN), has_mail=True)
    return made


@pytest.fixture
async def office(installation) -> str:
    return (await an_office(World(installation)))["organisation"]


async def ways(installation, office):
    async with installation.database.read() as connection:
        return await channels.of(connection, office)


async def test_one_writes_a_way_down_and_another_finds_it_right(app, installation, office) -> None:
    noy, kham = [await sign_in(installation, Role.SUPERVISOR, name=name) for name in ("noy", "kham")]
    path = f"/providers/{office}"
    async with client(app, noy) as first, client(app, kham) as second:
        await first.post(f"{path}/ways", data={"kind": "e_mail", "address": MAIL})
        [way] = await ways(installation, office)
        before = await first.get(path)
        own = await first.post(f"{path}/ways/{way.id}/show")
        refused = await first.post(f"{path}/ways/{way.id}/check")
        theirs = await second.post(f"{path}/ways/{way.id}/show")
        checked = await second.post(f"{path}/ways/{way.id}/check")
        after = await second.get(path)

    assert text("providers.way.unchecked", "en") in before.text
    assert (MAIL in before.text, MAIL in own.text, MAIL in theirs.text, MAIL in after.text) == (
        False,
        True,
        True,
        False,
    )
    assert text("providers.way.own_word", "en") in own.text
    assert f"{path}/ways/{way.id}/check" in theirs.text
    assert refused.headers["location"].endswith("providers.notice.own_word")
    assert "providers.notice.checked" in checked.headers["location"]
    assert text("providers.unreached", "en") in before.text
    assert text("providers.unreached", "en") not in after.text
    async with installation.database.read() as connection:
        query = select(audit.c.action).where(audit.c.action.like("provider:%")).order_by(audit.c.seq)
        done = list((await connection.execute(query)).scalars())
    assert done == [f"provider:{one}" for one in ("way_add", "way_open", "way_open", "way_check")]


async def test_a_test_is_sent_and_its_code_read_back(app, installation, office) -> None:
    path = f"/providers/{office}"
    async with client(app, await sign_in(installation, Role.SUPERVISOR)) as browser:
        await browser.post(f"{path}/ways", data={"kind": "e_mail", "address": MAIL})
        [way] = await ways(installation, office)
        await browser.post(f"{path}/ways/{way.id}/test")
        async with installation.database.write() as connection:
            [sent] = await notices.newest(connection, office)
            now = installation.clock.now()
            [due] = await jobs.claim(connection, Queue.NOTICE, now=now, taken_by="test", limit=9)
            notice_id, code, _ = await notices.opened(connection, installation.vault, due)
        page = await browser.get(path)
        wrong = await browser.post(f"{path}/ways/{way.id}/code", data={"code": "ZZZZZZ"})
        right = await browser.post(f"{path}/ways/{way.id}/code", data={"code": code.lower()})

    assert (sent.id, sent.saying, sent.code) == (notice_id, Saying.TEST, "")
    assert code not in page.text  # only who got it can read it back
    assert "wrong_code" in wrong.headers["location"]
    assert "providers.notice.checked" in right.headers["location"]
    assert [one.is_live for one in await ways(installation, office)] == [True]


async def test_a_secret_is_shown_once(app, installation, office) -> None:
    path = f"/providers/{office}"
    async with client(app, await sign_in(installation, Role.SUPERVISOR)) as browser:
        made = await browser.post(f"{path}/ways", data={"kind": "webhook", "address": "https://hooks.office.test/in"})
        again = await browser.get(path)
        bad = await browser.post(f"{path}/ways", data={"kind": "webhook", "address": "https://127.0.0.1/"})

    [way] = await ways(installation, office)
    async with installation.database.read() as connection:
        secret = await channels.secret_of(connection, installation.vault, way)
    assert (secret in made.text, secret in again.text) == (True, False)
    assert bad.headers["location"].endswith("providers.notice.unfit_address.webhook")


async def test_the_list_says_who_cannot_be_reached(app, installation, office) -> None:
    async with client(app, await sign_in(installation, Role.SUPERVISOR)) as browser:
        before = await browser.get("/providers?only=none")
        async with installation.database.write() as connection:
            vault, now = installation.vault, installation.clock.now()
            way, _ = await channels.add(connection, vault, office, Kind.PHONE, "021 000 000", by="noy", now=now)
            await channels.confirm(connection, way.id, "kham", now)
        without, everybody = await browser.get("/providers?only=none"), await browser.get("/providers")
        nobody = await browser.get("/providers?q=nobody+is+called+like+this")
        gone = await browser.get("/providers/nowhere")

    link = f'href="/providers/{office}"'
    assert (link in before.text, link in without.text, link in everybody.text) == (True, False, True)
    assert text("providers.none", "en") in before.text
    assert text("providers.by_hand", "en") in everybody.text
    assert text("providers.found_none", "en") in nobody.text
    assert gone.headers["location"].endswith("providers.notice.no_such")


async def test_their_people_are_invited_and_taken_away_and_nobody_else_gets_a_link(app, installation, office) -> None:
    path = f"/providers/{office}/people"
    boss = await sign_in(installation, Role.ADMINISTRATOR, name="boss")
    async with installation.database.read() as connection:
        administrator = (await accounts.by_name(connection, "boss")).id
    async with client(app, await sign_in(installation, Role.SUPERVISOR)) as browser:
        made = await browser.post(path, data={"name": "somsy", "shown_name": "Somsy (made up)", "language": "lo"})
        taken = await browser.post(path, data={"name": "somsy"})
        async with installation.database.read() as connection:
            [theirs] = await members.people_of(connection, office)
            invited = await invitations.open_ones(connection, installation.clock.now())
        other = await browser.post(f"{path}/invite", data={"who": administrator})
        added = await browser.post(f"{path}/add", data={"who": administrator})
        again = await browser.post(f"{path}/invite", data={"who": theirs})
        await browser.post(f"{path}/remove", data={"who": theirs})
        after = await browser.post(f"{path}/invite", data={"who": theirs})
    async with installation.database.read() as connection:
        account = await accounts.by_id(connection, theirs)
        left = await members.organisations_of(connection, theirs)

    assert boss
    assert (f"{ORIGIN}/welcome/" in made.text, f"{ORIGIN}/welcome/" in again.text) == (True, True)
    assert taken.headers["location"].endswith("colleagues.notice.name_taken")
    assert (account.roles, theirs in invited, left) == ({Role.PROVIDER}, True, frozenset())
    for refused in (other, after):
        assert refused.headers["location"].endswith("colleagues.notice.account_gone")
    assert added.headers["location"].endswith("providers.notice.no_such")


async def test_hours_and_language_are_kept(app, installation, office) -> None:
    form = {"language": "th", "country": "TH", "days": ["6", "1", "2"], "opens": "09:30", "closes": "17:00"}
    async with client(app, await sign_in(installation, Role.SUPERVISOR)) as browser:
        await browser.post(f"/providers/{office}/hours", data=form)
        bad = [
            await browser.post(f"/providers/{office}/hours", data=form | wrong)
            for wrong in ({"days": []}, {"opens": "noon"}, {"closes": "09:00"}, {"closes": "25:00"}, {"days": ["x"]})
        ]
    async with installation.database.read() as connection:
        works = await organisations.of(connection, office)

    assert (works.language, works.country, works.days, works.opens, works.closes) == ("th", "TH", "126", 570, 1020)
    assert {one.headers["location"].rpartition("=")[2] for one in bad} == {"providers.notice.unfit_hours"}
