"""What staff do in the world where she is in a shelter: every deed of casework/outcomes, to one of several ends."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from thangdee.casework.enquiries import messages, store
from thangdee.casework.enquiries.model import Enquiry, State
from thangdee.casework.enquiries.store import EnquiryGoneError
from thangdee.casework.outcomes import (
    candidates,
    flagged,
    given,
    officers,
    proofs,
    releases,
    residents,
    searches,
    wishes,
)
from thangdee.casework.outcomes.flagged import FlaggedKind
from thangdee.casework.outcomes.model import ProofKind, Shelter, ToldHow, VettingItem, Wish
from thangdee.casework.outcomes.record import Consent, How, Record
from thangdee.casework.outcomes.search_rules import Heard
from thangdee.casework.staff import accounts
from thangdee.casework.staff.roles import Role
from thangdee.casework.staff.sessions import SignedIn
from thangdee.core.errors import ThangdeeError
from thangdee.processes.wiring import Installation

SHELTER = Shelter.KREDTAKARN
# What is known of her in the shelter, and nowhere else: nothing of it may ever be in a reply.
CANARY = "ZANZIBARKANARI"
_ROLES = {
    "noy": Role.TRACER, "lek": Role.TRACER, "dao": Role.SUPERVISOR, "officer": Role.SHELTER_OFFICER,
    "chai": Role.COUNSELLOR,
}  # fmt: skip
_THREE = (ProofKind.TOLD_UNASKED, ProofKind.FAMILY_BOOK, ProofKind.VILLAGE_CONFIRMS)
ENDS = ("told", "told_with_message", "she_refused", "message_only", "refused_by_us", "flagged", "nobody", "looked_only")

Step = Callable[[AsyncConnection, datetime], Awaitable[object]]


@dataclass
class Staff:
    """Those who work in a world, signed in."""

    here: Installation
    people: dict[str, SignedIn]

    def id_of(self, name: str) -> str:
        """Return whose account it is."""
        return self.people[name].staff_id

    def fresh(self, name: str, now: datetime) -> SignedIn:
        """Return the same with a second factor of a minute ago."""
        return replace(self.people[name], factor_at=now - timedelta(minutes=1))


async def employ(here: Installation, now: datetime) -> Staff:
    """Make accounts; the officer works for her shelter."""
    people = {}
    async with here.database.write() as connection:
        for name, role in _ROLES.items():
            made = await accounts.add(connection, here.vault, name=name, roles=[role], language="lo", now=now)
            people[name] = SignedIn(made, name, "lo", frozenset({role}), f"session {name}", now, has_passkey=True)
        officer = people["officer"].staff_id
        await officers.add(connection, here.vault, officer, SHELTER, officer, now)
    return Staff(here, people)


async def receive_her(staff: Staff, now: datetime, **told: str) -> str:
    """Enter a resident who said yes: `told` as in the register; return the id of her row."""
    on: date = (now - timedelta(days=1)).date()
    said_yes = Consent(
        is_yes=True, asked_by="Somjai", how=How.SPOKEN, on=on, not_found_by=CANARY, assented_by="the house mother"
    )
    about = {"sex": "f", "birth_year_or_age": "22", "shelter_number": CANARY, "marks": CANARY} | told
    async with staff.here.database.write() as connection:
        officer = staff.id_of("officer")
        made, _ = await residents.enter(connection, staff.here.vault, SHELTER, Record(said_yes, **about), officer, now)
    return made


class Work:
    """One enquiry's way through the hands of staff, a deed at a time; what the rules refuse is left."""

    def __init__(self, staff: Staff, end: str, chat_id: str, resident_id: str) -> None:
        self._staff, self._vault = staff, staff.here.vault
        self._chat_id, self._resident = chat_id, resident_id
        self._release = self._wish = ""
        self.done, self.refused = 0, list[str]()
        way: dict[str, tuple[Step, ...]] = {
            "told": (*self._to_her(), self._answers(Wish.YES), *self._to_release(), self._tell),
            "told_with_message": (
                *self._to_her(), self._answers(Wish.YES), self._pass_on, self._offer, *self._to_release(), self._tell,
            ),
            "she_refused": (*self._to_her(), self._answers(Wish.NO), self._close("not_wished")),
            "message_only": (*self._to_her(), self._answers(Wish.MESSAGE_ONLY), self._pass_on, self._offer),
            "refused_by_us": (*self._to_her(), self._answers(Wish.YES), *self._to_release()[:2], self._refuse),
            "flagged": (self._take, self._flag, self._close("not_proved")),
            "nobody": (self._take, self._prove, self._search, self._close("nobody")),
            "looked_only": (self._take, self._prove, self._search, self._judge),
        }  # fmt: skip
        self.steps = list(way[end])

    async def next(self, now: datetime) -> None:
        """Do the next deed."""
        step = self.steps.pop(0)
        try:
            async with self._staff.here.database.write() as connection:
                await step(connection, now)
        except ThangdeeError as error:
            self.refused.append(error.code)
        else:
            self.done += 1

    def _to_her(self) -> tuple[Step, ...]:
        return self._take, self._prove, self._search, self._judge, self._ask

    def _to_release(self) -> tuple[Step, ...]:
        return self._request, self._approve("dao"), self._approve("lek")

    async def _enquiry(self, connection: AsyncConnection) -> Enquiry:
        found = await store.of_chat(connection, self._chat_id)
        filed = [one for one in found if one.filed_at is not None]
        if not filed:
            raise EnquiryGoneError("the chat was deleted, or never sent one")
        # Staff may go on with what has expired for its maker.
        return next((one for one in filed if one.state is not State.CLOSED), filed[0])

    async def _take(self, connection: AsyncConnection, now: datetime) -> None:
        one, by = await self._enquiry(connection), self._staff.id_of("noy")
        await searches.take(connection, one.id, by, now, is_owner_free=True)
        for item in VettingItem:
            await proofs.vet(connection, one.id, item, by, now, is_good=True, is_supervisor=False)

    async def _prove(self, connection: AsyncConnection, now: datetime) -> None:
        one, by = await self._enquiry(connection), self._staff.id_of("noy")
        for kind in _THREE:
            await proofs.prove(connection, self._vault, one.id, kind, Heard.VOICE, "made up", by, now, is_good=True)
        await searches.open_search(connection, one.id, now)

    async def _search(self, connection: AsyncConnection, now: datetime) -> None:
        await candidates.search(connection, self._vault, await self._enquiry(connection), now)

    async def _judge(self, connection: AsyncConnection, now: datetime) -> None:
        one = await self._enquiry(connection)
        await searches.judge(connection, one.id, self._resident, "same", self._staff.id_of("noy"), now)

    async def _ask(self, connection: AsyncConnection, now: datetime) -> None:
        one, by = await self._enquiry(connection), self._staff.id_of("noy")
        self._wish = await wishes.ask(connection, self._vault, one.id, self._resident, by, now, relation="parent")

    def _answers(self, said: Wish) -> Step:
        async def step(connection: AsyncConnection, now: datetime) -> None:
            by = self._staff.id_of("officer")
            await wishes.answer(
                connection, self._vault, self._wish, said, How.SPOKEN, by, now, for_family=CANARY, for_us=CANARY
            )

        return step

    async def _request(self, connection: AsyncConnection, now: datetime) -> None:
        one, by = await self._enquiry(connection), self._staff.id_of("noy")
        self._release = await releases.request(connection, self._vault, one.id, self._resident, by, now)

    def _approve(self, name: str) -> Step:
        async def step(connection: AsyncConnection, now: datetime) -> None:
            await releases.approve(connection, self._vault, self._release, self._staff.fresh(name, now), now)

        return step

    async def _refuse(self, connection: AsyncConnection, now: datetime) -> None:
        await releases.refuse(connection, self._vault, self._release, self._staff.id_of("dao"), now)

    async def _tell(self, connection: AsyncConnection, now: datetime) -> None:
        by = self._staff.id_of("noy")
        await releases.tell(connection, self._vault, self._release, by, ToldHow.VOICE, now)

    async def _pass_on(self, connection: AsyncConnection, now: datetime) -> None:
        one, by = await self._enquiry(connection), self._staff.id_of("noy")
        for message in await messages.messages_of(connection, self._vault, one.id):
            await given.pass_on(connection, self._vault, one.id, message.id, self._resident, by, now)

    async def _offer(self, connection: AsyncConnection, now: datetime) -> None:
        by = self._staff.id_of("officer")
        for one in await given.waiting(connection, self._vault, by, now):
            await given.to_offer(connection, self._vault, one.message_id, by, now)
            await given.offered(connection, self._vault, one.message_id, by, now, was_wanted=True)

    async def _flag(self, connection: AsyncConnection, now: datetime) -> None:
        one, by = await self._enquiry(connection), self._staff.id_of("noy")
        bad = VettingItem.NOT_FLAGGED
        await proofs.vet(connection, one.id, bad, by, now, is_good=False, is_supervisor=False)
        await flagged.flag(connection, self._vault, FlaggedKind.PHONE, "020 5512 3456", "a broker", by, now)

    def _close(self, why: str) -> Step:
        async def step(connection: AsyncConnection, now: datetime) -> None:
            await searches.close(connection, (await self._enquiry(connection)).id, why, now)

        return step
