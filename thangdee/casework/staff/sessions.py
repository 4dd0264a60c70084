"""Sessions of staff, kept on our side: idle 15 minutes, 8 hours at most, ended with a change of roles (R35)."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.staff.roles import NEED_PASSKEY, Permission, Role, permissions_of
from thangdee.casework.staff.tables import staff, staff_role, staff_session
from thangdee.core.jobs import new_uid
from thangdee.core.keyring import Keyring

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=8)
# A second factor this young is fresh enough for an approval.
FRESH = timedelta(minutes=5)
_SEEN_EVERY = timedelta(minutes=1)
_TOKEN_BYTES = 32


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in. `factor_at`: when a second factor was last shown. `has_passkey`: it was a passkey."""

    staff_id: str
    name: str
    language: str
    roles: frozenset[Role]
    session_id: str
    factor_at: datetime
    has_passkey: bool = False

    @property
    def must_show_passkey(self) -> bool:
        """Whether the roles ask for a passkey and this session has not seen one (R33)."""
        return bool(self.roles & NEED_PASSKEY) and not self.has_passkey

    @property
    def permissions(self) -> frozenset[Permission]:
        """What they may do; until a passkey was shown where one is needed, only see to their own account."""
        return permissions_of(()) if self.must_show_passkey else permissions_of(self.roles)

    def has_fresh_factor(self, now: datetime) -> bool:
        """Tell whether a second factor was shown within the last five minutes."""
        return now - self.factor_at <= FRESH


@dataclass(frozen=True)
class OpenSession:
    """One of somebody's sessions, as their account page lists it."""

    id: str
    started_at: datetime
    seen_at: datetime
    has_passkey: bool


async def start(
    connection: AsyncConnection, keyring: Keyring, staff_id: str, now: datetime, *, with_passkey: bool
) -> str:
    """Begin a session right after both factors were shown, and return the token for the cookie (256 bits)."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    values = {"id": new_uid(), "token_hash": _hashed(keyring, token), "staff_id": staff_id, "has_passkey": with_passkey}
    values |= dict.fromkeys(("started_at", "seen_at", "factor_at"), now)
    await connection.execute(insert(staff_session).values(values))
    return token


async def find(connection: AsyncConnection, keyring: Keyring, token: str, now: datetime) -> SignedIn | None:
    """Return who is signed in with this token, in the roles of this moment; None: nobody, or no longer. Only reads."""
    columns = (staff.c.shown_name, staff.c.language, staff_session)
    query = select(*columns).join(staff, staff.c.id == staff_session.c.staff_id)
    live = (staff_session.c.token_hash == _hashed(keyring, token)) & staff.c.ended_at.is_(None)
    row = (await connection.execute(query.where(live, *_not_over(now)))).one_or_none()
    if row is None:
        return None
    roles = await connection.execute(select(staff_role.c.role).where(staff_role.c.staff_id == row.staff_id))
    return SignedIn(
        staff_id=row.staff_id,
        name=row.shown_name,
        language=row.language,
        roles=frozenset(Role(role) for role in roles.scalars()),
        session_id=row.id,
        factor_at=row.factor_at,
        has_passkey=row.has_passkey,
    )


async def must_be_marked(connection: AsyncConnection, session_id: str, now: datetime) -> bool:
    """Tell whether `mark_seen` would change anything: it writes once a minute at most."""
    query = select(staff_session.c.id).where(staff_session.c.id == session_id, *_not_just_seen(now))
    return (await connection.execute(query)).scalar() is not None


async def mark_seen(connection: AsyncConnection, session_id: str, now: datetime) -> None:
    """Note that the person did something: the 15 minutes begin again."""
    # One which is over stays over, even if two requests of its last second overtake each other.
    which = (staff_session.c.id == session_id, *_not_just_seen(now), *_not_over(now))
    await connection.execute(update(staff_session).where(*which).values(seen_at=now))


async def confirm_factor(
    connection: AsyncConnection, viewer: SignedIn, now: datetime, *, with_passkey: bool
) -> SignedIn:
    """Note that the person has shown a second factor again; a passkey opens what needs one."""
    has_passkey = viewer.has_passkey or with_passkey
    values = {"factor_at": now, "has_passkey": has_passkey}
    await connection.execute(update(staff_session).where(staff_session.c.id == viewer.session_id).values(values))
    return replace(viewer, factor_at=now, has_passkey=has_passkey)


async def open_sessions(connection: AsyncConnection, staff_id: str, now: datetime) -> list[OpenSession]:
    """Return somebody's sessions, latest first."""
    query = select(staff_session).where(staff_session.c.staff_id == staff_id, *_not_over(now))
    rows = await connection.execute(query.order_by(staff_session.c.started_at.desc(), staff_session.c.id))
    return [OpenSession(row.id, row.started_at, row.seen_at, row.has_passkey) for row in rows]


async def end(connection: AsyncConnection, session_id: str) -> None:
    """End one session."""
    await connection.execute(delete(staff_session).where(staff_session.c.id == session_id))


async def end_all(connection: AsyncConnection, staff_id: str, *, but: str | None = None) -> None:
    """End all sessions of one person, or all others than `but`."""
    which = [staff_session.c.staff_id == staff_id, *([staff_session.c.id != but] if but else [])]
    await connection.execute(delete(staff_session).where(*which))


async def forget_old(connection: AsyncConnection, now: datetime) -> None:
    """Remove sessions that are over (R25)."""
    over = or_(staff_session.c.seen_at <= now - IDLE, staff_session.c.started_at <= now - LONGEST)
    await connection.execute(delete(staff_session).where(over))


def _not_over(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (staff_session.c.seen_at > now - IDLE, staff_session.c.started_at > now - LONGEST)


def _not_just_seen(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (staff_session.c.seen_at <= now - _SEEN_EVERY,)


def _hashed(keyring: Keyring, token: str) -> str:
    return keyring.look_up("staff_session", token)
