"""Somebody who may be called once if she falls silent: who, what may be said, which number; each with her yes (R57)."""

import re

from thangdee.casework.consent import Purpose
from thangdee.casework.referrals import lost_number
from thangdee.casework.referrals.follow_up import NotAgreedError
from thangdee.casework.referrals.lost_number import Contact
from thangdee.core import words
from thangdee.flows.answers import PERSON
from thangdee.flows.asking import NO_ANSWER, Heard
from thangdee.flows.deciding import Proposal
from thangdee.flows.matter_words import STATUS, line
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Button, Part, Reply
from thangdee.flows.saying_yes import note_yes

ASKED = "u_contact"
WHO = ("mother", "sibling", "friend", "other")
_FEWEST_DIGITS = 7
_NUMBER = re.compile(r"\+?\d[\d\s().-]{5,}\d")


async def show(outward: Outward, value: str) -> Proposal | None:
    """Take one step: nothing asks, `y` who, `<who>` what to say, `<who>:<sentence>` the number, `n` no, `x` out."""
    who, _, may_say = value.partition(":")
    if value in ("n", "x"):
        await _forget(outward)
    elif value == "y":
        await note_yes(outward, Purpose.SECOND_CONTACT, is_yes=True)
        await _ask_who(outward)
    elif who in WHO and may_say in lost_number.MAY_SAY:
        await _ask_number(outward, value)
    elif who in WHO:
        await _ask_what(outward, who)
    elif await lost_number.has_contact(outward.connection, outward.chat.id):
        out = Button("buttons.matter_contact_out", "u:p:x")
        await outward.say(
            Reply((Part("matter.contact_there"),), (Button("buttons.matter_contact_new", "u:p:y"), out, STATUS, CRISIS))
        )
    else:
        yes, no = Button("buttons.yes", "u:p:y"), Button("buttons.no", "u:p:n")
        await outward.say(Reply((Part("consent.second_contact"),), (yes, no, PERSON, CRISIS)))
    return None


async def hear(outward: Outward, said: Heard) -> Proposal | None:
    """Take the number, and a name beside it; without a number it is no answer."""
    found = _NUMBER.search(said.text or "")
    who, _, may_say = (outward.chat.session.about or "").partition(":")
    if found is None or sum(letter.isdecimal() for letter in found[0]) < _FEWEST_DIGITS or who not in WHO:
        return NO_ANSWER
    name = " ".join((said.text or "").replace(found[0], " ").split())
    relation = words.text(f"matter.word.who_{who}", outward.language)
    contact = Contact(name or relation, found[0].strip(), relation, may_say)
    outward.remember(asked="none", about=None)
    try:
        await lost_number.give_contact(outward.connection, outward.vault, outward.chat.id, contact, outward.now)
    except NotAgreedError:
        return await show(outward, "")
    only = line("we_only_say", said=words.text(f"follow_up.may_say.{may_say}", outward.language))
    out = Button("buttons.matter_contact_out", "u:p:x")
    await outward.say(Reply((Part("matter.contact_kept"), only), (STATUS, out, PERSON, CRISIS)))
    return None


async def _forget(outward: Outward) -> None:
    await lost_number.forget_contact(outward.connection, outward.chat.id)
    await note_yes(outward, Purpose.SECOND_CONTACT, is_yes=False)
    await outward.say(Reply((Part("matter.no_contact"),), (STATUS, PERSON, CRISIS)))


async def _ask_who(outward: Outward) -> None:
    buttons = tuple(Button(f"buttons.matter_who_{one}", f"u:p:{one}") for one in WHO)
    await outward.say(Reply((Part("matter.which_contact"),), buttons))


async def _ask_what(outward: Outward, who: str) -> None:
    lines = tuple(
        line("may_say", number=str(number), said=words.text(f"follow_up.may_say.{one}", outward.language))
        for number, one in enumerate(lost_number.MAY_SAY, start=1)
    )
    buttons = tuple(
        Button("buttons.matter_words", f"u:p:{who}:{one}", {"number": str(number)})
        for number, one in enumerate(lost_number.MAY_SAY, start=1)
    )
    await outward.say(Reply((Part("matter.what_to_say"), *lines), (*buttons, CRISIS)))


async def _ask_number(outward: Outward, chosen: str) -> None:
    await outward.say(Reply((Part("matter.which_number"),), (PERSON, STATUS, CRISIS)))
    outward.remember(asked=ASKED, about=chosen)
