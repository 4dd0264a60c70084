"""The board and the page of a matter: headers for all who work there, content for whose it is, nobody forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.console.sent_matters import NAME, STORY, A, B, accepted, sent, step
from tests.console.signing_in import client, sign_in, viewer_of
from thangdee.casework import conversations, notices
from thangdee.casework.referrals import deeds, facts, questions, steps, store
from thangdee.casework.referrals.model import Field, MatterState, Said, Speed
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Role
from thangdee.core.audit import audit
from thangdee.core.words import text


async def _done(installation, about: str) -> list[str]:
    async with installation.database.read() as connection:
        query = select(audit.c.action).where(audit.c.subject == about).order_by(audit.c.seq)
        return list((await connection.execute(query)).scalars())


async def _load(installation, matter_id):
    async with installation.database.read() as connection:
        return await store.load(connection, matter_id)


def _notice(answer) -> str:
    return answer.headers["location"].rpartition("referrals.notice.")[2]


async def test_the_board_shows_headers_and_nothing_that_was_said(staff_app, installation, noy, clock) -> None:
    await sent(installation, A)
    forgotten = await sent(installation, A, speed=Speed.URGENT)
    one = forgotten.current.id
    await step(installation, forgotten, "decline", lambda whole: steps.decline(whole, one, "full", clock.now()))
    child = await sent(installation, A, age_band="12_17")
    draft = await sent(installation, B)
    async with installation.database.write() as connection:
        from_chat = await store.load(connection, draft.id)
    assert from_chat.state is MatterState.WITH_PROVIDER

    async with client(staff_app, noy) as browser:
        board = (await browser.get("/referrals")).text
        children = (await browser.get("/parts/referrals?only=children")).text
        mine = (await browser.get("/parts/referrals?only=mine")).text
        by_code = await browser.get(f"/referrals?code={child.code.lower()}")

    assert board.index(forgotten.code) < board.index(draft.code)  # whom nobody cares for stands first
    assert text("referrals.owner.nobody", "en") in board
    assert text("referrals.waits.all_asked", "en") in board
    assert [word for word in (NAME, STORY, "canary", "listing-a") if word in board] == []
    assert child.code in children
    assert forgotten.code not in children
    assert text("referrals.none", "en") in mine
    assert by_code.headers["location"] == f"/referrals/{child.id}"


async def test_content_is_for_the_owner_the_holder_and_supervisors(staff_app, installation, noy) -> None:
    matter = await sent(installation, A)
    path = f"/referrals/{matter.id}"
    boss = await sign_in(installation, Role.SUPERVISOR, name="boss")
    async with client(staff_app, noy) as browser:
        before = (await browser.get(path)).text
        refused = await browser.post(f"{path}/note", data={"words": "made up"})
        await browser.post(f"{path}/take")
        after = (await browser.get(path)).text
        await browser.get(path)
    async with client(staff_app, boss) as browser:
        led = (await browser.get(path)).text
        board = (await browser.get("/referrals")).text
    async with client(staff_app, await sign_in(installation, Role.ADMINISTRATOR)) as browser:
        admin = await browser.get(path)
    async with client(staff_app, await sign_in(installation, Role.PROVIDER)) as browser:
        provider = await browser.get(path)

    assert NAME not in before
    assert text("referrals.closed_to_you", "en") in before
    assert _notice(refused) == "not_theirs"
    assert NAME in after
    assert STORY in after
    assert NAME in led
    assert text("referrals.owner", "en", name="noy") in board
    assert "· noy</span>" in led
    assert (admin.status_code, provider.status_code) == (403, 403)
    assert (await _done(installation, matter.id)).count("referral:read") == 2  # once in 15 minutes each


async def test_a_holder_of_the_chat_reads_and_the_words_of_a_helper_stand_apart(staff_app, installation, noy) -> None:
    matter, me = await sent(installation, A), (await viewer_of(installation, noy)).staff_id
    now, vault = installation.clock.now(), installation.vault
    async with installation.database.write() as connection:
        await facts.note(connection, vault, matter.id, Field.CALL_NAME, {"text": "said by a helper"}, Said.HELPER, now)
        await conversations.take_over(connection, vault, matter.chat_id, me, now)
    async with client(staff_app, noy) as browser:
        page = (await browser.get(f"/referrals/{matter.id}")).text

    apart = page.index(text("referrals.said.others", "en"))
    assert page.index(NAME) < apart < page.index("said by a helper")


async def test_a_matter_is_handed_over_and_told_and_an_ended_account_leaves_it_free(
    staff_app, installation, noy, clock
) -> None:
    matter = await sent(installation, A)
    other = await sign_in(installation, Role.COUNSELLOR, name="seng")
    seng = (await viewer_of(installation, other)).staff_id
    async with client(staff_app, noy) as browser:
        await browser.post(f"/referrals/{matter.id}/take")
        given = await browser.post(f"/referrals/{matter.id}/hand", data={"to": seng})
        again = await browser.post(f"/referrals/{matter.id}/take")
    async with installation.database.read() as connection:
        told = [one.kind for one in await notices.newest(connection, seng)]
    async with installation.database.write() as connection:
        await accounts.end(connection, installation.vault, seng, clock.now())
    async with client(staff_app, noy) as browser:
        free = await browser.post(f"/referrals/{matter.id}/take")

    assert (_notice(given), _notice(again), _notice(free)) == ("handed", "taken", "took_on")
    assert "matter_handed" in told


async def test_staff_answer_a_receiver_and_close_only_when_the_person_was_told(
    staff_app, installation, noy, clock
) -> None:
    matter = await accepted(installation, await sent(installation, A))
    one, vault, path = matter.current.id, installation.vault, f"/referrals/{matter.id}"
    async with installation.database.write() as connection:
        await questions.ask_staff(connection, vault, one, "When may we come?", "somebody_there", clock.now())
        [asked] = await questions.open_for_staff(connection, matter.id)
    async with client(staff_app, noy) as browser:
        await browser.post(f"{path}/take")
        page = (await browser.get(path)).text
        answered = await browser.post(f"{path}/answer", data={"question": asked.id, "words": "Tomorrow."})
        early = await browser.post(f"{path}/close", data={"told": "yes", "words": "made up"})
        await step(installation, matter, "give_back", lambda whole: steps.give_back(whole, one, "other", clock.now()))
        untold = await browser.post(f"{path}/close", data={"words": "made up"})
        closed = await browser.post(f"{path}/close", data={"told": "yes", "words": "told in the chat"})
        after = (await browser.get(path)).text

    assert "When may we come?" in page
    assert [_notice(each) for each in (answered, early, untold, closed)] == [
        "answered", "step_refused", "not_told", "closed",
    ]  # fmt: skip
    assert text("referrals.state.closed", "en") in after
    assert (await _load(installation, matter.id)).state is MatterState.CLOSED


@pytest.mark.parametrize("language", ["lo", "th", "en"])
async def test_each_reason_to_call_us_has_words_in_the_queue(language) -> None:
    calls = (
        "asked_to_choose", "best_interest", "for_other", "by_staff_only", "all_asked", "nobody_fits", "ask_again",
        "contact_missed", "no_progress", "given_back", "notice_failed", "notice_late", "call_office",
        "call_office_ended", "question", "lost", "pressure", "complaint", "silent", "asked_person",
    )  # fmt: skip

    for one in calls:
        assert text(f"desk.deed.referral_{one}", language) == text(f"referrals.waits.{one}", language)


async def test_a_matter_that_waits_too_long_is_late(staff_app, installation, noy, clock) -> None:
    matter = await sent(installation, A)
    clock.advance(timedelta(days=6))
    async with client(staff_app, await sign_in(installation, Role.COUNSELLOR)) as browser:
        late = (await browser.get("/parts/referrals?only=late")).text

    assert matter.code in late
    assert text("referrals.late", "en") in late
    async with installation.database.write() as connection:
        await deeds.take_step(
            connection, installation.vault, matter.id, lambda whole: steps.withdraw(whole, clock.now()),
            name="withdraw", actor="person", now=clock.now(),
        )  # fmt: skip
    async with client(staff_app, await sign_in(installation, Role.COUNSELLOR)) as browser:
        assert matter.code not in (await browser.get("/parts/referrals")).text


async def test_staff_take_back_for_who_says_it_on_the_phone(staff_app, installation, noy) -> None:
    matter = await accepted(installation, await sent(installation, A, B))
    path = f"/referrals/{matter.id}"
    async with client(staff_app, noy) as browser:
        await browser.post(f"{path}/take")
        nothing_said = await browser.post(f"{path}/take-back", data={"words": " "})
        nobody = await browser.post(f"{path}/take-back", data={"listing": "made-up", "words": "made up"})
        still = await _load(installation, matter.id)
        one = await browser.post(f"{path}/take-back", data={"listing": "listing-a", "words": "said so herself"})
        at_the_next = await _load(installation, matter.id)
        everything = await browser.post(f"{path}/take-back", data={"words": "said so herself"})
        page = (await browser.get(path)).text
    over = await _load(installation, matter.id)

    assert [_notice(each) for each in (nothing_said, nobody, one, everything)] == [
        "unfit_words",
        "step_refused",
        "taken_back",
        "taken_back",
    ]
    assert still.current.id == matter.current.id
    assert at_the_next.current.receiver == B
    assert (over.state, over.current) == (MatterState.WITHDRAWN, None)
    assert text("referrals.occasion.taken_back", "en") in page
    assert (await _done(installation, matter.id)).count("referral:withdraw") == 2
