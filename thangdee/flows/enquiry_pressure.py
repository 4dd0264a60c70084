"""Claims of office, threats, offers, pleading, orders to the machine: the same fixed words for all of them (R14).

Who speaks about a missing relative is never asked "did you mean": a guess is a hint. What was tried is a flag for
staff, and makes no difference here.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from thangdee.casework import alerts, conversations
from thangdee.casework.consent import GivenBy
from thangdee.casework.enquiries import flags, store
from thangdee.casework.enquiries.model import Enquiry, Flag, State
from thangdee.flows import asking
from thangdee.flows.answers import PERSON, crisis_cards, number_lines
from thangdee.flows.deciding import Proposal
from thangdee.flows.enquiry_buttons import ALWAYS, BEGIN, FINDER, HELP
from thangdee.flows.enquiry_words import asks_where, flags_in
from thangdee.flows.intents import OUT_OF_SCOPE, Risk
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Part, Reply
from thangdee.flows.understanding import Understanding

TRACING = frozenset({"find_relative", "tracing_status", "paid_finder", "info_shelter_contact"})
# Whoever means one of these gets it; what else was said is a flag all the same.
_STANDS = frozenset({"talk_to_human", "delete_my_data", "change_language", "complaint"})
_SMALL_TALK = frozenset({"greet", "thanks", "goodbye", "affirm", "deny"})
_STRONG = frozenset({Flag.AUTHORITY, Flag.THREAT, Flag.OFFER, Flag.INJECTION})
# For these the writer is shown, too, where help is for themselves.
_WITH_CARD = frozenset({Flag.THREAT, Flag.OFFER, Flag.PLEADING})
_LONGEST_SMALL_TALK = 24
# A "yes", "never mind" or "you are welcome" of the bot could be heard as an answer about her.
_MISHEARD = frozenset({"chat.affirm", "chat.deny", "chat.thanks"})
_OTHER_DEEDS = frozenset({"help_near", "referral_status", "case_status", "complaint"})
_A_TALK, _AFTER_FILING, _CRY_ECHOES = timedelta(hours=12), timedelta(days=30), timedelta(hours=1)


async def answer_pressure(outward: Outward, meaning: Understanding, text: str) -> bool:
    """Answer what presses for news, or is not understood in a talk about a relative; False: answer as ever."""
    found = flags_in(text)
    is_plain_press = bool(found & _STRONG) and (meaning.intent in TRACING or asks_where(text))
    if outward.chat.session.hidden or meaning.risk is Risk.IMMEDIATE:
        return False
    if not is_plain_press and not await _is_about_relative(outward):
        return False
    for kind in sorted(found):
        await _flag(outward, kind, text)
    if not _is_same_for_all(found, meaning, text) or await _is_crying(outward):
        return False
    has_asked = bool(await _asked_lately(outward))
    # "I am her mother" is how an honest mother begins; the answer to that is fixed, too, and leads on.
    if meaning.intent == "find_relative" and meaning.is_sure and not has_asked:
        return False
    outward.remember(misses=0, asked="none", topic="tracing_status", topic_at=outward.now.isoformat())
    await outward.say(same_for_all(outward, with_card=bool(found & _WITH_CARD), has_asked=has_asked))
    return True


def same_for_all(outward: Outward, *, with_card: bool, has_asked: bool) -> Reply:
    """Return the words that everybody gets; `with_card`: and where the writer finds help for themselves.

    `has_asked`: there is an enquiry of theirs already; who has none can begin one.
    """
    card = (Part("enquiry.for_you"), *number_lines(crisis_cards()["danger_now"].figures, outward.figures))
    first = HELP if has_asked else BEGIN
    return Reply((Part("enquiry.same_for_all"), *(card if with_card else ())), (first, FINDER, PERSON, CRISIS))


async def under_answer(outward: Outward, reply: Reply, key: str) -> Reply:
    """Add what every tracing text says (R18) to any other answer to who has an enquiry with us.

    "Is there a match?" is taken for another question now and then, and answered "Yes, there is help for men, too".
    """
    is_other = key.startswith("answers.") and key.removeprefix("answers.") not in TRACING
    if not (is_other or key in _MISHEARD) or not await _asked_lately(outward):
        return reply
    return replace(reply, parts=(*reply.parts, ALWAYS))


async def before_other_deed(outward: Outward, proposal: Proposal) -> None:
    """Say the same before what answers with a screen of its own, where it was understood from words."""
    is_by_words = proposal.get("given_by") == GivenBy.WRITTEN and proposal.get("do") in _OTHER_DEEDS
    if is_by_words and await _asked_lately(outward):
        await outward.say(Reply((ALWAYS,), (FINDER, CRISIS)))


def _is_same_for_all(found: frozenset[Flag], meaning: Understanding, text: str) -> bool:
    if found & _STRONG:
        return not asking.is_above_all(meaning, text)
    is_sure = meaning.is_sure and not meaning.is_blind
    if is_sure and meaning.intent in _STANDS:
        return False
    # "If you found her say thanks, if not say hello": what is taken for small talk must not be answered as such.
    if is_sure and meaning.intent in _SMALL_TALK and len(text.strip()) > _LONGEST_SMALL_TALK:
        return True
    if Flag.PLEADING in found and meaning.intent not in TRACING:
        return True
    # "We do not know this, try another way" would be heard as news of the person.
    is_understood = is_sure and meaning.intent != OUT_OF_SCOPE
    if found:
        return not is_understood or meaning.intent in _SMALL_TALK or meaning.intent == "tracing_status"
    return not is_understood and not meaning.is_blind


async def _is_about_relative(outward: Outward) -> bool:
    """Tell whether this is a talk about a missing relative: by its topic, or an enquiry of the last 30 days."""
    session = outward.chat.session
    since = datetime.fromisoformat(session.topic_at) if session.topic_at else outward.now - _A_TALK
    if session.topic in TRACING and outward.now - since < _A_TALK:
        return True
    return bool(await _asked_lately(outward))


async def _asked_lately(outward: Outward) -> list[Enquiry]:
    """Return the enquiries that are open or were sent in the last 30 days."""
    filed = [one for one in await store.of_chat(outward.connection, outward.chat.id) if one.filed_at is not None]
    since = outward.now - _AFTER_FILING
    return [one for one in filed if one.state is State.OPEN or (one.filed_at and one.filed_at >= since)]


async def _is_crying(outward: Outward) -> bool:
    return await alerts.is_crying(outward.connection, outward.chat.id, outward.now - _CRY_ECHOES)


async def _flag(outward: Outward, kind: Flag, text: str) -> None:
    """Write a flag down; the words only where words may be kept (R1)."""
    may_keep = await conversations.may_keep(outward.connection, outward.chat.id, outward.now)
    body = {"text": text} if may_keep else None
    await flags.note(outward.connection, outward.vault, outward.chat, kind, outward.now, body)
