"""What an enquiry's page shows of telling the family: whom to ask, what she said, where a release stands (R16, R17)."""

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries import messages
from thangdee.casework.enquiries.model import Enquiry
from thangdee.casework.outcomes import (
    enquiry_board,
    given,
    release_rules,
    release_store,
    residents,
    search_rules,
    searches,
    wish_store,
    wishes,
)
from thangdee.casework.outcomes.model import Release, ReleaseState
from thangdee.casework.outcomes.record import is_minor
from thangdee.casework.outcomes.release_rules import LIVE
from thangdee.casework.outcomes.residents import NoSuchEntryError
from thangdee.casework.outcomes.search_store import Search
from thangdee.casework.staff.sessions import SignedIn
from thangdee.console.enquiries.release_desk import of
from thangdee.core import audit
from thangdee.core.time_words import LOCAL_TIME
from thangdee.core.vault import Vault


async def release_seen(
    connection: AsyncConnection, vault: Vault, whole: Enquiry, standing: Search, viewer: SignedIn, now: datetime
) -> dict[str, Any]:
    """Return what templates/enquiries/enquiry_release.html shows; nothing to whom the search is not open."""
    if not search_rules.is_opened(standing.stage) or not enquiry_board.may_search(standing, viewer):
        return {"is_open": False}
    verdicts = await searches.verdicts(connection, whole.id)
    same = sorted(resident_id for resident_id, verdict in verdicts.items() if verdict == "same")
    found = [await _one(connection, vault, whole, resident_id, now) for resident_id in same]
    if found:
        who, keyring = viewer.staff_id, vault.keyring
        await audit.record(connection, keyring, actor=who, action="release:read", subject=whole.id, now=now)
    left = await messages.messages_of(connection, vault, whole.id)
    return {
        "is_open": True,
        "of": partial(of, viewer.language),
        "found": [one for one in found if one is not None],
        "relations": wishes.RELATIONS,
        "messages": left,
        "passed": await given.passed_of(connection, whole.id),
    }


async def _one(
    connection: AsyncConnection, vault: Vault, whole: Enquiry, resident_id: str, now: datetime
) -> dict[str, Any] | None:
    """Return what is shown of one who was found to be the same; None where she took back her yes.

    Where she is does not stand there: who tells the family learns it when two have approved (R16).
    """
    try:
        entry = await residents.opened(connection, vault, resident_id, now)
    except NoSuchEntryError:
        return None
    asked = await wish_store.newest(connection, whole.id, resident_id)
    bare = Release("", whole.id, resident_id, "", now, ReleaseState.ASKED, None, None, is_minor=False)
    around = await release_store.around(connection, vault, bare, now)
    earlier = await release_store.of_enquiry(connection, vault, whole.id, now)
    return {
        "resident": resident_id,
        "is_minor": is_minor(entry.record, now.astimezone(LOCAL_TIME).date()),
        "consent": entry.record.consent,
        "asked": asked,
        "said": await wish_store.said_of(connection, vault, asked) if asked and asked.answer else None,
        "may_ask": asked is None or asked.answer is not None,
        "why_not": release_rules.why_not(around, now),
        "may_give": release_rules.why_not_give(around, now) is None,
        "releases": [release_rules.settle(one, now) for one in earlier if one.resident_id == resident_id],
        "is_live": any(release_rules.settle(one, now).state in LIVE for one in earlier),
    }
