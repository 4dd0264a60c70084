"""On a person's behalf: what she says is written down, read to her word for word, and only her own yes sends it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.casework.talks import a_chat
from tests.console.sent_matters import A, sent
from tests.console.signing_in import client, viewer_of
from thangdee.casework import consent, conversations
from thangdee.casework.chats import Chats
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.referrals import deeds, facts, gate, matter_notes, proposals, steps, store
from thangdee.casework.referrals.field_words import words_of
from thangdee.casework.referrals.model import Field, MatterState, Said
from thangdee.casework.referrals.tables import matter as matters
from thangdee.core.words import text
from thangdee.referral_directory.nearest import AgeBand, Gender, Wanted, nearest

SAID = {
    "herself": "yes", "need": "shelter", "urgency": "urgent", "age_band": "18_59", "gender": "woman",
    "language": "lo", "call_name": "Noy", "reach_by": "call", "phone": "+856 20 00000 000",
    "reach_hours": ["morning", "evening"], "health_text": "made-up illness", "pregnancy": "pregnant", "yes_pregnancy": "yes",
    "own_words": "he keeps my papers", "strike_own_words": "yes", "place_was": "",
}  # fmt: skip


@pytest.fixture
async def held(installation, noy):
    """A chat that noy holds, in Lao."""
    me, now = (await viewer_of(installation, noy)).staff_id, installation.clock.now()
    async with installation.database.write() as connection:
        whose = await a_chat(connection, installation.vault, now)
        await conversations.take_over(connection, installation.vault, whose.id, me, now)
    return whose


async def _keep(installation, whose) -> None:
    async with installation.database.write() as connection:
        now = installation.clock.now()
        await consent.record(connection, whose, Purpose.KEEP_CHAT, is_yes=True, given_by=GivenBy.SPOKEN, now=now)


async def _begun(browser, installation, whose) -> str:
    await _keep(installation, whose)
    begun = await browser.post("/referrals/begin", data={"chat": whose.id})
    return begun.headers["location"].split("/")[2]


async def _fill(browser, matter, **changed):
    page = (await browser.get(f"/referrals/{matter}/fill")).text
    seen_at = re.search(r'name="seen_at" value="([^"]+)"', page).group(1)
    return await browser.post(f"/referrals/{matter}/fill", data=SAID | {"seen_at": seen_at} | changed)


async def _own(installation, matter) -> dict:
    async with installation.database.read() as connection:
        found = await facts.facts_of(connection, installation.vault, matter)
    return {one.field: one for one in found if one.said_by is Said.PERSON}


async def _load(installation, matter):
    async with installation.database.read() as connection:
        return await store.load(connection, matter)


def _somebody(installation) -> str:
    """A service that takes her, where she is."""
    now = installation.clock.now()
    for place in {one.site.place for one in installation.directory.listings if one.site and one.site.place}:
        wanted = Wanted("shelter", place, gender=Gender.WOMAN, age_band=AgeBand.FROM_18_TO_59, urgent=True)
        found = nearest(installation.directory, wanted, now.date(), for_staff=True).matches
        if found:
            return found[0].listing.id
    raise AssertionError("the sample directory has a shelter")


async def test_nothing_is_begun_before_a_yes_to_keep_and_not_in_the_chat_of_a_colleague(
    staff_app, installation, noy
) -> None:
    me, now, vault = (await viewer_of(installation, noy)).staff_id, installation.clock.now(), installation.vault
    async with installation.database.write() as connection:
        whose = await Chats(connection, vault).of(5, now)
        await conversations.take_over(connection, vault, whose.id, me, now)
    async with client(staff_app, noy) as browser:
        without = await browser.post("/referrals/begin", data={"chat": whose.id})
        await _keep(installation, whose)
        await browser.post(f"/chats/{whose.id}/back", data={"summary": "made up"})
        not_mine = await browser.post("/referrals/begin", data={"chat": whose.id})
    async with installation.database.read() as connection:
        begun = (await connection.execute(select(matters.c.id))).all()

    assert without.headers["location"].endswith("ask_to_keep")
    assert not_mine.headers["location"].endswith("not_theirs")
    assert begun == []


async def test_what_she_says_is_kept_as_hers_and_only_what_she_agreed_to_would_go(
    staff_app, installation, noy, held
) -> None:
    async with client(staff_app, noy) as browser:
        matter = await _begun(browser, installation, held)
        somebody_else = await _fill(browser, matter, herself="")
        nothing = await _own(installation, matter)
        done = await _fill(browser, matter, place="ສະຫວັນນະເຂດ", then="whom")
    own, whole = await _own(installation, matter), await _load(installation, matter)

    assert somebody_else.headers["location"].endswith("not_herself")
    assert nothing == {}
    assert done.headers["location"] == f"/referrals/{matter}/whom"
    assert own[Field.REACH_HOURS].value == {"codes": ["morning", "evening"]}
    assert own[Field.PROVINCE].value == {"code": "LA-SV"}
    assert (own[Field.OWN_WORDS].is_struck, own[Field.HEALTH].own_yes_at) == (True, None)
    assert own[Field.PREGNANCY].own_yes_at is not None
    assert (whole.need, whole.speed, whole.age_band, whole.place) == ("shelter", "urgent", "18_59", "LA-SV")
    assert whole.owner == (await viewer_of(installation, noy)).staff_id


async def test_what_she_answers_in_the_chat_meanwhile_is_not_overwritten(
    staff_app, installation, noy, held, clock
) -> None:
    async with client(staff_app, noy) as browser:
        matter = await _begun(browser, installation, held)
        await _fill(browser, matter)
        page = (await browser.get(f"/referrals/{matter}/fill")).text
        seen_at = re.search(r'name="seen_at" value="([^"]+)"', page).group(1)
        clock.advance(timedelta(seconds=5))
        async with installation.database.write() as connection:
            new = {"media": "a recording"}
            await facts.note(connection, installation.vault, matter, Field.CALL_NAME, new, Said.PERSON, clock.now())
        saved = await browser.post(f"/referrals/{matter}/fill", data=SAID | {"seen_at": seen_at, "call_name": ""})
        second = await _fill(browser, matter, call_name="")
    own = await _own(installation, matter)

    assert saved.headers["location"].endswith("changed_meanwhile")
    assert second.headers["location"].endswith("filled")
    assert own[Field.CALL_NAME].value == {"media": "a recording"}  # the form does not show it, so it stays


@pytest.mark.parametrize(("place", "code"), [("nowhere at all", "unknown_place"), ("ลาว", "unknown_place")])
async def test_a_place_that_is_none_is_not_guessed(staff_app, installation, noy, held, place, code) -> None:
    async with client(staff_app, noy) as browser:
        matter = await _begun(browser, installation, held)
        answer = await _fill(browser, matter, place=place)

    assert answer.headers["location"].endswith(code)
    assert Field.PROVINCE not in await _own(installation, matter)


async def test_what_is_read_to_her_is_what_goes_and_nothing_goes_without_her_yes(
    staff_app, installation, noy, held
) -> None:
    await installation.refresh_directory()
    listing = _somebody(installation)
    async with client(staff_app, noy) as browser:
        matter = await _begun(browser, installation, held)
        path = f"/referrals/{matter}"
        await _fill(browser, matter)
        unread = await browser.post(
            f"{path}/yes", data={"to": listing, "how": "spoken", "herself": "yes", "words": "x"}
        )
        page = (await browser.post(f"{path}/read-out", data={"first": listing})).text
        not_hers = await browser.post(f"{path}/yes", data={"to": listing, "how": "spoken", "words": "x"})
        unsure = await browser.post(f"{path}/yes", data={"to": listing, "how": "spoken", "herself": "yes", "words": ""})
        assert (await _load(installation, matter)).consents == ()
        yes = await browser.post(
            f"{path}/yes", data={"to": listing, "how": "read_by_staff", "herself": "yes", "words": "her own voice"}
        )
        twice = await browser.post(
            f"{path}/yes", data={"to": listing, "how": "read_by_staff", "herself": "yes", "words": "her own voice"}
        )
    whole = await _load(installation, matter)
    async with installation.database.read() as connection:
        shown = await deeds.what_was_shown(connection, installation.vault, whole, whole.current)
        notes = await matter_notes.of_matter(connection, installation.vault, matter)

    codes = [one.headers["location"].rpartition(".")[2] for one in (unread, not_hers, unsure, yes, twice)]
    assert codes == ["not_as_shown", "not_herself", "unfit_words", "yes_heard", "not_as_shown"]
    assert Field.OWN_WORDS not in shown.fields  # struck out
    assert Field.HEALTH not in shown.fields  # no yes of its own
    for field, value in shown.fields.items():
        assert words_of(field, value, "lo") in page  # in her language, word for word
    assert "he keeps my papers" not in page
    assert "made-up illness" not in page
    assert text("referrals.read.family", "lo") in page
    [given] = whole.consents
    assert (given.given_by, given.said_by, given.receiver.listing_id) == (GivenBy.READ_BY_STAFF, Said.PERSON, listing)
    assert gate.told(whole, whole.current, installation.clock.now())
    assert [(one.words, one.detail) for one in notes] == [("her own voice", "read_by_staff")]


async def test_what_changes_after_it_was_read_out_must_be_read_again(staff_app, installation, noy, held) -> None:
    await installation.refresh_directory()
    listing = _somebody(installation)
    async with client(staff_app, noy) as browser:
        matter = await _begun(browser, installation, held)
        await _fill(browser, matter)
        await browser.post(f"/referrals/{matter}/read-out", data={"first": listing})
        await _fill(browser, matter, phone="")
        yes = await browser.post(
            f"/referrals/{matter}/yes", data={"to": listing, "how": "spoken", "herself": "yes", "words": "x"}
        )

    assert yes.headers["location"].endswith("not_as_shown")


async def test_who_fits_is_shown_with_reasons_and_who_does_not_too(staff_app, installation, noy, held) -> None:
    await installation.refresh_directory()
    async with client(staff_app, noy) as browser:
        matter = await _begun(browser, installation, held)
        await _fill(browser, matter, place="ສະຫວັນນະເຂດ")
        page = (await browser.get(f"/referrals/{matter}/whom")).text

    assert text("referrals.whom.police", "en") in page
    # Each code of a reason has words: none stands there bare.
    assert re.findall(r">[^<]*\b(?:[a-z]+_[a-z_]+)\b[^<]*<", re.sub(r"<option.*?</option>", "", page)) == []


async def test_whom_staff_choose_is_proposed_in_her_chat_and_never_the_police(
    staff_app, installation, noy, held
) -> None:
    await installation.refresh_directory()
    listing = _somebody(installation)
    police = [one.id for one in installation.directory.listings if one.kind == "police"]
    async with client(staff_app, noy) as browser:
        matter = await _begun(browser, installation, held)
        await _fill(browser, matter)
        done = await browser.post(f"/referrals/{matter}/propose", data={"first": listing})
        refused = [
            await browser.post(f"/referrals/{matter}/{way}", data={"first": one})
            for way in ("propose", "read-out") for one in (*police[:1], "no such service", "")
        ]  # fmt: skip
    whole = await _load(installation, matter)
    async with installation.database.read() as connection:
        waiting = await proposals.proposed(connection, matter)

    assert police
    assert done.headers["location"].endswith("proposed")
    assert {one.headers["location"].rpartition(".")[2] for one in refused} == {"unfit_proposal"}
    assert (whole.state, whole.consents, whole.referrals) == (MatterState.WITH_STAFF, (), ())
    assert [one.listing_id for one in waiting] == [listing]


async def test_a_helper_s_matter_is_not_read_out_or_said_yes_to(staff_app, installation, noy, held) -> None:
    await installation.refresh_directory()
    now, vault, listing = installation.clock.now(), installation.vault, _somebody(installation)
    async with installation.database.write() as connection:
        made = await deeds.begin(connection, vault, held, now)
        await deeds.change_draft(connection, made.id, now, is_for_other=True, need="shelter", age_band="18_59")
        await deeds.take_step(
            connection,
            vault,
            made.id,
            lambda one: steps.submit(one, (), now),
            name="ask_staff",
            actor="person",
            now=now,
        )
    async with client(staff_app, noy) as browser:
        read_out = await browser.post(f"/referrals/{made.id}/read-out", data={"first": listing})
        page = (await browser.get(f"/referrals/{made.id}")).text
        own = await _begun(browser, installation, held)

    assert read_out.headers["location"].endswith("not_theirs")
    assert text("referrals.for_other.begin", "en") in page
    assert own != made.id
    assert (await _load(installation, made.id)).consents == ()


async def test_a_receiver_that_left_the_directory_is_no_choice(staff_app, installation, noy) -> None:
    matter = await sent(installation, A)
    me = (await viewer_of(installation, noy)).staff_id
    async with installation.database.write() as connection:
        now = installation.clock.now()
        await deeds.take_step(
            connection, installation.vault, matter.id, lambda one: steps.take_on(one, me, now),
            name="take_on", actor=me, now=now,
        )  # fmt: skip
    async with client(staff_app, noy) as browser:
        gone = await browser.post(f"/referrals/{matter.id}/read-out", data={"first": A.listing_id})

    assert gone.headers["location"].endswith("unfit_proposal")


async def test_a_form_in_which_nobody_touched_the_age_makes_no_grown_woman_of_a_child(
    staff_app, installation, noy, held
) -> None:
    async with client(staff_app, noy) as browser:
        matter = await _begun(browser, installation, held)
        await _fill(browser, matter)
        async with installation.database.write() as connection:
            await deeds.change_draft(connection, matter, installation.clock.now(), age_band="12_17")
        await _fill(browser, matter)
        untouched = (await _load(installation, matter)).age_band
        await _fill(browser, matter, age_band="60_up")

    assert (untouched, (await _load(installation, matter)).age_band) == ("12_17", "60_up")
