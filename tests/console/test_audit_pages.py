"""The audit's page, break-glass and notices: who sees what, and that looking is written down."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from tests.console.signing_in import ORIGIN, client, gate_of, sign_in, viewer_of
from thangdee.casework import alerts, audit_reading, break_glass, notices
from thangdee.casework.alerts import Urgency
from thangdee.casework.audit_reading import PAGE
from thangdee.casework.chats import Chats
from thangdee.casework.staff import accounts, two_factor
from thangdee.casework.staff.roles import Role
from thangdee.console.app import bare_app
from thangdee.console.audit_page import add_audit
from thangdee.console.break_glass_page import add_break_glass
from thangdee.console.notices_page import add_notices
from thangdee.console.shared import Console
from thangdee.core import audit, words
from thangdee.core.audit_actions import ACTIONS
from thangdee.core.audit_check import Break, Fault, Verdict
from thangdee.processes.console import StaffConsole

REASON = "She wrote that he comes back at six and Noy is on the bus."


@pytest.fixture
def app(installation):
    made = bare_app(gate_of(installation))
    console = Console(
        installation.database, installation.vault, installation.clock, about_answer=lambda _: None, origin=ORIGIN
    )
    add_audit(made, console)
    add_break_glass(made, console, installation.settings.on_call_chats)
    add_notices(made, console)
    return made


@pytest.fixture
async def code(installation) -> str:
    """The code of a chat that nobody holds."""
    now = installation.clock.now()
    async with installation.database.write() as connection:
        who = await Chats(connection, installation.vault).of(5, now)
        raised, _ = await alerts.raise_alert(connection, who.id, Urgency.HIGH, "voice", now)
    return raised.code


async def enrolled(installation, role: Role, name: str) -> dict[str, str]:
    """Cookies of somebody who can be told."""
    cookies = await sign_in(installation, role, name=name)
    async with installation.database.write() as connection:
        account = await accounts.by_name(connection, name)
        await accounts.set_passphrase_hash(connection, account.id, "made up")
        await two_factor.set_secret(connection, installation.vault, account.id, two_factor.new_secret())
    return cookies


async def deeds(installation, many: int, **changed) -> None:
    async with installation.database.write() as connection:
        for _ in range(many):
            fitting = {"actor": "noy", "action": "chat:take", "subject": "c1"}
            await audit.record(
                connection, installation.vault.keyring, now=installation.clock.now(), **(fitting | changed)
            )


async def rows(installation) -> list:
    async with installation.database.read() as connection:
        return (await connection.execute(select(audit.audit).order_by(audit.audit.c.seq))).all()


def numbers(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'<li id="row-(\d+)"', page)]


# --- the audit ----------------------------------------------------------------------------------------------


async def test_rows_come_newest_first_in_pages_and_every_look_is_written_down(app, installation) -> None:
    await deeds(installation, PAGE + 10)
    auditor = await sign_in(installation, Role.AUDITOR)

    async with client(app, auditor) as browser:
        first = await browser.get("/audit")
        older = await browser.get(f"/audit?before={numbers(first.text)[-1]}")
    looked = (await rows(installation))[-2:]

    assert numbers(first.text) == list(range(PAGE + 10, 10, -1))
    assert numbers(older.text) == list(range(10, 0, -1))
    assert "before=11" in first.text
    assert "Older" not in older.text
    assert [(one.action, one.facts) for one in looked] == [
        ("audit:search", '{"rows": 50}'),
        ("audit:search", '{"before": 11, "rows": 10}'),
    ]


async def test_rows_are_found_by_person_deed_subject_and_day(app, installation) -> None:
    noy = await sign_in(installation, Role.COUNSELLOR, name="noy")
    noy_id = (await viewer_of(installation, noy)).staff_id
    await deeds(installation, 1, actor=noy_id)
    await deeds(installation, 1, action="chat:note", subject="c2")
    installation.clock.advance(timedelta(hours=10))  # past midnight in Laos: the next day
    await deeds(installation, 1)
    auditor = await sign_in(installation, Role.AUDITOR)

    async def found(query: str) -> list[int]:
        async with client(app, auditor) as browser:
            return [one for one in numbers((await browser.get(f"/audit?{query}")).text) if one <= 3]

    assert await found(f"who={noy_id}") == [1]
    assert await found("deed=chat:note") == [2]
    assert await found("about=c1") == [3, 1]
    assert await found("day=2026-11-22") == [2, 1]
    assert await found("day=2026-11-23&about=c1") == [3]
    assert await found("day=yesterday&deed=unheard:of&before=x&about=%E0%BA%81") == [
        3,
        2,
        1,
    ]  # not understood: left out
    assert "about" not in (await rows(installation))[-1].facts


@pytest.mark.parametrize(
    ("breaks", "later", "state", "says"),
    [
        (None, timedelta(0), "unknown", "Not checked yet"),
        ((), timedelta(hours=1), "whole", "7 rows, none missing, none changed"),
        ((), timedelta(hours=27), "unknown", "is missing. Tell the administrator"),
        ((Break(3, Fault.CHANGED),), timedelta(0), "broken", "BROKEN at row 3: the row was changed"),
    ],
)
async def test_the_page_says_what_the_last_check_found(app, installation, breaks, later, state, says) -> None:
    if breaks is not None:
        async with installation.database.write() as connection:
            keyring = installation.vault.keyring
            await audit_reading.note_check(connection, keyring, Verdict(7, 1, 7, breaks), installation.clock.now())
    installation.clock.advance(later)

    async with client(app, await sign_in(installation, Role.AUDITOR)) as browser:
        page = (await browser.get("/audit")).text

    [shown] = re.findall(r'<p class="chain (\w+)"[^>]*>([^<]*)', page)
    assert shown[0] == state
    assert says in shown[1]


async def test_nothing_is_shown_where_the_look_cannot_be_written_down(app, installation) -> None:
    await deeds(installation, 1)
    auditor = await sign_in(installation, Role.AUDITOR)
    async with installation.database.write() as connection:
        await connection.execute(
            text("CREATE TRIGGER away BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'away'); END")
        )

    async with client(app, auditor) as browser:
        answer = await browser.get("/audit")

    assert (answer.status_code, answer.text) == (503, "The audit does not take it, so nothing was done.")


def test_every_deed_has_words_in_every_language() -> None:
    missing = [one for one in sorted(ACTIONS) if not words.has(f"audit.deed.{one.replace(':', '.')}")]

    assert missing == []


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_kind_of_notice_has_words(language) -> None:
    for kind in notices.KINDS:
        assert words.text(f"notices.kind.{kind}", language, reference="R").strip()


# --- break-glass --------------------------------------------------------------------------------------------


async def test_a_chat_is_opened_with_a_reason_and_two_colleagues_see_it_at_the_top(app, installation, code) -> None:
    noy = await sign_in(installation, Role.COUNSELLOR, name="noy")
    supervisor = await enrolled(installation, Role.SUPERVISOR, "boun")
    auditor = await enrolled(installation, Role.AUDITOR, "sone")

    async with client(app, noy) as browser:
        done = await browser.post("/break-glass", data={"chat": code.lower(), "reason": REASON})
        page = (await browser.get("/break-glass")).text
    opened = re.search(r"/break-glass/(\w{32})/end", page)[1]
    tops = {}
    for who, cookies in (("supervisor", supervisor), ("auditor", auditor), ("noy", noy)):
        async with client(app, cookies) as browser:
            tops[who] = (await browser.get("/notices/count")).text
    async with client(app, auditor) as browser:
        reason = await browser.get(f"/audit/break-glass/{opened}")
        await browser.post("/notices/seen")
        seen = (await browser.get("/notices/count")).text

    assert done.status_code == 303
    assert re.fullmatch(r"/chats/\w{32}\?notice=break_glass.notice.opened", done.headers["location"])
    assert "boun, sone" in page
    assert "<b>1</b>" in tops["supervisor"]
    assert 'href="/break-glass"' in tops["supervisor"]
    assert 'href="/audit/break-glass"' in tops["auditor"]
    assert "<b>" not in tops["noy"] + seen
    assert REASON in reason.text
    assert [one.action for one in await rows(installation)] == ["break_glass:open", "break_glass:read_reason"]


async def test_what_is_refused_says_why_and_keeps_what_was_typed(app, installation, code) -> None:
    noy = await sign_in(installation, Role.TRACER)
    await enrolled(installation, Role.SUPERVISOR, "boun")

    async with client(app, noy) as browser:
        alone = await browser.post("/break-glass", data={"chat": code, "reason": REASON})
        await enrolled(installation, Role.AUDITOR, "sone")
        short = await browser.post("/break-glass", data={"chat": code, "reason": "<b>now"})
        wrong = await browser.post("/break-glass", data={"chat": "ZZZZZ", "reason": REASON})

    assert {one.status_code for one in (alone, short, wrong)} == {422}
    assert "two others must be there" in alone.text
    assert REASON in alone.text
    assert "whole sentence" in short.text
    assert "&lt;b&gt;now" in short.text
    assert "No open chat has this code" in wrong.text
    assert await rows(installation) == []


async def test_the_reason_is_for_who_wrote_it_supervisors_and_auditors(app, installation, code) -> None:
    noy = await sign_in(installation, Role.COUNSELLOR)
    supervisor = await enrolled(installation, Role.SUPERVISOR, "boun")
    await enrolled(installation, Role.AUDITOR, "sone")
    async with client(app, noy) as browser:
        await browser.post("/break-glass", data={"chat": code, "reason": REASON})
    async with installation.database.read() as connection:
        [opening] = await break_glass.openings(connection)

    answers = {}
    for who, cookies in (
        ("noy", noy), ("supervisor", supervisor), ("colleague", await sign_in(installation, Role.COUNSELLOR)),
        ("administrator", await sign_in(installation, Role.ADMINISTRATOR)),
    ):  # fmt: skip
        async with client(app, cookies) as browser:
            answer = await browser.get(f"/break-glass/{opening.id}")
            answers[who] = (answer.status_code, REASON in answer.text)
            listed = await browser.get("/break-glass")
            answers[f"{who} lists"] = opening.code in listed.text

    assert answers == {
        "noy": (200, True), "noy lists": True,
        "supervisor": (200, True), "supervisor lists": True,
        "colleague": (404, False), "colleague lists": False,
        "administrator": (403, False), "administrator lists": False,
    }  # fmt: skip


async def test_a_chat_opened_so_is_read_for_the_hour_and_nothing_else_is_done_in_it(installation, code) -> None:
    whole = StaffConsole(installation, ORIGIN).app
    await enrolled(installation, Role.SUPERVISOR, "boun")
    await enrolled(installation, Role.AUDITOR, "sone")

    async def seen(chat_id: str) -> tuple[int, bool]:
        """The status of the chat's part, and whether a note may be written there."""
        cookies = await sign_in(installation, Role.COUNSELLOR, name="noy")
        async with client(whole, cookies) as browser:
            part = await browser.get(f"/parts/chats/{chat_id}")
            noted = await browser.post(f"/chats/{chat_id}/note", data={"words": "made up", "token": "t"})
        return part.status_code, noted.headers["location"].endswith("talk.notice.noted")

    async with client(whole, await sign_in(installation, Role.COUNSELLOR, name="noy")) as browser:
        chat_id = await _chat_of(installation, code)
        before = await seen(chat_id)
        await browser.post("/break-glass", data={"chat": code, "reason": REASON})
    meanwhile = await seen(chat_id)
    installation.clock.advance(timedelta(minutes=60))

    assert before == (404, False)
    assert meanwhile == (200, False)
    assert await seen(chat_id) == (404, False)
    actions = [one.action for one in await rows(installation)]
    assert actions == ["break_glass:open", "chat:read"]


async def _chat_of(installation, code: str) -> str:
    async with installation.database.read() as connection:
        return await break_glass.chat_of_code(connection, code)
