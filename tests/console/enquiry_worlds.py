"""What has to be there before a route of staff about enquiries can be tried."""

from tests.casework.outcomes.made_up_residents import resident
from tests.casework.outcomes.searching import filed, opened, proved, vetted
from tests.console.route_worlds import Given, World
from thangdee.casework.enquiries import facts
from thangdee.casework.enquiries.model import Field
from thangdee.casework.outcomes import proofs, residents, searches
from thangdee.casework.outcomes.model import ProofKind, Shelter, VettingItem
from thangdee.casework.outcomes.search_rules import Heard
from thangdee.casework.staff.roles import Role


async def nobodys_enquiry(world: World) -> Given:
    async with world.write() as connection:
        return {"enquiry": (await filed(connection, world.vault, world.now)).id}


async def my_enquiry(world: World) -> Given:
    """Mine, and fields for all of its forms."""
    given = await nobodys_enquiry(world)
    async with world.write() as connection:
        await searches.take(connection, given["enquiry"], world.me, world.now, is_owner_free=False)
    given |= {"item": VettingItem.NO_MONEY, "answer": "yes", "kind": ProofKind.FAMILY_BOOK, "how": Heard.VOICE}
    return given | {"words": "made up", "field": "nickname", "why": "nobody", "to": "ministry"}


async def my_spoken_enquiry(world: World) -> Given:
    """Mine, where a field was answered by a recording."""
    given = await my_enquiry(world)
    async with world.write() as connection:
        await facts.note(connection, world.vault, given["enquiry"], Field.MARKS, {"media": "made up"}, world.now)
    return given | {"field": Field.MARKS}


async def my_warning(world: World) -> Given:
    return await my_enquiry(world) | {"kind": "phone", "value": "020 5512 3456"}


async def my_enquiry_to_hand(world: World) -> Given:
    return await my_enquiry(world) | {"to": await world.colleague(Role.TRACER)}


async def proved_enquiry(world: World) -> Given:
    """Vetted and proved: the search may be opened."""
    given = await nobodys_enquiry(world)
    async with world.write() as connection:
        await vetted(connection, given["enquiry"], world.me, world.now)
        await proved(connection, world.vault, given["enquiry"], world.me, world.now)
    return given


async def badly_proved(world: World) -> Given:
    """A colleague's, with an item that does not hold."""
    given, owner = await nobodys_enquiry(world), await world.colleague(Role.TRACER)
    async with world.write() as connection:
        await searches.take(connection, given["enquiry"], owner, world.now, is_owner_free=False)
        bad = await proofs.prove(
            connection, world.vault, given["enquiry"], ProofKind.FAMILY_BOOK, Heard.VOICE, "made up", owner, world.now,
            is_good=False,
        )  # fmt: skip
    return given | {"item": bad}


async def open_enquiry(world: World) -> Given:
    """Mine, its search open, and a resident who fits."""
    given = await nobodys_enquiry(world)
    async with world.write() as connection:
        await opened(connection, world.vault, given["enquiry"], world.me, world.now)
        made = resident(world.installation.clock)
        her, code = await residents.enter(connection, world.vault, Shelter.RANONG, made, "officer", world.now)
    return given | {"resident": her, "code": code, "verdict": "same"}
