"""Pages of staff about enquiries: who sees what, and that no address leads past the proof (R15, R31, R37)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.casework.outcomes.made_up_residents import resident
from tests.casework.outcomes.searching import MOTHER, filed, opened, proved, vetted
from tests.console.signing_in import ORIGIN, client, sign_in, viewer_of
from thangdee.casework import media
from thangdee.casework.chats import Chats
from thangdee.casework.enquiries import flags
from thangdee.casework.enquiries.model import Field, Flag
from thangdee.casework.outcomes import proofs, residents, searches
from thangdee.casework.outcomes.model import ProofKind, Shelter
from thangdee.casework.outcomes.search_rules import Heard
from thangdee.casework.staff.roles import Role
from thangdee.console.enquiries.checking import OPENING, QUESTIONS
from thangdee.core import words
from thangdee.core.audit import audit, audit_detail
from thangdee.core.jobs import job
from thangdee.core.words import LANGUAGES
from thangdee.processes.console import StaffConsole

NICKNAME, GIVEN, SHELTER_WORDS = "ນ້ອຍ", "แก้ว", "ระนอง"


@pytest.fixture
def app(installation):
    return StaffConsole(installation, ORIGIN).app


class Desk:
    """A tracer, her enquiry, a resident who fits and one who does not."""

    def __init__(self, installation) -> None:
        self.installation, self.vault = installation, installation.vault

    @property
    def now(self):
        return self.installation.clock.now()

    def write(self):
        return self.installation.database.write()

    async def open(self, **told) -> "Desk":
        self.noy = await sign_in(self.installation, Role.TRACER, name="noy")
        self.me = (await viewer_of(self.installation, self.noy)).staff_id
        clock = self.installation.clock
        async with self.write() as connection:
            self.enquiry = await filed(connection, self.vault, self.now, told={**MOTHER, **told})
            her = resident(clock, shelter_number="K-17", marks="scar")
            self.her, _ = await residents.enter(connection, self.vault, Shelter.RANONG, her, "o", self.now)
            other = resident(clock, given_name="ไหม", family_name="ศรีสุข", nickname="ตู่", village="ดอนแดง",
                             district="ปากเซ", province="จำปาสัก", sex="male", birth_year_or_age="44")  # fmt: skip
            self.stranger, _ = await residents.enter(connection, self.vault, Shelter.RANONG, other, "o", self.now)
        self.path = f"/enquiries/{self.enquiry.id}"
        return self

    async def audited(self) -> list[tuple[str, str]]:
        """What was done, and to what, oldest first."""
        async with self.installation.database.read() as connection:
            rows = (await connection.execute(select(audit).order_by(audit.c.seq))).all()
            apart = {row.id: row for row in (await connection.execute(select(audit_detail))).all()}
        seen = [apart.get(row.subject, row) for row in rows]
        return [(row.action, row.facts) for row in seen if row.action.startswith(("enquiry:", "gate:"))]


@pytest.fixture
async def desk(installation) -> Desk:
    return await Desk(installation).open()


async def test_search_locked_until_proof(app, desk) -> None:
    """R15: no address opens a resident before, and who knocks is written down."""
    doors = (f"{desk.path}/search", f"{desk.path}/candidates/{desk.her}", f"{desk.path}/candidates/{desk.stranger}")

    async def all_shut(browser) -> None:
        for door in doors:
            answer = await browser.get(door)
            assert (answer.status_code, answer.text) == (303, ""), door
            assert answer.headers["location"].startswith(f"{desk.path}?notice="), door
            judged = await browser.post(door, data={"verdict": "same"})
            assert judged.status_code in (303, 405)
        await browser.post(f"{desk.path}/open-search")
        page = await browser.get(desk.path)
        assert f"{desk.path}/search" not in page.text
        for secret in (GIVEN, "scar", "K-17", desk.her):
            assert secret not in page.text

    async with client(app, desk.noy) as browser:
        await all_shut(browser)
        async with desk.write() as connection:
            await vetted(connection, desk.enquiry.id, desk.me, desk.now)
        await all_shut(browser)
        async with desk.write() as connection:
            await proved(connection, desk.vault, desk.enquiry.id, desk.me, desk.now, list(ProofKind)[:2])
        await all_shut(browser)
        async with desk.write() as connection:
            await proved(connection, desk.vault, desk.enquiry.id, desk.me, desk.now, list(ProofKind)[2:3])
            assert await searches.verdicts(connection, desk.enquiry.id) == {}
        for door in doors:
            assert (await browser.get(door)).status_code == 303  # proved, and yet nobody opened it
        await browser.post(f"{desk.path}/open-search")

        ranking, compared = await browser.get(doors[0]), await browser.get(doors[1])
        stranger = await browser.get(doors[2])
    assert (ranking.status_code, compared.status_code, stranger.status_code) == (200, 200, 303)
    assert GIVEN in compared.text
    assert "scar" in compared.text
    actions = [action for action, _ in await desk.audited()]
    assert "gate:refused" in actions
    assert actions[-2:] == ["enquiry:search", "enquiry:compare"]


async def test_the_ranking_names_nobody_and_a_comparison_says_not_where(app, desk) -> None:
    async with desk.write() as connection:
        await opened(connection, desk.vault, desk.enquiry.id, desk.me, desk.now)
    async with client(app, desk.noy) as browser:
        ranking = (await browser.get(f"{desk.path}/search")).text
        compared = (await browser.get(f"{desk.path}/candidates/{desk.her}")).text
        judged = await browser.post(f"{desk.path}/candidates/{desk.her}", data={"verdict": "unsure"})

    assert desk.her in ranking
    for secret in (GIVEN, "น้อย", "นาไซ", "K-17", "ranong", SHELTER_WORDS):
        assert secret not in ranking, secret
    for secret in ("K-17", "ranong", "Ranong", SHELTER_WORDS, "my mother"):
        assert secret not in compared, secret
    assert NICKNAME in compared
    assert judged.headers["location"].startswith(f"{desk.path}/search")
    [search, compare, judge] = [one for one in await desk.audited() if one[0] != "enquiry:read"]
    assert '"candidates":1' in search[1].replace(" ", "")
    assert desk.her in compare[1] + judge[1]
    assert GIVEN not in str([search, compare, judge])


async def test_content_opens_for_its_owner_and_a_supervisor_alone(app, desk, installation) -> None:
    lek = await sign_in(installation, Role.TRACER, name="lek")
    boun = await sign_in(installation, Role.SUPERVISOR, name="boun")
    counsellor = await sign_in(installation, Role.COUNSELLOR, name="mai")
    async with client(app, desk.noy) as mine, client(app, lek) as other, client(app, boun) as chief:
        board = (await other.get("/enquiries")).text
        by_code = await other.get(f"/enquiries?code={desk.enquiry.code.lower()}")
        unowned = (await mine.get(desk.path)).text
        await mine.post(f"{desk.path}/take")
        own, closed = (await mine.get(desk.path)).text, (await other.get(desk.path)).text
        refused = await other.post(f"{desk.path}/prove", data={
            "kind": "family_book", "how": "voice", "answer": "yes", "words": "x"})  # fmt: skip
        taken = await other.post(f"{desk.path}/take")
        led = (await chief.get(desk.path)).text
    async with client(app, counsellor) as browser:
        assert (await browser.get("/enquiries")).status_code == 403

    assert desk.enquiry.code in board
    assert by_code.headers["location"] == desk.path
    for page in (board, unowned, closed):
        assert NICKNAME not in page
        assert "5512" not in page
    assert NICKNAME in own
    assert NICKNAME in led
    assert "not_theirs" in refused.headers["location"]
    assert "notice.taken" in taken.headers["location"]
    assert [action for action, _ in await desk.audited()].count("enquiry:read") == 2


async def test_handed_over_it_is_the_others_and_they_are_told(app, desk, installation) -> None:
    lek = await sign_in(installation, Role.TRACER, name="lek")
    other = (await viewer_of(installation, lek)).staff_id
    async with client(app, desk.noy) as mine, client(app, lek) as theirs:
        await mine.post(f"{desk.path}/take")
        await mine.post(f"{desk.path}/hand", data={"to": other})
        notices, page = (await theirs.get("/notices")).text, (await theirs.get(desk.path)).text
        mine_now = (await mine.get(desk.path)).text
        late = (await mine.get("/parts/enquiries?only=late")).text

    assert desk.path not in notices  # the chat can read notices (R12): they say "look at the board"
    assert words.text("notices.kind.enquiry_board", "en") in notices
    assert NICKNAME in page
    assert NICKNAME not in mine_now
    assert desk.enquiry.code not in late


def test_the_questions_of_the_talk_are_constant_texts() -> None:
    """R15: no question can carry a fact from the file of somebody who was found."""
    asked = [*OPENING, *(key for kind in ProofKind for key in QUESTIONS[kind])]

    assert len(set(asked)) == len(asked)
    for key in asked:
        for language in LANGUAGES:
            assert re.search(r"[{}%]|\d", words.own(key, language)) is None, key


async def test_all_families_are_asked_the_same_whoever_was_entered(app, desk) -> None:
    async with client(app, desk.noy) as browser:
        await browser.post(f"{desk.path}/take")
        before = _questions((await browser.get(desk.path)).text)
        async with desk.write() as connection:
            for one in (desk.her, desk.stranger):
                await residents.forget(connection, desk.vault, one)
        after = _questions((await browser.get(desk.path)).text)

    assert len(before) > 20
    assert before == after


async def test_the_whole_talk_is_written_down_on_the_page_and_nothing_is_sent(app, desk) -> None:
    before = await _rows(desk, job)
    async with client(app, desk.noy) as browser:
        await browser.post(f"{desk.path}/take")
        for item in re.findall(r'name="item" value="(\w+)"', (await browser.get(desk.path)).text):
            await browser.post(f"{desk.path}/vet", data={"item": item, "answer": "yes"})
        for kind in list(ProofKind)[:3]:
            told = {"kind": kind, "how": Heard.VOICE, "answer": "yes", "words": "she has a scar on her knee"}
            await browser.post(f"{desk.path}/prove", data=told)
        ready = (await browser.get(desk.path)).text
        opened_now = await browser.post(f"{desk.path}/open-search")
        closed = await browser.post(f"{desk.path}/close", data={"why": "nobody"})
        board = (await browser.get("/parts/enquiries")).text

    assert "she has a scar on her knee" in ready
    assert "/open-search" in ready
    assert "search_open" in opened_now.headers["location"]
    assert closed.headers["location"].startswith("/enquiries?")
    assert desk.enquiry.code not in board
    assert await _rows(desk, job) == before


async def test_only_a_fresh_second_factor_opens_a_search_or_sets_a_bad_item_aside(
    app, desk, installation, clock
) -> None:
    boun = await sign_in(installation, Role.SUPERVISOR, name="boun")
    async with desk.write() as connection:
        await vetted(connection, desk.enquiry.id, desk.me, desk.now)
        await proved(connection, desk.vault, desk.enquiry.id, desk.me, desk.now)
        bad = await proofs.prove(
            connection, desk.vault, desk.enquiry.id, ProofKind.PHOTO_TOGETHER, Heard.VOICE, "cut out", desk.me, desk.now,
            is_good=False,
        )  # fmt: skip
    clock.advance(timedelta(minutes=6))
    async with client(app, desk.noy) as mine, client(app, boun) as chief:
        for answer in (
            await mine.post(f"{desk.path}/open-search"),
            await chief.post(f"{desk.path}/set-aside", data={"item": bad}),
        ):
            assert answer.headers["location"].startswith("/account/confirm")
    fresh = await sign_in(installation, Role.SUPERVISOR, name="boun")
    async with client(app, fresh) as chief:
        await chief.post(f"{desk.path}/set-aside", data={"item": bad})
    async with installation.database.read() as connection:
        assert await proofs.why_locked(connection, desk.enquiry.id, desk.now) is None


async def test_flags_of_the_chat_and_recordings_stand_on_the_page(app, installation) -> None:
    desk = await Desk(installation).open(**{Field.MARKS: {"media": "m1"}})
    async with desk.write() as connection:
        whose = await media_of(desk, connection, "m1")
        await flags.note(connection, desk.vault, whose, Flag.THREAT, desk.now, {"text": "I will find you"})
        await media_of(desk, connection, "m2")
    async with client(app, desk.noy) as browser:
        before = await browser.get(f"{desk.path}/media/m1")
        await browser.post(f"{desk.path}/take")
        page = (await browser.get(desk.path)).text
        heard, foreign = await browser.get(f"{desk.path}/media/m1"), await browser.get(f"{desk.path}/media/m2")
        await browser.post(f"{desk.path}/heard", data={"field": "marks", "words": "a scar on her knee"})
        again = (await browser.get(desk.path)).text
        paper = await browser.post(f"{desk.path}/letter", data={"to": "ministry"})

    assert "I will find you" in page
    assert f"{desk.path}/media/m1" in page
    assert (before.status_code, heard.status_code, foreign.status_code) == (404, 200, 404)
    assert heard.content == b"made up"
    assert "a scar on her knee" in again
    assert paper.content.startswith(b"%PDF")


async def media_of(desk: Desk, connection, media_id: str):
    """A recording of the chat."""
    whose = await Chats(connection, desk.vault).get(desk.enquiry.chat_id)
    place = media._content(media_id)
    sealed = await desk.vault.seal(connection, whose.key_id, place, b"made up")
    values = {"id": media_id, "chat_id": whose.id, "kind": "voice", "state": "ready", "sealed_content": sealed}
    await connection.execute(media.media.insert().values(values | {"at": desk.now, "seconds": 3}))
    return whose


def _questions(page: str) -> list[str]:
    return re.findall(r'<p lang="(?:lo|th)">(.*?)</p>', page)


async def _rows(desk: Desk, table) -> list[str]:
    async with desk.installation.database.read() as connection:
        return sorted(map(repr, (await connection.execute(select(table))).all()))
