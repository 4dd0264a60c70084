"""What has to be there before a route about residents can be tried: an officer of a shelter, an entry, a family wanted."""

from tests.console.route_worlds import Given, World
from thangdee.casework.outcomes import family_wanted, officers, residents
from thangdee.casework.outcomes.family_wanted import Wanted
from thangdee.casework.outcomes.model import Shelter
from thangdee.casework.outcomes.record import Consent, How, Record
from thangdee.casework.staff.roles import Role
from thangdee.core.time_words import LOCAL_TIME

HERE, THERE = Shelter.KREDTAKARN, Shelter.SRI_SURAT
CANARY, VILLAGE = "Canaryla", "Canaryban"
CSV = f"name,nickname,age,province,consent\n{CANARY},Keo,20,Bokeo,yes\nDuang,Noi,21,Bokeo,no\n,,22,Bokeo,yes\n"


def resident(world: World, **about) -> Record:
    """Somebody made up who said yes."""
    on = world.now.astimezone(LOCAL_TIME).date()
    consent = Consent(is_yes=True, asked_by="made up", how=How.SPOKEN, on=on)
    return Record(
        consent=consent,
        **{"given_name": CANARY, "nickname": "Keo", "birth_year_or_age": "20", "village": VILLAGE} | about,
    )


async def officer(world: World) -> Given:
    """I work for a shelter; what its consent form holds."""
    async with world.write() as connection:
        await officers.add(connection, world.vault, world.me, HERE, "supervisor", world.now)
    day = world.now.astimezone(LOCAL_TIME).date().isoformat()
    return {"shelter": HERE.value, "yes": "yes", "asked_by": "made up", "how": "spoken", "on": day}


async def to_enter(world: World) -> Given:
    return await officer(world) | {"nickname": "Keo", "birth_year_or_age": "20"}


async def entry(world: World, shelter: Shelter = HERE) -> Given:
    """An entry of my shelter: the code on its paper."""
    given = await officer(world)
    async with world.write() as connection:
        _, code = await residents.enter(connection, world.vault, shelter, resident(world), "somebody", world.now)
    return given | {"code": code, "nickname": "Keo", "birth_year_or_age": "21", "whom": "my mother"}


async def wanted(world: World) -> Given:
    """A resident asks us to find her family."""
    async with world.write() as connection:
        _, code = await residents.enter(connection, world.vault, HERE, resident(world), "somebody", world.now)
        one = await residents.by_code(connection, world.vault, frozenset([HERE]), code, "somebody", world.now)
        await family_wanted.ask(connection, world.vault, one, Wanted(f"{CANARY}'s mother"), "somebody", world.now)
        [header] = await family_wanted.listed(connection, world.now)
    return {"wanted": header.id}


async def my_wanted(world: World) -> Given:
    given = await wanted(world)
    async with world.write() as connection:
        await family_wanted.take(connection, world.vault, given["wanted"], world.me, world.now)
    return given | {"state": "found", "result": "made up"}


async def colleague_of_a_shelter(world: World) -> Given:
    """A supervisor with a fresh second factor, and somebody who may become an officer of a shelter."""
    return {"who": await world.colleague(Role.SHELTER_OFFICER), "shelter": HERE.value}


async def officer_of_a_shelter(world: World) -> Given:
    given = await colleague_of_a_shelter(world)
    async with world.write() as connection:
        await officers.add(connection, world.vault, given["who"], HERE, world.me, world.now)
    return given
