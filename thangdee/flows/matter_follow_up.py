"""How it goes afterwards: the plan that she agrees to and changes, and the check-in itself (R56)."""

from thangdee.casework.consent import Purpose
from thangdee.casework.referrals import follow_up, knocks
from thangdee.casework.referrals.follow_up import Answer, Plan, PlanOverError, Rhythm
from thangdee.core import words
from thangdee.flows import help_near
from thangdee.flows.answers import MENU, NEAREST, PERSON
from thangdee.flows.deciding import Proposal
from thangdee.flows.help_screens import ROOT
from thangdee.flows.matter_status import show_status
from thangdee.flows.matter_words import STATUS, line, moment, open_ones
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Button, Part, Reply
from thangdee.flows.saying_yes import note_yes

STOP = Button("buttons.follow_up_stop", "u:fs")
# What is missing or broke, and which need of the directory leads to it.
_MISSING = {"tools": "work_business", "market": "work_business", "school": "education"}


# --- the plan ---------------------------------------------------------------------------------------------------


async def show_plan(outward: Outward, matter_id: str) -> Proposal | None:
    """Show the plan of a matter; where there is none, ask whether she wants one."""
    plan = await _plan_of(outward, matter_id)
    if plan is not None:
        await _say_plan(outward, plan)
        return None
    matter = next(iter(await open_ones(outward, matter_id)), None)
    if matter is None:
        return await show_status(outward)
    yes, no = Button("buttons.matter_ask_me", f"u:fy:{matter.id}"), Button("buttons.no", "u:fn")
    await outward.say(Reply((Part("consent.follow_up"), line("plan_usual")), (yes, no, PERSON, CRISIS)))
    return None


async def say_yes(outward: Outward, matter_id: str) -> Proposal | None:
    """Begin the usual plan; she may change it right away."""
    matter = next(iter(await open_ones(outward, matter_id)), None)
    if matter is None:
        return await show_status(outward)
    await note_yes(outward, Purpose.FOLLOW_UP, is_yes=True)
    plan = await _plan_of(outward, matter.id)
    await _say_plan(outward, plan or await follow_up.begin(outward.connection, matter.id, outward.now))
    return None


async def say_no(outward: Outward, _: str) -> Proposal | None:
    """Take a no: nobody writes first."""
    return await stop(outward, "")


async def stop(outward: Outward, _: str) -> Proposal | None:
    """End every plan at once; from now on we only answer."""
    for plan in await follow_up.of_chat(outward.connection, outward.chat.id):
        await follow_up.stop(outward.connection, plan.id, outward.now)
    await note_yes(outward, Purpose.FOLLOW_UP, is_yes=False)
    await outward.say(Reply((Part("matter.stopped_writing"),), (NEAREST, PERSON, MENU, CRISIS)))
    return None


async def change_rhythm(outward: Outward, value: str) -> Proposal | None:
    """Ask how often, or take the answer."""
    matter_id, _, chosen = value.partition(":")
    if chosen in list(Rhythm):
        return await _change(outward, matter_id, rhythm=Rhythm(chosen))
    return await _ask(outward, matter_id, "rhythm", "fr", tuple(Rhythm))


async def change_hours(outward: Outward, value: str) -> Proposal | None:
    """Ask at which time of the day, or take the answer."""
    matter_id, _, chosen = value.partition(":")
    if chosen in knocks.HOURS:
        return await _change(outward, matter_id, hours=chosen)
    return await _ask(outward, matter_id, "hours", "fh", tuple(knocks.HOURS))


async def change_words(outward: Outward, value: str) -> Proposal | None:
    """Ask with which first line, or take the answer."""
    matter_id, _, chosen = value.partition(":")
    if chosen in map(str, follow_up.WORDS):
        return await _change(outward, matter_id, words=int(chosen))
    if await _plan_of(outward, matter_id) is None:
        return await show_plan(outward, matter_id)
    lines = tuple(Part(f"follow_up.line.{one}") for one in follow_up.WORDS)
    buttons = tuple(
        Button("buttons.matter_words", f"u:fw:{matter_id}:{one}", {"number": str(one)}) for one in follow_up.WORDS
    )
    await outward.say(Reply((Part("matter.which_words"), *lines), (*buttons, CRISIS)))
    return None


async def _ask(outward: Outward, matter_id: str, what: str, step: str, codes: tuple[str, ...]) -> Proposal | None:
    if await _plan_of(outward, matter_id) is None:
        return await show_plan(outward, matter_id)
    buttons = tuple(Button(f"buttons.matter_{what}_{one}", f"u:{step}:{matter_id}:{one}") for one in codes)
    await outward.say(Reply((Part(f"matter.which_{what}"),), buttons))
    return None


async def _change(
    outward: Outward,
    matter_id: str,
    *,
    rhythm: Rhythm | None = None,
    hours: str | None = None,
    words: int | None = None,
) -> Proposal | None:
    plan = await _plan_of(outward, matter_id)
    if plan is None:
        return await show_plan(outward, matter_id)
    changed = await follow_up.change(outward.connection, plan.id, outward.now, rhythm=rhythm, hours=hours, words=words)
    await _say_plan(outward, changed)
    return None


async def _plan_of(outward: Outward, matter_id: str) -> Plan | None:
    plans = await follow_up.of_chat(outward.connection, outward.chat.id)
    return next((one for one in plans if matter_id in ("", one.matter_id)), None)


async def _say_plan(outward: Outward, plan: Plan) -> None:
    language = outward.language
    told = line(
        "plan",
        rhythm=words.text(f"matter.word.rhythm_{plan.rhythm}", language),
        hours=words.text(f"matter.word.hours_{plan.hours}", language),
        words=words.text(f"follow_up.line.{plan.words}", language),
    )
    following = (line("plan_next", at=moment(plan.next_at, outward.now, language)),) if plan.next_at else ()
    buttons = (
        Button("buttons.matter_rhythm", f"u:fr:{plan.matter_id}"),
        Button("buttons.matter_hours", f"u:fh:{plan.matter_id}"),
        Button("buttons.matter_first_line", f"u:fw:{plan.matter_id}"),
        STOP,
    )
    await outward.say(Reply((Part("matter.plan"), told, *following), buttons))


# --- the check-in -----------------------------------------------------------------------------------------------


async def check_in(outward: Outward, _: str) -> Proposal | None:
    """Ask how she is; where nothing was asked, say how it stands."""
    if await follow_up.waiting_check_in(outward.connection, outward.chat.id) is None:
        return await show_status(outward)
    buttons = (
        Button("buttons.matter_good", "u:cg"),
        Button("buttons.matter_missing", "u:cm"),
        Button("buttons.matter_need_person", "u:cp"),
        STOP,
    )
    await outward.say(Reply((Part("matter.check_in"),), buttons))
    return None


async def good(outward: Outward, _: str) -> Proposal | None:
    """Be glad with her, and say when we ask again."""
    plan = await _answer(outward, Answer.GOOD)
    if plan is not None and plan.next_at is not None:
        following = line("plan_next", at=moment(plan.next_at, outward.now, outward.language))
    else:
        following = line("last_one")
    await outward.say(Reply((Part("matter.glad"), following), (STATUS, PERSON, MENU, CRISIS)))
    return None


async def missing(outward: Outward, _: str) -> Proposal | None:
    """Ask what is missing or broke."""
    buttons = tuple(Button(f"buttons.matter_missing_{one}", f"u:cn:{one}") for one in (*_MISSING, "other"))
    await outward.say(Reply((Part("matter.what_is_missing"),), buttons))
    return None


async def lead_on(outward: Outward, what: str) -> Proposal | None:
    """Note what is missing, and look who helps with it."""
    need = _MISSING.get(what)
    await _answer(outward, Answer.MISSING, need)
    return await help_near.obey(outward, f"c:{need}" if need else f"n:{ROOT}")


async def want_person(outward: Outward, _: str) -> Proposal | None:
    """Call a person of ours; she is asked whether they may read along, if she was not before."""
    await _answer(outward, Answer.PERSON)
    return {"do": "offer_person"}


async def later(outward: Outward, _: str) -> Proposal | None:
    """Leave her in peace now; a check-in comes again the next day, once."""
    plan = await follow_up.waiting_check_in(outward.connection, outward.chat.id)
    if plan is not None:
        await follow_up.later(outward.connection, plan.id, outward.now)
    return await not_now(outward, "")


async def not_now(outward: Outward, _: str) -> Proposal | None:
    """Answer "later" to a line of ours."""
    await outward.say(Reply((Part("matter.later"),), (MENU, CRISIS), sensitive=False))
    return None


async def _answer(outward: Outward, said: Answer, need: str | None = None) -> Plan | None:
    plan = await follow_up.waiting_check_in(outward.connection, outward.chat.id)
    if plan is None:
        return None
    try:
        return await follow_up.answer(outward.connection, outward.vault, plan.id, said, outward.now, need=need)
    except PlanOverError:
        return None
