"""What has to be there before a route about receivers can be tried: a sample organisation, ways to it, its people."""

from tests.console.route_worlds import Given, World
from thangdee.casework.providers import channels, members
from thangdee.casework.providers.addresses import Kind
from thangdee.casework.staff.roles import Role
from thangdee.console.providers_page import offices


async def an_office(world: World) -> Given:
    async with world.write() as connection:
        return {"organisation": min(await offices(connection))}


async def a_way_of_a_colleague(world: World) -> Given:
    given = await an_office(world)
    async with world.write() as connection:
        way, _ = await channels.add(
            connection, world.vault, given["organisation"], Kind.WEBHOOK, "https://hooks.office.test/in",
            by="a colleague", now=world.now,
        )  # fmt: skip
    return given | {"way": way.id}


async def a_tested_way(world: World) -> Given:
    given = await a_way_of_a_colleague(world)
    async with world.write() as connection:
        code = await channels.start_test(connection, world.vault.keyring, given["way"], world.now)
    return given | {"code": code}


async def somebody_of_another_office(world: World) -> Given:
    return await an_office(world) | {"who": await world.colleague(Role.PROVIDER, name="somsy")}


async def a_person_of_theirs(world: World) -> Given:
    given = await somebody_of_another_office(world)
    async with world.write() as connection:
        await members.add(connection, given["who"], given["organisation"], "a colleague", world.now)
    return given
