"""Somebody asks for money for news: one tap tells staff; what else is known may follow.

Staff hear of it at once. Whether more may be kept, who it is, what they say and how much they want is asked then; each
question may be skipped, and takes words or a recording.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from thangdee.casework import consent, media
from thangdee.casework.alerts import Urgency
from thangdee.casework.enquiries import flags
from thangdee.casework.enquiries.model import KEPT, Flag
from thangdee.flows.answers import MENU, PERSON, PRESSURE, answer_of, number_lines
from thangdee.flows.asking import NO_ANSWER, Heard, ask_to_keep_first
from thangdee.flows.deciding import Proposal
from thangdee.flows.enquiry_buttons import ALWAYS, HELP
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Button, Part, Reply

REASON = "paid_finder"
# What may be told of them, by the name of the question, in this order.
QUESTIONS = {"who": "e_a_who", "said": "e_a_said", "much": "e_a_much"}
_TELL = Button("buttons.enquiry_finder_tell", "e:a.fq")
# What is told within this time belongs to the same report.
_ONE_SITTING = timedelta(hours=12)


async def report(outward: Outward, _: str) -> None:
    """Tell staff at once, whatever was agreed to (R1), and say what to do meanwhile."""
    await outward.raise_alert(Urgency.HIGH, REASON)
    await _flag(outward)
    known = answer_of("enquiry.finder")
    numbers = number_lines(known.figures if known else (), outward.figures)
    parts = (Part("enquiry.finder"), await _who_reads(outward), *numbers, ALWAYS)
    await outward.say(Reply(parts, (_TELL, PRESSURE, PERSON, CRISIS)))


async def ask_first(outward: Outward, _: str) -> Proposal | None:
    """Ask who it is, once what is said may be kept (R1)."""
    if not await consent.keeps_words(outward.connection, outward.chat.id):
        return ask_to_keep_first("e:a.fq") | {"lead": "enquiry.finder_keep_first"}
    await _ask(outward, "who")
    return None


async def go_on(outward: Outward, name: str) -> Proposal | None:
    """Ask the question of this name; after the last, thank."""
    if name in QUESTIONS:
        await _ask(outward, name)
        return None
    outward.remember(asked="none", about=None)
    await outward.say(Reply((Part("enquiry.finder_thanks"), ALWAYS), (HELP, PERSON, MENU, CRISIS)))
    return None


def hear_as(name: str) -> Callable[[Outward, Heard], Awaitable[Proposal | None]]:
    """Return what takes words or a recording as the answer to the question of this name."""

    async def hear(outward: Outward, said: Heard) -> Proposal | None:
        body = _body(said)
        if body is None or not await consent.keeps_words(outward.connection, outward.chat.id):
            return NO_ANSWER
        flag_id = outward.chat.session.about or await _flag(outward)
        await flags.add(outward.connection, outward.vault, outward.chat, flag_id or "", name, body)
        if "media" in body:
            await media.keep_until(outward.connection, [body["media"]], outward.now + KEPT)
        return await go_on(outward, _after(name))

    return hear


async def _ask(outward: Outward, name: str) -> None:
    skip = Button("buttons.enquiry_skip", f"e:a.fn:{_after(name)}")
    flag_id = await _flag(outward)
    await outward.say(Reply((Part(f"enquiry.finder_ask.{name}"),), (skip, PERSON, CRISIS)))
    outward.remember(asked=QUESTIONS[name], about=flag_id)


async def _flag(outward: Outward) -> str | None:
    """Return the report of this sitting, a new one where there is none."""
    known = await flags.flags_of(outward.connection, outward.vault, outward.chat.id)
    recent = (one for one in known if one.kind is Flag.FINDER and outward.now - one.at <= _ONE_SITTING)
    found = next(recent, None)
    if found is not None:
        return found.id
    return await flags.note(outward.connection, outward.vault, outward.chat, Flag.FINDER, outward.now)


async def _who_reads(outward: Outward) -> Part:
    if await outward.is_someone_there():
        return Part("court.line.told_on_duty")
    return await outward.planned() or Part("court.line.told_off_duty")


def _after(name: str) -> str:
    names = list(QUESTIONS)
    place = names.index(name) + 1
    return names[place] if place < len(names) else "end"


def _body(said: Heard) -> dict[str, str] | None:
    if said.media_id is not None:
        return {"media": said.media_id}
    return {"text": said.text} if said.text and said.text.strip() else None
