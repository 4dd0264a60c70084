"""Whom staff propose for a person who asked them to choose. Nothing goes anywhere by it: she sees it and says yes."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.referrals import effects, store
from thangdee.casework.referrals.guardian_tables import matter_proposal
from thangdee.casework.referrals.model import ENDED, POLICE, Effect, MatterState, Receiver
from thangdee.casework.referrals.tables import referral_consent
from thangdee.core import changes
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.referral_directory.model import Listing

MOST = 3


class UnfitProposalError(ThangdeeError):
    """Nobody was chosen, too many, or an authority, which the program never tells of anybody (R11)."""

    code = "unfit_proposal"


def receiver_of(listing: Listing) -> Receiver:
    """Return a service of the directory as the receiver that a yes names."""
    place = listing.site.place if listing.site else None
    country = (place or next(iter(sorted(listing.areas)), "LA"))[:2]
    return Receiver(listing.id, listing.organisation.id, listing.kind, country if country in ("LA", "TH") else "LA")


async def propose(
    connection: AsyncConnection, matter_id: str, receivers: Iterable[Receiver], staff_id: str, now: datetime
) -> None:
    """Keep whom staff chose, in the order of asking, and knock at the person's. Raises UnfitProposalError."""
    chosen = list(dict.fromkeys(receivers))
    whole = await store.load(connection, matter_id, to_change=True)
    is_open = whole.state not in ENDED and whole.state is not MatterState.DRAFT
    if not is_open or not 1 <= len(chosen) <= MOST or any(one.kind == POLICE for one in chosen):
        raise UnfitProposalError("choose one to three receivers, no authority among them")
    await end(connection, matter_id, now)
    row = {"id": new_uid(), "matter_id": matter_id, "staff_id": staff_id, "at": now}
    await connection.execute(insert(matter_proposal).values(row | {"receivers": [vars(one) for one in chosen]}))
    await effects.carry_out(connection, whole, Effect("knock", {"news": "proposal"}), now)
    await changes.announce(connection, changes.MATTERS, changes.about_chat(whole.chat_id))


async def proposed(connection: AsyncConnection, matter_id: str) -> tuple[Receiver, ...]:
    """Return whom the person should be shown, in the order of asking; nobody once she said yes to something later."""
    query = select(matter_proposal).where(_open(matter_id)).order_by(matter_proposal.c.at.desc()).limit(1)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return ()
    later = (referral_consent.c.matter_id == matter_id) & (referral_consent.c.at >= row.at)
    if (await connection.execute(select(referral_consent.c.id).where(later).limit(1))).scalar() is not None:
        return ()
    return tuple(Receiver(**one) for one in row.receivers)


async def end(connection: AsyncConnection, matter_id: str, now: datetime) -> None:
    """She answered, or something newer takes its place."""
    await connection.execute(update(matter_proposal).where(_open(matter_id)).values(ended_at=now))


def _open(matter_id: str) -> ColumnElement[bool]:
    return (matter_proposal.c.matter_id == matter_id) & matter_proposal.c.ended_at.is_(None)
