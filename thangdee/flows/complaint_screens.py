"""The screens of a complaint: what is asked, with which buttons; at most three choices and the cry for help."""

from datetime import datetime

from thangdee.casework.complaint_rules import ABOUT_US, About, Complaint, HearsBy, State
from thangdee.core import words
from thangdee.core.time_words import LOCAL_TIME, weekday
from thangdee.flows.answers import MENU, PERSON
from thangdee.flows.asking import ABOUT_US as ASKED_ABOUT_US
from thangdee.flows.menu import CRISIS
from thangdee.flows.reply import Button, Part, Reply, say

MOST_SHOWN, MOST_PLACES = 3, 2
STATUS, NEW = Button("buttons.complaint_status", "k:s"), Button("buttons.complaint_new", "k:n")
_SKIP, _LONGEST = "buttons.complaint_skip", 20


def question(one: Complaint, name: str) -> str:
    """Return what `session.asked` is while the words of this complaint are waited for."""
    return f"{ASKED_ABOUT_US if one.about in ABOUT_US else 'k'}_{name}"


def whom() -> Reply:
    """Ask about whom it is."""
    choices = ((About.PROVIDER, "a:provider"), (About.AUTHORITY, "a:authority"), ("us", "u"))
    return say("complaints.whom", buttons=(*(Button(f"buttons.complaint_{n}", f"k:{d}") for n, d in choices), CRISIS))


def which_of_us() -> Reply:
    """Ask whether it is about somebody, or about the hotline itself."""
    choices = tuple(Button(f"buttons.complaint_{one}", f"k:a:{one}") for one in (About.STAFF, About.HOTLINE))
    return say("complaints.which_of_us", buttons=(*choices, MENU, CRISIS))


def began_before() -> Reply:
    """Ask who complained before whether it is about that, or something new."""
    return say("complaints.began_before", buttons=(STATUS, NEW, PERSON, CRISIS))


def which_place(one: Complaint, names: list[str]) -> Reply:
    """Ask which of the places that she was sent to it is about."""
    places = tuple(
        Button("buttons.complaint_place", f"k:o:{one.id}:{number}", {"name": _short(name)})
        for number, name in enumerate(names[:MOST_PLACES])
    )
    other = Button("buttons.complaint_other", f"k:w:{one.id}")
    return say("complaints.which_place", buttons=(*places, other, CRISIS))


def who(one: Complaint) -> Reply:
    """Ask who it was: words or voice, or nothing."""
    return say(f"complaints.who_{one.about}", buttons=(Button(_SKIP, f"k:f:{one.id}"), CRISIS))


def what(one: Complaint) -> Reply:
    """Ask what happened: words or voice, or nothing."""
    return say("complaints.what", buttons=(Button(_SKIP, f"k:m:{one.id}"), CRISIS))


def got(one: Complaint) -> Reply:
    """It was heard: more, or go on."""
    return say("complaints.got", buttons=(Button("buttons.complaint_go_on", f"k:t:{one.id}"), CRISIS))


def may_tell(one: Complaint) -> Reply:
    """Ask whether the organisation may be told; without a yes it is not."""
    yes, no = Button("buttons.complaint_tell", f"k:y:{one.id}"), Button("buttons.complaint_tell_not", f"k:x:{one.id}")
    return say("complaints.may_tell", buttons=(no, yes, CRISIS))


def how(one: Complaint) -> Reply:
    """Ask how the answer is to come."""
    choices = tuple(Button(f"buttons.complaint_by_{way}", f"k:h:{one.id}:{way}") for way in HearsBy)
    return say("complaints.how", buttons=(*choices, CRISIS))


def phone(one: Complaint) -> Reply:
    """Ask which number is safe to call."""
    return say("complaints.phone", buttons=(Button("buttons.complaint_by_chat", f"k:h:{one.id}:chat"), CRISIS))


def receipt(one: Complaint, language: str) -> Reply:
    """It is made: its code, by when she hears, who does not see it."""
    hears = one.hears_by is not HearsBy.NONE and one.due_at is not None
    values = {"day": day(one.due_at, language)} if hears and one.due_at else {}
    parts = (
        Part("complaints.made"),
        Part("complaints.line.code", {"code": one.code}),
        Part("complaints.line.by_when", values) if hears else Part("complaints.line.no_answer"),
        Part("complaints.line.hidden_from_us" if one.about in ABOUT_US else f"complaints.line.{_told(one)}"),
    )
    return Reply(parts, (STATUS, PERSON, MENU, CRISIS))


def counted() -> Reply:
    """Nothing is kept: it counts all the same, and nobody can answer it."""
    return say("complaints.counted", buttons=(Button("buttons.complaint_new", "k:n"), PERSON, MENU, CRISIS))


def standing(found: list[Complaint], now: datetime, language: str) -> Reply:
    """How her complaints stand, the newest first."""
    shown = found[:MOST_SHOWN]
    if not shown:
        return say("complaints.none", buttons=(NEW, PERSON, MENU, CRISIS))
    parts = [Part("complaints.standing")]
    for one in shown:
        parts += [Part("complaints.line.code", {"code": one.code}), _state(one, now, language)]
    answered = [one for one in shown if one.answered_how == HearsBy.CHAT]
    read = tuple(Button("buttons.complaint_read", f"k:v:{one.id}", {"code": one.code}) for one in answered[:2])
    return Reply(tuple(parts), (*read, NEW, *(() if len(read) > 1 else (PERSON,)), CRISIS))


def answer(written: list[str]) -> Reply:
    """The answer, as a person of ours wrote it."""
    lines = tuple(Part("complaints.line.words", {"words": one}) for one in written)
    return Reply((Part("complaints.answer"), *lines), (NEW, PERSON, MENU, CRISIS))


def knock(one: Complaint) -> Reply:
    """A neutral line: there is news; nothing of what it is."""
    return say("complaints.knock", buttons=(Button("buttons.complaint_show", f"k:v:{one.id}"), CRISIS))


def day(at: datetime, language: str) -> str:
    """Return a day with its name, which is the same in a week from now."""
    values = {"weekday": weekday(at, language), "day": f"{at.astimezone(LOCAL_TIME):%d/%m/%Y}"}
    return words.text("complaints.word.day", language, **values)


def _state(one: Complaint, now: datetime, language: str) -> Part:
    if one.state in (State.NEW, State.LOOKED_INTO) and one.due_at is not None:
        name = "late" if one.is_late(now) else one.state
        return Part(f"complaints.line.{name}", {"day": day(one.due_at, language)})
    on = {"day": day(one.answered_at, language)} if one.answered_at else {}
    return Part("complaints.line.by_phone" if one.answered_how == HearsBy.PHONE else "complaints.line.answered", on)


def _told(one: Complaint) -> str:
    return "may_be_told" if one.may_tell else "not_told"


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
