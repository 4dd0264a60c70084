"""Codes that are typed: to come back from another phone, and to find what somebody wrote for her.

Both may be typed at any time. A wrong one tells nothing, and after a few nothing is looked up any more.
"""

import re

from thangdee.casework import consent
from thangdee.casework.alerts import Urgency
from thangdee.casework.consent import Purpose
from thangdee.casework.referrals import coming_back, field_words, handing_over, store
from thangdee.casework.referrals.coming_back import TwoMattersError
from thangdee.casework.referrals.facts import Fact
from thangdee.casework.referrals.model import Matter
from thangdee.flows.answers import MENU, PERSON
from thangdee.flows.asking import NO_ANSWER, Heard, ask_to_keep_first
from thangdee.flows.deciding import Proposal
from thangdee.flows.matter_status import show_status
from thangdee.flows.matter_words import STATUS, line
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Button, Part, Reply

ASKED = "u_code"
MOST_WRONG = 10
_LOOKS_LIKE_CODE = re.compile(r"[2-9A-HJKMNP-Z]{8}|[2-9A-HJKMNP-Z]{10}")
_CODE_LONG = re.compile(r"[0-9A-Za-z]{8}|[0-9A-Za-z]{10}")
_GROUP = 5
_GO_ON = Button("buttons.matter_go_on", "r:")


# --- a lost phone -----------------------------------------------------------------------------------------------


async def show_lost(outward: Outward, _: str) -> Proposal | None:
    """Tell what can be arranged for the day when the phone or the number is gone."""
    code, contact = Button("buttons.matter_code", "u:lc"), Button("buttons.matter_contact", "u:p")
    await outward.say(Reply((Part("matter.lost"),), (code, contact, STATUS, CRISIS)))
    return None


async def offer_code(outward: Outward, _: str) -> Proposal | None:
    """Give a code; where one was given, ask first, since it counts no more then."""
    if not await coming_back.has_code(outward.connection, outward.chat.id):
        return await give_code(outward, "")
    new = Button("buttons.matter_new_code", "u:ln")
    await outward.say(Reply((Part("matter.code_there"),), (new, STATUS, PERSON, CRISIS)))
    return None


async def give_code(outward: Outward, _: str) -> Proposal | None:
    """Show a new code, this once; what it leads back to must be kept (R1)."""
    if not await consent.keeps_words(outward.connection, outward.chat.id):
        return ask_to_keep_first("u:lc")
    code = await coming_back.new_code(outward.connection, outward.vault, outward.chat.id, outward.now)
    shown = " ".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
    await outward.say(Reply((Part("matter.code", {"code": shown}),), (STATUS, MENU, CRISIS)))
    return None


# --- typing one -------------------------------------------------------------------------------------------------


async def ask(outward: Outward, _: str) -> Proposal | None:
    """Ask for the code; whoever has one from a helper must agree first that this chat is kept (R1)."""
    if not await consent.keeps_words(outward.connection, outward.chat.id):
        return ask_to_keep_first("u:hc")
    await outward.say(Reply((Part("matter.which_code"),), (PERSON, MENU, CRISIS)))
    outward.remember(asked=ASKED)
    return None


async def not_kept(outward: Outward, _: str) -> Proposal | None:
    """Answer a no to keeping: nothing was looked up."""
    await outward.say(Reply((Part("matter.left"),), (PERSON, MENU, CRISIS)))
    return None


async def hear(outward: Outward, said: Heard) -> Proposal | None:
    """Take a typed code after the question for it; whatever is wrong with it, the answer is the same."""
    typed = _plain(said.text or "")
    if not _CODE_LONG.fullmatch(typed):
        return NO_ANSWER
    if not await _find(outward, typed.upper()):
        again = Button("buttons.matter_again", "u:hc")
        await outward.say(Reply((Part("matter.code_not_found"),), (again, PERSON, MENU, CRISIS)))
    return None


async def is_code(outward: Outward, text: str) -> bool:
    """Take a code that was typed unasked; False for anything else, which is then understood like any message.

    Only what looks like one is looked up: letters and digits mixed, or all capitals. A word in capitals counts as no
    wrong code, a phone number is not looked up at all.
    """
    typed = _plain(text)
    is_shaped = _LOOKS_LIKE_CODE.fullmatch(typed.upper()) is not None and not typed.isdecimal()
    return is_shaped and (not typed.isalpha() or typed.isupper()) and await _find(outward, typed.upper())


async def _find(outward: Outward, code: str) -> bool:
    wrong = outward.chat.session.wrong_codes
    if wrong >= MOST_WRONG:
        return False
    is_right = await (_come_back(outward, code) if len(code) == coming_back.LENGTH else _hand_over(outward, code))
    if not is_right and (not code.isalpha() or outward.chat.session.asked == ASKED):
        outward.remember(wrong_codes=wrong + 1)
    return is_right


def _plain(text: str) -> str:
    return "".join(text.replace("-", " ").split())


async def _come_back(outward: Outward, code: str) -> bool:
    try:
        back = await coming_back.come_back(outward.connection, outward.vault, outward.chat, code, outward.now)
    except TwoMattersError:
        await outward.raise_alert(Urgency.PERSON, "referral_lost")
        await outward.say(Reply((Part("matter.two_matters"),), (STATUS, MENU, CRISIS)))
        return True
    if back is None:
        return False
    outward.chat = back
    new = Button("buttons.matter_new_code", "u:ln")
    await outward.say(Reply((Part("matter.welcome_back"),), (STATUS, new, PERSON, CRISIS)))
    return True


# --- what a helper wrote ----------------------------------------------------------------------------------------


async def _hand_over(outward: Outward, code: str) -> bool:
    if not await consent.allows(outward.connection, outward.chat.id, Purpose.KEEP_CHAT):
        return False  # asked for the code, she is asked for that first
    draft = await store.draft_of(outward.connection, outward.chat.id)
    if draft is not None and draft.is_for_other:
        return False  # she writes for somebody herself: the two must not be mixed
    matter = await handing_over.take(outward.connection, outward.vault, outward.chat, code, outward.now)
    if matter is None:
        return False
    outward.remember(asked="none")
    await show_next(outward, "")
    return True


async def show_next(outward: Outward, _: str) -> Proposal | None:
    """Show the next thing that was written for her: it is so, or out with it; at the end she goes on by herself."""
    matter = await store.draft_of(outward.connection, outward.chat.id)
    left = await handing_over.waiting(outward.connection, outward.vault, matter) if matter else []
    if matter is None:
        return await show_status(outward)
    if not left:
        await outward.say(Reply((Part("matter.written_done"),), (_GO_ON, PERSON, MENU, CRISIS)))
        return None
    one = left[0]
    said = field_words.words_of(one.field, one.value, outward.language)
    parts = (Part("matter.written"), line("written", field=field_words.name_of(one.field, outward.language), said=said))
    buttons = (
        Button("buttons.matter_it_is_so", f"u:ht:{one.field}"),
        Button("buttons.matter_strike", f"u:hx:{one.field}"),
        PERSON,
        CRISIS,
    )
    await outward.say(Reply(parts, buttons))
    return None


async def take_over(outward: Outward, field: str) -> Proposal | None:
    """It is so: her own word from now on."""
    matter, one = await _written(outward, field)
    if matter is not None and one is not None:
        await handing_over.take_over(outward.connection, outward.vault, matter, one, outward.now)
    return await show_next(outward, "")


async def strike(outward: Outward, field: str) -> Proposal | None:
    """Out with it."""
    matter, one = await _written(outward, field)
    if matter is not None and one is not None:
        await handing_over.strike(outward.connection, matter, one.field)
    return await show_next(outward, "")


async def _written(outward: Outward, field: str) -> tuple[Matter | None, Fact | None]:
    matter = await store.draft_of(outward.connection, outward.chat.id)
    if matter is None:
        return None, None
    left = await handing_over.waiting(outward.connection, outward.vault, matter)
    return matter, next((one for one in left if one.field == field), None)
