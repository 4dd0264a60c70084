"""Break-glass: a reason, an hour, two others told; notices to colleagues."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.clock import SetClock
from thangdee.casework import alerts, break_glass, conversations, notices
from thangdee.casework.alerts import Urgency
from thangdee.casework.break_glass import (
    AlreadyYoursError,
    NoSuchChatError,
    ReasonTooShortError,
    TooFewToTellError,
)
from thangdee.casework.chats import Chats
from thangdee.casework.staff import accounts, two_factor
from thangdee.casework.staff.roles import Role
from thangdee.core import audit, outbox
from thangdee.core.database import Database
from thangdee.core.errors import SealBrokenError
from thangdee.core.jobs import Job, job
from thangdee.core.vault import Vault

REASON = "She wrote that he comes back at six and Noy is on the bus."
GROUPS = (-100, -200)


class Desk:
    """A chat, colleagues, and the deed."""

    def __init__(self, database: Database, vault: Vault, clock: SetClock) -> None:
        self.database, self.vault, self.clock = database, vault, clock
        self.ids: dict[str, str] = {}
        self.chat_id = ""

    async def make(self, *roles: Role, is_enrolled: bool = True) -> None:
        now = self.clock.now()
        async with self.database.write() as connection:
            who = await Chats(connection, self.vault).of(5, now)
            self.chat_id = who.id
            for number, role in enumerate((Role.COUNSELLOR, *roles)):
                name = f"{role}{number}"
                made = await accounts.add(
                    connection, self.vault, name=name, roles={role}, language="lo", now=now, shown_name=name
                )
                self.ids[name] = made
                if is_enrolled:
                    await accounts.set_passphrase_hash(connection, made, "made up")
                    await two_factor.set_secret(connection, self.vault, made, two_factor.new_secret())

    @property
    def noy(self) -> str:
        return self.ids["counsellor0"]

    async def open(self, reason: str = REASON, staff_id: str = "", chat_id: str = "") -> break_glass.Opening:
        async with self.database.write() as connection:
            return await break_glass.open_chat(
                connection,
                self.vault,
                staff_id=staff_id or self.noy,
                chat_id=chat_id or self.chat_id,
                reason=reason,
                groups=GROUPS,
                now=self.clock.now(),
            )

    async def is_open(self, staff_id: str = "") -> bool:
        async with self.database.read() as connection:
            return await break_glass.is_open(connection, self.chat_id, staff_id or self.noy, self.clock.now())

    async def told(self) -> set[str]:
        """Names of those who have an unseen notice of it."""
        async with self.database.read() as connection:
            return {
                name
                for name, one in self.ids.items()
                if [notice.kind for notice in await notices.newest(connection, one)] == ["break_glass"]
            }

    async def deeds(self) -> list[tuple[str, str, str]]:
        async with self.database.read() as connection:
            rows = await connection.execute(
                select(audit.audit.c.actor, audit.audit.c.action, audit.audit.c.subject).order_by(audit.audit.c.seq)
            )
            return [tuple(row) for row in rows]


@pytest.fixture
def desk(database: Database, vault: Vault, clock: SetClock) -> Desk:
    return Desk(database, vault, clock)


async def test_break_glass_alerts_and_expires(desk: Desk) -> None:
    await desk.make(Role.SUPERVISOR, Role.SUPERVISOR, Role.AUDITOR)

    opening = await desk.open()
    others = [await desk.is_open(one) for one in desk.ids.values()]
    desk.clock.advance(timedelta(minutes=59, seconds=59))
    at_the_end = await desk.is_open()
    desk.clock.advance(timedelta(seconds=1))
    after = await desk.is_open()
    async with desk.database.read() as connection:
        row = (await connection.execute(select(job).where(job.c.queue == "outbox"))).one()
        body = await outbox.read_body(
            connection, desk.vault, Job(**{name: getattr(row, name) for name in Job.__dataclass_fields__})
        )

    assert others == [True, False, False, False]
    assert (at_the_end, after) == (True, False)
    assert await desk.told() == {"supervisor1", "supervisor2"}
    # To the group a constant text and a random code, nothing of the chat or of who asked (R39).
    assert body == {"to": -100, "notice": "break_glass", "code": opening.code}
    assert await desk.deeds() == [(desk.noy, "break_glass:open", desk.chat_id)]


@pytest.mark.parametrize(
    ("roles", "told"),
    [
        ((Role.SUPERVISOR, Role.AUDITOR, Role.AUDITOR, Role.ADMINISTRATOR), {"supervisor1", "auditor2", "auditor3"}),
        ((Role.SUPERVISOR, Role.ADMINISTRATOR), {"supervisor1", "administrator2"}),
        ((Role.ADMINISTRATOR, Role.ADMINISTRATOR), {"administrator1", "administrator2"}),
    ],
)
async def test_supervisors_are_told_first_then_others_until_two_know(desk: Desk, roles, told) -> None:
    await desk.make(*roles)

    await desk.open()

    assert await desk.told() == told


async def test_it_is_refused_where_nobody_or_one_could_be_told(desk: Desk) -> None:
    await desk.make(Role.SUPERVISOR, Role.COUNSELLOR, Role.TRACER)

    with pytest.raises(TooFewToTellError):
        await desk.open()
    with pytest.raises(TooFewToTellError):
        await desk.open(staff_id=desk.ids["supervisor1"])

    assert (await desk.is_open(), await desk.told(), await desk.deeds()) == (False, set(), [])


async def test_who_cannot_sign_in_does_not_count_as_told(desk: Desk) -> None:
    await desk.make(Role.SUPERVISOR, Role.AUDITOR, is_enrolled=False)

    with pytest.raises(TooFewToTellError):
        await desk.open()


async def test_it_needs_a_sentence_and_an_open_chat_of_somebody_else(desk: Desk) -> None:
    await desk.make(Role.SUPERVISOR, Role.AUDITOR)

    for reason in ("", "urgent", "  a   b  " * 4, "x" * 1001):
        with pytest.raises(ReasonTooShortError):
            await desk.open(reason)
    with pytest.raises(NoSuchChatError):
        await desk.open(chat_id="nothing")
    await desk.open()
    with pytest.raises(AlreadyYoursError):
        await desk.open()
    async with desk.database.write() as connection:
        await conversations.take_over(connection, desk.vault, desk.chat_id, desk.ids["auditor2"], desk.clock.now())
    with pytest.raises(AlreadyYoursError):
        await desk.open(staff_id=desk.ids["auditor2"])


async def test_the_reason_is_sealed_with_the_chat_and_reading_it_is_audited(desk: Desk) -> None:
    await desk.make(Role.SUPERVISOR, Role.AUDITOR)
    opening = await desk.open()

    async with desk.database.write() as connection:
        stored = (await connection.execute(select(break_glass.break_glass.c.sealed_reason))).scalar_one()
        read = await break_glass.reason_of(connection, desk.vault, opening.id, desk.ids["auditor2"], desk.clock.now())
        who = await Chats(connection, desk.vault).get(desk.chat_id)
        await desk.vault.destroy_key(connection, who.key_id)
        with pytest.raises(SealBrokenError):
            await break_glass.reason_of(connection, desk.vault, opening.id, desk.noy, desk.clock.now())

    assert read == REASON
    assert b"six" not in bytes(stored)
    assert (desk.ids["auditor2"], "break_glass:read_reason", desk.chat_id) in await desk.deeds()


async def test_ones_own_opening_can_be_ended_at_once_and_nobody_elses(desk: Desk) -> None:
    await desk.make(Role.SUPERVISOR, Role.AUDITOR)
    opening = await desk.open()
    desk.clock.advance(timedelta(minutes=5))

    async with desk.database.write() as connection:
        await break_glass.end(connection, desk.vault, opening.id, desk.ids["supervisor1"], desk.clock.now())
    still = await desk.is_open()
    async with desk.database.write() as connection:
        await break_glass.end(connection, desk.vault, opening.id, desk.noy, desk.clock.now())
        await break_glass.end(connection, desk.vault, opening.id, desk.noy, desk.clock.now())

    assert (still, await desk.is_open()) == (True, False)
    assert [action for _, action, _ in await desk.deeds()] == ["break_glass:open", "break_glass:end"]


async def test_a_chat_is_found_by_the_code_that_staff_read(desk: Desk) -> None:
    await desk.make()
    async with desk.database.write() as connection:
        raised, _ = await alerts.raise_alert(connection, desk.chat_id, Urgency.HIGH, "voice", desk.clock.now())

    async with desk.database.read() as connection:
        assert await break_glass.chat_of_code(connection, f" {raised.code.lower()} ") == desk.chat_id
        assert await break_glass.chat_of_code(connection, "ZZZZZ") is None
        assert await break_glass.code_of(connection, desk.chat_id) == raised.code


async def test_a_notice_is_told_once_until_it_is_seen_and_kept_for_its_time(desk: Desk) -> None:
    async with desk.database.write() as connection:
        for kind, reference in (("asked_in", "c1"), ("asked_in", "c1"), ("asked_in", "c2"), ("held_reply", "c1")):
            desk.clock.advance(timedelta(minutes=1))
            await notices.tell(connection, "noy", kind, reference, desk.clock.now())
        await notices.tell(connection, "kham", "asked_in", "c1", desk.clock.now())
        three = await notices.count_unseen(connection, "noy")
        first = (await notices.newest(connection, "noy"))[0]
        await notices.mark_seen(connection, "kham", first.id, desk.clock.now())  # somebody else's
        await notices.mark_seen(connection, "noy", first.id, desk.clock.now())
        two = await notices.count_unseen(connection, "noy")
        in_order = [one.id == first.id for one in await notices.newest(connection, "noy")]
        await notices.mark_seen(connection, "noy", None, desk.clock.now())
        desk.clock.advance(timedelta(minutes=1))
        await notices.tell(connection, "noy", "asked_in", "c1", desk.clock.now())
        again = await notices.count_unseen(connection, "noy")
        await notices.forget(connection, desk.clock.now())
        with pytest.raises(notices.UnknownKindError):
            await notices.tell(connection, "noy", "gossip", "", desk.clock.now())
        left = await notices.newest(connection, "noy")

    assert (three, two, again) == (3, 2, 1)
    assert in_order == [False, False, True]
    assert [(one.kind, one.reference) for one in left] == [("asked_in", "c1")]
