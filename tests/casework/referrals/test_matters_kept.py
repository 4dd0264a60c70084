"""Matters in the database: the yes, what was shown, races, and changes behind the yes (R2, R3, R7, R8, R42)."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text, update

from tests.casework.referrals.matters import HOUR, POLICE_POST, A, B, a_decision, kept_draft, kept_yes
from thangdee.casework import consent
from thangdee.casework.alerts import alert
from thangdee.casework.chats import Chats
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.referrals import deeds, facts, gate, model, steps, store
from thangdee.casework.referrals.deeds import NotAsShownError
from thangdee.casework.referrals.model import (
    CONSENT_LASTS,
    SENSITIVE,
    Field,
    MatterState,
    Receiver,
    ReferralState,
    Said,
)
from thangdee.casework.referrals.steps import StepRefusedError
from thangdee.casework.referrals.tables import matter_step, referral_consent
from thangdee.core import audit
from thangdee.core.audit import AuditAwayError
from thangdee.core.database import Database
from thangdee.core.errors import SealBrokenError
from thangdee.referral_directory.tables import TABLES
from thangdee.referral_directory.taxonomy import records, stable_id, term


async def _take(database: Database, vault, clock, matter_id: str, step, name: str = "call_staff"):
    async with database.write() as connection:
        return await deeds.take_step(connection, vault, matter_id, step, name=name, actor=audit.SYSTEM, now=clock.now())


async def _asked(database: Database, vault, clock, *to: Receiver, **changed):
    async with database.write() as connection:
        made = await kept_draft(connection, vault, clock.now(), **changed)
        return await kept_yes(connection, vault, made.id, *to, now=clock.now())


async def _accepted(database: Database, vault, clock, *to: Receiver):
    asked = await _asked(database, vault, clock, *to)
    due = clock.now() + HOUR
    return await _take(
        database, vault, clock, asked.id, lambda one: steps.accept(one, one.current.id, due, clock.now()), "accept"
    )


async def _loaded(database: Database, matter_id: str):
    async with database.read() as connection:
        return await store.load(connection, matter_id)


async def _page(database: Database, vault, clock, matter_id: str) -> dict:
    """What the receiver's page holds now."""
    async with database.read() as connection:
        one = await store.load(connection, matter_id)
        told = gate.told(one, one.current, clock.now()) if one.current else frozenset()
        shown = (await deeds.what_was_shown(connection, vault, one, one.current)).fields if told else {}
        return {field: value for field, value in shown.items() if field in told}


async def test_a_matter_goes_to_the_next_receiver_and_then_to_staff(database, vault, clock) -> None:
    one = await _asked(database, vault, clock, A, B)
    asked = []
    while one.current:
        asked.append(one.current.receiver)
        assert await _loaded(database, one.id) == one
        clock.advance(HOUR)
        one = await _take(
            database, vault, clock, one.id, lambda it: steps.decline(it, it.current.id, "full", clock.now()), "decline"
        )

    assert asked == [A, B]
    assert (one.state, one.why_staff) == (MatterState.WITH_STAFF, "all_asked")
    async with database.read() as connection:
        assert (await connection.execute(select(alert.c.reason))).scalar_one() == "referral_all_asked"
        steps_taken = select(matter_step.c.step).order_by(matter_step.c.number)
        taken = list((await connection.execute(steps_taken)).scalars())
    assert taken == ["begin", "consent", "offered", "decline", "declined", "offered", "decline", "declined"]


@pytest.mark.parametrize("given", list(Purpose))
async def test_consent_is_per_purpose(installation, clock, given: Purpose) -> None:
    """R2: no other yes is a yes to a referral, and a referral's yes is to one receiver and its fields."""
    database, vault = installation.database, installation.vault
    async with database.write() as connection:
        made = await kept_draft(connection, vault, clock.now())
        who = await Chats(connection, vault).get(made.chat_id)
        await consent.record(connection, who, given, is_yes=True, given_by=GivenBy.TAPPED, now=clock.now())
        with pytest.raises(NotAsShownError):
            await deeds.say_yes(connection, vault, made.id, (A,), given_by=GivenBy.TAPPED, now=clock.now())
        unsent = await store.load(connection, made.id)
        sent = await kept_yes(connection, vault, made.id, A, now=clock.now())
        allowed = {one: await consent.allows(connection, who.id, one) for one in Purpose}

    assert (unsent.consents, unsent.referrals) == ((), ())
    assert [one.receiver for one in sent.consents] == [A]
    assert allowed == {one: one is given for one in Purpose}
    assert sent.consents[0].fields == {Field.NEED, Field.CALL_NAME}


async def test_consent_version_change_asks_again(installation, clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3: new words end what was agreed to in the old ones; she is asked again, and nothing is told meanwhile."""
    database, vault = installation.database, installation.vault
    one = await _accepted(database, vault, clock, A)
    before = await _page(database, vault, clock, one.id)

    # What an update of the program with new words does.
    monkeypatch.setattr(model, "REFERRAL_CONSENT_VERSION", model.REFERRAL_CONSENT_VERSION + 1)
    meanwhile = await _page(database, vault, clock, one.id)
    one = await _take(database, vault, clock, one.id, lambda it: steps.lapse(it, clock.now()), "lapse")

    assert set(before) == {Field.NEED, Field.CALL_NAME}
    assert meanwhile == {}
    assert (one.state, one.why_staff, one.current) == (MatterState.WITH_STAFF, "ask_again", None)


async def test_a_yes_lapses_after_90_days(installation, clock) -> None:
    database, vault = installation.database, installation.vault
    one = await _accepted(database, vault, clock, A)
    clock.advance(CONSENT_LASTS - timedelta(seconds=1))
    last = await _page(database, vault, clock, one.id)
    clock.advance(timedelta(seconds=1))

    assert set(last) == {Field.NEED, Field.CALL_NAME}
    assert await _page(database, vault, clock, one.id) == {}


@pytest.mark.parametrize("age", [None, "12_17", "under_12", "skipped"])
async def test_unknown_age_is_minor(installation, clock, age: str | None) -> None:
    """R8: until two of staff decided, nothing of who did not say her age, or said she is young, goes anywhere."""
    one = await _asked(installation.database, installation.vault, clock, A, age_band=age)

    assert one.may_be_minor
    assert (one.state, one.why_staff, one.referrals) == (MatterState.WITH_STAFF, "best_interest", ())


@pytest.mark.parametrize("said_by", [Said.PERSON, Said.HELPER, Said.STAFF])
async def test_a_child_by_anybodys_word_is_one(installation, clock, said_by: Said) -> None:
    database, vault = installation.database, installation.vault
    async with database.write() as connection:
        made = await kept_draft(connection, vault, clock.now(), age_band="18_59")
        await facts.note(connection, vault, made.id, Field.AGE_BAND, {"code": "12_17"}, said_by, clock.now())
        await facts.strike(connection, made.id, Field.AGE_BAND, is_struck=True)
        await kept_yes(connection, vault, made.id, A, now=clock.now())
    one = await _loaded(database, made.id)

    assert (one.age_band, one.why_staff, one.referrals) == ("12_17", "best_interest", ())


async def test_what_a_helper_said_of_an_age_makes_nobody_grown_who_then_writes_herself(installation, clock) -> None:
    database, vault = installation.database, installation.vault
    async with database.write() as connection:
        made = await kept_draft(connection, vault, clock.now(), is_for_other=True, age_band="18_59")
        await deeds.change_draft(connection, made.id, clock.now(), is_for_other=False)
        await kept_yes(connection, vault, made.id, A, now=clock.now())
    one = await _loaded(database, made.id)

    assert (one.age_band, one.why_staff, one.referrals) == (None, "best_interest", ())


@pytest.mark.parametrize("field", sorted(SENSITIVE))
async def test_exploitation_type_needs_field_consent(installation, clock, field: Field) -> None:
    """R42: each of these needs its own yes and carries "do not tell the family"; new words need a new yes."""
    database, vault = installation.database, installation.vault
    told = {}
    async with database.write() as connection:
        made = await kept_draft(connection, vault, clock.now())
        for name, deed in (
            ("said", lambda: facts.note(connection, vault, made.id, field, {"text": "x"}, Said.PERSON, clock.now())),
            ("agreed", lambda: facts.agree(connection, made.id, field, clock.now())),
            ("struck", lambda: facts.strike(connection, made.id, field, is_struck=True)),
            ("put back", lambda: facts.strike(connection, made.id, field, is_struck=False)),
            ("said anew", lambda: facts.note(connection, vault, made.id, field, {"text": "y"}, Said.PERSON, clock.now())),
            ("by a helper", lambda: facts.note(connection, vault, made.id, field, {"text": "z"}, Said.HELPER, clock.now())),
        ):  # fmt: skip
            await deed()
            told[name] = (await deeds.show(connection, vault, made.id, (A,))).fields.get(field)

    with_yes = {"text": "x", "tell_no_family": True}
    assert told == {
        "said": None, "agreed": with_yes, "struck": None, "put back": with_yes, "said anew": None, "by a helper": None,
    }  # fmt: skip


async def test_each_sensitive_field_is_agreed_to_by_itself(installation, clock) -> None:
    database, vault = installation.database, installation.vault
    async with database.write() as connection:
        made = await kept_draft(connection, vault, clock.now())
        for field in SENSITIVE:
            await facts.note(connection, vault, made.id, field, {"text": "x"}, Said.PERSON, clock.now())
        await facts.agree(connection, made.id, Field.HEALTH, clock.now())
        one = await kept_yes(connection, vault, made.id, A, now=clock.now())
        due = clock.now() + HOUR
        one = await deeds.take_step(
            connection, vault, made.id, lambda it: steps.accept(it, it.current.id, due, clock.now()),
            name="accept", actor=audit.SYSTEM, now=clock.now(),
        )  # fmt: skip

    assert SENSITIVE & gate.told(one, one.current, clock.now()) == {Field.HEALTH}


async def test_referral_payload_equals_shown(database, vault, clock) -> None:
    """R7: whatever changes after the yes, the receiver reads what she was shown; it opens only as it was shown."""
    async with database.write() as connection:
        made = await kept_draft(connection, vault, clock.now())
        seen = await deeds.show(connection, vault, made.id, (A, B))
        one = await deeds.say_yes(connection, vault, made.id, (A, B), given_by=GivenBy.TAPPED, now=clock.now())
        due = clock.now() + HOUR
        await facts.note(connection, vault, made.id, Field.CALL_NAME, {"text": "other"}, Said.PERSON, clock.now())
        await facts.note(connection, vault, made.id, Field.OWN_WORDS, {"text": "new"}, Said.PERSON, clock.now())
        await facts.forget(connection, made.id, Field.NEED)
        await deeds.change_draft(connection, made.id, clock.now(), need="food", language="th")
    await _take(database, vault, clock, one.id, lambda it: steps.accept(it, it.current.id, due, clock.now()), "accept")

    assert await _page(database, vault, clock, one.id) == seen.fields
    assert seen.fields == {Field.NEED: {"code": "shelter"}, Field.CALL_NAME: {"text": "Noy"}}
    assert {it.shown_hash for it in one.consents} == {seen.hash(vault.keyring)}
    async with database.write() as connection:
        await connection.execute(update(referral_consent).values(shown_hash="0" * 64))
    with pytest.raises(SealBrokenError):
        await _page(database, vault, clock, one.id)


@pytest.mark.parametrize("change", ["fact", "struck", "receiver", "order", "organisation", "language"])
async def test_a_yes_to_something_else_than_was_shown_is_none(installation, clock, change: str) -> None:
    vault, now = installation.vault, clock.now()
    async with installation.database.write() as connection:
        made = await kept_draft(connection, vault, now)
        await deeds.show(connection, vault, made.id, (A, B))
        to = {"receiver": (A,), "order": (B, A), "organisation": (replace(A, organisation_id="org-x"), B)}
        if change == "fact":
            await facts.note(connection, vault, made.id, Field.CALL_NAME, {"text": "Dao"}, Said.PERSON, now)
        if change == "struck":
            await facts.strike(connection, made.id, Field.CALL_NAME, is_struck=True)
        if change == "language":
            await deeds.change_draft(connection, made.id, now, language="en")
        with pytest.raises(NotAsShownError):
            await deeds.say_yes(connection, vault, made.id, to.get(change, (A, B)), given_by=GivenBy.TAPPED, now=now)
        assert (await store.load(connection, made.id)).consents == ()


async def test_a_screen_takes_one_yes(installation, clock) -> None:
    """An old button pressed again, or after she took back her yes, sends nothing."""
    vault, now = installation.vault, clock.now()
    one = await _asked(installation.database, vault, clock, A, B)
    async with installation.database.write() as connection:
        with pytest.raises(NotAsShownError):
            await deeds.say_yes(connection, vault, one.id, (A, B), given_by=GivenBy.TAPPED, now=now)
        await deeds.show(connection, vault, one.id, (A, B))
        await deeds.take_step(
            connection, vault, one.id, lambda it: steps.withdraw(it, now, listing_id="a"),
            name="withdraw", actor=audit.PERSON, now=now,
        )  # fmt: skip
        with pytest.raises(NotAsShownError):
            await deeds.say_yes(connection, vault, one.id, (A, B), given_by=GivenBy.TAPPED, now=now)
        assert {it.receiver for it in (await store.load(connection, one.id)).referrals} == {A, B}


@pytest.mark.parametrize(("name", "value"), [("age_band", "18_59"), ("is_for_other", False)])
async def test_who_she_is_to_us_does_not_change_behind_a_yes(installation, clock, name: str, value: object) -> None:
    was = {"age_band": None, "is_for_other": True} | {name: {"age_band": None, "is_for_other": True}[name]}
    one = await _asked(installation.database, installation.vault, clock, A, **was)
    async with installation.database.write() as connection:
        with pytest.raises(StepRefusedError):
            await deeds.change_draft(connection, one.id, clock.now(), **{name: value})

    assert await _loaded(installation.database, one.id) == one


async def test_an_age_that_becomes_known_reaches_all_her_open_matters(installation, clock) -> None:
    database, vault = installation.database, installation.vault
    first = await _accepted(database, vault, clock, A)
    second = await _asked(database, vault, clock, B)
    async with database.write() as connection:
        await deeds.learn_age(connection, vault, first.chat_id, "12_17", actor="noy", now=clock.now())

    for one in (first, second):
        assert (await _loaded(database, one.id)).why_staff == "best_interest"
        assert await _page(database, vault, clock, one.id) == {}


async def test_two_of_staff_one_of_child_protection_open_it_for_a_child(database, vault, clock) -> None:
    one = await _asked(database, vault, clock, A, age_band="12_17")
    for staff_id, protects in (("noy", False), ("dao", True)):
        clock.advance(HOUR)
        decision = a_decision(staff_id, at=clock.now(), protects=protects)
        async with database.write() as connection:
            assert (await store.load(connection, one.id)).current is None
            await deeds.record_decision(connection, vault, one.id, decision, "she is safe there", clock.now())

    assert set(await _page(database, vault, clock, one.id)) == {Field.NEED}


async def test_an_organisation_that_turns_out_to_be_police_sees_nothing(installation, clock) -> None:
    """R11: whatever kind was said when she was asked, the directory's word of today counts."""
    database, vault = installation.database, installation.vault
    one = await _accepted(database, vault, clock, A)
    before = await _page(database, vault, clock, one.id)
    async with database.write() as connection:
        police = {"id": stable_id("sample"), "link_id": A.organisation_id, "link_entity": "organization"}
        known = TABLES["taxonomy_term"].c.id
        if (await connection.execute(select(known).where(known == term("kind", "police").id))).scalar() is None:
            for name, rows in records().items():
                await connection.execute(insert(TABLES[name]), rows)
        await connection.execute(
            insert(TABLES["attribute"]).values(police | {"taxonomy_term_id": term("kind", "police").id})
        )
        again = await kept_draft(connection, vault, clock.now())
        again = await kept_yes(connection, vault, again.id, A, now=clock.now())

    assert before
    assert await _page(database, vault, clock, one.id) == {}
    assert (again.why_staff, again.referrals) == ("by_staff_only", ())


async def test_police_is_no_receiver_by_any_yes(installation, clock) -> None:
    one = await _asked(installation.database, installation.vault, clock, POLICE_POST)

    assert (one.why_staff, one.referrals) == ("by_staff_only", ())


async def test_no_yes_is_kept_without_what_it_is_to(installation, clock) -> None:
    one = await _asked(installation.database, installation.vault, clock, A)
    forged = replace(one.consents[0], id="forged")

    with pytest.raises(ValueError, match="without what it is to"):
        await _take(
            installation.database, installation.vault, clock, one.id,
            lambda it: steps.submit(it, [forged], clock.now()),
        )  # fmt: skip


@pytest.mark.parametrize("number", range(2))
async def test_taking_back_wins_over_accepting_at_the_same_moment(database, vault, clock, number: int) -> None:
    one = await _asked(database, vault, clock, A)
    ref, due = one.current.id, clock.now() + HOUR
    both = (
        _take(database, vault, clock, one.id, lambda it: steps.accept(it, ref, due, clock.now()), "accept"),
        _take(database, vault, clock, one.id, lambda it: steps.withdraw(it, clock.now()), "withdraw"),
    )
    done = await asyncio.gather(*(both if number % 2 else both[::-1]), return_exceptions=True)
    after = await _loaded(database, one.id)

    assert all(not isinstance(it, Exception) or isinstance(it, StepRefusedError) for it in done)
    assert after.state is MatterState.WITHDRAWN
    assert gate.told(after, after.referrals[0], clock.now()) == frozenset()


async def test_two_yeses_to_one_screen_at_the_same_moment_send_once(database, vault, clock) -> None:
    async with database.write() as connection:
        made = await kept_draft(connection, vault, clock.now())
        await deeds.show(connection, vault, made.id, (A, B))

    async def press() -> None:
        async with database.write() as connection:
            await deeds.say_yes(connection, vault, made.id, (A, B), given_by=GivenBy.TAPPED, now=clock.now())

    done = await asyncio.gather(press(), press(), return_exceptions=True)
    one = await _loaded(database, made.id)

    assert sorted(type(it) for it in done if it) == [NotAsShownError]
    assert len(one.consents) == 2
    assert [it.state for it in one.referrals] == [ReferralState.OFFERED]


async def test_she_and_a_colleague_who_begin_at_the_same_moment_write_one_matter(database, vault, clock) -> None:
    async with database.write() as connection:
        who = await Chats(connection, vault).of(7, clock.now())

    async def begin() -> str:
        async with database.write() as connection:
            return (await deeds.begin(connection, vault, who, clock.now())).id

    assert len(set(await asyncio.gather(begin(), begin()))) == 1


async def test_no_fault_of_the_audit_keeps_a_yes_that_was_taken_back(installation, clock) -> None:
    database, vault = installation.database, installation.vault
    one = await _accepted(database, vault, clock, A)
    async with database.write() as connection:
        await connection.execute(text("ALTER TABLE audit RENAME TO audit_away"))

    with pytest.raises(AuditAwayError):
        await _take(database, vault, clock, one.id, lambda it: steps.take_on(it, "noy", clock.now()), "take_on")
    ended = await _take(database, vault, clock, one.id, lambda it: steps.withdraw(it, clock.now()), "withdraw")

    assert ended.state is MatterState.WITHDRAWN
    assert (await _loaded(database, one.id)).state is MatterState.WITHDRAWN
