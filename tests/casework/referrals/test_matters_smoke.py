"""A matter goes its way through the database."""

from datetime import timedelta

import pytest

from thangdee.casework.chats import Chats
from thangdee.casework.consent import GivenBy
from thangdee.casework.referrals import deeds, facts, gate, steps, store
from thangdee.casework.referrals.model import Field, MatterState, Receiver, ReferralState, Said

A, B = Receiver("a", "org-a", "ngo", "LA"), Receiver("b", "org-b", "lwu", "LA")


async def test_a_matter_goes_to_the_next_receiver_and_comes_back(database, vault, clock) -> None:
    now = clock.now()
    async with database.write() as connection:
        who = await Chats(connection, vault).of(7, now)
        made = await deeds.begin(connection, vault, who, now)
        await deeds.change_draft(connection, made.id, now, need="shelter", age_band="18_59")
        await facts.note(connection, vault, made.id, Field.NEED, {"code": "shelter"}, Said.PERSON, now)
        await facts.note(connection, vault, made.id, Field.HEALTH, {"text": "x"}, Said.PERSON, now)
        seen = await deeds.show(connection, vault, made.id, (A, B))
        assert Field.HEALTH not in seen.fields
        after = await deeds.say_yes(connection, vault, made.id, (A, B), given_by=GivenBy.TAPPED, now=now)
        assert after.state is MatterState.WITH_PROVIDER
    async with database.write() as connection:
        loaded = await store.load(connection, made.id)
        assert loaded == after
        first = loaded.current
        assert gate.told(loaded, first, now) == {Field.NEED}
        after = await deeds.take_step(
            connection,
            vault,
            made.id,
            lambda one: steps.decline(one, first.id, "full", now),
            name="decline",
            actor="x",
            now=now,
        )
        second = after.current
        assert (second.receiver, second.state) == (B, ReferralState.OFFERED)
        assert (await deeds.what_was_shown(connection, vault, after, second)).fields == {
            Field.NEED: {"code": "shelter"}
        }
        with pytest.raises(steps.StepRefusedError):
            steps.accept(after, first.id, now + timedelta(hours=1), now)
        after = await deeds.take_step(
            connection,
            vault,
            made.id,
            lambda one: steps.decline(one, second.id, "full", now),
            name="decline",
            actor="x",
            now=now,
        )
        assert (after.state, after.why_staff) == (MatterState.WITH_STAFF, "all_asked")
