"""What has to be there before a route about telling a family, or about asking her, can be tried."""

from tests.casework.outcomes import release_worlds as made
from tests.console.route_worlds import Given, World
from thangdee.casework.outcomes import given, officers, searches
from thangdee.casework.outcomes.model import Wish

NUMBER = 11


async def a_world(world: World, *, age: str = "24", owner: str | None = None) -> tuple[made.World, Given]:
    """An enquiry with an open search and a resident who was found to be the same; `owner` cares for it."""
    there = await made.a_world(world.installation.database, world.vault, world.now, age=age, number=NUMBER)
    async with world.write() as connection:
        if owner:
            await searches.take(connection, there.enquiry.id, owner, world.now, is_owner_free=True)
    return there, {
        "enquiry": there.enquiry.id, "resident": there.resident_id, "message": there.message_id, "words": "made up",
        "relation": "parent", "code": there.code,
    }  # fmt: skip


async def found(world: World) -> Given:
    """Mine; she was not asked yet."""
    return (await a_world(world, owner=world.me))[1]


async def wished(world: World) -> Given:
    """Mine; she said yes."""
    there, fields = await a_world(world, owner=world.me)
    await made.wished(there, world.now)
    return fields


async def asked_for(world: World, *, age: str = "24") -> Given:
    """A colleague asks that the family be told."""
    there, fields = await a_world(world, age=age)
    await made.wished(there, world.now)
    return fields | {"release": await made.requested(there, world.now)}


async def of_a_child(world: World) -> Given:
    """The same, of somebody who is 15."""
    return await asked_for(world, age="15")


async def approved(world: World) -> Given:
    """A colleague asked, two others approved."""
    there, fields = await a_world(world)
    await made.wished(there, world.now)
    release_id = await made.requested(there, world.now)
    await made.approved(there, release_id, world.now)
    return fields | {"release": release_id}


async def asked_of_me(world: World) -> Given:
    """I am an officer of her shelter; staff want to know what she wishes."""
    there, fields = await a_world(world)
    await _mine(world)
    return fields | {"wish": await made.asked(there, world.now)}


async def wished_of_mine(world: World) -> Given:
    """She is of my shelter, and said yes before."""
    there, fields = await a_world(world)
    await _mine(world)
    await made.wished(there, world.now)
    return fields


async def left_for_mine(world: World) -> Given:
    """A message waits that she may be offered."""
    there, fields = await a_world(world)
    await _mine(world)
    await made.wished(there, world.now, Wish.MESSAGE_ONLY)
    async with world.write() as connection:
        where = (there.enquiry.id, there.message_id, there.resident_id, there.id_of("noy"), world.now)
        await given.pass_on(connection, world.vault, *where)
    return fields


async def _mine(world: World) -> None:
    async with world.write() as connection:
        await officers.add(connection, world.vault, world.me, made.SHELTER, world.me, world.now)
