"""How it stands: each matter in plain words, from its state alone, so that it is always true."""

from thangdee.casework import court
from thangdee.casework.referrals import deeds, follow_up, gate, handing_over, knocks, proposals, questions
from thangdee.casework.referrals.field_words import words_of
from thangdee.casework.referrals.model import ENDED, Field, Matter, MatterState, Receiver, Referral, ReferralState
from thangdee.casework.referrals.questions import Question
from thangdee.core import words
from thangdee.flows import complaints, enquiry_after
from thangdee.flows.answers import MENU, NEAREST, PERSON
from thangdee.flows.deciding import Proposal
from thangdee.flows.matter_words import TAKE_BACK, line, may_need_person, mine, moment, name_of, need_of, short
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.reply import Button, Part, Reply

MOST_MATTERS = 3
_GO_ON = Button("buttons.matter_go_on", "r:")
_COURT = Button("buttons.court_status", "j:s")
_WRITTEN = Button("buttons.matter_written", "u:hs")
_NUMBERS = ("1️⃣", "2️⃣", "3️⃣")
# Said in words of their own; every other reason is "a person of ours looks after it".
_WHY = frozenset({"asked_to_choose", "best_interest", "by_staff_only", "all_asked", "nobody_fits", "ask_again"})
# Reasons that are told; the others (age, gender) would hurt and help nobody.
_REASONS = frozenset({"full", "not_our_area", "wrong_need", "closed", "language", "not_reached", "needs_other"})


async def show_status(outward: Outward, matter_id: str = "") -> Proposal | None:
    """Say how the person's matters stand: one in full, of several the newest three, each with a button."""
    matters = await mine(outward, matter_id)
    await knocks.seen(outward.connection, outward.chat.id, outward.now)
    if not matters and await enquiry_after.has_any(outward):
        await enquiry_after.show_status(outward, {})
    elif not matters:
        has_file = await court.has_file(outward.connection, outward.chat.id)
        await outward.say(Reply((Part("matter.none"),), (NEAREST, PERSON, _COURT if has_file else MENU, CRISIS)))
    elif len(matters) == 1:
        await _show_one(outward, matters[0])
    else:
        await _show_several(outward, _newest(matters))
    await complaints.tell_news(outward)
    return None


async def lines_of(outward: Outward, matter: Matter) -> tuple[Part, ...]:
    """Return what is to be said of a matter: what was tried, how it stands, what comes next."""
    if matter.is_for_other and matter.state not in ENDED:
        return (line("for_other"),)
    tried = tuple(part for one in matter.referrals if one != matter.current for part in _tried(outward, one))
    return (*tried[-2:], *await _now(outward, matter))


def _newest(matters: list[Matter]) -> list[Matter]:
    """Return at most three: what has not ended comes before what has."""
    in_order = sorted(matters, key=lambda one: one.state in ENDED)
    return in_order[:MOST_MATTERS]


async def _show_one(outward: Outward, matter: Matter) -> None:
    about = line("about", need=need_of(matter, outward.language))
    parts = (Part("matter.status"), about, *await lines_of(outward, matter), *await _asked_of_her(outward, matter))
    await outward.say(Reply(parts, await _ways_on(outward, matter)))


async def _show_several(outward: Outward, matters: list[Matter]) -> None:
    parts, buttons = [Part("matter.status")], []
    for number, matter in enumerate(matters):
        need = need_of(matter, outward.language)
        parts += [line("numbered", number=_NUMBERS[number], need=need), *(await lines_of(outward, matter))[-2:]]
        values = {"number": str(number + 1), "need": short(need)}
        buttons.append(Button("buttons.matter_one", f"u:s:{matter.id}", values))
    await outward.say(Reply(tuple(parts), (*buttons, CRISIS)))


async def _ways_on(outward: Outward, matter: Matter) -> tuple[Button, ...]:
    told, back = Button("buttons.matter_told", f"u:t:{matter.id}"), Button(TAKE_BACK.label, f"u:w:{matter.id}")
    if matter.state is MatterState.DRAFT:
        written = await handing_over.waiting(outward.connection, outward.vault, matter)
        return (_WRITTEN if written else _GO_ON, back, PERSON, CRISIS)
    if matter.state in ENDED:
        return (told, NEAREST, PERSON, CRISIS)
    if matter.state is MatterState.WITH_STAFF and await proposals.proposed(outward.connection, matter.id):
        return (Button("buttons.matter_proposed", f"r:pr:{matter.id}"), back, PERSON, CRISIS)
    more = Button("buttons.matter_more", f"u:m:{matter.id}")
    first = PERSON if may_need_person(matter, outward.now) else told
    if matter.state is MatterState.HELPED and await follow_up.running(outward.connection, matter.id) is None:
        first = Button("buttons.matter_ask_me", f"u:f:{matter.id}")
    if await court.has_news(outward.connection, outward.chat.id):
        first = _COURT
    if open_question := await _question_of(outward, matter):
        first = Button("buttons.matter_question", f"u:q:{open_question.id}")
    return (first, back, more, CRISIS)


async def _question_of(outward: Outward, matter: Matter) -> Question | None:
    waiting = await questions.open_for_person(outward.connection, outward.chat.id)
    return next((one for one in waiting if one.matter_id == matter.id), None)


async def _asked_of_her(outward: Outward, matter: Matter) -> tuple[Part, ...]:
    one = await _question_of(outward, matter)
    asked = (line("question", name=name_of(outward, matter.referral(one.referral_id).receiver)),) if one else ()
    has_news = await court.has_news(outward.connection, outward.chat.id)
    return (*asked, *((Part("court.line.in_status"),) if has_news and words.has("court.line.in_status") else ()))


async def _now(outward: Outward, matter: Matter) -> tuple[Part, ...]:
    if matter.state is MatterState.DRAFT:
        written = await handing_over.waiting(outward.connection, outward.vault, matter)
        return (line("written_waits"), line("draft")) if written else (line("draft"),)
    if matter.state is MatterState.WITHDRAWN:
        return (line("withdrawn", at=moment(matter.changed_at, outward.now, outward.language)),)
    if matter.state is MatterState.CLOSED:
        return (line("closed"),)
    if matter.current is not None:
        return await _with_receiver(outward, matter, matter.current)
    if matter.state is MatterState.HELPED:
        return (line("helped_and_closed"),)
    return await _with_staff(outward, matter)


async def _with_staff(outward: Outward, matter: Matter) -> tuple[Part, ...]:
    if await proposals.proposed(outward.connection, matter.id):
        return (line("proposed"),)
    why = matter.why_staff if matter.why_staff in _WHY else "other"
    planned = None if await outward.is_someone_there() else await outward.planned()
    return (line(f"staff_{why}"), *((planned,) if planned else ()))


async def _with_receiver(outward: Outward, matter: Matter, one: Referral) -> tuple[Part, ...]:
    name, code = name_of(outward, one.receiver), line("reference", code=one.code)
    if one.state is ReferralState.OFFERED:
        return (*_asked(outward, matter, one, name), code)
    if one.state is ReferralState.ACCEPTED:
        return (*await _accepted(outward, matter, one, name), code)
    if one.state is ReferralState.CONTACTED:
        return (line("contacted", name=name), code)
    return (line("helped", name=name), code)


def _asked(outward: Outward, matter: Matter, one: Referral, name: str) -> tuple[Part, ...]:
    by = moment(one.answer_by, outward.now, outward.language)
    asked = line("asked" if one.answer_by > outward.now else "asked_late", name=name, by=by)
    following = _next_after(outward, matter)
    then = line("then_next", name=name_of(outward, following)) if following else line("then_staff")
    return (asked, then)


async def _accepted(outward: Outward, matter: Matter, one: Referral, name: str) -> tuple[Part, ...]:
    if one.contact_by is None or one.contact_by <= outward.now:
        by = moment(one.contact_by or one.changed_at, outward.now, outward.language)
        return (line("accepted_late", name=name, by=by),)
    shown = await deeds.what_was_shown(outward.connection, outward.vault, matter, one)
    language, chosen = outward.language, shown.fields.get(Field.REACH_BY)
    way = words_of(Field.REACH_BY, chosen, language) if chosen else words.text("matter.word.way_agreed", language)
    by = moment(one.contact_by, outward.now, language)
    return (line("accepted", name=name, by=by, way=way),)


def _next_after(outward: Outward, matter: Matter) -> Receiver | None:
    """Return who is asked if this one does not answer: the gate would say the same, were the chair free."""
    following = gate.next_consent(matter, outward.now)
    return following.receiver if following else None


def _tried(outward: Outward, one: Referral) -> tuple[Part, ...]:
    name = name_of(outward, one.receiver)
    if one.state is ReferralState.DECLINED:
        reason = one.reason if one.reason in _REASONS else "cannot"
        return (line("declined", name=name, why=words.text(f"matter.word.why_{reason}", outward.language)),)
    if one.state is ReferralState.EXPIRED:
        return (line("no_answer", name=name),)
    if one.state is ReferralState.GIVEN_BACK:
        reason = one.reason if one.reason in _REASONS else "cannot"
        return (line("given_back", name=name, why=words.text(f"matter.word.why_{reason}", outward.language)),)
    if one.state is ReferralState.WITHDRAWN:
        return (line("stopped", name=name),)
    return ()
