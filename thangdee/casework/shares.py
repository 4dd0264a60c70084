"""Who may read a chat, and why: whose it is, who was asked in, who had it last, who must look (R37, R38)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Column, ColumnElement, ForeignKey, Label, String, Table, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework import break_glass
from thangdee.casework.alerts import alert
from thangdee.casework.chats import chat
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.casework.transcripts import Direction, said
from thangdee.core.columns import AwareDateTime, DataClass, about, metadata
from thangdee.core.database import insert_new

# Whoever handed a chat back may have to finish a note or a call.
READS_ON = timedelta(hours=24)
# A page asks again every few seconds; that is one look, not hundreds.
ONE_LOOK = timedelta(minutes=15)
_KEEP = "as long as the chat"


class Reach(StrEnum):
    """Why somebody may read a chat. The first two write in it, too."""

    HOLDER = "holder"
    ASKED_IN = "asked_in"
    HELD_LAST = "held_last"
    SUPERVISOR = "supervisor"
    BREAK_GLASS = "break_glass"

    @property
    def writes(self) -> bool:
        """Whether words to the person may come from here."""
        return self in (Reach.HOLDER, Reach.ASKED_IN)


chat_share = Table(
    "chat_share",
    metadata,
    Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        primary_key=True,
        info=about(DataClass.PSEUDONYM, "which chat", _KEEP),
    ),
    Column("staff_id", String(32), primary_key=True, index=True, info=about(DataClass.TECHNICAL, "who reads", _KEEP)),
    Column("reach", String(12), nullable=False, info=about(DataClass.TECHNICAL, "asked in, or held it last", _KEEP)),
    Column("since", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "from when", _KEEP)),
    Column("until", AwareDateTime, info=about(DataClass.TECHNICAL, "till when; empty: while it is held", _KEEP)),
)

chat_look = Table(
    "chat_look",
    metadata,
    Column(
        "chat_id",
        String(32),
        ForeignKey(chat.c.id, ondelete="CASCADE"),
        primary_key=True,
        info=about(DataClass.PSEUDONYM, "which chat", _KEEP),
    ),
    Column("staff_id", String(32), primary_key=True, info=about(DataClass.TECHNICAL, "who looked", _KEEP)),
    Column("at", AwareDateTime, nullable=False, info=about(DataClass.TECHNICAL, "last audited look", _KEEP)),
)


@dataclass(frozen=True)
class OwnChat:
    """A chat in the list of who looks. `waits_for`: how long the person has been without an answer of ours."""

    chat_id: str
    reach: Reach
    language: str | None
    held_by: str | None
    unseen_for: timedelta
    waits_for: timedelta | None


async def reach(connection: AsyncConnection, chat_id: str, viewer: SignedIn, now: datetime) -> Reach | None:
    """Return why this viewer may read the chat, the nearest reason; None: they may not, or it is gone."""
    if Permission.TALK not in viewer.permissions:
        return None
    query = select(chat.c.held_by).where(chat.c.id == chat_id, chat.c.closed_at.is_(None))
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    if row.held_by == viewer.staff_id:
        return Reach.HOLDER
    shared = await _shared(connection, chat_id, viewer.staff_id, now)
    if shared is not None and (shared is not Reach.ASKED_IN or row.held_by is not None):
        return shared
    if Permission.SEE_TEAM in viewer.permissions:
        return Reach.SUPERVISOR
    is_open = await break_glass.is_open(connection, chat_id, viewer.staff_id, now)
    return Reach.BREAK_GLASS if is_open else None


async def may_read(connection: AsyncConnection, chat_id: str, viewer: SignedIn, now: datetime) -> bool:
    """Tell whether this viewer may read the chat now."""
    return await reach(connection, chat_id, viewer, now) is not None


async def may_write(connection: AsyncConnection, chat_id: str, viewer: SignedIn, now: datetime) -> bool:
    """Tell whether this viewer may write to the person now: the holder, and who was asked in."""
    why = await reach(connection, chat_id, viewer, now)
    return why is not None and why.writes


async def may_take(connection: AsyncConnection, chat_id: str, viewer: SignedIn, now: datetime) -> bool:
    """Tell whether this viewer may take the chat over: it stands in the queue, or they know it already.

    Otherwise taking over would open every chat without a word, and nobody would need to break glass (R37, R38).
    """
    waits = select(alert.c.id).where(alert.c.chat_id == chat_id, alert.c.taken_at.is_(None)).limit(1)
    if (await connection.execute(waits)).scalar() is not None:
        return True
    return await reach(connection, chat_id, viewer, now) not in (None, Reach.BREAK_GLASS)


async def own_chats(connection: AsyncConnection, viewer: SignedIn, now: datetime) -> list[OwnChat]:
    """Return the chats that are this viewer's: those that wait for an answer first, the longest first."""
    if Permission.TALK not in viewer.permissions:
        return []
    mine = and_(chat_share.c.chat_id == chat.c.id, chat_share.c.staff_id == viewer.staff_id, _holds(now))
    query = (
        select(chat.c.id, chat.c.language, chat.c.held_by, chat.c.seen_at, chat_share.c.reach, _unanswered_since())
        .outerjoin(chat_share, mine)
        .where(chat.c.closed_at.is_(None), or_(chat.c.held_by == viewer.staff_id, chat_share.c.staff_id.is_not(None)))
        .order_by(chat.c.seen_at.desc(), chat.c.id)
    )
    listed = []
    for row in (await connection.execute(query)).all():
        why = Reach.HOLDER if row.held_by == viewer.staff_id else Reach(row.reach)
        if why is Reach.ASKED_IN and row.held_by is None:
            continue
        waits = now - row.since if row.since and why.writes else None
        listed.append(OwnChat(row.id, why, row.language, row.held_by, now - row.seen_at, waits))
    nothing = timedelta(0)
    return sorted(listed, key=lambda one: (one.waits_for is None, -(one.waits_for or nothing), one.unseen_for))


async def in_it(connection: AsyncConnection, chat_id: str) -> list[str]:
    """Return the colleagues who were asked into a chat, first come first."""
    query = select(chat_share.c.staff_id).where(chat_share.c.chat_id == chat_id, chat_share.c.reach == Reach.ASKED_IN)
    return list((await connection.execute(query.order_by(chat_share.c.since, chat_share.c.staff_id))).scalars())


async def is_in_it(connection: AsyncConnection, chat_id: str, staff_id: str) -> bool:
    """Tell whether a colleague was asked into a chat."""
    return staff_id in await in_it(connection, chat_id)


async def let_in(connection: AsyncConnection, chat_id: str, staff_id: str, now: datetime) -> None:
    """Let a colleague read and write while somebody holds the chat."""
    await _share(connection, chat_id, staff_id, Reach.ASKED_IN, now, None)


async def let_out(connection: AsyncConnection, chat_id: str, staff_id: str) -> bool:
    """End what `let_in` began; False if they were not in it."""
    theirs = and_(chat_share.c.chat_id == chat_id, chat_share.c.staff_id == staff_id)
    result = await connection.execute(delete(chat_share).where(theirs, chat_share.c.reach == Reach.ASKED_IN))
    return result.rowcount == 1


async def let_read_on(connection: AsyncConnection, chat_id: str, staff_id: str, now: datetime) -> None:
    """Let who held the chat until now read it for 24 hours more; only the last one does."""
    earlier = and_(chat_share.c.chat_id == chat_id, chat_share.c.reach == Reach.HELD_LAST)
    await connection.execute(delete(chat_share).where(earlier))
    await _share(connection, chat_id, staff_id, Reach.HELD_LAST, now, now + READS_ON)


async def all_out(connection: AsyncConnection, chat_id: str) -> None:
    """End what was shared with colleagues: the chat is the bot's again."""
    asked = and_(chat_share.c.chat_id == chat_id, chat_share.c.reach == Reach.ASKED_IN)
    await connection.execute(delete(chat_share).where(asked))


async def forget(connection: AsyncConnection, now: datetime) -> None:
    """Remove shares that have ended."""
    await connection.execute(delete(chat_share).where(chat_share.c.until <= now))


async def note_view(connection: AsyncConnection, chat_id: str, staff_id: str, now: datetime) -> bool:
    """Tell whether this look must be audited: the first one, and one more every 15 minutes (R31)."""
    values = {"chat_id": chat_id, "staff_id": staff_id, "at": now}
    added = insert_new(connection, chat_look).values(values).on_conflict_do_nothing().returning(chat_look.c.at)
    if (await connection.execute(added)).scalar() is not None:
        return True
    mine = and_(chat_look.c.chat_id == chat_id, chat_look.c.staff_id == staff_id, chat_look.c.at <= now - ONE_LOOK)
    return (await connection.execute(update(chat_look).where(mine).values(at=now))).rowcount == 1


async def is_looked_at(connection: AsyncConnection, chat_id: str, staff_id: str, now: datetime) -> bool:
    """Tell, without the write lock, whether the look that is going on was audited already."""
    mine = and_(chat_look.c.chat_id == chat_id, chat_look.c.staff_id == staff_id, chat_look.c.at > now - ONE_LOOK)
    return (await connection.execute(select(chat_look.c.at).where(mine))).scalar() is not None


async def _shared(connection: AsyncConnection, chat_id: str, staff_id: str, now: datetime) -> Reach | None:
    mine = and_(chat_share.c.chat_id == chat_id, chat_share.c.staff_id == staff_id, _holds(now))
    found = (await connection.execute(select(chat_share.c.reach).where(mine))).scalar()
    return None if found is None else Reach(found)


async def _share(
    connection: AsyncConnection, chat_id: str, staff_id: str, why: Reach, now: datetime, until: datetime | None
) -> None:
    theirs = {"chat_id": chat_id, "staff_id": staff_id}
    values = {"reach": why, "since": now, "until": until}
    statement = insert_new(connection, chat_share).values(theirs | values)
    await connection.execute(statement.on_conflict_do_update(index_elements=list(theirs), set_=values))


def _holds(now: datetime) -> ColumnElement[bool]:
    return or_(chat_share.c.until.is_(None), chat_share.c.until > now)


def _unanswered_since() -> Label[datetime]:
    """The first words of the person after the last of ours."""
    ours, theirs = said.alias(), said.alias()
    is_staff = and_(ours.c.chat_id == chat.c.id, ours.c.direction == Direction.STAFF)
    last = select(func.max(ours.c.id)).where(is_staff).correlate(chat).scalar_subquery()
    after = and_(
        theirs.c.chat_id == chat.c.id, theirs.c.direction == Direction.IN, theirs.c.id > func.coalesce(last, "")
    )
    return select(func.min(theirs.c.at)).where(after).correlate(chat).scalar_subquery().label("since")
