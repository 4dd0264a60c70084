"""Notices to on-call groups are constant words and a code; answers to questions of consent are written down."""

from sqlalchemy import select
from sqlalchemy import text as sql

from tests.hotline import Hotline
from thangdee.core import audit, outbox
from thangdee.core.words import text


async def test_a_notice_to_a_group_is_a_constant_text_and_a_code(blind_hotline: Hotline) -> None:
    made, group = blind_hotline.installation, blind_hotline.phone("group")
    await blind_hotline.after(group.start(), group)  # a bot cannot write first
    async with made.database.write() as connection:
        for _ in range(2):  # the same is not said twice
            await outbox.tell_group(
                connection,
                made.vault,
                group=group.chat_id,
                notice="break_glass",
                code="ABCDE",
                now=made.clock.now(),
                dedupe="d",
            )

    told = await blind_hotline.after(None, group)

    assert [one.text for one in told] == [text("staff.notice.break_glass", "en", code="ABCDE")]


async def test_an_answer_to_a_question_of_consent_is_written_down_and_never_refused(blind_hotline: Hotline) -> None:
    phone, database = blind_hotline.phone(), blind_hotline.installation.database
    await blind_hotline.choose(phone, "lo", keep=True)
    async with database.read() as connection:
        row = (await connection.execute(select(audit.audit).where(audit.audit.c.actor == audit.PERSON))).one()
    async with database.write() as connection:
        await connection.execute(sql("ALTER TABLE audit RENAME TO audit_away"))

    other = blind_hotline.phone("other")
    await blind_hotline.choose(other, "lo", keep=False)

    async with database.read() as connection:
        late = (await connection.execute(select(audit.audit_late))).one()
    assert (row.actor, row.action, row.facts) == (
        "person", "consent:change", '{"purpose": "keep_chat", "yes": true}',
    )  # fmt: skip
    assert late.facts == '{"purpose": "keep_chat", "yes": false}'
