"""Who asks: the gate of the console over the sessions in the database (R35-R37)."""

from datetime import datetime, timedelta

from thangdee.casework.staff import sessions
from thangdee.casework.staff.roles import Permission
from thangdee.casework.staff.sessions import SignedIn
from thangdee.core import audit
from thangdee.core.clock import Clock
from thangdee.core.database import Database
from thangdee.core.vault import Vault

_REFUSALS_EVERY = timedelta(minutes=1)


class StaffGate:
    """The gate of access.py. Reads session and roles on every request, so that nothing outlives its end."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._keyring = vault.keyring
        self._clock = clock
        self._refused_at: dict[tuple[str, Permission], datetime] = {}

    async def who(self, token: str, *, is_passive: bool) -> SignedIn | None:
        """Return who is signed in with this cookie; what a page asks for by itself does not keep a session open."""
        now = self.now()
        async with self._database.read() as connection:
            viewer = await sessions.find(connection, self._keyring, token, now)
            if viewer is None or is_passive:
                return viewer
            is_due = await sessions.must_be_marked(connection, viewer.session_id, now)
        if is_due:
            async with self._database.write() as connection:
                await sessions.mark_seen(connection, viewer.session_id, now)
        return viewer

    async def refused(self, viewer: SignedIn, permission: Permission) -> None:
        """Write down, once a minute at most for each person and permission, that they asked for it."""
        now, what = self.now(), (viewer.staff_id, permission)
        if now - self._refused_at.get(what, datetime.min.replace(tzinfo=now.tzinfo)) < _REFUSALS_EVERY:
            return
        async with self._database.write() as connection:
            await audit.record(
                connection,
                self._keyring,
                actor=viewer.staff_id,
                action="gate:refused",
                now=now,
                permission=permission.value,
                passkey=not viewer.must_show_passkey,
            )
        self._refused_at[what] = now

    def csrf_of(self, viewer: SignedIn) -> str:
        """Return the token that forms of this session carry."""
        return self._keyring.look_up("csrf", viewer.session_id)

    def now(self) -> datetime:
        """Return the time."""
        return self._clock.now()
