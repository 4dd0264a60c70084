"""The way in, one's own account, and the page of the administrator, over HTTP (R31-R37)."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from tests.casework.made_up_authenticator import Phone
from tests.console.signing_in import ORIGIN, client, gate_of, sign_in, viewer_of
from thangdee.casework.staff import accounts, invitations, sessions, staffing, two_factor
from thangdee.casework.staff.passphrases import is_right
from thangdee.casework.staff.roles import Permission, Role
from thangdee.casework.staff.sessions import FRESH
from thangdee.casework.staff.staffing import NewColleague
from thangdee.console.access import COOKIE, needs
from thangdee.console.account import add_account
from thangdee.console.app import bare_app
from thangdee.console.confirming import add_confirming
from thangdee.console.enrolment import add_enrolment
from thangdee.console.notices_page import add_notices
from thangdee.console.passkey_routes import add_passkeys
from thangdee.console.shared import Console
from thangdee.console.sign_in import add_sign_in
from thangdee.console.staff_pages import add_staff_pages
from thangdee.core import audit
from thangdee.core.words import text

PASSPHRASE = "river candle orange bicycle"
OTHER = "mountain spoon yellow lantern"


def app_of(installation, origin: str = ORIGIN, *, demo: bool = False):
    app = bare_app(gate_of(installation))
    about = {"about_answer": lambda _: None, "origin": origin, "demo": demo}
    console = Console(installation.database, installation.vault, installation.clock, **about)
    for add in (add_sign_in, add_passkeys, add_confirming, add_enrolment, add_account, add_staff_pages, add_notices):
        add(app, console)
    return app


async def invite(installation, name: str, *roles: Role, language: str = "en") -> str:
    """The path of a new colleague's link."""
    async with installation.database.write() as connection:
        new = NewColleague(name, frozenset(roles), language)
        token = await staffing.take_on(connection, installation.vault, new, audit.OPERATOR, installation.clock.now())
    return f"/welcome/{token}"


def code_of(installation, path: str) -> str:
    secret = invitations.secret_of(installation.vault.keyring, path.rpartition("/")[2])
    return two_factor.code_at(secret, installation.clock.now())


async def enrol(installation, app, name: str, *roles: Role) -> dict[str, str]:
    """Walk the way in; the cookies of the session at its end."""
    path = await invite(installation, name, *roles)
    async with client(app) as browser:
        await browser.post(path, data={"passphrase": PASSPHRASE})
        done = await browser.post(f"{path}/code", data={"code": code_of(installation, path)})
    return {COOKIE: done.cookies[COOKIE]}


async def deeds(installation) -> list[str]:
    async with installation.database.read() as connection:
        return list((await connection.execute(select(audit.audit.c.action).order_by(audit.audit.c.seq))).scalars())


def where(answer) -> str:
    """Where the answer leads, without the notice's room."""
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


# --- the way in -------------------------------------------------------------------------------------------


async def test_opening_the_link_changes_nothing_and_shows_no_secret(installation) -> None:
    path, app = await invite(installation, "noy", Role.COUNSELLOR, language="lo"), app_of(installation)
    secret = invitations.secret_of(installation.vault.keyring, path.rpartition("/")[2])
    async with client(app) as browser:
        first = await browser.get(path)
        pages = [await browser.get(f"{path}?lang=lo") for _ in range(3)]
        early = await browser.get(f"{path}/code?lang=lo")
        picture = await browser.get(f"{path}/code.svg")

    assert where(first) == f"{path}?lang=lo"
    assert {page.status_code for page in pages} == {200}
    assert text("passphrase.new", "lo") in pages[0].text
    assert where(early).startswith(f"{path}?")
    assert picture.status_code == 404
    assert not any(secret[:8] in page.text for page in pages)


async def test_the_way_in_leads_from_the_link_to_ones_own_account(installation) -> None:
    path, app = await invite(installation, "noy", Role.COUNSELLOR), app_of(installation)
    async with client(app) as browser:
        short = await browser.post(f"{path}?lang=th", data={"passphrase": "too short"})
        chosen = await browser.post(f"{path}?lang=th", data={"passphrase": PASSPHRASE})
        shown = await browser.get(where(chosen))
        picture = await browser.get(f"{path}/code.svg")
        wrong = await browser.post(f"{path}/code?lang=th", data={"code": "000000"})
        done = await browser.post(f"{path}/code?lang=th", data={"code": code_of(installation, path)})
        account = await browser.get(where(done))
        again = await browser.get(f"{path}?lang=en")

    secret = invitations.secret_of(installation.vault.keyring, path.rpartition("/")[2])
    assert where(short) == f"{path}?lang=th&notice=passphrase.notice.short_passphrase"
    assert " ".join(re.findall("....", secret)) in shown.text
    assert (picture.headers["content-type"], picture.headers["cache-control"]) == ("image/svg+xml", "no-store")
    assert "notice=confirm.notice.wrong_code" in where(wrong)
    assert where(done) == "/account?notice=welcome.notice.done"
    assert text("welcome.notice.done", "en") in account.text
    assert (again.status_code, text("welcome.used_invitation", "en") in again.text) == (410, True)
    assert await deeds(installation) == ["staff:add", "staff:enrol"]


async def test_links_that_do_not_work_say_why(installation) -> None:
    path, app = await invite(installation, "noy", Role.COUNSELLOR), app_of(installation)
    async with client(app) as browser:
        unknown = await browser.get("/welcome/nothing?lang=th")
        installation.clock.advance(invitations.VALID)
        late = await browser.post(f"{path}?lang=lo", data={"passphrase": PASSPHRASE})

    assert (unknown.status_code, text("welcome.unknown_invitation", "th") in unknown.text) == (404, True)
    assert (late.status_code, text("welcome.expired_invitation", "lo") in late.text) == (410, True)


def _add_team(app) -> None:
    @app.get("/team")
    @needs(Permission.SEE_TEAM)
    async def team() -> str:
        return "the team"


async def test_a_supervisor_without_passkey_sees_only_the_own_account_until_one_is_added(installation) -> None:
    app = app_of(installation)
    _add_team(app)
    cookies = await enrol(installation, app, "mali", Role.SUPERVISOR)
    phone = Phone(ORIGIN)
    async with client(app, cookies) as browser:
        refused = await browser.get("/team")
        account = await browser.get("/account")
        options = await browser.post("/account/passkeys/options")
        added = await browser.post(
            "/account/passkeys", data={"answer": phone.make(options.text), "label": " my  phone "}
        )
        allowed = await browser.get("/team")
        listed = await browser.get("/account")

    assert where(refused) == "/account"
    assert (account.status_code, allowed.status_code) == (200, 200)
    assert text("passkey.needed", "en") in account.text
    assert where(added) == "/account?notice=passkey.notice.added#passkeys"
    assert "<strong>my phone</strong>" in listed.text
    async with client(app) as browser:
        asked = await browser.post("/passkey/sign-in/options")
        entered = await browser.post("/passkey/sign-in", data={"answer": phone.show(asked.text), "next": "/team"})
        stranger = await browser.post("/passkey/sign-in", data={"answer": "{}", "next": "//evil.test", "lang": "lo"})
    assert where(entered) == "/team"
    assert (await viewer_of(installation, {COOKIE: entered.cookies[COOKIE]})).has_passkey
    assert where(stranger).startswith("/sign-in?")
    assert await deeds(installation) == [
        "staff:add", "staff:enrol", "gate:refused", "account:passkey_add", "sign_in:done",
    ]  # fmt: skip


# --- a fresh second factor --------------------------------------------------------------------------------


async def test_weighty_deeds_ask_for_a_second_factor_of_the_last_five_minutes(installation) -> None:
    app = app_of(installation)
    cookies = await enrol(installation, app, "mali", Role.ADMINISTRATOR)
    async with installation.database.read() as connection:
        me = await accounts.by_name(connection, "mali")
        secret = await two_factor.secret_of(connection, installation.vault, me.id)
    installation.clock.advance(FRESH * 1.2)
    async with client(app, cookies) as browser:
        weighty = {
            "/staff": {"name": "noy", "roles": "counsellor"},
            "/staff/invite": {"who": me.id},
            "/staff/roles": {"who": me.id, "roles": "auditor"},
            "/staff/end": {"who": me.id},
            "/account/passphrase": {"current": PASSPHRASE, "chosen": OTHER},
            "/account/passkeys": {"answer": "{}"},
            "/account/passkeys/remove": {"passkey": "x"},
        }
        led = [where(await browser.post(path, data=data)) for path, data in weighty.items()]
        no_options = await browser.post("/account/passkeys/options")
        code = two_factor.code_at(secret, installation.clock.now())
        wrong = await browser.post("/account/confirm", data={"code": "12", "next": "/staff"})
        right = await browser.post("/account/confirm", data={"code": code, "next": "/staff"})
        added = await browser.post("/staff", data=weighty["/staff"])

    assert all(one.startswith("/account/confirm?next=%2F") for one in led)
    assert no_options.status_code == 409
    assert "confirm.notice.wrong_code" in where(wrong)
    assert (where(right), added.status_code) == ("/staff", 200)


async def test_a_code_alone_does_not_change_how_a_supervisor_with_a_passkey_signs_in(installation) -> None:
    """Who was talked out of passphrase and code has not lost the passkey's protection."""
    app, phone = app_of(installation), Phone(ORIGIN)
    cookies = await enrol(installation, app, "mali", Role.SUPERVISOR)
    async with client(app, cookies) as browser:
        options = await browser.post("/account/passkeys/options")
        await browser.post("/account/passkeys", data={"answer": phone.make(options.text)})
    by_code = await sign_in(installation, name="mali", with_passkey=False)
    async with client(app, by_code) as browser:
        refused = await browser.post("/account/passkeys/options")
        passphrase = await browser.post("/account/passphrase", data={"current": PASSPHRASE, "chosen": OTHER})
        page = await browser.get("/account/confirm?next=/account")
        asked = await browser.post("/account/confirm/options")
        confirmed = await browser.post("/account/confirm", data={"answer": phone.show(asked.text)})

    assert refused.status_code == 409
    assert where(passphrase).startswith("/account/confirm")
    assert 'name="code"' not in page.text
    assert where(confirmed) == "/account"
    assert not (await viewer_of(installation, by_code)).must_show_passkey


async def test_guessing_at_the_confirmation_is_slowed_down(installation) -> None:
    app = app_of(installation)
    cookies = await enrol(installation, app, "noy", Role.COUNSELLOR)
    async with client(app, cookies) as browser:
        tries = [where(await browser.post("/account/confirm", data={"code": f"{n:06d}"})) for n in range(6)]

    assert [one.rpartition(".")[2] for one in tries] == ["wrong_code"] * 5 + ["too_many_tries"]


@pytest.mark.parametrize("demo", [True, False])
async def test_only_the_made_up_colleagues_of_the_demo_confirm_with_any_code(installation, demo) -> None:
    app = app_of(installation, demo=demo)
    made_up, real = await sign_in(installation, Role.ADMINISTRATOR), await enrol(installation, app, "noy", Role.TRACER)
    led = []
    for cookies in (made_up, real):
        async with client(app, cookies) as browser:
            led.append(where(await browser.post("/account/confirm", data={"code": "123456", "next": "/staff"})))

    assert [one == "/staff" for one in led] == [demo, False]


# --- one's own account ------------------------------------------------------------------------------------


async def test_a_new_passphrase_needs_the_present_one_and_ends_other_sessions(installation) -> None:
    app = app_of(installation)
    cookies = await enrol(installation, app, "noy", Role.COUNSELLOR)
    await sign_in(installation, name="noy", with_passkey=False)
    me = await viewer_of(installation, cookies)
    async with client(app, cookies) as browser:
        weak = await browser.post("/account/passphrase", data={"current": PASSPHRASE, "chosen": "1qaz2wsx3edc4rfv"})
        wrong = await browser.post("/account/passphrase", data={"current": "not it", "chosen": OTHER})
        changed = await browser.post("/account/passphrase", data={"current": PASSPHRASE, "chosen": OTHER})

    assert [where(one).partition("notice=")[2].partition("#")[0] for one in (weak, wrong, changed)] == [
        "passphrase.notice.breached_passphrase", "passphrase.notice.wrong_current", "passphrase.notice.changed",
    ]  # fmt: skip
    async with installation.database.read() as connection:
        account = await accounts.by_id(connection, me.staff_id)
        left = await sessions.open_sessions(connection, me.staff_id, installation.clock.now())
    assert is_right(account.passphrase_hash, OTHER)
    assert [one.id for one in left] == [me.session_id]


async def test_name_and_language_change_and_other_sessions_end_on_demand(installation) -> None:
    cookies = await sign_in(installation, Role.COUNSELLOR, name="noy")
    await sign_in(installation, name="noy")
    me, app = await viewer_of(installation, cookies), app_of(installation)
    async with client(app, cookies) as browser:
        await browser.post("/account", data={"shown_name": "<b>Noy</b>", "language": "lo"})
        page = await browser.get("/account")
        await browser.post("/account/sessions/end")

    assert "&lt;b&gt;Noy&lt;/b&gt;" in page.text
    assert text("account.title", "lo") in page.text
    async with installation.database.read() as connection:
        assert len(await sessions.open_sessions(connection, me.staff_id, installation.clock.now())) == 1
    assert await deeds(installation) == ["account:change", "account:end_sessions"]


# --- the administrator ------------------------------------------------------------------------------------


async def test_an_administrator_takes_on_changes_and_lets_go(installation) -> None:
    app = app_of(installation)
    cookies = await sign_in(installation, Role.ADMINISTRATOR, name="mali")
    async with client(app, cookies) as browser:
        made = await browser.post("/staff", data={"name": "Noy", "language": "lo", "roles": ["counsellor", "tracer"]})
        link = unescape(re.search(r'id="link" value="([^"]+)"', made.text)[1])
        listed = await browser.get("/staff")
        async with installation.database.read() as connection:
            noy = await accounts.by_name(connection, "noy")
        again = await browser.post("/staff", data={"name": "noy", "roles": "counsellor"})
        none = await browser.post("/staff/roles", data={"who": noy.id})
        changed = await browser.post("/staff/roles", data={"who": noy.id, "roles": ["supervisor", "wizard"]})
        newer = await browser.post("/staff/invite", data={"who": noy.id, "is_lost": "true"})
        ended = await browser.post("/staff/end", data={"who": noy.id})
        gone = await browser.post("/staff/invite", data={"who": noy.id})
        me = await viewer_of(installation, cookies)
        own = [
            await browser.post(path, data={"who": me.staff_id, "roles": "auditor"})
            for path in ("/staff/roles", "/staff/end")
        ]

    assert link.startswith(f"{ORIGIN}/welcome/")
    assert link not in listed.text
    assert noy.roles == {Role.COUNSELLOR, Role.TRACER}
    assert text("colleagues.notice.name_taken", "en") in again.text
    assert [where(one).partition("notice=")[2].partition("#")[0] for one in (none, changed, ended, gone, *own)] == [
        "colleagues.notice.no_role", "colleagues.notice.roles", "colleagues.notice.ended",
        "colleagues.notice.account_gone", "colleagues.notice.own_account", "colleagues.notice.own_account",
    ]  # fmt: skip
    assert newer.text.count("/welcome/") == 1
    assert await deeds(installation) == ["staff:add", "staff:roles", "staff:invite", "staff:end"]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
async def test_nobody_else_sees_or_changes_accounts(installation, role) -> None:
    cookies = await sign_in(installation, role)
    async with client(app_of(installation), cookies) as browser:
        answers = [await browser.get("/staff"), *[await browser.post(f"/staff{deed}") for deed in ("", "/end")]]

    assert [one.status_code for one in answers] == [403, 403, 403]


async def test_a_change_of_roles_or_an_end_counts_at_the_next_request(installation) -> None:
    app = app_of(installation)
    noy, mali = await sign_in(installation, Role.ADMINISTRATOR), await sign_in(installation, Role.ADMINISTRATOR)
    whose = (await viewer_of(installation, noy)).staff_id
    async with client(app, noy) as browser, client(app, mali) as boss:
        before = await browser.get("/staff")
        await boss.post("/staff/roles", data={"who": whose, "roles": "counsellor"})
        after = await browser.get("/staff")

    assert before.status_code == 200
    assert where(after).startswith("/sign-in")
