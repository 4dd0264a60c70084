"""The code by which a person finds her matters again from another phone (R57).

Her chat keeps its key and all that hangs on it and gets the new phone's address: nothing is sealed anew that could get
lost on the way. The former phone finds an empty chat; what still waited for it is dropped, and what Telegram still lets
us take off it is taken off. What she wrote from the new phone before she typed the code goes over to her chat.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import complaints, lessons, transcripts
from thangdee.casework.alerts import alert
from thangdee.casework.chats import Chat, Chats, Session, chat
from thangdee.casework.consent import consent
from thangdee.casework.court_tables import court_status
from thangdee.casework.media import State, media
from thangdee.casework.notes import note
from thangdee.casework.referrals import deeds, lost_number
from thangdee.casework.referrals.after_tables import come_back_code
from thangdee.casework.referrals.guardian_tables import guardian, matter_note
from thangdee.casework.referrals.model import MatterState
from thangdee.casework.referrals.tables import matter, matter_fact
from thangdee.casework.transcripts import said
from thangdee.core import audit, changes, codes, outbox
from thangdee.core.database import insert_new
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import JobState, Queue, job
from thangdee.core.outbox import TAKE_OFF
from thangdee.core.vault import Place, Vault

LENGTH = 10
# Why a message to the former phone was not sent.
_MOVED = "moved"


class TwoMattersError(ThangdeeError):
    """She has sent a matter from the new chat as well: a person must bring the two together."""

    code = "two_matters"


async def new_code(connection: AsyncConnection, vault: Vault, chat_id: str, now: datetime) -> str:
    """Return a code to be shown once; only its hash is kept, the former one counts no more."""
    code = codes.new_code(LENGTH)
    values = {"code_hash": _hashed(vault, code), "made_at": now}
    statement = insert_new(connection, come_back_code).values({"chat_id": chat_id} | values)
    await connection.execute(statement.on_conflict_do_update(index_elements=["chat_id"], set_=values))
    return code


async def has_code(connection: AsyncConnection, chat_id: str) -> bool:
    """Tell whether a code was given."""
    query = select(come_back_code.c.chat_id).where(come_back_code.c.chat_id == chat_id)
    return (await connection.execute(query)).scalar() is not None


async def come_back(connection: AsyncConnection, vault: Vault, newer: Chat, code: str, now: datetime) -> Chat | None:
    """Bring the chat of a code to the phone that it was typed on; return it, None if the code is wrong.

    The code is used up. Raises TwoMattersError: then nothing was changed.
    """
    old = await _chat_of(connection, vault, code)
    if old is None or old.id == newer.id:
        return None
    if await _has_sent_matter(connection, newer.id):
        raise TwoMattersError("there is a sent matter in the newer chat, too")
    await _drop_waiting(connection, old.chat_key, now)
    await _bring_along(connection, vault, newer, old)
    await lost_number.move_contact(connection, vault, newer.id, old.id)
    await complaints.move(connection, vault, newer.id, old.id, now)
    back = await _move(connection, vault, old, newer, now)
    await _clear_former(connection, vault, old, newer, back, now)
    await connection.execute(delete(come_back_code).where(come_back_code.c.chat_id == old.id))
    for matter_id in (await connection.execute(select(matter.c.id).where(matter.c.chat_id == old.id))).scalars().all():
        await deeds.take_step(
            connection, vault, matter_id, lambda one: (one, ()), name="come_back", actor=audit.PERSON, now=now
        )
    await changes.announce(connection, changes.QUEUE, changes.about_chat(old.id), changes.about_chat(newer.id))
    return back


async def _chat_of(connection: AsyncConnection, vault: Vault, code: str) -> Chat | None:
    """Return the chat that a code names, locked; letter case and blanks do not matter."""
    hashed = _hashed(vault, "".join(code.split()).upper())
    query = select(chat.c.id).join(come_back_code).where(come_back_code.c.code_hash == hashed)
    found = (await connection.execute(query.with_for_update())).scalar()
    return None if found is None else await Chats(connection, vault).get(found)


async def _has_sent_matter(connection: AsyncConnection, chat_id: str) -> bool:
    sent = exists().where(matter.c.chat_id == chat_id, matter.c.state != MatterState.DRAFT)
    return bool((await connection.execute(select(sent))).scalar())


async def _drop_waiting(connection: AsyncConnection, lane: str, now: datetime) -> None:
    """Drop what waits to be sent to the former phone; one that is being sent just now is not tried again."""
    waits = job.c.state.in_([JobState.READY, JobState.RUNNING])
    lanes = (lane, outbox.later_lane(lane))
    theirs = update(job).where(job.c.queue == Queue.OUTBOX, job.c.lane.in_(lanes), waits)
    ended = {"state": JobState.DONE, "done_at": now, "sealed_body": None, "lease_until": None, "error_code": _MOVED}
    await connection.execute(theirs.values(ended))


async def _bring_along(connection: AsyncConnection, vault: Vault, newer: Chat, old: Chat) -> None:
    """Let the old chat have what was said, answered and called for in the newer one."""
    for table, column in (
        (said, "sealed_body"),
        (note, "sealed_words"),
        (media, "sealed_content"),
        (media, "sealed_covered"),
    ):
        await _seal_anew(connection, vault, table, column, newer, old)
    await _move_drafts(connection, vault, newer, old)
    for table in (said, note, media, alert, consent, matter):
        theirs = table.c.chat_id == newer.id
        if table is media:  # what is being fetched will be sealed for the newer chat
            theirs = theirs & (media.c.state != State.WAITING)
        await connection.execute(update(table).where(theirs).values(chat_id=old.id))


async def _seal_anew(
    connection: AsyncConnection, vault: Vault, table: Table, column: str, newer: Chat, old: Chat
) -> None:
    sealed = table.c[column]
    rows = await connection.execute(select(table.c.id, sealed).where(table.c.chat_id == newer.id, sealed.is_not(None)))
    for row in rows.all():
        place = Place(table.name, column, row.id)
        again = await _again(connection, vault, place, row[1], newer, old)
        await connection.execute(update(table).where(table.c.id == row.id).values({column: again}))


async def _move_drafts(connection: AsyncConnection, vault: Vault, newer: Chat, old: Chat) -> None:
    query = select(matter_fact).join(matter).where(matter.c.chat_id == newer.id)
    for row in (await connection.execute(query)).all():
        place = Place("matter_fact", "sealed_value", f"{row.matter_id}|{row.field}|{row.said_by}")
        again = await _again(connection, vault, place, row.sealed_value, newer, old)
        await connection.execute(update(matter_fact).where(*_this(row)).values(sealed_value=again))
    for table, column in ((matter_note, "sealed_words"), (guardian, "sealed_note"), (court_status, "sealed_note")):
        sealed = table.c[column]
        theirs = select(table.c.id, sealed).join(matter).where(matter.c.chat_id == newer.id, sealed.is_not(None))
        for row in (await connection.execute(theirs)).all():
            again = await _again(connection, vault, Place(table.name, column, row.id), row[1], newer, old)
            await connection.execute(update(table).where(table.c.id == row.id).values({column: again}))


def _this(row: Row[Any]) -> tuple[Any, ...]:
    mine = matter_fact.c
    return mine.matter_id == row.matter_id, mine.field == row.field, mine.said_by == row.said_by


async def _again(
    connection: AsyncConnection, vault: Vault, place: Place, sealed: bytes, newer: Chat, old: Chat
) -> bytes:
    return await vault.seal(connection, old.key_id, place, await vault.open(connection, newer.key_id, place, sealed))


async def _move(connection: AsyncConnection, vault: Vault, old: Chat, newer: Chat, now: datetime) -> Chat:
    """Let the old chat answer at the new phone; the newer one is closed and shredded in its time (R26)."""
    await lessons.forget(connection, newer.id)
    await connection.execute(update(chat).where(chat.c.id == newer.id).values(chat_key=None, closed_at=now))
    sealed = await vault.seal(
        connection, old.key_id, Place("chat", "sealed_address", old.id), str(newer.address).encode()
    )
    session = Session(language_tapped=True, keep_asked=max(old.session.keep_asked, newer.session.keep_asked))
    language = newer.language or old.language
    values = {"chat_key": newer.chat_key, "sealed_address": sealed, "seen_at": now, "blocked_at": None}
    values |= {"language": language, "session": vars(session)}
    await connection.execute(update(chat).where(chat.c.id == old.id).values(values))
    return replace(old, chat_key=newer.chat_key, address=newer.address, language=language, session=session)


async def _clear_former(
    connection: AsyncConnection, vault: Vault, old: Chat, newer: Chat, back: Chat, now: datetime
) -> None:
    """Open an empty chat for the former phone and take off it what Telegram still lets us, without a word (R53)."""
    empty = await Chats(connection, vault).of(old.address, now)
    await transcripts.move_phone(connection, from_chat=back.id, to_chat=empty.id)
    await transcripts.move_phone(connection, from_chat=newer.id, to_chat=back.id)
    body = {"to": old.address, "older_than": 0.0}
    await outbox.post(connection, vault, lane=empty.chat_key, key_id=empty.key_id, kind=TAKE_OFF, body=body, now=now)


def _hashed(vault: Vault, code: str) -> str:
    return vault.keyring.look_up("come_back", code)
