"""Chats and colleagues for tests of talks."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select

from thangdee.casework import alerts, consent, conversations
from thangdee.casework.alerts import Urgency
from thangdee.casework.chats import Chat, Chats, with_session
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Role
from thangdee.casework.staff.sessions import SignedIn
from thangdee.core import jobs, outbox
from thangdee.core.database import Database
from thangdee.core.jobs import Job, Queue
from thangdee.core.vault import Vault

ADDRESS = 4711


async def a_chat(connection, vault: Vault, now, *, address: int = ADDRESS, language: str = "lo", **session) -> Chat:
    """A chat whose person agreed to talk with staff."""
    chats = Chats(connection, vault)
    made = await chats.of(address, now)
    await chats.save(with_session(replace(made, language=language), **session))
    await consent.record(connection, made, Purpose.TALK_TO_STAFF, is_yes=True, given_by=GivenBy.TAPPED, now=now)
    found = await chats.get(made.id)
    assert found is not None
    return found


def viewer(staff_id: str, *roles: Role, now) -> SignedIn:
    """Somebody who is signed in, with a passkey."""
    asked = frozenset(roles or (Role.COUNSELLOR,))
    return SignedIn(staff_id, staff_id, "en", asked, f"session-{staff_id}", now, has_passkey=True)


async def a_colleague(connection, vault: Vault, now, name: str, *roles: Role) -> SignedIn:
    """Somebody with an account, signed in."""
    asked = roles or (Role.COUNSELLOR,)
    staff_id = await accounts.add(connection, vault, name=name, roles=asked, language="en", now=now)
    return viewer(staff_id, *asked, now=now)


async def cry(connection, chat_id: str, now) -> None:
    """A cry for help in this chat."""
    await alerts.raise_alert(connection, chat_id, Urgency.IMMEDIATE, "danger_now", now)


async def take(database: Database, vault: Vault, chat_id: str, staff_id: str, now) -> None:
    """Take a chat over."""
    async with database.write() as connection:
        assert await conversations.take_over(connection, vault, chat_id, staff_id, now)


async def queued(database: Database, vault: Vault, kinds: Iterable[str] = ()) -> list[tuple[str, dict]]:
    """Kind and body of what stands in the outbox and still has one, in order."""
    async with database.read() as connection:
        query = select(jobs.job).where(jobs.job.c.queue == Queue.OUTBOX).order_by(jobs.job.c.id)
        rows = (await connection.execute(query)).all()
        opened = [(row.kind, await outbox.read_body(connection, vault, as_job(row))) for row in rows if row.sealed_body]
    return [(kind, body) for kind, body in opened if not kinds or kind in kinds]


def as_job(row) -> Job:
    return Job(
        row.id, row.uid, Queue(row.queue), row.lane, row.kind, row.key_id, row.sealed_body, row.attempts, row.created_at
    )
