"""Her wish, the release, and what the family left for her, in the database (R8-R10, R16, R17)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.casework.outcomes.release_worlds import (
    FOR_US,
    HER_WORDS,
    OWN_WORDS,
    a_world,
    answered,
    approved,
    asked,
    requested,
    wished,
)
from thangdee.casework.enquiries import deeds
from thangdee.casework.outcomes import (
    given,
    proofs,
    release_store,
    releases,
    residents,
    search_store,
    searches,
    wish_store,
    wishes,
)
from thangdee.casework.outcomes.model import ReleaseState, Stage, ToldHow, VettingItem, Wish
from thangdee.casework.outcomes.release_rules import (
    ApprovedAlreadyError,
    MayNotReleaseError,
    OwnReleaseError,
    StaleFactorError,
)
from thangdee.casework.outcomes.releases import WroteWishError
from thangdee.core import audit
from thangdee.core.jobs import job

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


async def _load(world, release_id, now):
    async with world.database.read() as connection:
        return await release_store.load(connection, world.vault, release_id, now)


async def _tell(world, release_id, now, how=ToldHow.VOICE):
    async with world.write() as connection:
        return await releases.tell(connection, world.vault, release_id, world.id_of("noy"), how, now)


async def test_a_family_is_told_once_after_her_wish_and_two_approvals(console_database, vault, clock) -> None:
    now, world = clock.now(), await a_world(console_database, vault, clock.now())
    wish_id = await asked(world, now, relation="parent", told="MADEUP your mother")
    async with world.write() as connection:
        _, entry, told = await wishes.to_ask(connection, vault, wish_id, world.id_of("officer"), now)
    await answered(world, wish_id, Wish.YES, now)
    release_id = await requested(world, now)
    with pytest.raises(OwnReleaseError):
        await approved(world, release_id, now, "noy")
    await approved(world, release_id, now, "dao")
    with pytest.raises(ApprovedAlreadyError):
        await approved(world, release_id, now, "dao")
    with pytest.raises(MayNotReleaseError):
        await _tell(world, release_id, now)
    await approved(world, release_id, now, "lek")
    done = await _tell(world, release_id, now)
    with pytest.raises(MayNotReleaseError):
        await _tell(world, release_id, now)

    async with world.database.read() as connection:
        said = await wish_store.said_of(connection, vault, await wish_store.load(connection, wish_id))
        stage = (await search_store.load(connection, world.enquiry.id)).stage
        actions = (await connection.execute(select(audit.audit_detail.c.action))).scalars().all()
    assert (entry.id, told) == (world.resident_id, "MADEUP your mother")
    assert (said.for_family, said.for_us) == (HER_WORDS, FOR_US)
    assert (done.state, done.told_how, stage) == (ReleaseState.TOLD, ToldHow.VOICE, Stage.TOLD)
    assert {"resident:ask_wish", "resident:answer_wish", "release:ask", "release:approve", "release:tell"} <= set(
        actions
    )


async def test_no_release_text_in_outbox(console_database, vault, clock) -> None:
    """Through the whole life of a release no deed of it queues anything for a chat, or for anybody else (R16)."""
    now, world = clock.now(), await a_world(console_database, vault, clock.now())
    before = await _jobs(world)

    await wished(world, now)
    refused = await requested(world, now)
    async with world.write() as connection:
        await releases.refuse(connection, vault, refused, world.id_of("keo"), now)
    lapsed, later = await requested(world, now), now + 73 * HOUR
    async with world.write() as connection:
        await releases.settle_all(connection, vault, later)
    told = await requested(world, later)
    await approved(world, told, later)
    await _tell(world, told, later, ToldHow.IN_PERSON)
    async with world.write() as connection:
        where = (world.enquiry.id, world.message_id, world.resident_id, world.id_of("noy"), later)
        await given.pass_on(connection, vault, *where)
        await given.offered(connection, vault, world.message_id, world.id_of("officer"), later, was_wanted=True)
        await wishes.take_back(connection, vault, world.resident_id, world.id_of("officer"), later)

    states = [(await _load(world, one, later)).state for one in (refused, lapsed, told)]
    assert states == [ReleaseState.REFUSED, ReleaseState.LAPSED, ReleaseState.TOLD]
    assert await _jobs(world) == before


async def _jobs(world) -> list[tuple]:
    async with world.database.read() as connection:
        rows = await connection.execute(select(job.c.id, job.c.queue, job.c.state).order_by(job.c.id))
        return [tuple(row) for row in rows.all()]


@pytest.mark.parametrize("said", [Wish.NO, Wish.NOT_NOW, Wish.MESSAGE_ONLY])
async def test_nothing_but_her_yes_opens_a_release(installation, clock, said) -> None:
    now, world = clock.now(), await a_world(installation.database, installation.vault, clock.now())
    with pytest.raises(wish_store.WishGoneError):
        await requested(world, now)
    wish_id = await asked(world, now)
    with pytest.raises(MayNotReleaseError):
        await requested(world, now)
    await answered(world, wish_id, said, now)

    with pytest.raises(MayNotReleaseError) as refused:
        await requested(world, now)
    assert refused.value.why == "no_wish"


async def test_only_who_was_found_to_be_the_same_is_asked_and_only_by_her_own_shelter(installation, clock) -> None:
    now, vault = clock.now(), installation.vault
    world = await a_world(installation.database, vault, now)
    wish_id = await asked(world, now)
    with pytest.raises(wishes.AskedAlreadyError):
        await asked(world, now)
    async with world.write() as connection:
        mine = await wishes.waiting(connection, world.id_of("officer"), now)
        others = await wishes.waiting(connection, world.id_of("other"), now)
        for deed in (
            wishes.to_ask(connection, vault, wish_id, world.id_of("other"), now),
            wishes.to_ask(connection, vault, wish_id, world.id_of("dao"), now),
        ):
            with pytest.raises(wish_store.WishGoneError):
                await deed
        await searches.judge(connection, world.enquiry.id, world.resident_id, "unsure", world.id_of("noy"), now)
    await answered(world, wish_id, Wish.YES, now)

    with pytest.raises(wishes.NotSameError):
        await asked(world, now)
    with pytest.raises(MayNotReleaseError):
        await requested(world, now)
    assert ([one.id for one in mine], others) == ([wish_id], [])


@pytest.mark.parametrize("age", ["16", "", "?"])
async def test_who_may_be_a_child_needs_two_who_decide_for_her(installation, clock, age) -> None:
    now, vault = clock.now(), installation.vault
    world = await a_world(installation.database, vault, now, age=age)
    await wished(world, now)
    release_id = await requested(world, now)
    with pytest.raises(MayNotReleaseError):
        await approved(world, release_id, now, "dao")
    for name in ("mai", "lek"):
        async with world.write() as connection:
            args = (connection, vault, release_id, world.people[name], "MADEUP it is good for her", now)
            await releases.decide(*args, is_yes=True)
    await approved(world, release_id, now)

    async with world.database.read() as connection:
        one = await release_store.load(connection, vault, release_id, now)
        reasons = await releases.reasons_of(connection, vault, one)
    assert one.is_minor
    assert set(reasons.values()) == {"MADEUP it is good for her"}
    assert (await _tell(world, release_id, now)).state is ReleaseState.TOLD


async def test_a_stale_factor_approves_nothing(installation, clock) -> None:
    now, world = clock.now(), await a_world(installation.database, installation.vault, clock.now())
    await wished(world, now)
    release_id, later = await requested(world, now), now + 6 * MINUTE

    async with world.write() as connection:
        with pytest.raises(StaleFactorError):
            await releases.approve(connection, world.vault, release_id, world.people["dao"], later)


async def _takes_back(world, connection, now) -> None:
    await wishes.take_back(connection, world.vault, world.resident_id, world.id_of("officer"), now)


async def _leaves(world, connection, now) -> None:
    entry = await residents.opened(connection, world.vault, world.resident_id, now)
    await residents.withdraw(connection, world.vault, entry, world.id_of("officer"), now)


async def _family_closes(world, connection, now) -> None:
    await deeds.close(connection, world.enquiry.id, now)


async def _staff_close(world, connection, now) -> None:
    await searches.close(connection, world.enquiry.id, "other", now)


async def _money_was_asked(world, connection, now) -> None:
    where = (connection, world.enquiry.id, VettingItem.NO_MONEY, world.id_of("noy"), now)
    await proofs.vet(*where, is_good=False, is_supervisor=False)


async def _asked_again(world, connection, now) -> None:
    where = (world.enquiry.id, world.resident_id, world.id_of("noy"), now)
    await wishes.ask(connection, world.vault, *where)


async def _not_her(world, connection, now) -> None:
    await searches.judge(connection, world.enquiry.id, world.resident_id, "other", world.id_of("noy"), now)


ENDS = (_takes_back, _leaves, _family_closes, _staff_close, _money_was_asked, _asked_again, _not_her)


@pytest.mark.parametrize("happens", ENDS)
async def test_what_comes_between_ends_an_approved_release_for_good(installation, clock, happens) -> None:
    now, world = clock.now(), await a_world(installation.database, installation.vault, clock.now())
    await wished(world, now)
    release_id = await requested(world, now)
    await approved(world, release_id, now)
    async with world.write() as connection:
        await happens(world, connection, now + MINUTE)

    with pytest.raises(MayNotReleaseError):
        await _tell(world, release_id, now + MINUTE)
    async with world.write() as connection:
        await releases.settle_all(connection, world.vault, now + MINUTE)
    assert (await _load(world, release_id, now + MINUTE)).state is ReleaseState.REFUSED


async def test_family_message_no_receipt(installation, clock) -> None:
    """She is offered it only where she wishes; what became of it is nowhere that the chat can read (R17)."""
    now, vault = clock.now(), installation.vault
    world = await a_world(installation.database, vault, now)
    where = (world.enquiry.id, world.message_id, world.resident_id, world.id_of("noy"), now)
    officer = world.id_of("officer")
    async with world.write() as connection:
        with pytest.raises(MayNotReleaseError):
            await given.pass_on(connection, vault, *where)
    await wished(world, now, Wish.MESSAGE_ONLY)
    before = await _seen_by_the_chat(installation)
    async with world.write() as connection:
        await given.pass_on(connection, vault, *where)
        assert await given.waiting(connection, vault, world.id_of("other"), now) == []
        [passed] = await given.waiting(connection, vault, officer, now)
        message, entry = await given.to_offer(connection, vault, passed.message_id, officer, now)
        await given.offered(connection, vault, passed.message_id, officer, now, was_wanted=False)
        with pytest.raises(given.MessageGoneError):
            await given.to_offer(connection, vault, passed.message_id, officer, now)

    assert (message.body["text"], entry.id) == (OWN_WORDS, world.resident_id)
    assert await _seen_by_the_chat(installation) == before


async def _seen_by_the_chat(installation) -> dict[str, list]:
    """All that stands in the tables of the chat, but the audit, which says only that something was done."""
    async with installation.database.read() as connection:
        return {
            name: sorted(map(repr, (await connection.execute(select(table))).all()))
            for name, table in audit.metadata.tables.items()
            if name not in ("audit", "change")
        }


async def test_a_message_is_not_offered_any_more_once_she_says_no(installation, clock) -> None:
    now, vault = clock.now(), installation.vault
    world = await a_world(installation.database, vault, now)
    await wished(world, now)
    officer = world.id_of("officer")
    async with world.write() as connection:
        where = (world.enquiry.id, world.message_id, world.resident_id, world.id_of("noy"), now)
        await given.pass_on(connection, vault, *where)
        await wishes.take_back(connection, vault, world.resident_id, officer, now)
        assert await given.waiting(connection, vault, officer, now) == []
        with pytest.raises(given.MessageGoneError):
            await given.to_offer(connection, vault, world.message_id, officer, now)


async def test_who_wrote_down_her_wish_neither_asks_nor_approves(console_database, vault, clock) -> None:
    now, world = clock.now(), await a_world(console_database, vault, clock.now())
    await wished(world, now)  # an account may be an officer's and a tracer's at once
    officer = world.id_of("officer")

    async with world.write() as connection:
        with pytest.raises(WroteWishError):
            await releases.request(connection, vault, world.enquiry.id, world.resident_id, officer, now)
    release_id = await requested(world, now)
    with pytest.raises(WroteWishError):
        await approved(world, release_id, now, "officer")
