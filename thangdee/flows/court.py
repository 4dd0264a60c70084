"""What became of my case, of the employer, of my money: the truth from the record, with the day it was last looked at.

    show ──► (not known yet) ──► j:a "please ask for me" ──► a day by which she hears
      │
      └────► j:p "somebody asks me to withdraw": sign nothing; staff are told at once, no consent is needed (R1, R5)

Whatever is shown counts as told (casework/court.py). Nothing is promised, and nothing is worked out for her.
"""

from collections.abc import Awaitable, Callable
from datetime import date, datetime

from thangdee.casework import court
from thangdee.casework.alerts import Urgency
from thangdee.casework.court_rules import CourtFile, Money, Stage, Status, is_money_expected, owed, written
from thangdee.casework.enquiries import flags
from thangdee.casework.enquiries import store as store_of_enquiries
from thangdee.casework.enquiries.model import Flag
from thangdee.casework.referrals import store
from thangdee.casework.referrals.model import Matter
from thangdee.core import words
from thangdee.flows.answers import PERSON, PRESSURE, answer_of, number_lines, topic
from thangdee.flows.asking import NO_ANSWER, Heard
from thangdee.flows.deciding import Proposal
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Button, Part, Reply

OLD_BUTTON: Proposal = {"say": "chat.old_button"}
ASK = Button("buttons.court_ask", "j:a")
STATUS = Button("buttons.court_status", "j:s")
# As staff read it in the queue; the same where there is no matter yet.
_PRESSED = "referral_pressure"
_ASKED = "case_status"
_MOST_FILES = 2

Step = Callable[[Outward], Awaitable[Proposal | None]]


async def show(outward: Outward) -> None:
    """Tell where the person's case stands; what is shown counts as told."""
    files = (await court.files_of_chat(outward.connection, outward.chat.id))[:_MOST_FILES]
    if not files:
        lines = ("court.line.none", "court.line.whom_to_ask", "court.line.not_lost")
        parts = (Part("court.lead"), *(Part(key) for key in lines))
        await outward.say(Reply(parts, (ASK, PRESSURE, PERSON, CRISIS)))
        return
    parts = tuple(part for one in files for part in _told(outward, one))
    warning = (Part("court.line.warning"),) if any(map(is_money_expected, files)) else ()
    uid = await outward.say(Reply((Part("court.lead"), *parts, *warning), (ASK, PRESSURE, PERSON, CRISIS)))
    for one in files:
        await court.told_in_chat(outward.connection, one, uid, outward.now)


async def obey(outward: Outward, value: str) -> Proposal | None:
    """Take the step of a pressed button. Returns what else is to be done: a person, or an old button's answer."""
    step = _STEPS.get(value)
    return await step(outward) if step else OLD_BUTTON


async def hear(outward: Outward, asked: str, said: Heard) -> Proposal | None:  # noqa: ARG001 - the same for all forms
    """Nothing is asked here that words would answer."""
    return NO_ANSWER


async def _show(outward: Outward) -> None:
    await show(outward)


async def _ask(outward: Outward) -> Proposal | None:
    """She asks us to ask; who has sent no matter yet talks with a person of ours first."""
    matter = await _matter(outward)
    if matter is None:
        return {"do": "offer_person"}
    day = await court.asked(outward.connection, outward.vault, matter.id, outward.now)
    await outward.raise_alert(Urgency.PERSON, _ASKED)
    await outward.say(Reply((Part("court.asked", {"day": _day(day, outward.language)}),), (PRESSURE, PERSON, CRISIS)))
    return None


async def _hear_of_pressure(outward: Outward) -> None:
    """Somebody asks her to take back what she said: one tap tells staff, whatever she agreed to (R1, R5)."""
    await outward.raise_alert(Urgency.HIGH, _PRESSED)
    if await store_of_enquiries.of_chat(outward.connection, outward.chat.id):
        await flags.note(outward.connection, outward.vault, outward.chat, Flag.WITHDRAWAL, outward.now)
    matter = await _matter(outward)
    if matter is not None:
        await court.note_pressure(outward.connection, outward.vault, matter.id, outward.now)
    known = answer_of("court.pressure")
    numbers = number_lines(known.figures if known else (), outward.figures)
    parts = (Part("court.pressure"), await _who_reads(outward), *numbers)
    await outward.say(Reply(parts, (topic("info_legal_aid"), PERSON, CRISIS)))


async def _who_reads(outward: Outward) -> Part:
    if await outward.is_someone_there():
        return Part("court.line.told_on_duty")
    planned = await outward.planned()
    return planned or Part("court.line.told_off_duty")


async def _matter(outward: Outward) -> Matter | None:
    """Return the matter that the case belongs to: the newest of her own."""
    found = await store.matters_of(outward.connection, outward.chat.id)
    return next((one for one in found if not one.is_for_other), None)


def _told(outward: Outward, known: CourtFile) -> tuple[Part, ...]:
    """Return what is said of one file: where it stands, since when and from whom, money, who asks next."""
    status, language = known.status, outward.language
    money = tuple(_money(one, language) for one in known.counted)
    missing = tuple(
        _line("missing", amount=written(one.missing), currency=_currency(one.currency, language))
        if one.paid
        else _line("unpaid")
        for one in owed(known.money)
        if one.missing
    )
    if status is None:
        return (*money, *missing)
    parts = (Part(f"court.line.stage.{status.stage}"), *_next(status, outward.now, language), _known(status, language))
    return (*parts, *money, *missing, *_who_asks(status, outward.now, language))


def _next(status: Status, now: datetime, language: str) -> tuple[Part, ...]:
    if status.next_on is None:
        return ()
    name = "next_on" if status.next_on >= court.today(now) else "next_passed"
    return (_line(name, day=_day(status.next_on, language)),)


def _known(status: Status, language: str) -> Part:
    looked = _day(court.today(status.looked_at), language)
    if status.stage is Stage.NOT_KNOWN:
        return _line("looked", day=looked)
    source = words.text(f"court.word.source.{status.source}", language)
    return _line("known", since=_day(status.known_on, language), source=source, day=looked)


def _who_asks(status: Status, now: datetime, language: str) -> tuple[Part, ...]:
    if status.closed_at is not None:
        return (_line("closed"),)
    if status.ask_on is None:
        return ()
    name = "asks" if status.ask_on >= court.today(now) else "asks_late"
    return (_line(name, day=_day(status.ask_on, language)),)


def _money(one: Money, language: str) -> Part:
    values = {"amount": written(one.hundredths), "currency": _currency(one.currency, language)}
    values["payer"] = words.text(f"court.word.payer.{one.from_whom}", language)
    if one.is_paid and one.on_day is not None:
        way = words.text(f"court.word.way.{one.how}", language)
        return _line("paid", **values, day=_day(one.on_day, language), way=way)
    if one.on_day is not None:
        return _line("due_on", **values, day=_day(one.on_day, language))
    return _line("due", **values)


def _line(name: str, **values: str) -> Part:
    return Part(f"court.line.{name}", values)


def _currency(code: str, language: str) -> str:
    return words.text(f"court.word.{code.lower()}", language)


def _day(day: date, language: str) -> str:
    return words.text("court.word.day", language, day=f"{day:%d/%m/%Y}")


_STEPS: dict[str, Step] = {"s": _show, "": _show, "a": _ask, "p": _hear_of_pressure}
