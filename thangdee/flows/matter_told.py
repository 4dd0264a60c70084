"""What was told to whom: only what a receiver could really read, and for how long."""

from collections.abc import Iterable

from thangdee.casework.referrals import deeds, questions
from thangdee.casework.referrals.model import TAKEN_ON, Matter, Referral
from thangdee.casework.referrals.withdrawing import could_be_read, read_until
from thangdee.core import words
from thangdee.flows.answers import MENU, NEAREST, PERSON
from thangdee.flows.deciding import Proposal
from thangdee.flows.matter_questions import in_words
from thangdee.flows.matter_words import (
    TAKE_BACK,
    cut,
    line,
    may_still_be_told,
    mine,
    moment,
    name_of,
    told_in_words,
)
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Part, Reply


async def show_told(outward: Outward, matter_id: str) -> Proposal | None:
    """Show who could read what, and who may still be asked."""
    matters = await mine(outward, matter_id)
    told = await told_lines(outward, matters)
    is_open = any(may_still_be_told(one, outward.now) for one in matters)
    ways_on = (TAKE_BACK, PERSON, MENU, CRISIS) if is_open else (NEAREST, PERSON, MENU, CRISIS)
    await outward.say(Reply((Part("matter.told"), *told, *_still(outward, matters)), ways_on))
    return None


async def told_lines(outward: Outward, matters: Iterable[Matter], listing_id: str = "") -> tuple[Part, ...]:
    """Return one line for each receiver (for the one of an id alone), one honest line where there was none."""
    lines = [
        await _told(outward, matter, one)
        for matter in matters
        for one in matter.referrals
        if listing_id in ("", one.receiver.listing_id) and could_be_read(matter, one)
    ]
    return tuple(lines) or (line("told_nobody"),)


async def _told(outward: Outward, matter: Matter, one: Referral) -> Part:
    language, until = outward.language, read_until(one)
    seen = await deeds.what_was_shown(outward.connection, outward.vault, matter, one)
    read = could_be_read(matter, one)
    fields = {field: value for field, value in seen.fields.items() if field in read}
    values = {
        "name": name_of(outward, one.receiver),
        "what": "; ".join((told_in_words(fields, language), *await _answers(outward, one))),
        "since": moment(one.offered_at, outward.now, language),
    }
    if until is not None:
        return line("told_until", **values, until=moment(until, outward.now, language))
    return line("told_still" if one.state in TAKEN_ON else "told_outline", **values)


async def _answers(outward: Outward, one: Referral) -> list[str]:
    """Return what she answered to questions of theirs and let them read; her own words only who took it on."""
    found, language = [], outward.language
    for asked in await questions.of_referral(outward.connection, one.id):
        if asked.answered_at is None or asked.answered_by is not None:
            continue
        value = await questions.noted_answer(outward.connection, outward.vault, asked.id)
        if value and ("code" in value or one.contact_by is not None):
            question = words.text(f"provider.question.{asked.code}", language)
            found.append(f"{question} {cut(in_words(value, language))}")
    return found


def _still(outward: Outward, matters: Iterable[Matter]) -> tuple[Part, ...]:
    """Say who may be asked next, so that nobody is a surprise."""
    names = [
        name_of(outward, consent.receiver)
        for matter in matters
        for consent in may_still_be_told(matter, outward.now)
        if matter.current is None or consent.id != matter.current.consent_id
    ]
    return (line("may_be_asked", names=", ".join(names)),) if names else ()
