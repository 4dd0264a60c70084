"""The matter that is being written, with its answers: each is kept at once, so that nothing is ever said twice."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from thangdee.casework.chats import Session
from thangdee.casework.referrals import deeds, facts, store
from thangdee.casework.referrals.facts import Fact, Value
from thangdee.casework.referrals.model import Field, Matter, Said, Speed
from thangdee.flows.help_screens import settings
from thangdee.flows.outward import Outward
from thangdee.flows.told import ADULT, UNDER_18
from thangdee.referral_directory.places import by_code, province_of

_AGE_BANDS = {UNDER_18: "under_18", ADULT: "18_59"}


@dataclass(frozen=True)
class Draft:
    """A matter as who writes it sees it. `facts`: their own answers; `passed`: questions skipped."""

    matter: Matter
    facts: Mapping[Field, Fact]
    passed: frozenset[str]

    @property
    def said_by(self) -> Said:
        """Whose words the answers are."""
        return Said.HELPER if self.matter.is_for_other else Said.PERSON

    def code(self, field: Field) -> str | None:
        """Return the code that a field was answered with, None where there is none."""
        fact = self.facts.get(field)
        return fact.value.get("code") if fact else None


async def of(outward: Outward, matter: Matter) -> Draft:
    """Return the matter with the answers of who writes it."""
    said_by = Said.HELPER if matter.is_for_other else Said.PERSON
    told = await facts.facts_of(outward.connection, outward.vault, matter.id)
    mine = {one.field: one for one in told if one.said_by is said_by}
    return Draft(matter, mine, frozenset(outward.chat.session.passed))


async def mine_called(outward: Outward, code: str) -> Matter | None:
    """Return this person's matter of that code, None if there is none."""
    all_ = await store.matters_of(outward.connection, outward.chat.id)
    return next((one for one in all_ if one.code == code), None)


async def open_(outward: Outward) -> Draft:
    """Return the draft of this chat, or begin one; what the chat knows is in it (R44)."""
    is_new = await store.draft_of(outward.connection, outward.chat.id) is None
    matter = await deeds.begin(outward.connection, outward.vault, outward.chat, outward.now)
    if is_new:
        outward.remember(passed=(), chosen=None, others=None)
    draft = await of(outward, matter)
    if outward.chat.session.need and outward.chat.session.need != draft.matter.need:
        draft = await answer(outward, draft, Field.NEED, {"code": outward.chat.session.need})
    return draft


async def take_over_what_was_said(outward: Outward, draft: Draft) -> Draft:
    """Write down what the person said in this chat before, once it is known about whom it is."""
    session = outward.chat.session
    for field, value in _said_before(session, draft):
        if field not in draft.facts:
            draft = await answer(outward, draft, field, value)
    return draft


def _said_before(session: Session, draft: Draft) -> list[tuple[Field, Value]]:
    found: list[tuple[Field, Value]] = []
    if session.place and Field.PROVINCE not in draft.facts:
        found.append((Field.PROVINCE, {"code": session.place}))
    if draft.matter.need in settings().urgent:
        found.append((Field.URGENCY, {"code": "urgent"}))
    if session.age_band in _AGE_BANDS and (session.age_band == UNDER_18 or not draft.matter.is_for_other):
        found.append((Field.AGE_BAND, {"code": _AGE_BANDS[session.age_band]}))
    if session.for_whom:
        found.append((Field.GENDER, {"code": session.for_whom}))
    if session.language_tapped and not draft.matter.is_for_other:
        found.append((Field.LANGUAGE, {"code": draft.matter.language}))
    return found


async def answer(outward: Outward, draft: Draft, field: Field, value: Value) -> Draft:
    """Keep an answer, at once and sealed, and what stands open of it."""
    if field is Field.PROVINCE:
        return await _answer_place(outward, draft, str(value["code"]))
    await _note(outward, draft, field, value)
    return await change(outward, draft, **_open_of(field, value.get("code")))


def _open_of(field: Field, code: str | None) -> dict[str, object]:
    """Return what stands open in the matter of an answer, for the rules and the clocks."""
    if field is Field.NEED:
        return {"need": code}
    if field is Field.AGE_BAND:
        return {"age_band": code}
    if field is Field.URGENCY:
        return {"speed": Speed.URGENT if code == "urgent" else Speed.ORDINARY}
    return {}


async def _answer_place(outward: Outward, draft: Draft, code: str) -> Draft:
    """Write the province down, and the district apart from it: a receiver sees that only after accepting (R41)."""
    place, province = by_code(code), province_of(code)
    await facts.forget(outward.connection, draft.matter.id, Field.DISTRICT, draft.said_by)
    await _note(outward, draft, Field.PROVINCE, {"code": province.code if province else code})
    if place is not None and province is not None and place.code != province.code:
        await _note(outward, draft, Field.DISTRICT, {"code": place.code})
    return await change(outward, draft, place=code)


async def _note(outward: Outward, draft: Draft, field: Field, value: Value) -> None:
    connection, vault = outward.connection, outward.vault
    await facts.note(connection, vault, draft.matter.id, field, value, draft.said_by, outward.now)


async def change(outward: Outward, draft: Draft, **changed: object) -> Draft:
    """Change what stands open in the draft."""
    matter = await deeds.change_draft(outward.connection, draft.matter.id, outward.now, **changed)
    return await of(outward, matter)


async def forget(outward: Outward, draft: Draft, field: Field) -> Draft:
    """Take an answer out for good."""
    await facts.forget(outward.connection, draft.matter.id, field, draft.said_by)
    return await of(outward, draft.matter)


def pass_by(outward: Outward, draft: Draft, name: str) -> Draft:
    """Ask this no more: it was skipped, or its answer needs no fact."""
    passed = tuple(dict.fromkeys((*outward.chat.session.passed, name)))
    outward.remember(passed=passed)
    return replace(draft, passed=frozenset(passed))


def ask_again(outward: Outward, draft: Draft, name: str) -> Draft:
    """Let a question that was skipped be asked again."""
    passed = tuple(one for one in outward.chat.session.passed if one != name)
    outward.remember(passed=passed)
    return replace(draft, passed=frozenset(passed))
