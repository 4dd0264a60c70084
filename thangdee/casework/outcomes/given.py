"""What a family left for her: passed to her shelter, offered to her, taken or not; no sign of it goes back (R17)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import media
from thangdee.casework.enquiries import messages
from thangdee.casework.enquiries.messages import Message
from thangdee.casework.enquiries.store import EnquiryGoneError
from thangdee.casework.media import Opened
from thangdee.casework.outcomes import officers, release_rules, release_store, residents, searches
from thangdee.casework.outcomes.model import Release, ReleaseState
from thangdee.casework.outcomes.release_rules import MayNotReleaseError
from thangdee.casework.outcomes.residents import Entry, NoSuchEntryError
from thangdee.casework.outcomes.tables import message_given, resident
from thangdee.core import audit
from thangdee.core.database import insert_new
from thangdee.core.errors import ThangdeeError
from thangdee.core.vault import Vault


class MessageGoneError(ThangdeeError):
    """There is nothing to be offered here: gone with the enquiry, offered already, or no longer wished."""

    code = "message_gone"


@dataclass(frozen=True)
class Passed:
    """A message that waits at a shelter, without what it says."""

    message_id: str
    enquiry_id: str
    resident_id: str
    at: datetime


async def pass_on(
    connection: AsyncConnection,
    vault: Vault,
    enquiry_id: str,
    message_id: str,
    resident_id: str,
    staff_id: str,
    now: datetime,
) -> None:
    """Pass a message to her shelter. Raises MayNotReleaseError, MessageGoneError, SearchLockedError."""
    await searches.need_open(connection, enquiry_id, now)
    if message_id not in {one.id for one in await messages.messages_of(connection, vault, enquiry_id)}:
        raise MessageGoneError("no such message")
    await _need_wish(connection, vault, enquiry_id, resident_id, now)
    values = {"message_id": message_id, "enquiry_id": enquiry_id, "resident_id": resident_id, "staff_id": staff_id}
    statement = insert_new(connection, message_given).values(values | {"at": now}).on_conflict_do_nothing()
    await connection.execute(statement)
    await _note(connection, vault, "release:pass_message", message_id, staff_id, now)


async def passed_of(connection: AsyncConnection, enquiry_id: str) -> set[str]:
    """Return the ids of the messages that were passed to a shelter; whether she took one nobody here learns."""
    query = select(message_given.c.message_id).where(message_given.c.enquiry_id == enquiry_id)
    return set((await connection.execute(query)).scalars())


async def waiting(connection: AsyncConnection, vault: Vault, officer_id: str, now: datetime) -> list[Passed]:
    """Return what is to be offered in this officer's shelters, the oldest first."""
    mine = sorted(await officers.shelters_of(connection, officer_id))
    query = select(message_given).join(resident, resident.c.id == message_given.c.resident_id)
    theirs = resident.c.shelter.in_(mine) & message_given.c.was_wanted.is_(None)
    rows = (await connection.execute(query.where(theirs).order_by(message_given.c.at))).all()
    found = [Passed(row.message_id, row.enquiry_id, row.resident_id, row.at) for row in rows]
    return [one for one in found if await _is_wished(connection, vault, one, now)]


async def to_offer(
    connection: AsyncConnection, vault: Vault, message_id: str, officer_id: str, now: datetime
) -> tuple[Message, Entry]:
    """Open a message for the officer who offers it; audited. Raises MessageGoneError also in another shelter."""
    one, entry = await _of_officer(connection, vault, message_id, officer_id, now)
    found = {each.id: each for each in await messages.messages_of(connection, vault, one.enquiry_id)}
    if message_id not in found:
        raise MessageGoneError("gone with the enquiry")
    await _note(connection, vault, "release:read", message_id, officer_id, now)
    return found[message_id], entry


async def open_file(
    connection: AsyncConnection, vault: Vault, message_id: str, officer_id: str, now: datetime
) -> Opened:
    """Open the recording or the picture of a message. Raises MessageGoneError, media.MediaGoneError."""
    message, _ = await to_offer(connection, vault, message_id, officer_id, now)
    if "media" not in message.body:
        raise MessageGoneError("words only")
    return await media.open_file(connection, vault, message.body["media"])


async def offered(
    connection: AsyncConnection,
    vault: Vault,
    message_id: str,
    officer_id: str,
    now: datetime,
    *,
    was_wanted: bool,
) -> None:
    """Write down whether she took it. Raises MessageGoneError."""
    await _of_officer(connection, vault, message_id, officer_id, now)
    values = {"was_wanted": was_wanted, "offered_by": officer_id, "offered_at": now}
    await connection.execute(update(message_given).where(message_given.c.message_id == message_id).values(values))
    await _note(connection, vault, "release:offer_message", message_id, officer_id, now)


async def _of_officer(
    connection: AsyncConnection, vault: Vault, message_id: str, officer_id: str, now: datetime
) -> tuple[Passed, Entry]:
    query = select(message_given).where(message_given.c.message_id == message_id, message_given.c.was_wanted.is_(None))
    row = (await connection.execute(query.with_for_update())).one_or_none()
    if row is None:
        raise MessageGoneError("nothing waits")
    one = Passed(row.message_id, row.enquiry_id, row.resident_id, row.at)
    try:
        entry = await residents.opened(connection, vault, one.resident_id, now)
    except NoSuchEntryError as error:
        raise MessageGoneError("she took back her yes") from error
    if entry.shelter not in await officers.shelters_of(connection, officer_id):
        raise MessageGoneError("of another shelter")
    if not await _is_wished(connection, vault, one, now):
        raise MessageGoneError("not wished any more")
    return one, entry


async def _is_wished(connection: AsyncConnection, vault: Vault, one: Passed, now: datetime) -> bool:
    try:
        await _need_wish(connection, vault, one.enquiry_id, one.resident_id, now)
    except (MayNotReleaseError, EnquiryGoneError):
        return False
    return True


async def _need_wish(
    connection: AsyncConnection, vault: Vault, enquiry_id: str, resident_id: str, now: datetime
) -> None:
    """Raise MayNotReleaseError where nothing may be offered to her now."""
    bare = Release("", enquiry_id, resident_id, "", now, ReleaseState.ASKED, None, None, is_minor=True)
    why = release_rules.why_not_give(await release_store.around(connection, vault, bare, now), now)
    if why is not None:
        raise MayNotReleaseError(why)


async def _note(
    connection: AsyncConnection, vault: Vault, action: str, message_id: str, staff_id: str, now: datetime
) -> None:
    await audit.record(connection, vault.keyring, actor=staff_id, action=action, subject=message_id, now=now)
