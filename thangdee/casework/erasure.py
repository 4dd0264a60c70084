"""Erasure: "delete" seals at once and shreds after 72 hours, unless the code is written (R26)."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import complaints, lessons, notices, transcripts
from thangdee.casework.alerts import alert
from thangdee.casework.chats import Chat, Chats, chat, with_session
from thangdee.casework.complaint_tables import complaint
from thangdee.casework.consent import Purpose, consent
from thangdee.casework.enquiries import deeds
from thangdee.casework.enquiries.model import KEPT, State
from thangdee.casework.enquiries.tables import enquiry
from thangdee.casework.referrals import follow_up, withdrawing
from thangdee.casework.referrals.model import ENDED
from thangdee.casework.referrals.tables import matter, referral_consent
from thangdee.casework.transcripts import phone_message
from thangdee.core import changes, outbox
from thangdee.core.jobs import Queue, job
from thangdee.core.vault import Vault

GRACE = timedelta(hours=72)
SESSION_KEPT = timedelta(hours=24)
CASE_KEPT = timedelta(days=90)


async def close(connection: AsyncConnection, vault: Vault, whose: Chat, now: datetime) -> str:
    """Seal the chat: nobody finds or reads it any more. Return the code that undoes this within 72 hours.

    What was agreed to tell others is taken back first (R4); undoing the deletion does not bring that yes back.
    """
    await withdrawing.take_all_back(connection, vault, whose.id, now)
    await deeds.withdraw_all(connection, whose.id, now)
    code = f"{secrets.randbelow(1_000_000):06d}"
    values = {"chat_key": None, "closed_at": now, "code_hash": _code_hash(vault, whose.chat_key, code)}
    await connection.execute(update(chat).where(chat.c.id == whose.id).values(values))
    later = outbox.later_lane(whose.chat_key)  # nobody writes first to who deleted it all
    await connection.execute(delete(job).where(job.c.queue == Queue.OUTBOX, job.c.lane == later))
    await lessons.forget(connection, whose.id)  # at once: undoing a deletion does not bring them back
    await changes.announce(connection, changes.QUEUE, changes.about_chat(whose.id))
    return code


async def start_anew(connection: AsyncConnection, vault: Vault, closed: Chat, now: datetime) -> Chat:
    """Open an empty chat after a deletion: only language and what stands on the phone go over.

    Without it what was said before the deletion could not be taken off the phone any more (R53, R54).
    """
    fresh = await Chats(connection, vault).of(closed.address, now)
    await transcripts.move_phone(connection, from_chat=closed.id, to_chat=fresh.id)
    spoken = replace(fresh, language=closed.language)
    kept = closed.session
    return with_session(spoken, language_tapped=kept.language_tapped, wrong_codes=kept.wrong_codes)


async def reopen(connection: AsyncConnection, vault: Vault, newer: Chat, code: str, now: datetime) -> bool:
    """Undo a deletion if the code is right: the sealed chat takes the place of the newer one.

    A matter or an enquiry of the newer one ends: nobody could answer for it or take it back any more.
    """
    wanted = chat.c.code_hash == _code_hash(vault, newer.chat_key, code)
    query = select(chat.c.id, chat.c.closed_at).where(wanted, chat.c.closed_at > now - GRACE)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return False
    old = str(row.id)
    await withdrawing.take_all_back(connection, vault, newer.id, now)
    await deeds.withdraw_all(connection, newer.id, now)
    await complaints.move(connection, vault, newer.id, old, now)
    await transcripts.move_phone(connection, from_chat=newer.id, to_chat=old)
    await connection.execute(update(chat).where(chat.c.id == newer.id).values(chat_key=None, closed_at=now))
    await lessons.forget(connection, newer.id)
    values = {"chat_key": newer.chat_key, "closed_at": None, "code_hash": None, "seen_at": now}
    await connection.execute(update(chat).where(chat.c.id == old).values(values))
    await deeds.bring_back(connection, old, row.closed_at, now)
    await changes.announce(connection, changes.QUEUE, changes.about_chat(old), changes.about_chat(newer.id))
    return True


async def due(connection: AsyncConnection, now: datetime) -> list[str]:
    """Return the ids of chats whose time is over (R25): deleted, without a yes, or long silent."""
    # That the bot may learn from words is no wish to have them kept.
    to_keeping = consent.c.is_yes & (consent.c.purpose != Purpose.RESEARCH)
    said_yes = exists().where(consent.c.chat_id == chat.c.id, to_keeping)
    needs_help = exists().where(alert.c.chat_id == chat.c.id)
    # Her yes may have been heard on the phone: the chat is silent, and a receiver works for her.
    agreed = exists().where(
        matter.c.chat_id == chat.c.id, matter.c.state.not_in(ENDED), referral_consent.c.matter_id == matter.c.id,
        referral_consent.c.withdrawn_at.is_(None), referral_consent.c.at >= now - CASE_KEPT,
    )  # fmt: skip
    # A family that waits for us is silent, too: their enquiry is kept for its time.
    waits = exists().where(
        enquiry.c.chat_id == chat.c.id, enquiry.c.state.in_((State.OPEN, State.EXPIRED)),
        enquiry.c.filed_at > now - KEPT,
    )  # fmt: skip
    over = or_(
        chat.c.closed_at < now - GRACE,
        (chat.c.seen_at < now - CASE_KEPT) & ~follow_up.keeps(chat.c.id, now) & ~agreed & ~waits,
        (chat.c.seen_at < now - SESSION_KEPT) & ~said_yes & ~needs_help,
    )
    return list((await connection.execute(select(chat.c.id).where(over))).scalars())


async def shred(connection: AsyncConnection, vault: Vault, chat_id: str) -> None:
    """Remove a chat and all that hangs on it; its key is destroyed, so copies cannot be read either."""
    row = (await connection.execute(select(chat).where(chat.c.id == chat_id))).one_or_none()
    if row is None:
        return
    await connection.execute(delete(job).where(job.c.key_id == row.key_id))
    await connection.execute(delete(phone_message).where(phone_message.c.chat_id == chat_id))
    for table in (matter, complaint):
        hers = select(table.c.id).where(table.c.chat_id == chat_id)
        for reference in (await connection.execute(hers)).scalars().all():
            await notices.forget_about(connection, reference)
    await notices.forget_about(connection, chat_id)
    await connection.execute(delete(chat).where(chat.c.id == chat_id))  # consents, lines and alerts cascade
    await changes.announce(connection, changes.QUEUE, changes.about_chat(chat_id))
    await vault.destroy_key(connection, row.key_id)


def _code_hash(vault: Vault, chat_key: str, code: str) -> str:
    return vault.keyring.look_up("undo", f"{chat_key}|{code}")
