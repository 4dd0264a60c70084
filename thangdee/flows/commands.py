"""What the turn does for a proposal `{"do": ...}` or `{"say": ...}`: each is repeatable without harm."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

from thangdee.casework import alerts, consent, erasure, lessons
from thangdee.casework.alerts import Urgency
from thangdee.casework.consent import GivenBy, Purpose
from thangdee.core import outbox
from thangdee.core.outbox import TAKE_OFF
from thangdee.core.script import fold
from thangdee.flows import (
    complaints,
    context,
    court,
    enquiry_after,
    enquiry_buttons,
    enquiry_form,
    enquiry_pressure,
    help_near,
    matter_after,
    matter_codes,
    matter_words,
    menu,
    referral_form,
)
from thangdee.flows.answers import MENU, PERSON, YES_NO, can_be_chosen, reply_with, topic
from thangdee.flows.asking import NO_ANSWER, Heard
from thangdee.flows.deciding import Proposal
from thangdee.flows.intents import Risk, risk_of
from thangdee.flows.outward import CRISIS_BUTTONS, Outward
from thangdee.flows.own_words import WITHDRAW
from thangdee.flows.reply import LANGUAGES, Button, Part, Reply, say
from thangdee.flows.saying_yes import note_yes

_MOST_WRONG_CODES = 10
_UNDO_CODE = re.compile(r"\d{6}")

Command = Callable[[Outward, Proposal], Awaitable[None]]
Obey = Callable[[Outward, str], Awaitable[Proposal | None]]
Hear = Callable[[Outward, str, Heard], Awaitable[Proposal | None]]


def is_form(kind: str) -> bool:
    """Tell whether buttons of this kind belong to a form."""
    return kind in _FORMS


async def carry_out(outward: Outward, proposal: Proposal) -> None:
    """Say or do what was proposed; an unknown proposal leads to the menu, so that nobody waits for nothing."""
    if about := proposal.get("topic"):
        once_more = {"say": f"answers.{about}"} | proposal  # where a step of ours answers now, the text still tells
        again = context.reply(once_more, outward.figures, outward.language)
        await outward.say(await enquiry_pressure.under_answer(outward, again, f"answers.{about}"))
        return
    if key := proposal.get("say"):
        await outward.say(await enquiry_pressure.under_answer(outward, reply_with(str(key), outward.figures), str(key)))
        return
    await enquiry_pressure.before_other_deed(outward, proposal)
    command = _COMMANDS.get(str(proposal.get("do")), _show_menu)
    await command(outward, proposal)


async def obey_form(outward: Outward, form: str, value: str) -> None:
    """Take the step of a form's button, `<form>:<value>`."""
    outward.remember(asked="none", misses=0)
    proposal = await _FORMS[form][0](outward, value)
    if proposal is not None:
        await carry_out(outward, proposal)


async def hear_answer(outward: Outward, asked: str, said: Heard) -> bool:
    """Give what was said to the form whose question is open; False where it finds that this is no answer."""
    proposal = await _FORMS[asked[0]][1](outward, asked, said)
    if proposal == NO_ANSWER:
        return False
    if proposal is not None:
        await carry_out(outward, proposal)
    return True


async def show_language_choice(outward: Outward) -> None:
    """Ask for the language in all of them; the cry for help is on this screen too."""
    names = tuple(Button(f"buttons.language_{one}", f"l:{one}") for one in LANGUAGES)
    await outward.say(Reply((Part("chat.ask_language"),), (*names, menu.CRISIS), sensitive=False))


async def welcome(outward: Outward) -> None:
    """Greet in Lao and Thai and ask for the language."""
    names = tuple(Button(f"buttons.language_{one}", f"l:{one}") for one in LANGUAGES)
    parts = (Part("chat.welcome", language="lo"), Part("chat.welcome", language="th"), Part("chat.ask_language"))
    await outward.say(Reply(parts, (*names, menu.CRISIS), sensitive=False))


async def set_language(outward: Outward, language: str) -> None:
    """Change the language; then ask once whether the chat may be kept, or show the menu."""
    outward.speak(language if language in LANGUAGES else "lo", tapped=True)
    if was_asked_to_keep(outward):
        await outward.say(menu.screen(menu.ROOT, lead="chat.language_set"))
    else:
        await ask_to_keep(outward, lead="chat.language_set")


def was_asked_to_keep(outward: Outward) -> bool:
    """Tell whether the present words of the question were shown; new words ask again (R3)."""
    return outward.chat.session.keep_asked == consent.CONSENT_VERSION


async def ask_to_keep(outward: Outward, lead: str | None = None) -> None:
    """Ask whether the chat may be kept (R1, R2)."""
    keys = (lead, "consent.keep_chat") if lead else ("consent.keep_chat",)
    await outward.say(say(*keys, buttons=(*_yes_no("keep_chat"), menu.CRISIS)))
    outward.remember(asked="keep_chat", keep_asked=consent.CONSENT_VERSION)


async def ask_to_learn(outward: Outward) -> None:
    """Ask whether the bot may learn from the person's words: they wrote the word that opens this again (R2)."""
    await outward.say(say("consent.research", buttons=(*_yes_no("research"), menu.CRISIS)))
    outward.remember(asked="research")


async def show_phrasebook(outward: Outward, page: str) -> None:
    """Show an innocent page of words (R53); the last button tells how to clear the chat."""
    buttons = tuple(Button(f"hidden.button.{one}", f"h:{one}") for one in (*_PAGES, "clear"))
    key = f"hidden.page.{page}" if page in _PAGES else "hidden.menu"
    key = "hidden.how_to_clear" if page == "clear" else key
    await outward.say(Reply((Part(key),), buttons, sensitive=False))


async def hide(outward: Outward) -> None:
    """Take everything that Telegram still lets us off the phone, then look like a phrasebook (R53)."""
    await take_off_phone(outward, older_than=timedelta(0))
    outward.remember(hidden=True, asked="none", topic=None, need=None)
    await show_phrasebook(outward, "clear")
    await show_phrasebook(outward, "menu")


async def take_off_phone(outward: Outward, *, older_than: timedelta) -> None:
    """Queue the deletion of what stands on the phone, both sides.

    Which messages these are is looked up at delivery: replies that wait before it in the lane are then among them.
    """
    await outbox.post(
        outward.connection,
        outward.vault,
        lane=outward.chat.chat_key,
        key_id=outward.chat.key_id,
        kind=TAKE_OFF,
        body={"to": outward.chat.address, "older_than": older_than.total_seconds()},
        now=outward.now,
        dedupe=f"{outward.dedupe}:{TAKE_OFF}",
    )


async def suggest(outward: Outward, guesses: tuple[str, ...]) -> None:
    """Ask "did you mean" with up to three topics; a second time in a row, offer a person."""
    misses = outward.chat.session.misses + 1
    choices = tuple(topic(intent) for intent in guesses if can_be_chosen(intent))
    if misses >= 2 or not choices:
        await outward.say(say("chat.not_understood_person", buttons=(*choices[:1], PERSON, MENU, menu.CRISIS)))
    else:
        await outward.say(say("chat.did_you_mean", buttons=(*choices, PERSON)))
    outward.remember(misses=misses, asked="none")


async def encourage(outward: Outward) -> None:
    """Say to whoever cried for help that staff can read on; nobody in danger is made to choose a topic."""
    await outward.say(say("crisis.go_on", buttons=CRISIS_BUTTONS))
    outward.remember(asked="none")


async def take_code(outward: Outward, text: str) -> bool:
    """Take what undoes a deletion, leads back to a lost chat or to what was written for her; or an enquiry's number."""
    if await _undo_deletion(outward, text) or await enquiry_after.is_own_number(outward, text):
        return True
    return await matter_codes.is_code(outward, text)


async def _undo_deletion(outward: Outward, text: str) -> bool:
    """Bring a deleted chat back if this is its code; after a few wrong ones it can no longer be guessed at."""
    code, wrong = fold(text), outward.chat.session.wrong_codes
    if not _UNDO_CODE.fullmatch(code) or wrong >= _MOST_WRONG_CODES:
        return False
    if not await erasure.reopen(outward.connection, outward.vault, outward.chat, code, outward.now):
        outward.remember(wrong_codes=wrong + 1)
        return False
    await outward.say(say("delete.restored", buttons=(MENU,)))
    return True


async def _crisis(outward: Outward, proposal: Proposal) -> None:
    kind = str(proposal.get("kind"))
    await outward.answer_crisis(kind if risk_of(kind) is Risk.IMMEDIATE else "danger_now")


async def _offer_person(outward: Outward, _proposal: Proposal) -> None:
    chat_id = outward.chat.id
    # Whoever cried for help is not asked first: staff are on their way already.
    if await alerts.is_crying(outward.connection, chat_id) or await consent.allows(
        outward.connection, chat_id, Purpose.TALK_TO_STAFF
    ):
        await _call_person(outward)
        return
    await outward.say(say("consent.talk_to_staff", buttons=(*_yes_no("talk_to_staff"), menu.CRISIS)))
    outward.remember(asked="talk_to_staff")


async def _call_person(outward: Outward) -> None:
    await outward.raise_alert(Urgency.PERSON, "talk_to_human")
    ways_on = (MENU, menu.CRISIS)
    await outward.say_if_there(
        say("person.called_on_duty", buttons=ways_on), nobody=say("person.called_off_duty", buttons=ways_on)
    )


async def _record_consent(outward: Outward, proposal: Proposal) -> None:
    purpose, is_yes = Purpose(str(proposal["purpose"])), proposal.get("answer") == "yes"
    given_by = GivenBy(proposal.get("given_by", GivenBy.TAPPED))
    await note_yes(outward, purpose, is_yes=is_yes, given_by=given_by)
    outward.remember(asked="none")
    if purpose is Purpose.KEEP_CHAT and (then := outward.chat.session.then):
        outward.remember(then=None)
        form, _, value = then.partition(":")
        await obey_form(outward, form, value if is_yes else "no")
    elif purpose is Purpose.KEEP_CHAT:
        await outward.say(menu.screen(menu.ROOT, lead=f"consent.keep_chat.{'yes' if is_yes else 'no'}"))
    elif purpose is Purpose.RESEARCH:
        await _learn_or_forget(outward, is_yes=is_yes)
    elif is_yes:
        await _call_person(outward)
    else:
        await outward.say(say("consent.talk_to_staff.no", buttons=(PERSON, MENU, menu.CRISIS)))


async def _ask_to_keep(outward: Outward, proposal: Proposal) -> None:
    """Ask before a form keeps the first answer (R1); a yes leads back to it."""
    await ask_to_keep(outward, lead=str(proposal.get("lead", "referral.keep_first")))
    outward.remember(then=str(proposal["then"]))


async def _show_status(outward: Outward, proposal: Proposal) -> None:
    await matter_after.show_status(outward, proposal)


async def _show_court(outward: Outward, _proposal: Proposal) -> None:
    await court.show(outward)


async def _begin_complaint(outward: Outward, _proposal: Proposal) -> None:
    await complaints.begin(outward)


async def _learn_or_forget(outward: Outward, *, is_yes: bool) -> None:
    if is_yes:
        take_back = Button("buttons.research_no", "n:research")
        await outward.say(say("consent.research.yes", buttons=(take_back, MENU, menu.CRISIS)))
        return
    await lessons.forget(outward.connection, outward.chat.id)
    await outward.say(say("consent.research.no", buttons=(MENU, menu.CRISIS)))


async def _ask_delete(outward: Outward, _proposal: Proposal) -> None:
    yes, no = Button("buttons.delete_yes", "y:delete"), Button("buttons.keep", "n:delete")
    # "Stop sending my matter", "close this enquiry" and "delete it all" are one intent: they can choose (R4).
    only: tuple[Button, ...] = (enquiry_buttons.CLOSE,) if await enquiry_after.has_open(outward) else ()
    if await matter_words.open_ones(outward):  # the same button asks about an enquiry where no matter is out any more
        only = (Button("buttons.matter_only_take_back", WITHDRAW),)
    await outward.say(say("delete.ask", buttons=(yes, *only, no, menu.CRISIS)))
    outward.remember(asked="delete")


async def _delete(outward: Outward, proposal: Proposal) -> None:
    outward.remember(asked="none")
    if proposal.get("answer") != "yes":
        await outward.say(menu.screen(menu.ROOT, lead="delete.cancelled"))
        return
    code = await erasure.close(outward.connection, outward.vault, outward.chat, outward.now)
    outward.chat = await erasure.start_anew(outward.connection, outward.vault, outward.chat, outward.now)
    await outward.say(say("delete.done", buttons=(Button("buttons.hide", "x:hide"), MENU), code=code))


async def _ask_language(outward: Outward, _proposal: Proposal) -> None:
    await show_language_choice(outward)


async def _show_menu(outward: Outward, _proposal: Proposal) -> None:
    await outward.say(menu.screen(menu.ROOT))


async def _hears_nothing(_outward: Outward, _asked: str, _said: Heard) -> Proposal:
    return NO_ANSWER  # a place for "who helps near me" is found before the turn asks anybody (help_heard.py)


def _yes_no(question: str) -> tuple[Button, ...]:
    return (Button(YES_NO[0], f"y:{question}"), Button(YES_NO[1], f"n:{question}"))


_PAGES = ("greetings", "numbers", "food")
# Whose buttons begin with the letter, and who hears what answers an open question (asking.py).
_FORMS: dict[str, tuple[Obey, Hear]] = {
    "f": (help_near.obey, _hears_nothing),
    "r": (referral_form.obey, referral_form.hear),
    "u": (matter_after.obey, matter_after.hear),
    "k": (complaints.obey, complaints.hear),
    "j": (court.obey, court.hear),
    "e": (enquiry_form.obey, enquiry_form.hear),
}
_COMMANDS: dict[str, Command] = {
    "crisis": _crisis,
    "offer_person": _offer_person,
    "record_consent": _record_consent,
    "ask_delete": _ask_delete,
    "delete": _delete,
    "ask_language": _ask_language,
    "help_near": help_near.begin,
    "ask_to_keep": _ask_to_keep,
    "referral_status": _show_status,
    "case_status": _show_court,
    "complaint": _begin_complaint,
    "tracing_status": enquiry_after.show_status,
    "enquiry": enquiry_form.begin,
}
