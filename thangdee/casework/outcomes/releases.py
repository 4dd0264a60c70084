"""Telling a family: asked for, decided, approved by two, told by a person of ours. No deed here queues a word (R16).

Each is called inside the caller's transaction, is written to the audit there, and asks the rules on what it just read.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries import store
from thangdee.casework.outcomes import counts, release_rules, release_store, search_store, searches, wish_store
from thangdee.casework.outcomes.model import (
    Approval,
    BestInterest,
    Release,
    ReleaseState,
    Stage,
    ToldHow,
)
from thangdee.casework.outcomes.release_rules import LIVE
from thangdee.casework.outcomes.tables import release_decision
from thangdee.casework.outcomes.wish_store import WishGoneError
from thangdee.casework.staff.roles import Role
from thangdee.casework.staff.sessions import SignedIn
from thangdee.core import audit
from thangdee.core.errors import ThangdeeError
from thangdee.core.jobs import new_uid
from thangdee.core.vault import Place, Vault

LONGEST_REASONS = 4000


class ReleasingAlreadyError(ThangdeeError):
    """A release of the same enquiry waits for approval or for telling."""

    code = "releasing_already"


class UnfitReasonsError(ThangdeeError):
    """Who decides for a child says why."""

    code = "unfit_reasons"


class WroteWishError(ThangdeeError):
    """Who wrote down her wish neither asks for a release on it nor decides: others look at it with their own eyes."""

    code = "wrote_wish"


async def request(
    connection: AsyncConnection, vault: Vault, enquiry_id: str, resident_id: str, staff_id: str, now: datetime
) -> str:
    """Ask that a family be told; return the release's id.

    Raises MayNotReleaseError, ReleasingAlreadyError, WishGoneError, WroteWishError, SearchLockedError,
    StageRefusedError.
    """
    await searches.need_open(connection, enquiry_id, now, to_change=True)
    for one in await release_store.live(connection, enquiry_id=enquiry_id):
        if (await _settled(connection, vault, one, now)).state in LIVE:
            raise ReleasingAlreadyError("one waits already")
    asked = await wish_store.newest(connection, enquiry_id, resident_id)
    if asked is None:
        raise WishGoneError("she was not asked")
    if asked.asked_by == staff_id:
        raise WroteWishError("others ask and decide")
    bare = Release(new_uid(), enquiry_id, resident_id, staff_id, now, ReleaseState.ASKED, None, None, is_minor=False)
    made = release_rules.begin(await release_store.around(connection, vault, bare, now), now)
    await release_store.add(connection, made, asked.id)
    where = await search_store.load(connection, enquiry_id, to_change=True)
    if where.stage is not Stage.RELEASING:
        await search_store.save(connection, search_store.moved(where, Stage.RELEASING, now))
    await _note(connection, vault, "release:ask", made, staff_id, now, minor=made.is_minor)
    return made.id


async def decide(
    connection: AsyncConnection,
    vault: Vault,
    release_id: str,
    viewer: SignedIn,
    reasons: str,
    now: datetime,
    *,
    is_yes: bool,
) -> Release:
    """Write down what this viewer decides for a minor. The caller saw a fresh second factor.

    Raises UnfitReasonsError, WroteWishError, MayNotReleaseError, ReleaseGoneError, EnquiryGoneError.
    """
    words = reasons.strip()
    if not 0 < len(words) <= LONGEST_REASONS:
        raise UnfitReasonsError("say why")
    one = await _settled(connection, vault, release_id, now)
    await _need_other(connection, one, viewer.staff_id)
    decision = BestInterest(viewer.staff_id, Role.CHILD_PROTECTION in viewer.roles, is_yes, now)
    decided = release_rules.decide(one, decision, now)
    key_id, row_id = await store.key_of(connection, one.enquiry_id), new_uid()
    sealed = await vault.seal(connection, key_id, _reasons(row_id), words.encode())
    values = vars(decision) | {"id": row_id, "release_id": release_id, "sealed_reasons": sealed}
    await connection.execute(insert(release_decision).values(values))
    await _save(connection, vault, one, decided, now)
    await _note(connection, vault, "release:decide", one, viewer.staff_id, now, yes=is_yes)
    return decided


async def approve(
    connection: AsyncConnection, vault: Vault, release_id: str, viewer: SignedIn, now: datetime
) -> Release:
    """Approve, as one of two. Which second factor was shown when is the session's, not the caller's, to say.

    Raises OwnReleaseError, WroteWishError, StaleFactorError, ApprovedAlreadyError, MayNotReleaseError,
    ReleaseGoneError.
    """
    one = await _settled(connection, vault, release_id, now)
    await _need_other(connection, one, viewer.staff_id)
    session = vault.keyring.look_up("release_session", viewer.session_id)
    given = Approval(viewer.staff_id, session, Role.SUPERVISOR in viewer.roles, viewer.factor_at, now)
    approved = release_rules.approve(one, given, now)
    await release_store.add_approval(connection, release_id, given)
    await _save(connection, vault, one, approved, now)
    await _note(connection, vault, "release:approve", one, viewer.staff_id, now, supervisor=given.is_supervisor)
    return approved


async def _need_other(connection: AsyncConnection, one: Release, staff_id: str) -> None:
    wish = await wish_store.newest(connection, one.enquiry_id, one.resident_id)
    if wish is not None and wish.asked_by == staff_id:
        raise WroteWishError("others ask and decide")


async def refuse(connection: AsyncConnection, vault: Vault, release_id: str, staff_id: str, now: datetime) -> Release:
    """Say no; it is over. Raises MayNotReleaseError, ReleaseGoneError."""
    one = await _settled(connection, vault, release_id, now)
    refused = release_rules.refuse(one, staff_id, now)
    await _save(connection, vault, one, refused, now)
    await _note(connection, vault, "release:refuse", one, staff_id, now)
    return refused


async def tell(
    connection: AsyncConnection, vault: Vault, release_id: str, staff_id: str, how: ToldHow, now: datetime
) -> Release:
    """Write down that a person of ours told the family, by voice or in person; once. Nothing is sent.

    Raises MayNotReleaseError, ReleaseGoneError.
    """
    one = await _settled(connection, vault, release_id, now)
    told = release_rules.tell(one, staff_id, how, now)
    await _save(connection, vault, one, told, now)
    where = await search_store.load(connection, one.enquiry_id, to_change=True)
    await search_store.save(connection, search_store.moved(where, Stage.TOLD, now))
    await counts.note(connection, counts.TOLD, now)
    await _note(connection, vault, "release:tell", one, staff_id, now, how=how.value)
    return told


async def settle_of(
    connection: AsyncConnection, vault: Vault, resident_id: str, now: datetime, *, enquiry_id: str | None = None
) -> None:
    """End what her wish no longer carries: of one enquiry, or of all."""
    ids = await release_store.live(connection, enquiry_id=enquiry_id, resident_id=resident_id)
    await settle_each(connection, vault, ids, now)


async def settle_all(connection: AsyncConnection, vault: Vault, now: datetime) -> None:
    """End what may not come to telling any more: 72 hours, an enquiry or a yes that is over."""
    await settle_each(connection, vault, await release_store.live(connection), now)


async def settle_each(connection: AsyncConnection, vault: Vault, ids: Iterable[str], now: datetime) -> None:
    """Bring these to where they stand now, in one order of enquiries: who locks several never waits in a ring."""
    for release_id in await release_store.by_enquiry(connection, ids):
        await _settled(connection, vault, release_id, now)


async def waiting(connection: AsyncConnection, vault: Vault, now: datetime) -> list[Release]:
    """Return what waits for approval or for telling, the oldest first."""
    ids = await release_store.live(connection)
    found = [release_rules.settle(await release_store.load(connection, vault, one, now), now) for one in ids]
    return [one for one in found if one.state in LIVE]


async def reasons_of(connection: AsyncConnection, vault: Vault, one: Release) -> dict[str, str]:
    """Return the latest reasons of each who decided for the child. Raises EnquiryGoneError."""
    await store.load(connection, one.enquiry_id)
    key_id = await store.key_of(connection, one.enquiry_id)
    query = select(release_decision).where(release_decision.c.release_id == one.id).order_by(release_decision.c.at)
    return {
        row.staff_id: (await vault.open(connection, key_id, _reasons(row.id), row.sealed_reasons)).decode()
        for row in (await connection.execute(query)).all()
    }


async def _settled(connection: AsyncConnection, vault: Vault, release_id: str, now: datetime) -> Release:
    """Return a release, locked, where it stands now, and write that down.

    The enquiry's search is locked before it, here and everywhere: two at once wait in line, not for each other.
    """
    await search_store.load(connection, await release_store.enquiry_of(connection, release_id), to_change=True)
    one = await release_store.load(connection, vault, release_id, now, to_change=True)
    settled = release_rules.settle(one, now)
    if settled != one:
        await _save(connection, vault, one, settled, now)
    return settled


async def _save(connection: AsyncConnection, vault: Vault, before: Release, after: Release, now: datetime) -> None:
    await release_store.save(connection, after)
    if before.state in LIVE and after.state in (ReleaseState.REFUSED, ReleaseState.LAPSED):
        await counts.note(connection, f"released.{after.state}", now)
        await _back_to_asking(connection, after.enquiry_id, now)
        if after.ended_by is None:
            await _note(connection, vault, "release:end", after, audit.SYSTEM, now, why=str(after.ended_why))


async def _back_to_asking(connection: AsyncConnection, enquiry_id: str, now: datetime) -> None:
    where = await search_store.load(connection, enquiry_id, to_change=True)
    if where.stage is Stage.RELEASING:
        await search_store.save(connection, search_store.moved(where, Stage.ASKING_HER, now))


async def _note(
    connection: AsyncConnection, vault: Vault, action: str, one: Release, actor: str, now: datetime, **facts: str | bool
) -> None:
    facts = facts | {"enquiry": one.enquiry_id}
    await audit.record(connection, vault.keyring, actor=actor, action=action, subject=one.id, now=now, **facts)


def _reasons(row_id: str) -> Place:
    return Place("release_decision", "sealed_reasons", row_id)
