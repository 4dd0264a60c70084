"""What the officers' pages share: whose shelters, how a page is shown, how tries with codes are slowed down."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.outcomes import officers
from thangdee.casework.outcomes.model import Shelter
from thangdee.casework.staff import throttle
from thangdee.casework.staff.throttle import Limit
from thangdee.console.shared import Console
from thangdee.console.shelter.forms import HOWS, SEXES, Typed
from thangdee.core.jobs import new_uid
from thangdee.core.time_words import LOCAL_TIME

# A code is typed, then a step is taken with it; who guesses gets no further than that.
CODES = Limit(10, timedelta(seconds=60))


@dataclass(frozen=True)
class ShelterDesk:
    """What the pages share."""

    console: Console

    @property
    def now(self) -> datetime:
        """The time."""
        return self.console.clock.now()

    async def mine(self, staff_id: str) -> list[Shelter]:
        """Return the officer's shelters in a steady order."""
        async with self.console.database.read() as connection:
            found = await officers.shelters_of(connection, staff_id)
        return [one for one in Shelter if one in found]

    def page(
        self,
        request: Request,
        name: str,
        *,
        notice: str = "",
        status: int = 200,
        form: Typed | None = None,
        **seen: object,
    ) -> Response:
        """Return a page; `notice` is the last part of its key."""
        shared: dict[str, Any] = {
            "form": form or Typed({}),
            "hows": HOWS,
            "sexes": SEXES,
            "token": new_uid(),
            "today": self.now.astimezone(LOCAL_TIME).date().isoformat(),
        }
        key = f"shelter.notice.{notice}" if notice else None
        return self.console.page(request, f"shelter/{name}.html", status=status, notice=key, **shared | seen)

    async def count_try(self, connection: AsyncConnection, staff_id: str) -> None:
        """Count a try with a code. Raises TooManyTriesError."""
        key = throttle.key_of(self.console.vault.keyring, f"resident_code|{staff_id}", "")
        await throttle.begin(connection, key, self.now, CODES)


def day_words(at: datetime) -> str:
    """Return a day as officers and residents read it, such as "12/03/2026"."""
    return at.astimezone(LOCAL_TIME).strftime("%d/%m/%Y")
