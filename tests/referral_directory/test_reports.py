"""What people report of an entry: which one and when, and nothing of who said it."""

from datetime import timedelta

from sqlalchemy import select

from tests.clock import SetClock
from tests.referral_directory.many_services import many_services
from thangdee.core.database import Database
from thangdee.referral_directory.importing import IN_ORDER
from thangdee.referral_directory.reports import directory_report, handle, open_reports, report
from thangdee.referral_directory.taxonomy import stable_id

AT, SERVICE = stable_id("sample s0 at"), stable_id("sample s0")


async def _fill(connection) -> None:
    tables = many_services(2, 1)
    for table in IN_ORDER:
        if table.name in tables and table.name != "attribute":
            await connection.execute(table.insert(), tables[table.name])


async def test_a_report_names_the_entry_and_the_time_alone(database: Database, clock: SetClock) -> None:
    async with database.write() as connection:
        await _fill(connection)
        assert await report(connection, AT, clock.now())
        clock.advance(timedelta(minutes=5))
        assert await report(connection, SERVICE, clock.now())

    async with database.read() as connection:
        listed = await open_reports(connection)
    assert [(one.service_id, one.listing_id) for one in listed] == [(SERVICE, AT), (SERVICE, SERVICE)]
    assert listed[1].at - listed[0].at == timedelta(minutes=5)
    assert set(directory_report.c.keys()) == {"id", "service_id", "listing_id", "at", "handled_at", "handled_by"}


async def test_an_old_button_reports_nothing(database: Database, clock: SetClock) -> None:
    async with database.write() as connection:
        assert not await report(connection, stable_id("gone"), clock.now())
        assert not await report(connection, "x" * 60, clock.now())
        assert await open_reports(connection) == ()


async def test_a_report_is_handled_once_and_leaves_the_list(database: Database, clock: SetClock) -> None:
    async with database.write() as connection:
        await _fill(connection)
        await report(connection, AT, clock.now())
        [one] = await open_reports(connection)

        assert await handle(connection, one.id, "noy", clock.now())
        assert not await handle(connection, one.id, "keo", clock.now())

        assert await open_reports(connection) == ()
        assert (await connection.execute(select(directory_report.c.handled_by))).scalar_one() == "noy"
