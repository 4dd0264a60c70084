"""The enquiry that is being written, with its answers: each is kept at once, so that nothing is ever said twice."""

from collections.abc import Mapping
from dataclasses import dataclass

from thangdee.casework.enquiries import deeds, facts, store
from thangdee.casework.enquiries.model import OF_ENQUIRER, Enquiry, Field, State
from thangdee.casework.referrals.facts import Value
from thangdee.flows.outward import Outward

# Of who writes; the relation is another one for each who is looked for.
_STAYS = OF_ENQUIRER - {Field.RELATION}


@dataclass(frozen=True)
class Draft:
    """An enquiry as who writes it sees it. `language`: of the chat now."""

    enquiry: Enquiry
    facts: Mapping[Field, Value]
    language: str

    @property
    def passed(self) -> tuple[str, ...]:
        """Names of the questions that were left out."""
        return self.enquiry.passed

    def code(self, field: Field) -> str | None:
        """Return the code that a field was answered with, None where there is none."""
        return self.facts.get(field, {}).get("code")


async def of(outward: Outward, one: Enquiry) -> Draft:
    """Return the enquiry with its answers."""
    return Draft(one, await facts.facts_of(outward.connection, outward.vault, one.id), outward.language)


async def present(outward: Outward) -> Draft | None:
    """Return the draft of this chat, None where nothing is being written."""
    one = await store.draft_of(outward.connection, outward.chat.id)
    return None if one is None else await of(outward, one)


async def called(outward: Outward, code: str) -> Draft | None:
    """Return this person's draft of that number, None where it was sent or thrown away."""
    one = await store.draft_of(outward.connection, outward.chat.id)
    is_it = one is not None and one.code == code and one.state is State.DRAFT
    return await of(outward, one) if one is not None and is_it else None


async def open_(outward: Outward) -> Draft:
    """Return the draft of this chat, or begin one; how they may be reached is known from an earlier one (R44)."""
    made = await store.of_chat(outward.connection, outward.chat.id)
    one = await deeds.begin(outward.connection, outward.chat, outward.now)
    earlier = next((it for it in made if it.filed_at is not None), None)
    if earlier is not None and all(it.id != one.id for it in made):
        told = await facts.facts_of(outward.connection, outward.vault, earlier.id)
        for field in _STAYS & told.keys():
            await facts.note(outward.connection, outward.vault, one.id, field, told[field], outward.now)
    return await of(outward, one)


async def answer(outward: Outward, draft: Draft, field: Field, value: Value) -> Draft:
    """Write an answer down."""
    await facts.note(outward.connection, outward.vault, draft.enquiry.id, field, value, outward.now)
    return await of(outward, draft.enquiry)


async def forget(outward: Outward, draft: Draft, field: Field) -> Draft:
    """Take an answer out for good."""
    await facts.forget(outward.connection, draft.enquiry.id, field)
    return await of(outward, draft.enquiry)


async def pass_by(outward: Outward, draft: Draft, *names: str) -> Draft:
    """Ask these no more: they were left out."""
    passed = tuple(dict.fromkeys((*draft.passed, *names)))
    return await of(outward, await deeds.pass_by(outward.connection, draft.enquiry.id, passed))


async def ask_again(outward: Outward, draft: Draft, name: str) -> Draft:
    """Let a question that was left out be asked again; one that was answered is not left out."""
    if name not in draft.passed:
        return draft
    passed = tuple(one for one in draft.passed if one != name)
    return await of(outward, await deeds.pass_by(outward.connection, draft.enquiry.id, passed))
