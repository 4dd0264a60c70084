"""What has to be there before a route of staff about matters can be tried."""

from datetime import timedelta

from sqlalchemy import update

from tests.console.route_worlds import Given, World, my_chat
from tests.console.sent_matters import A, accepted, sent, step
from thangdee.casework import consent
from thangdee.casework.chats import Chats, chat
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.casework.referrals import deeds, facts, guardians, lost_number, questions, steps
from thangdee.casework.referrals.guardians import Relation
from thangdee.casework.referrals.lost_number import Contact
from thangdee.casework.referrals.model import Field, Matter, Said
from thangdee.casework.referrals.proposals import receiver_of
from thangdee.casework.staff.roles import Role


async def _mine(world: World, matter: Matter) -> Given:
    me, now = world.me, world.now
    await step(world.installation, matter, "take_on", lambda whole: steps.take_on(whole, me, now))
    given = {"matter": matter.id, "words": "made up"}
    return given | ({"referral": matter.current.id} if matter.current else {})


async def nobodys(world: World) -> Given:
    return {"matter": (await sent(world.installation, A)).id}


async def mine(world: World) -> Given:
    return await _mine(world, await sent(world.installation, A))


async def to_hand_over(world: World) -> Given:
    return await mine(world) | {"to": await world.colleague(Role.COUNSELLOR)}


async def taken_on(world: World) -> Given:
    return await _mine(world, await accepted(world.installation, await sent(world.installation, A)))


async def given_back(world: World) -> Given:
    matter = await accepted(world.installation, await sent(world.installation, A))
    one, now = matter.current.id, world.now
    back = await step(
        world.installation, matter, "give_back", lambda whole: steps.give_back(whole, one, "not_reached", now)
    )
    return await _mine(world, back) | {"told": "yes"}


async def of_a_child(world: World) -> Given:
    child = await sent(world.installation, A, age_band="12_17")
    return await _mine(world, child) | {"listing": A.listing_id, "answer": "yes", "relation": Relation.MOTHER}


async def with_a_relative(world: World) -> Given:
    given = await of_a_child(world)
    async with world.write() as connection:
        relative = await guardians.add(
            connection, world.vault, given["matter"], Relation.MOTHER, "made up", world.me, world.now
        )
    return given | {"relative": relative, "what": "seek"}


async def asked_by_a_receiver(world: World) -> Given:
    given = await taken_on(world)
    async with world.write() as connection:
        await questions.ask_staff(connection, world.vault, given["referral"], "made up?", "somebody", world.now)
        [asked] = await questions.open_for_staff(connection, given["matter"])
    return given | {"question": asked.id}


async def silent(world: World) -> Given:
    """She could not be reached, and had named somebody for that."""
    given, contact = await given_back(world), Contact("made up", "000 00", "made up", "friend")
    async with world.write() as connection:
        whole = await deeds.store.load(connection, given["matter"])
        whose = await Chats(connection, world.vault).get(whole.chat_id)
        await consent.record(
            connection, whose, Purpose.SECOND_CONTACT, is_yes=True, given_by=GivenBy.TAPPED, now=world.now
        )
        await lost_number.give_contact(connection, world.vault, whose.id, contact, world.now)
        long_ago = {"seen_at": world.now - timedelta(days=30)}
        await connection.execute(update(chat).where(chat.c.id == whose.id).values(long_ago))
    return given | {"outcome": "not_reached"}


async def my_kept_chat(world: World) -> Given:
    given = await my_chat(world)
    async with world.write() as connection:
        whose = await Chats(connection, world.vault).get(world.chat_id)
        await consent.record(connection, whose, Purpose.KEEP_CHAT, is_yes=True, given_by=GivenBy.TAPPED, now=world.now)
    return given


async def my_draft(world: World) -> Given:
    """A matter that is being written, and somebody of the directory to ask."""
    await my_kept_chat(world)
    await world.installation.refresh_directory()
    listing = next(one for one in world.installation.directory.listings if one.kind != "police")
    async with world.write() as connection:
        whose = await Chats(connection, world.vault).get(world.chat_id)
        made = await deeds.begin(connection, world.vault, whose, world.now)
        await deeds.change_draft(connection, made.id, world.now, need="shelter", age_band="18_59")
        await facts.note(connection, world.vault, made.id, Field.NEED, {"code": "shelter"}, Said.PERSON, world.now)
    given = {"herself": "yes", "how": "spoken", "need": "shelter", "first": listing.id, "to": listing.id}
    return await _mine(world, made) | given


async def read_out(world: World) -> Given:
    given = await my_draft(world)
    async with world.write() as connection:
        listing = world.installation.directory.by_id[given["first"]]
        await deeds.show(connection, world.vault, given["matter"], (receiver_of(listing),))
    return given
