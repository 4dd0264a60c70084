"""The sign-in page and the gate over HTTP: cookie, ways on, ends of sessions, what is refused."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import select

from tests.console.signing_in import ORIGIN, client, gate_of, sign_in, viewer_of
from thangdee.casework.staff import accounts, two_factor
from thangdee.casework.staff.passphrases import hash_passphrase
from thangdee.casework.staff.roles import Permission, Role
from thangdee.console.access import COOKIE, CSRF_HEADER, PASSIVE_HEADER, Viewer, needs
from thangdee.console.app import bare_app
from thangdee.console.shared import Console
from thangdee.console.sign_in import add_sign_in
from thangdee.core.audit import audit
from thangdee.core.words import text

PASSPHRASE = "made up for the tests of the page"


def console_of(installation, *, demo=False) -> Console:
    rest = {"about_answer": lambda _: None, "origin": ORIGIN, "demo": demo}
    return Console(installation.database, installation.vault, installation.clock, **rest)


def app_of(installation, *, demo=False):
    """The gate and the sign-in page, with a page for talkers and one for auditors."""
    app = bare_app(gate_of(installation))
    add_sign_in(app, console_of(installation, demo=demo))

    @app.get("/")
    @needs(Permission.SEE_QUEUE)
    async def queue(viewer: Viewer) -> str:
        return viewer.name

    @app.get("/audit")
    @needs(Permission.READ_AUDIT)
    async def entries(viewer: Viewer) -> str:
        return viewer.name

    @app.get("/account")
    @needs(Permission.OWN_ACCOUNT)
    async def account(viewer: Viewer) -> str:
        return viewer.name

    return app


@pytest.fixture
def app(installation):
    return app_of(installation)


@pytest.fixture
async def noy(installation):
    return await enrol(installation, "noy", Role.COUNSELLOR)


async def enrol(installation, name, *roles):
    """What signs somebody in: a name, a passphrase and the secret of their code generator."""
    secret = two_factor.new_secret()
    async with installation.database.write() as connection:
        rest = {"roles": roles, "language": "lo", "now": installation.clock.now()}
        staff_id = await accounts.add(connection, installation.vault, name=name, **rest)
        await accounts.set_passphrase_hash(connection, staff_id, hash_passphrase(PASSPHRASE))
        await two_factor.set_secret(connection, installation.vault, staff_id, secret)
    return {"name": name, "secret": secret, "staff_id": staff_id}


async def type_in(browser, installation, who, path="/sign-in", **typed):
    code = two_factor.code_at(who["secret"], installation.clock.now())
    return await browser.post(path, data={"name": who["name"], "passphrase": PASSPHRASE, "code": code} | typed)


async def actions(installation) -> list[str]:
    async with installation.database.read() as connection:
        return list((await connection.execute(select(audit.c.action).order_by(audit.c.seq))).scalars())


async def test_signing_in_sets_a_cookie_that_only_this_host_and_no_script_can_read(app, installation, noy) -> None:
    async with client(app) as browser:
        answer = await type_in(browser, installation, noy)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        said = answer.headers["set-cookie"]
        assert said.startswith(f"{COOKIE}=")
        assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} == set(said.split("; ")[1:])  # no Domain, no date
        assert COOKIE.startswith("__Host-")
        assert (await browser.get("/")).json() == "noy"


async def test_wrong_ones_get_the_same_page_and_no_cookie(app, installation, noy) -> None:
    async with client(app) as browser:
        answers = [
            await type_in(browser, installation, noy, name="nobody"),
            await type_in(browser, installation, noy, passphrase="wrong"),
            await type_in(browser, installation, noy, code="000000"),
            await type_in(browser, installation, noy, name="", passphrase="", code=""),
        ]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text.replace('value="nobody"', "").replace('value="noy"', "") for answer in answers[:3]}) == 1
    assert all("set-cookie" not in answer.headers for answer in answers)
    assert PASSPHRASE not in "".join(answer.text for answer in answers)


async def test_the_lock_tells_how_long_to_wait(app, installation, noy) -> None:
    async with client(app) as browser:
        for _ in range(5):
            await type_in(browser, installation, noy, code="000000")
        installation.clock.advance(timedelta(seconds=18))
        locked = await type_in(browser, installation, noy)

    assert (locked.status_code, locked.headers["retry-after"]) == (429, "42")
    assert text("sign_in.locked", "en", seconds="42") in locked.text


@pytest.mark.parametrize(
    ("wish", "where"),
    [
        ("/audit", "/audit"),
        ("/chats/ab12?line=3&at=1", "/chats/ab12?line=3&at=1"),
        ("//evil.test", "/"),
        ("/\\evil.test", "/"),
        ("https://evil.test/", "/"),
        ("/\tevil", "/"),
        ("/sign-in?next=/", "/"),
        ("audit", "/"),
        ("", "/"),
    ],
)
async def test_the_way_on_leads_to_our_own_pages_only(app, installation, noy, wish, where) -> None:
    async with client(app) as browser:
        browser.params = {"next": wish}
        answer = await type_in(browser, installation, noy)

    assert answer.headers["location"] == where


async def test_who_is_not_signed_in_is_led_there_and_back(app, installation, noy) -> None:
    async with client(app) as browser:
        led = (await browser.get("/account?line=2&at=1")).headers["location"]
        assert led == "/sign-in?next=%2Faccount%3Fline%3D2%26at%3D1"
        assert (await type_in(browser, installation, noy, led)).headers["location"] == "/account?line=2&at=1"


async def test_an_open_page_whose_session_is_over_is_led_to_sign_in_and_back(app) -> None:
    where = "/sign-in?why=over&next=%2Fchats%2Fab%3Fline%3D2"
    async with client(app) as browser:
        browser.headers["referer"] = f"{ORIGIN}/chats/ab?line=2"
        part = await browser.get("/", headers={"hx-request": "true"})
        assert (part.status_code, part.headers["hx-redirect"]) == (401, where)
        deed = await browser.post("/sign-out")
        assert (deed.status_code, deed.headers["location"]) == (303, where)


async def test_the_page_speaks_the_language_of_the_browser_until_one_is_chosen(app) -> None:
    async with client(app) as browser:
        for wish, query, language in (
            ("th-TH,en;q=0.5", "", "th"),
            ("de,lo;q=0.3", "", "lo"),
            ("th", "?lang=lo", "lo"),
        ):
            page = await browser.get(f"/sign-in{query}", headers={"accept-language": wish})
            assert f'<html lang="{language}">' in page.text


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.COUNSELLOR, "/"),
        (Role.AUDITOR, "/audit"),
        (Role.ADMINISTRATOR, "/staff"),
        (Role.DIRECTORY_EDITOR, "/directory"),
        (Role.PROVIDER, "/inbox"),
        (Role.SUPERVISOR, "/account"),  # to add a passkey
    ],
)
async def test_each_role_begins_at_the_first_page_it_may_see(app, installation, role, home) -> None:
    who = await enrol(installation, "kham", role)
    async with client(app) as browser:
        answer = await type_in(browser, installation, who)
        again = await browser.get("/sign-in")

    assert answer.headers["location"] == home
    assert (again.status_code, again.headers["location"]) == (303, home)


async def test_a_supervisor_without_a_passkey_reaches_the_own_account_only(app, installation) -> None:
    async with client(app, await sign_in(installation, Role.SUPERVISOR, with_passkey=False)) as browser:
        assert (await browser.get("/account")).status_code == 200
        led = await browser.get("/")
        assert (led.status_code, led.headers["location"]) == (303, "/account")
    async with client(app, await sign_in(installation, Role.SUPERVISOR)) as browser:
        assert (await browser.get("/")).status_code == 200


async def test_signing_in_again_makes_a_new_token_and_ends_the_former_session(app, installation, noy) -> None:
    async with client(app) as browser:
        await type_in(browser, installation, noy)
        former = browser.cookies[COOKIE]
        installation.clock.advance(timedelta(minutes=1))
        await type_in(browser, installation, noy)
        assert browser.cookies[COOKIE] != former
    assert await gate_of(installation).who(former, is_passive=True) is None


async def test_signing_out_ends_the_session_on_our_side(app, installation) -> None:
    cookies = await sign_in(installation, Role.COUNSELLOR, language="th")
    async with client(app, cookies) as browser:
        answer = await browser.post("/sign-out")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?why=out&lang=th")
        assert "Max-Age=0" in answer.headers["set-cookie"]
        page = await browser.get(answer.headers["location"])
    async with client(app, cookies) as stolen:
        assert (await stolen.get("/")).status_code == 303
    assert text("sign_in.out", "th") in page.text
    assert await actions(installation) == ["sign_in:over"]


async def test_nobody_is_signed_out_or_in_from_elsewhere(app, installation, noy) -> None:
    cookies = await sign_in(installation, Role.COUNSELLOR)
    async with client(app, cookies) as browser:
        for origin in ("https://evil.test", "null", ""):
            assert (await browser.post("/sign-out", headers={"origin": origin})).status_code == 403
            browser.headers["origin"] = origin
            assert (await type_in(browser, installation, noy)).status_code == 403
            browser.headers["origin"] = ORIGIN
        assert (await browser.post("/sign-out", headers={CSRF_HEADER: "guessed"})).status_code == 403
        assert (await browser.get("/")).status_code == 200


async def test_only_a_person_keeps_a_session_open_not_the_page(app, installation) -> None:
    cookies = await sign_in(installation, Role.COUNSELLOR)
    async with client(app, cookies) as browser:
        installation.clock.advance(timedelta(minutes=10))
        assert (await browser.get("/")).status_code == 200
        installation.clock.advance(timedelta(minutes=10))
        assert (await browser.get("/", headers={PASSIVE_HEADER: "1"})).status_code == 200
        installation.clock.advance(timedelta(minutes=6))
        assert (await browser.get("/", headers={PASSIVE_HEADER: "1"})).status_code == 401


async def test_a_change_of_roles_or_the_end_of_the_account_shuts_the_next_request_out(app, installation) -> None:
    for deed in ("roles", "end"):
        cookies = await sign_in(installation, Role.COUNSELLOR)
        viewer = await viewer_of(installation, cookies)
        async with client(app, cookies) as browser:
            assert (await browser.get("/")).status_code == 200
            async with installation.database.write() as connection:
                if deed == "roles":
                    await accounts.set_roles(connection, viewer.staff_id, {Role.TRACER})
                else:
                    await accounts.end(connection, installation.vault, viewer.staff_id, installation.clock.now())
            assert (await browser.get("/")).status_code == 303


async def test_what_is_refused_is_audited_once_a_minute(app, installation) -> None:
    async with client(app, await sign_in(installation, Role.ADMINISTRATOR)) as browser:
        for _ in range(3):
            assert (await browser.get("/")).status_code == 403
        installation.clock.advance(timedelta(minutes=1))
        await browser.get("/")

    assert await actions(installation) == ["gate:refused"] * 2


async def test_a_former_way_of_hashing_is_renewed_at_the_next_sign_in(app, installation, noy) -> None:
    from_before = "$argon2id$v=19$m=8192,t=1,p=1$"
    async with installation.database.write() as connection:
        await accounts.set_passphrase_hash(connection, noy["staff_id"], weak_hash())
    async with client(app) as browser:
        assert (await type_in(browser, installation, noy)).status_code == 303
    async with installation.database.read() as connection:
        fresh = (await accounts.by_id(connection, noy["staff_id"])).passphrase_hash

    assert weak_hash().startswith(from_before)
    assert not fresh.startswith(from_before)


def weak_hash() -> str:
    return PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSPHRASE)


async def test_a_broken_audit_keeps_nobody_out(app, installation, noy) -> None:
    async with installation.database.write() as connection:
        await connection.exec_driver_sql(
            "CREATE TRIGGER broken BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'made up'); END"
        )
    async with client(app) as browser:
        assert (await type_in(browser, installation, noy)).status_code == 303
        assert (await browser.get("/")).status_code == 200


async def test_the_sample_staff_stand_in_the_demo_only(app, installation) -> None:
    async with client(app) as browser:
        assert (await browser.post("/demo-sign-in", data={"who": "counsellor"})).status_code == 404
        assert "demo-sign-in" not in (await browser.get("/sign-in")).text


@pytest.mark.parametrize("who", ["counsellor", "supervisor", "auditor"])
async def test_one_can_look_around_as_a_sample_colleague(installation, who) -> None:
    async with client(app_of(installation, demo=True)) as browser:
        assert 'name="who"' in (await browser.get("/sign-in")).text
        answer = await browser.post("/demo-sign-in?lang=lo", data={"who": who})
        assert answer.headers["location"] == ("/audit" if who == "auditor" else "/")
        assert (await browser.get(answer.headers["location"])).json().endswith("(sample)")
        await browser.post("/demo-sign-in?lang=th", data={"who": who})
        assert (await browser.post("/demo-sign-in", data={"who": "anybody"})).status_code == 422
    async with installation.database.read() as connection:
        [account] = await accounts.all_staff(connection)

    assert (account.language, account.is_enrolled) == ("th", False)


async def test_all_ways_stay_below_the_path_under_which_the_console_is_mounted(installation) -> None:
    whole = FastAPI()
    whole.mount("/staff", app_of(installation, demo=True))
    async with client(whole) as browser:
        led = (await browser.get("/staff/account?at=1")).headers["location"]
        assert led == "/staff/sign-in?next=%2Faccount%3Fat%3D1"
        assert 'action="/staff/demo-sign-in?next=%2Faccount%3Fat%3D1&amp;lang=en"' in (await browser.get(led)).text
        entered = await browser.post("/staff/demo-sign-in?next=%2Faccount%3Fat%3D1", data={"who": "counsellor"})
        assert entered.headers["location"] == "/staff/account?at=1"
        assert (await browser.get("/staff/")).json() == "Noy (sample)"
        installation.clock.advance(timedelta(minutes=15))
        over = await browser.post("/staff/sign-out", headers={"referer": f"{ORIGIN}/staff/account?at=1"})
        assert over.headers["location"] == "/staff/sign-in?why=over&next=%2Faccount%3Fat%3D1"
