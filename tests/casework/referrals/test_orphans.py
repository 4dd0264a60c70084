"""What a round looks for, on both databases: lost matters, yeses that are over, what was helped long ago."""

from datetime import timedelta

from sqlalchemy import delete, select

from tests.casework.referrals.matters import A, B, kept_draft, kept_yes
from tests.casework.talks import a_colleague
from thangdee.casework import consent, erasure, notices
from thangdee.casework.alerts import alert
from thangdee.casework.chats import Chats
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.referrals import deeds, due, follow_up, lost_number, orphans, steps, store
from thangdee.casework.referrals.model import MatterState
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Role
from thangdee.core import audit, jobs
from thangdee.core.jobs import Queue, job

DAY = timedelta(days=1)


async def test_a_round_finds_what_is_lost_over_or_long_helped_and_nothing_else(database, vault, clock) -> None:
    now = clock.now()
    async with database.write() as connection:
        ids = []
        for number in (1, 2, 3):
            draft = await kept_draft(connection, vault, now, number)
            ids.append((await kept_yes(connection, vault, draft.id, A, B, now=now)).id)
        one = (await store.load(connection, ids[0])).current
        for name, do in (
            ("accept", lambda found: steps.accept(found, one.id, now + DAY, now)),
            ("help", lambda found: steps.help_(found, one.id, now)),
            ("close", lambda found: steps.close_referral(found, one.id, "done", now)),
        ):
            await deeds.take_step(connection, vault, ids[0], do, name=name, actor=audit.SYSTEM, now=now)
        before = await orphans.find(connection, now + DAY)
        current = (await store.load(connection, ids[1])).current
        await connection.execute(delete(job).where(job.c.lane == f"answer_due-{current.id}"))
        await connection.execute(delete(alert))
        lost = await orphans.find(connection, now + DAY)
        await orphans.bring_back(connection, vault, ids[1], now + DAY)
        back = await orphans.find(connection, now + DAY)
        over = await due.lapsed(connection, now + 91 * DAY)
        quiet = await due.helped_and_quiet(connection, now + 31 * DAY)
        await follow_up.close_matter(connection, vault, ids[0], now + 31 * DAY)
        closed = await store.load(connection, ids[0])
        kept = await erasure.due(connection, now + 89 * DAY)
        silent = await lost_number.is_silent(connection, closed.chat_id, now + 89 * DAY)
        following = await jobs.next_due(connection, Queue.CLOCK, now, now + 89 * DAY)
        whose = await Chats(connection, vault).get(closed.chat_id)

    assert (before, lost, back) == ([], [ids[1]], [])
    assert sorted(over) == sorted(ids[1:])
    assert (quiet, closed.state) == ([ids[0]], MatterState.CLOSED)
    assert silent is False
    assert following is not None
    assert kept or whose is not None


async def test_a_matter_whose_owner_works_here_no_more_is_lost_and_found(installation, clock) -> None:
    database, vault, now = installation.database, installation.vault, clock.now()
    async with database.write() as connection:
        left = await a_colleague(connection, vault, now, "left", Role.COUNSELLOR)
        draft = await kept_draft(connection, vault, now)
        for name, do in (
            ("ask_staff", lambda one: steps.submit(one, (), now)),
            ("take_on", lambda one: steps.take_on(one, left.staff_id, now)),
        ):
            await deeds.take_step(connection, vault, draft.id, do, name=name, actor=audit.SYSTEM, now=now)
        await connection.execute(delete(alert))
        before = await orphans.find(connection, now + DAY)
        await accounts.end(connection, vault, left.staff_id, now)
        lost = await orphans.find(connection, now + DAY)
        await orphans.bring_back(connection, vault, draft.id, now + DAY)
        called = (await connection.execute(select(alert.c.reason))).scalars().all()

    assert (before, lost, called) == ([], [draft.id], ["referral_orphan"])


async def test_a_yes_heard_on_the_phone_keeps_a_silent_chat_and_with_it_what_a_receiver_works_on(
    installation, clock
) -> None:
    database, vault, now = installation.database, installation.vault, clock.now()
    async with database.write() as connection:
        draft = await kept_draft(connection, vault, now)
        who = await Chats(connection, vault).get(draft.chat_id)
        await consent.record(connection, who, Purpose.KEEP_CHAT, is_yes=True, given_by=GivenBy.TAPPED, now=now)
        whole = await kept_yes(connection, vault, draft.id, A, now=now + 80 * DAY)
        due_then = await erasure.due(connection, now + 91 * DAY)
        due_later = await erasure.due(connection, now + 171 * DAY)

    assert (due_then, due_later) == ([], [whole.chat_id])


async def test_nothing_told_to_colleagues_names_a_matter_that_is_erased(installation, clock) -> None:
    database, vault, now = installation.database, installation.vault, clock.now()
    async with database.write() as connection:
        draft = await kept_draft(connection, vault, now)
        await notices.tell(connection, "made-up", "matter_needs_you", draft.id, now)
        await erasure.shred(connection, vault, draft.chat_id)
        left = await notices.newest(connection, "made-up")

    assert left == []
