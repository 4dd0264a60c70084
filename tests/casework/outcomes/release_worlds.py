"""A mother's enquiry whose search is open, and a resident who was found to be her daughter: all of it made up."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.chats import Chat, Chats
from thangdee.casework.enquiries import deeds, facts, messages
from thangdee.casework.enquiries.messages import Kind
from thangdee.casework.enquiries.model import Enquiry, Field
from thangdee.casework.outcomes import officers, proofs, releases, residents, searches, wishes
from thangdee.casework.outcomes.model import ProofKind, Shelter, VettingItem, Wish
from thangdee.casework.outcomes.record import Consent, How, Record
from thangdee.casework.outcomes.search_rules import Heard
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Role
from thangdee.casework.staff.sessions import SignedIn
from thangdee.core.database import Database
from thangdee.core.vault import Vault

OWN_WORDS = "MADEUP tell her that the buffalo had a calf"
HER_WORDS, FOR_US = "MADEUP she is well and learns to sew", "MADEUP she fears her uncle"
SHELTER = Shelter.KREDTAKARN
GIVEN, NICKNAME, VILLAGE = "ຄຳຫຼ້າ", "ນ້ອຍໜ່າ", "ບ້ານໂພນທອງ"


@dataclass
class World:
    """Who is there. `people`: staff by name, signed in."""

    database: Database
    vault: Vault
    chat: Chat
    enquiry: Enquiry
    resident_id: str
    code: str
    message_id: str
    people: dict[str, SignedIn]
    words: str | None = None

    def write(self):
        return self.database.write()

    def id_of(self, name: str) -> str:
        return self.people[name].staff_id

    def fresh(self, name: str, now: datetime) -> SignedIn:
        """The same person with a second factor that was shown a minute ago."""
        return replace(self.people[name], factor_at=now - timedelta(minutes=1))


async def a_world(
    database: Database, vault: Vault, now: datetime, *, age: str = "24", number: int = 7, words: str | None = None
) -> World:
    """A filed enquiry in Noy's hands, its search open; one candidate, judged to be the same; an officer of her shelter.

    `words` stand for her name and for what everybody says.
    """
    async with database.write() as connection:
        people = await _people(connection, vault, now)
        chat = await Chats(connection, vault).of(number, now)
        enquiry = await an_enquiry(connection, vault, chat, people["noy"].staff_id, now)
        await messages.leave(connection, vault, enquiry, Kind.WORDS, {"text": words or OWN_WORDS}, now)
        [message] = await messages.messages_of(connection, vault, enquiry.id)
        officer = people["officer"].staff_id
        await officers.add(connection, vault, officer, SHELTER, officer, now)
        await officers.add(connection, vault, people["other"].staff_id, Shelter.RANONG, officer, now)
        record = a_record(now, age=age, given_name=words or GIVEN)
        resident_id, code = await residents.enter(connection, vault, SHELTER, record, officer, now)
        await searches.judge(connection, enquiry.id, resident_id, "same", people["noy"].staff_id, now)
    return World(database, vault, chat, enquiry, resident_id, code, message.id, people, words)


async def an_enquiry(connection: AsyncConnection, vault: Vault, chat: Chat, owner: str, now: datetime) -> Enquiry:
    """One that was filed, vetted and proved, with its search open."""
    draft = await deeds.begin(connection, chat, now)
    for field, value in ((Field.NICKNAME, {"text": NICKNAME}), (Field.RELATION, {"code": "parent"})):
        await facts.note(connection, vault, draft.id, field, value, now)
    filed = await deeds.file(connection, vault, chat, draft.id, now)
    await searches.take(connection, filed.id, owner, now, is_owner_free=False)
    for item in VettingItem:
        await proofs.vet(connection, filed.id, item, owner, now, is_good=True, is_supervisor=False)
    for kind in (ProofKind.TOLD_UNASKED, ProofKind.FAMILY_BOOK, ProofKind.VILLAGE_CONFIRMS):
        await proofs.prove(connection, vault, filed.id, kind, Heard.VOICE, "made up", owner, now, is_good=True)
    await searches.open_search(connection, filed.id, now)
    return filed


def a_record(now: datetime, *, age: str = "24", given_name: str = GIVEN) -> Record:
    """A resident who said yes yesterday."""
    on: date = (now - timedelta(days=1)).date()
    consent = Consent(
        is_yes=True, asked_by="officer", how=How.SPOKEN, on=on, not_found_by="MADEUP not by the uncle",
        assented_by="MADEUP the house mother",
    )  # fmt: skip
    return Record(
        consent, given_name=given_name, nickname=NICKNAME, sex="f", birth_year_or_age=age, village=VILLAGE,
        shelter_number="K-17",
    )  # fmt: skip


async def asked(world: World, now: datetime, **told: str) -> str:
    """Her shelter is to ask her."""
    async with world.write() as connection:
        where = (world.enquiry.id, world.resident_id, world.id_of("noy"), now)
        return await wishes.ask(connection, world.vault, *where, **told)


async def answered(world: World, wish_id: str, said: Wish, now: datetime) -> None:
    """She said something, and the officer wrote it down."""
    async with world.write() as connection:
        by = world.id_of("officer")
        words = {"for_family": world.words or HER_WORDS, "for_us": world.words or FOR_US}
        await wishes.answer(connection, world.vault, wish_id, said, How.SPOKEN, by, now, **words)


async def wished(world: World, now: datetime, said: Wish = Wish.YES) -> None:
    """She was asked and said this."""
    await answered(world, await asked(world, now), said, now)


async def requested(world: World, now: datetime) -> str:
    """Noy asks that the family be told."""
    async with world.write() as connection:
        by = world.id_of("noy")
        return await releases.request(connection, world.vault, world.enquiry.id, world.resident_id, by, now)


async def approved(world: World, release_id: str, now: datetime, *names: str) -> None:
    """These approve, each with a fresh factor."""
    for name in names or ("dao", "lek"):
        async with world.write() as connection:
            await releases.approve(connection, world.vault, release_id, world.fresh(name, now), now)


async def _people(connection: AsyncConnection, vault: Vault, now: datetime) -> dict[str, SignedIn]:
    roles = {
        "noy": Role.TRACER, "lek": Role.TRACER, "dao": Role.SUPERVISOR, "keo": Role.SUPERVISOR,
        "mai": Role.CHILD_PROTECTION, "officer": Role.SHELTER_OFFICER, "other": Role.SHELTER_OFFICER,
    }  # fmt: skip
    known = {name: staff_id for staff_id, name in (await accounts.names(connection)).items()}
    made = {}
    for name, role in roles.items():
        staff_id = known.get(name) or await accounts.add(
            connection, vault, name=name, roles=[role], language="lo", now=now
        )
        made[name] = SignedIn(staff_id, name, "lo", frozenset({role}), f"session of {name}", now, has_passkey=True)
    return made
