"""Complaints in the chat: about whom, what happened, how the answer comes; a code and a day (issue 6, point 8).

    whom? ──► may it be kept? ──no──► only counted
                   │yes
                   ▼
      (which? who?) ──► what happened? = it is made ──► (may they be told?) ──► how? ──► code and day

Steps are the data of buttons, `k:<step>:<complaint>`. It is made with the first words, or when these are skipped: who
stops halfway is heard all the same. No screen and no word of it stands in the transcript (asking.is_confidential).
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from thangdee.casework import complaints, consent
from thangdee.casework.alerts import Urgency
from thangdee.casework.complaint_rules import ABOUT_US, WAITS, About, Complaint, HearsBy, State
from thangdee.casework.referrals import facts, knocks, store
from thangdee.casework.referrals.model import Field, Receiver, Said
from thangdee.core import outbox
from thangdee.core.outbox import OWN_CONTROL
from thangdee.flows import complaint_screens as screens
from thangdee.flows.asking import NO_ANSWER, Heard, ask_to_keep_first
from thangdee.flows.deciding import Proposal
from thangdee.flows.intents import Risk, risk_of
from thangdee.flows.matter_words import name_of
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Reply

OLD_BUTTON: Proposal = {"say": "chat.old_button"}
_ONE_SITTING = timedelta(hours=12)
_WHO, _WHAT, _PHONE = "who", "what", "phone"

Step = Callable[[Outward, str], Awaitable[Proposal | None]]
StepOf = Callable[[Outward, Complaint, str], Awaitable[Proposal | None]]


async def begin(outward: Outward) -> None:
    """Start a complaint; who made one before may first hear how it stands."""
    made = await _made(outward)
    await _say(outward, screens.began_before() if made else screens.whom())


async def obey(outward: Outward, value: str) -> Proposal | None:
    """Take the step of a pressed button. Returns what else is to be done: a question of consent, an old button."""
    step, _, rest = value.partition(":")
    if step in _STEPS:
        return await _STEPS[step](outward, rest)
    complaint_id, _, more = rest.partition(":")
    one = await complaints.own(outward.connection, outward.chat.id, complaint_id)
    if step not in _STEPS_OF or one is None:
        return OLD_BUTTON
    return await _STEPS_OF[step](outward, one, more)


async def hear(outward: Outward, asked: str, said: Heard) -> Proposal | None:
    """Take words or a recording as who it was, what happened, or which number may be called."""
    one = await complaints.own(outward.connection, outward.chat.id, outward.chat.session.about or "")
    body = _body(said)
    if one is None or body is None or not _is_waited_for(one, outward.now):
        outward.remember(asked="none", about=None)
        return NO_ANSWER
    question = asked.rpartition("_")[2]
    await complaints.hear(outward.connection, outward.vault, one, question, body, outward.now)
    if said.intent is not None and risk_of(said.intent) is Risk.HIGH:
        await outward.raise_alert(Urgency.HIGH, said.intent)
    if said.media_id is not None and one.about in ABOUT_US:
        await _call_supervisor(outward)
    if question == _WHO:
        return await _ask_what(outward, one, "")
    if question == _PHONE:
        return await _finish(outward, one)
    await complaints.make(outward.connection, outward.vault, one, outward.now)
    return await _ask(outward, one, screens.got(one), _WHAT)


async def knock(outward: Outward, one: Complaint) -> None:
    """Say that there is news, in a line that tells nothing, at an hour when the person may be written to (R55, R56)."""
    at = knocks.next_window(outward.now, await _hours(outward))
    if at is None:  # only when she writes: the next thing she hears brings it
        await knocks.note_news(outward.connection, outward.chat.id, outward.now)
        return
    reply = screens.knock(one)
    lane = outbox.later_lane(outward.chat.chat_key)
    await outbox.post(
        outward.connection, outward.vault, lane=lane, key_id=outward.chat.key_id, kind=OWN_CONTROL,
        body={"to": outward.chat.address} | reply.to_json(outward.language), now=at, dedupe=f"complaint:{one.id}",
    )  # fmt: skip


async def tell_news(outward: Outward) -> None:
    """Lead to an answer that waits to be read, if there is one."""
    waiting = [one for one in await _made(outward) if one.state is State.ANSWERED and one.heard_at is None]
    if waiting:
        await _say(outward, screens.knock(waiting[0]))


async def _choose_us(outward: Outward, _: str) -> None:
    await _say(outward, screens.which_of_us())


async def _begin_new(outward: Outward, _: str) -> None:
    await _say(outward, screens.whom())


async def _choose(outward: Outward, about: str) -> Proposal | None:
    """About whom it is was said; nothing is kept before a yes (R1)."""
    if about not in set(About):
        return OLD_BUTTON
    if not await consent.keeps_words(outward.connection, outward.chat.id):
        outward.remember(about=about)
        return ask_to_keep_first(f"k:a:{about}") | {"lead": "complaints.keep_first"}
    one = await complaints.begin(outward.connection, outward.chat, About(about), outward.now)
    if one.about is About.HOTLINE:
        return await _ask_what(outward, one, "")
    places = await _places(outward) if one.about is About.PROVIDER else []
    if places:
        await _say(outward, screens.which_place(one, [name_of(outward, place) for place in places]))
        return None
    return await _ask_who(outward, one, "")


async def _only_count(outward: Outward, _: str) -> Proposal | None:
    about = outward.chat.session.about
    if about not in set(About):
        return OLD_BUTTON
    await complaints.count_only(outward.connection, About(about), outward.now)
    outward.remember(about=None)
    await _say(outward, screens.counted())
    return None


async def _show_standing(outward: Outward, _: str) -> None:
    await _say(outward, screens.standing(await _made(outward), outward.now, outward.language))


async def _choose_place(outward: Outward, one: Complaint, number: str) -> Proposal | None:
    places = await _places(outward)
    if not number.isdecimal() or int(number) >= len(places):
        return OLD_BUTTON
    await complaints.say_which(outward.connection, one.id, places[int(number)].organisation_id)
    return await _ask_what(outward, one, "")


async def _ask_who(outward: Outward, one: Complaint, _: str) -> Proposal | None:
    return await _ask(outward, one, screens.who(one), _WHO)


async def _ask_what(outward: Outward, one: Complaint, _: str) -> Proposal | None:
    return await _ask(outward, one, screens.what(one), _WHAT)


async def _go_on(outward: Outward, one: Complaint, _: str) -> Proposal | None:
    """What happened was said, or is not to be said: it is made; then what is still to be asked."""
    made = await complaints.make(outward.connection, outward.vault, one, outward.now)
    if made.state not in WAITS:
        return OLD_BUTTON
    await _say(outward, screens.how(made) if made.about in ABOUT_US else screens.may_tell(made))
    return None


async def _let_tell(outward: Outward, one: Complaint, _: str) -> Proposal | None:
    return await _note_telling(outward, one, may_tell=True)


async def _let_not_tell(outward: Outward, one: Complaint, _: str) -> Proposal | None:
    return await _note_telling(outward, one, may_tell=False)


async def _note_telling(outward: Outward, one: Complaint, *, may_tell: bool) -> Proposal | None:
    if one.state not in WAITS:
        return OLD_BUTTON
    await complaints.say_how(outward.connection, one.id, may_tell=may_tell)
    await _say(outward, screens.how(one))
    return None


async def _choose_how(outward: Outward, one: Complaint, way: str) -> Proposal | None:
    if way not in set(HearsBy) or one.state not in WAITS:
        return OLD_BUTTON
    await complaints.say_how(outward.connection, one.id, hears_by=HearsBy(way))
    if way == HearsBy.PHONE:
        return await _ask(outward, one, screens.phone(one), _PHONE)
    return await _finish(outward, one)


async def _finish(outward: Outward, one: Complaint) -> Proposal | None:
    now_is = await complaints.own(outward.connection, outward.chat.id, one.id)
    outward.remember(asked="none", about=None)
    await _say(outward, screens.receipt(now_is or one, outward.language))
    return None


async def _show_answer(outward: Outward, one: Complaint, _: str) -> Proposal | None:
    """Show the answer; from now on it counts as heard."""
    if one.answered_how != HearsBy.CHAT:
        await _show_standing(outward, "")
        return None
    said = await complaints.words_of(outward.connection, outward.vault, one, ("answer",))
    await complaints.heard(outward.connection, one.id, outward.now)
    await _say(outward, screens.answer([str(each.body["text"]) for each in said]))
    return None


async def _made(outward: Outward) -> list[Complaint]:
    mine = await complaints.of_person(outward.connection, outward.chat.id)
    return [one for one in mine if one.state is not State.DRAFT]


async def _places(outward: Outward) -> list[Receiver]:
    """Return the places that her matters went to, the newest first, each once."""
    matters = await store.matters_of(outward.connection, outward.chat.id)
    asked = [referral.receiver for matter in matters for referral in reversed(matter.referrals)]
    return list({one.organisation_id: one for one in reversed(asked)}.values())[::-1][: screens.MOST_PLACES]


async def _hours(outward: Outward) -> tuple[str, ...]:
    """Return the hours that she chose for her newest matter, none where she chose none."""
    for matter in await store.matters_of(outward.connection, outward.chat.id):
        said = await facts.facts_of(outward.connection, outward.vault, matter.id)
        for fact in said:
            if fact.field is Field.REACH_HOURS and fact.said_by is Said.PERSON:
                return tuple(fact.value.get("codes") or [fact.value.get("code", "")])
    return ()


async def _call_supervisor(outward: Outward) -> None:
    """Nobody can know what is in a recording (R52): who may hear it is called, in words that tell nothing of it."""
    if outward.on_call:
        await outbox.tell_group(
            outward.connection, outward.vault, group=outward.on_call[0], notice="supervisor_recording",
            now=outward.now, dedupe=f"{outward.dedupe}:supervisor",
        )  # fmt: skip


async def _ask(outward: Outward, one: Complaint, reply: Reply, question: str) -> Proposal | None:
    await _say(outward, reply)
    outward.remember(asked=screens.question(one, question), about=one.id)
    return None


async def _say(outward: Outward, reply: Reply) -> None:
    outward.remember(asked="none")
    await outward.say(reply, is_kept=False)


def _is_waited_for(one: Complaint, now: datetime) -> bool:
    """Tell whether what is said now can still be meant for it: who stopped halfway speaks of something else later."""
    return one.state in (State.DRAFT, *WAITS) and now - one.created_at <= _ONE_SITTING


def _body(said: Heard) -> dict[str, str] | None:
    if said.media_id is not None:
        return {"media": said.media_id}
    return {"text": said.text} if said.text and said.text.strip() else None


_STEPS: dict[str, Step] = {
    "": _begin_new,
    "n": _begin_new,
    "u": _choose_us,
    "a": _choose,
    "no": _only_count,
    "s": _show_standing,
}
_STEPS_OF: dict[str, StepOf] = {
    "o": _choose_place,
    "w": _ask_who,
    "f": _ask_what,
    "m": _go_on,
    "t": _go_on,
    "y": _let_tell,
    "x": _let_not_tell,
    "h": _choose_how,
    "v": _show_answer,
}
