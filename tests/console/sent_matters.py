"""Made-up matters that were sent to made-up offices, with something in every field, and people who work there."""

import itertools
from datetime import timedelta

from tests.console.signing_in import sign_in, viewer_of
from thangdee.casework import media
from thangdee.casework.chats import Chats
from thangdee.casework.consent import GivenBy
from thangdee.casework.media import Announced, Kind, Order
from thangdee.casework.providers import members
from thangdee.casework.referrals import deeds, facts, steps
from thangdee.casework.referrals.model import SENSITIVE, Field, Matter, Receiver, Said, Speed
from thangdee.casework.staff.roles import Role
from thangdee.core import audit
from thangdee.core.recoded import Recoded

ORG = "org-a"
A, B = Receiver("listing-a", ORG, "ngo", "LA"), Receiver("listing-b", "org-b", "lwu", "LA")
NAME, PHONE, STORY = "Noy-canary", "+856 20 00000 000", "ນາຍຈ້າງຍຶດໜັງສືຜ່ານແດນ canary"
HEALTH, PREGNANCY = "health-canary", "pregnancy-canary"
# What a receiver may read only after accepting.
LATER = (NAME, PHONE, STORY, HEALTH, PREGNANCY, "exploitation-canary", "immigration-canary")
_addresses = itertools.count(500)

VALUES = {
    Field.NEED: {"code": "shelter"},
    Field.URGENCY: {"code": "ordinary"},
    Field.AGE_BAND: {"code": "18_59"},
    Field.GENDER: {"code": "woman"},
    Field.LANGUAGE: {"code": "lo"},
    Field.PROVINCE: {"code": "LA-SV"},
    Field.DISTRICT: {"text": "district-canary"},
    Field.CALL_NAME: {"text": NAME},
    Field.WITH_CHILDREN: {"code": "yes"},
    Field.REACH_BY: {"code": "call"},
    Field.PHONE: {"text": PHONE},
    Field.REACH_HOURS: {"codes": ["morning", "evening"]},
    Field.PHONE_SEEN: {"code": "sometimes"},
    Field.VISIT_WISH: {"codes": ["no_uniform"]},
    Field.OWN_WORDS: {"text": STORY},
    Field.EXPLOITATION: {"text": "exploitation-canary"},
    Field.HEALTH: {"text": HEALTH},
    Field.PREGNANCY: {"text": PREGNANCY},
    Field.IMMIGRATION: {"text": "immigration-canary"},
}


async def sent(
    installation, *receivers: Receiver, speed: Speed = Speed.ORDINARY, with_voice: bool = False, **changed
) -> Matter:
    """A matter with a yes to everything for these receivers; `with_voice`: her own words are a recording."""
    now, vault = installation.clock.now(), installation.vault
    async with installation.database.write() as connection:
        who = await Chats(connection, vault).of(next(_addresses), now)
        made = await deeds.begin(connection, vault, who, now)
        await deeds.change_draft(
            connection, made.id, now, **({"need": "shelter", "age_band": "18_59", "speed": speed} | changed)
        )
        values = VALUES | {Field.URGENCY: {"code": speed.value}}
        if with_voice:
            noted = await media.note(connection, vault, who, Announced("f", Kind.VOICE), now)
            await media.keep(
                connection, vault, Order(noted.id, who.id, "f", Kind.VOICE, 1), Recoded(b"sound", seconds=2)
            )
            values |= {Field.OWN_WORDS: {"media": noted.id}}
        for field, value in values.items():
            await facts.note(connection, vault, made.id, field, value, Said.PERSON, now)
            if field in SENSITIVE:
                await facts.agree(connection, made.id, field, now)
        to = receivers or (A,)
        await deeds.show(connection, vault, made.id, to)
        return await deeds.say_yes(connection, vault, made.id, to, given_by=GivenBy.TAPPED, now=now)


async def works_for(installation, organisation: str = ORG, *, name: str = "somchai", language: str = "en"):
    """The session of somebody who works there."""
    cookies = await sign_in(installation, Role.PROVIDER, name=name, language=language)
    me = (await viewer_of(installation, cookies)).staff_id
    async with installation.database.write() as connection:
        await members.add(connection, me, organisation, "made up", installation.clock.now())
    return cookies


async def step(installation, matter: Matter, name: str, how) -> Matter:
    """One step of steps.py."""
    now = installation.clock.now()
    async with installation.database.write() as connection:
        return await deeds.take_step(
            connection, installation.vault, matter.id, how, name=name, actor=audit.SYSTEM, now=now
        )


async def accepted(installation, matter: Matter) -> Matter:
    """The receiver took it on and makes contact tomorrow."""
    now, one = installation.clock.now(), matter.current.id
    return await step(
        installation, matter, "accept", lambda whole: steps.accept(whole, one, now + timedelta(hours=20), now)
    )


async def withdrawn(installation, matter: Matter) -> Matter:
    """The person takes everything back."""
    return await step(installation, matter, "withdraw", lambda whole: steps.withdraw(whole, installation.clock.now()))
