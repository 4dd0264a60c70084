"""What somebody tries who should not: another text's decision, endless asking at the door, disguised names, a demo."""

import base64
import json

import pytest

from tests.casework.talks import a_chat
from tests.console.signing_in import ORIGIN, client, sign_in
from tests.console.test_content_pages import KEY, better, typed
from tests.console.test_content_pages import opened as opened_edition
from thangdee.casework import break_glass, erasure
from thangdee.casework.break_glass import NoSuchChatError
from thangdee.casework.chats import Chats
from thangdee.casework.content import editions
from thangdee.casework.content.editions import EditionState
from thangdee.casework.hold_rules import all_spellings
from thangdee.casework.shelter_names import ShelterNames
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Role
from thangdee.casework.thai_places import names_thai_place
from thangdee.console.access import CSRF_HEADER
from thangdee.console.entrance import Turnstile
from thangdee.console.headers import MOST_BODY
from thangdee.core import words
from thangdee.core.errors import NotReadyError
from thangdee.processes.console import StaffConsole, run_console
from thangdee.processes.run import run_service

DISGUISED = (
    "S o n g k h l a",
    "S.o.n.g.k.h.l.a",
    "Song\u034fkhla",
    "\U0001d412\U0001d428\U0001d427\U0001d420\U0001d424\U0001d421\U0001d425\U0001d41a",
    "S\u043engkhl\u0430",
)


@pytest.fixture(autouse=True)
def own_words():
    yield
    words.overlay({})


@pytest.fixture
def app(installation):
    return StaffConsole(installation, ORIGIN).app


async def test_a_decision_on_a_text_is_made_under_its_own_name_alone(app, installation) -> None:
    writer, second = [await sign_in(installation, role) for role in (Role.DIRECTORY_EDITOR, Role.SUPERVISOR)]
    async with client(app, writer) as mine, client(app, second) as theirs:
        await mine.post(f"/content/text/{KEY}/edit", data=typed(en=better()))
        deed = await opened_edition(installation) | {"read": "en"}
        answer = await theirs.post("/content/text/answers.wages_unpaid/publish", data=deed)

    assert answer.headers["location"].endswith("edition_moved")
    async with installation.database.read() as connection:
        assert (await editions.get(connection, deed["edition"])).state is EditionState.PROPOSED


async def test_who_asks_at_the_door_without_end_is_stopped_and_others_are_not(app, installation) -> None:
    async with client(app) as browser:
        answers = [(await browser.post("/passkey/sign-in/options")).status_code for _ in range(62)]

    assert answers == [200] * 60 + [429] * 2
    door, now = Turnstile(most=1), installation.clock.now()
    assert [door.lets(source, now) for source in ("192.0.2.1", "192.0.2.1", "192.0.2.2")] == [True, False, True]
    assert [door.lets(source, now) for source in ("2001:db8::1", "2001:db8::2")] == [True, False]


@pytest.mark.parametrize("said", ["\\ud800", "\\u0000", "x y"])
async def test_letters_that_no_database_takes_are_a_wrong_passkey_and_no_fault(app, said) -> None:
    async with client(app) as browser:
        challenge = (await browser.post("/passkey/sign-in/options")).json()["challenge"]
        told = base64.urlsafe_b64encode(json.dumps({"challenge": challenge}).encode()).decode()
        answer = f'{{"id": "{said}", "response": {{"clientDataJSON": "{told}"}}}}'
        refused = await browser.post("/passkey/sign-in", data={"answer": answer})

    assert "wrong_passkey" in refused.headers["location"]


@pytest.mark.parametrize("written", DISGUISED)
def test_a_place_is_found_in_disguise(written) -> None:
    assert names_thai_place(all_spellings(written))


def test_a_shelter_is_found_in_disguise_and_plain_words_stay_plain() -> None:
    names = ShelterNames(["Sunflower House"])

    assert names.are_in(all_spellings("Sunfl0wer"))
    assert names.are_in(all_spellings("Sunfl\u043ewer"))
    assert not names.are_in(all_spellings("I will call you at 10:00. Is that good for you?"))
    assert all_spellings("ເຈົ້າຢູ່ໃສ ໝູ່ ນ້ຳ") == "ເຈົ້າຢູ່ໃສ ໝູ່ ນ້ຳ"


async def test_why_a_chat_was_opened_is_sealed_with_the_chat_that_its_owner_deletes(installation, clock) -> None:
    vault = installation.vault
    async with installation.database.write() as connection:
        made, now = await a_chat(connection, vault, clock.now()), clock.now()
        opening = await _opened(connection, vault, made.id, now)
        assert await break_glass.reason_of(connection, vault, opening, "x", now)
        whose = await Chats(connection, vault).get(made.id)
        await erasure.close(connection, vault, whose, now)
        with pytest.raises(NoSuchChatError):
            await break_glass.reason_of(connection, vault, opening, "x", now)


async def _opened(connection, vault, chat_id, now) -> str:
    for number in range(3):
        rest = {"roles": [Role.SUPERVISOR], "language": "en", "now": now}
        await accounts.add(connection, vault, name=f"made-up-{number}", **rest)
    made = await break_glass.open_chat(
        connection, vault, staff_id="noy", chat_id=chat_id, reason="She called the other line and asked for us.",
        groups=(), now=now, everybody_counts=True,
    )  # fmt: skip
    return made.id


async def test_no_more_is_read_of_a_body_than_any_form_of_ours_has(app, installation) -> None:
    sent = 0

    async def endless():
        nonlocal sent
        while sent < 10 * MOST_BODY:
            sent += 65536
            yield b"a" * 65536

    form = {"content-type": "application/x-www-form-urlencoded"}
    cookies = await sign_in(installation, Role.COUNSELLOR)
    async with client(app) as stranger, client(app, cookies) as noy:
        refused = await stranger.post("/sign-in", content=endless(), headers=form)
        by_then, sent = sent, 0
        del noy.headers[CSRF_HEADER]
        also = await noy.post("/account", content=endless(), headers=form)

    assert {refused.status_code, also.status_code} <= {400, 413}
    assert max(by_then, sent) <= MOST_BODY + 65536
    assert also.headers["cache-control"] == "no-store"


async def test_settings_of_the_demo_serve_nobody(installation) -> None:
    assert installation.settings.demo
    for served in (run_console(installation), run_service(installation.settings)):
        with pytest.raises(NotReadyError):
            await served
