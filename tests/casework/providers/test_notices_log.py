"""What was sent to an organisation, and how it went: kept without words and without the code of a test."""

from datetime import timedelta

from sqlalchemy import select

from thangdee.casework.providers import channels, notices
from thangdee.casework.providers.addresses import Kind
from thangdee.casework.providers.notices import Content, Saying, Standing
from thangdee.core import jobs, outbox
from thangdee.core.jobs import URGENT, Queue, job

LINK = "https://desk.test/r/made-up-token"


async def test_a_notice_is_queued_sealed_and_its_fate_kept_for_a_year(database, vault, clock) -> None:
    now = clock.now()
    async with database.write() as connection:
        ways = [
            (await channels.add(connection, vault, "org-a", kind, address, by="noy", now=now))[0]
            for kind, address in ((Kind.MAIL, "desk@office.test"), (Kind.GROUP, "-1001234567"))
        ]
        content = Content(Saying.OFFERED_URGENT, "ABCDEF", LINK, referral_id="r1")
        made = [await notices.write(connection, vault, way, content, now) for way in ways]
        await notices.write(connection, vault, ways[0], Content(Saying.TEST, "QRSTUV"), now)

        rows = (await connection.execute(select(job))).all()
        assert sorted((row.queue, row.kind) for row in rows) == [
            ("notice", "group"), ("notice", "mail"), ("notice", "mail"), ("outbox", outbox.STAFF_NOTICE),
        ]  # fmt: skip
        assert [row for row in rows if b"QRSTUV" in row.sealed_body or "QRSTUV" in row.lane] == []
        assert [row for row in rows if LINK.encode() in row.sealed_body] == []
        assert {row.uid for row in rows} >= set(made)
        assert [row.priority for row in rows].count(URGENT) == 3

        taken = await jobs.claim(connection, Queue.NOTICE, now=now, taken_by="test", limit=9)
        opened = {await notices.opened(connection, vault, one) for one in taken}
        assert {(made[0], "ABCDEF", LINK), (made[1], "ABCDEF", LINK)} < opened
        assert {code for _, code, _ in opened} == {"ABCDEF", "QRSTUV"}

        await notices.mark(connection, made[0], Standing.FAILED, tries=3, error_code="x" * 40, done_at=now)
        kept = {one.id: one for one in await notices.newest(connection, "org-a")}
        assert (kept[made[0]].standing, kept[made[0]].error_code, kept[made[0]].tries) == (Standing.FAILED, "x" * 32, 3)
        assert {one.id for one in await notices.offers_of(connection, "r1")} == set(made)
        assert sorted(one.code for one in kept.values()) == ["", "ABCDEF", "ABCDEF"]
        await notices.forget(connection, now + notices.KEPT)
        assert len(await notices.newest(connection, "org-a")) == 3
        await notices.forget(connection, now + notices.KEPT + timedelta(seconds=1))
        assert await notices.get(connection, made[0]) is None
