"""From whom a complaint is hidden, and who may be told that there is one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import notices
from thangdee.casework.alerts import alert
from thangdee.casework.chats import chat
from thangdee.casework.complaint_rules import ABOUT_US, Complaint, Hidden, Reader
from thangdee.casework.complaint_rules import may_know as rule
from thangdee.casework.complaint_tables import complaint_shut_out
from thangdee.casework.court_tables import court_money, court_status
from thangdee.casework.held_replies import held_reply
from thangdee.casework.notes import note
from thangdee.casework.providers import members
from thangdee.casework.referrals.guardian_tables import guardian, matter_note, matter_proposal, office_call
from thangdee.casework.referrals.tables import matter, matter_step
from thangdee.casework.shares import chat_share
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Permission, Role, permissions_of
from thangdee.casework.staff.sessions import SignedIn
from thangdee.casework.transcripts import said
from thangdee.core.database import insert_new
from thangdee.core.script import fold

NOBODY = "complaint_nobody"
# Shorter names are parts of other words.
_SHORTEST_NAME = 3


async def may_know(connection: AsyncConnection, one: Complaint, viewer: SignedIn) -> bool:
    """Tell whether this viewer may know of the complaint, and so handle it."""
    if Permission.ANSWER_COMPLAINTS not in viewer.permissions:
        return False
    return rule(await _hidden(connection, one), await _reader(connection, viewer.staff_id))


async def handlers(connection: AsyncConnection, one: Complaint) -> list[str]:
    """Return who may handle it."""
    hidden = await _hidden(connection, one)
    everybody = [each for each in await accounts.all_staff(connection) if each.ended_at is None]
    able = [each.id for each in everybody if Permission.ANSWER_COMPLAINTS in permissions_of(each.roles)]
    return [each for each in able if rule(hidden, await _reader(connection, each))]


async def tell_handlers(connection: AsyncConnection, one: Complaint, kind: str, now: datetime) -> None:
    """Tell who looks into it, else who may; where nobody may, those who run the place, without a word of content."""
    able = await handlers(connection, one)
    if one.owner is not None and one.owner in able:
        able = [one.owner]
    if able:
        await notices.tell_all(connection, able, kind, one.id, now)
    else:
        await notices.tell_all(connection, await _others(connection, one), NOBODY, one.code, now)


async def shut_out(connection: AsyncConnection, one: Complaint, staff_ids: Iterable[str], why: str) -> None:
    """Hide it from these colleagues for good, with what they were told of it before."""
    known = {each.id for each in await accounts.all_staff(connection)}
    out = sorted(known.intersection(staff_ids))
    await notices.take_back(connection, out, one.id)
    for staff_id in out:
        row = {"complaint_id": one.id, "staff_id": staff_id, "why": why}
        await connection.execute(insert_new(connection, complaint_shut_out).values(row).on_conflict_do_nothing())


async def is_shut_out(connection: AsyncConnection, one: Complaint, staff_id: str) -> bool:
    """Tell whether it is hidden from this colleague for good."""
    theirs = (complaint_shut_out.c.complaint_id == one.id) & (complaint_shut_out.c.staff_id == staff_id)
    return (await connection.execute(select(complaint_shut_out.c.staff_id).where(theirs))).scalar() is not None


async def shut_out_involved(connection: AsyncConnection, one: Complaint) -> None:
    """Hide what is about one of us from everybody who had to do with that chat until now."""
    if one.about not in ABOUT_US:
        return
    found: set[str] = set()
    for query in _involved(one.chat_id):
        found.update(each for each in (await connection.execute(query)).scalars() if each is not None)
    await shut_out(connection, one, found, "talked")


async def shut_out_named(connection: AsyncConnection, one: Complaint, words: str) -> None:
    """Hide what is about one of us from colleagues whose name stands in it."""
    if one.about not in ABOUT_US or not words:
        return
    plain = fold(words)
    named = [
        each.id
        for each in await accounts.all_staff(connection)
        if any(len(name) >= _SHORTEST_NAME and fold(name) in plain for name in (each.name, each.sign_in_name))
    ]
    await shut_out(connection, one, named, "named")


async def _hidden(connection: AsyncConnection, one: Complaint) -> Hidden:
    query = select(complaint_shut_out.c.staff_id).where(complaint_shut_out.c.complaint_id == one.id)
    out = frozenset((await connection.execute(query)).scalars())
    holder = select(chat.c.held_by).where(chat.c.id == one.chat_id, chat.c.held_by.is_not(None))
    sharing = select(chat_share.c.staff_id).where(chat_share.c.chat_id == one.chat_id)
    there = frozenset((await connection.execute(holder.union(sharing))).scalars())
    return Hidden(one.about, one.organisation_id, one.owner, out, there)


async def _reader(connection: AsyncConnection, staff_id: str) -> Reader:
    return Reader(staff_id, await members.organisations_of(connection, staff_id))


async def _others(connection: AsyncConnection, one: Complaint) -> list[str]:
    """Return who is told that nobody unbiased is there: administrators, else auditors, never whom it is about."""
    hidden = await _hidden(connection, one)
    everybody = [each for each in await accounts.all_staff(connection) if each.ended_at is None]
    for role in (Role.ADMINISTRATOR, Role.AUDITOR):
        named = [each.id for each in everybody if role in each.roles]
        if free := [each for each in named if rule(hidden, await _reader(connection, each))]:
            return free
    return []


def _involved(chat_id: str) -> list[Select[Any]]:
    return [
        select(said.c.staff_id).where(said.c.chat_id == chat_id).distinct(),
        select(chat.c.held_by).where(chat.c.id == chat_id),
        select(chat_share.c.staff_id).where(chat_share.c.chat_id == chat_id),
        select(alert.c.taken_by).where(alert.c.chat_id == chat_id).distinct(),
        select(held_reply.c.written_by).where(held_reply.c.chat_id == chat_id).distinct(),
        select(held_reply.c.decided_by).where(held_reply.c.chat_id == chat_id).distinct(),
        select(note.c.staff_id).where(note.c.chat_id == chat_id).distinct(),
        select(matter.c.owner).where(matter.c.chat_id == chat_id),
        select(matter_step.c.actor).join(matter).where(matter.c.chat_id == chat_id).distinct(),
        *(
            select(table.c.staff_id).join(matter).where(matter.c.chat_id == chat_id).distinct()
            for table in (court_status, court_money, matter_note, matter_proposal, guardian, office_call)
        ),
    ]
