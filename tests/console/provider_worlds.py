"""What has to be there before a route of receivers can be tried."""

from datetime import timedelta

from tests.console.route_worlds import Given, World
from tests.console.sent_matters import ORG, accepted, sent, step
from thangdee.casework.providers import links, members
from thangdee.casework.referrals import steps
from thangdee.casework.referrals.facts import facts_of
from thangdee.casework.referrals.model import Field, Matter
from thangdee.core.time_words import LOCAL_TIME


async def _sent(world: World, **how: bool) -> Matter:
    async with world.write() as connection:
        await members.add(connection, world.me, ORG, "made up", world.now)
    return await sent(world.installation, **how)


def _given(world: World, matter: Matter) -> Given:
    later = (world.now + timedelta(hours=3)).astimezone(LOCAL_TIME)
    return {"referral": matter.current.id, "at": later.strftime("%Y-%m-%dT%H:%M")}


async def offered(world: World) -> Given:
    return _given(world, await _sent(world))


async def taken_on(world: World) -> Given:
    return _given(world, await accepted(world.installation, await _sent(world)))


async def in_contact(world: World) -> Given:
    matter = await accepted(world.installation, await _sent(world))
    one = matter.current.id
    return _given(
        world, await step(world.installation, matter, "contact", lambda whole: steps.contact(whole, one, world.now))
    )


async def helped(world: World) -> Given:
    matter = await accepted(world.installation, await _sent(world))
    one = matter.current.id
    return _given(
        world, await step(world.installation, matter, "help", lambda whole: steps.help_(whole, one, world.now))
    )


async def recording(world: World) -> Given:
    matter = await accepted(world.installation, await _sent(world, with_voice=True))
    async with world.write() as connection:
        facts = {one.field: one.value for one in await facts_of(connection, world.vault, matter.id)}
    return _given(world, matter) | {"media_id": facts[Field.OWN_WORDS]["media"]}


async def link(world: World) -> Given:
    matter = await _sent(world)
    async with world.write() as connection:
        return {"token": await links.make(connection, matter.current.id, world.now)}
