"""What has to be there before a route about courts, money or complaints can be tried."""

from datetime import timedelta

from tests.casework.talks import a_chat
from tests.console import matter_worlds
from tests.console.route_worlds import Given, World
from tests.console.signing_in import viewer_of
from thangdee.casework import complaints, court
from thangdee.casework.complaint_rules import About, Complaint, HearsBy
from thangdee.casework.court_rules import MoneyEntry, Payer, Source, Stage, StatusEntry


async def a_case(world: World) -> Given:
    """A matter of mine with a case in court."""
    given, today = await matter_worlds.mine(world), court.today(world.now)
    async with world.write() as connection:
        entry = StatusEntry(Stage.COURT, today, Source.LAWYER, ask_on=today + timedelta(days=20))
        await court.write_status(connection, world.vault, given["matter"], world.me, entry, world.now)
    form = {"stage": "judged", "source": "court", "ask_on": str(today + timedelta(days=9))}
    return given | form | {"kind": "due", "currency": "THB", "from_whom": "fund", "amount": "1,000"}


async def a_payment(world: World) -> Given:
    given, today = await a_case(world), court.today(world.now)
    async with world.write() as connection:
        entry = MoneyEntry(False, 100_000, "THB", Payer.FUND, Source.COURT, today)
        await court.write_money(connection, world.vault, given["matter"], world.me, entry, world.now)
        [money] = (await court.file_of(connection, given["matter"])).money
    return given | {"money": money.id}


async def a_told_case(world: World) -> Given:
    given = await a_case(world)
    async with world.write() as connection:
        await court.told_by_staff(connection, world.vault, given["matter"], world.me, world.now)
    return given


async def a_pressure(world: World) -> Given:
    given = await a_case(world)
    async with world.write() as connection:
        await court.note_pressure(connection, world.vault, given["matter"], world.now)
    return given


async def _made(world: World, about: About = About.AUTHORITY) -> Complaint:
    async with world.write() as connection:
        who = await a_chat(connection, world.vault, world.now)
        one = await complaints.begin(connection, who, about, world.now)
        await complaints.hear(connection, world.vault, one, "what", {"text": "made up"}, world.now)
        return await complaints.make(connection, world.vault, one, world.now)


async def a_complaint(world: World) -> Given:
    return {"complaint": (await _made(world)).id, "words": "made up", "who": world.me}


async def my_complaint(world: World) -> Given:
    given, viewer = await a_complaint(world), await viewer_of(world.installation, world.cookies)
    async with world.write() as connection:
        await complaints.take(connection, world.vault, given["complaint"], viewer, world.now)
    return given | {"how": "chat"}


async def an_answered_complaint(world: World) -> Given:
    given, viewer = await my_complaint(world), await viewer_of(world.installation, world.cookies)
    async with world.write() as connection:
        await complaints.answer(
            connection, world.vault, given["complaint"], viewer, "made up", world.now, how=HearsBy.PHONE
        )
    return given
