"""The screens of an enquiry: what must be known first, each question with at most four choices (R59), the end."""

from datetime import datetime

from thangdee.casework.enquiries.field_words import BEFORE, code_words, name_of, words_of, year_words
from thangdee.casework.enquiries.model import Field
from thangdee.flows.answers import MENU, PERSON
from thangdee.flows.enquiry_buttons import ALWAYS
from thangdee.flows.enquiry_draft import Draft
from thangdee.flows.enquiry_questions import Question, asked_of, choices_of
from thangdee.flows.help_screens import which_of, which_part
from thangdee.flows.menu import CRISIS
from thangdee.flows.reply import MOST_BUTTONS, Button, Part, Reply, say
from thangdee.referral_directory.places import Place

NEXT = "referral.next"
GO_ON = Button("buttons.referral_go_on", "e:on")
START_AGAIN = Button("buttons.enquiry_start_again", "e:new")
ROOT = "laos"
# Asked in the same words as in a matter, with the same buttons.
_ALIKE = frozenset({Field.REACH_BY, Field.REACH_HOURS, Field.PHONE_SEEN})
_A_PAGE = MOST_BUTTONS - 1
_LONGEST_NAME = 18


def button(label: str, draft: Draft, step: str, **values: str) -> Button:
    """Return a button of this draft; it tells by itself to which it belongs, however old it is."""
    return Button(f"buttons.{label}", f"e:{draft.enquiry.code}:{step}", values)


def first() -> Reply:
    """Return what everybody is told before anything is asked (R18)."""
    return say("enquiry.first", buttons=(Button("buttons.enquiry_start", "e:go"), PERSON, MENU, CRISIS))


def half_way() -> Reply:
    """Ask whether to go on with what was begun, or to start again."""
    return say("enquiry.half_way", buttons=(GO_ON, START_AGAIN, PERSON, CRISIS))


def sure_to_start_again() -> Reply:
    """Ask before all answers are thrown away."""
    return say("enquiry.start_again", buttons=(GO_ON, Button("buttons.enquiry_throw_away", "e:new2"), CRISIS))


def not_kept() -> Reply:
    """Say what can be done where nothing may be kept."""
    return Reply((Part("enquiry.not_kept"), ALWAYS), (PERSON, MENU, CRISIS))


def child(then: Button) -> Reply:
    """Offer help to a child who looks for somebody, before anything else."""
    return say("enquiry.child", buttons=(PERSON, Button("topic.child_at_risk", "i:child_at_risk"), then, CRISIS))


def to_go_on() -> Reply:
    """Return what is said below an answer to something else: the form waits."""
    return say("referral.in_between", buttons=(GO_ON, PERSON, MENU, CRISIS))


def question(draft: Draft, asked: Question, lead: Reply, now: datetime, page: int = 0) -> Reply:
    """Return the screen of a question below `lead`."""
    text = (*lead.parts, Part(f"enquiry.ask.{asked.name}"))
    if asked.field is Field.PLACE:
        return Reply(text, _home_parts(draft))
    return Reply(text, _choices(draft, asked, now, page))


def skip(draft: Draft, asked: Question) -> Button:
    """Return the button that leaves a question out."""
    return button("referral_skip", draft, f"s:{asked.name}")


def enough(draft: Draft) -> Button:
    """Return the button that leaves all further questions out."""
    return button("enquiry_enough", draft, "z:")


def places(draft: Draft, node: str, page: str) -> Reply | None:
    """Return one screen of places at home, None for one that is not there."""
    found = which_part(node, page, draft.language)
    if found is None:
        return None
    return Reply((Part(NEXT), Part("enquiry.ask.place_part")), _mine(draft, found))


def places_like(draft: Draft, found: tuple[Place, ...]) -> Reply:
    """Ask which of some places is home; what was typed is kept whatever is pressed."""
    buttons = _mine(draft, which_of(found, draft.language))[:_A_PAGE]
    keep = button("enquiry_as_typed", draft, f"k:{Field.PLACE}")
    named = tuple(one for one in buttons if ":q:" in one.data)
    return Reply((Part(NEXT), Part("enquiry.ask.place_which")), _with_cry((*named, keep)))


def too_long(draft: Draft, asked: Question) -> Reply:
    """Ask for a shorter answer."""
    return say("enquiry.too_long", buttons=(skip(draft, asked), enough(draft), CRISIS))


def phone_again(draft: Draft, asked: Question) -> Reply:
    """Ask once more for a number that nobody can call."""
    return say("referral.phone_again", buttons=(skip(draft, asked), enough(draft), CRISIS))


def nothing_told(draft: Draft) -> Reply:
    """Say that there is nothing to send yet."""
    again = button("enquiry_nickname", draft, f"o:{Field.NICKNAME}")
    return say("enquiry.nothing_told", buttons=(again, PERSON, MENU, CRISIS))


def line(draft: Draft, field: Field) -> Part:
    """Return one answer as it is sent."""
    said = words_of(field, draft.facts[field], draft.language)
    return Part("enquiry.line", {"name": name_of(field, draft.language), "said": said})


def changes(draft: Draft, page: int) -> Reply:
    """List what was answered, then what was not: each can be said anew, struck out or added."""
    fields = [*draft.facts, *(one.field for one in asked_of(draft) if one.field not in draft.facts)]
    start = _A_PAGE * page if _A_PAGE * page < len(fields) else 0
    rows = tuple(_row(draft, one) for one in fields[start : start + _A_PAGE])
    is_last = start + _A_PAGE >= len(fields)
    following = button("referral_summary", draft, "v:") if is_last else button("referral_more", draft, f"c:{page + 1}")
    return Reply((Part(NEXT), Part("enquiry.changes")), (*rows, following))


def field_screen(draft: Draft, field: Field) -> Reply:
    """Show one answer: say it anew, strike it out, or go back."""
    ways = (
        button("referral_anew", draft, f"o:{field}"), button("enquiry_strike_out", draft, f"u:{field}"),
        button("referral_summary", draft, "v:"), CRISIS,
    )  # fmt: skip
    return Reply((Part(NEXT), line(draft, field)), ways)


def label_of(asked: Question, code: str, language: str) -> tuple[str, dict[str, str]]:
    """Return the label of a choice and its parameters."""
    if asked.field is Field.LEFT_WHEN:
        kind = "before_year" if code.startswith(BEFORE) else "year"
        return f"buttons.enquiry_{kind}", {"year": year_words(code.removeprefix(BEFORE), language)}
    if asked.field is Field.LANGUAGES:
        return "buttons.referral_choice", {"name": code_words(asked.field, code, language)}
    room = "referral" if asked.field in _ALIKE else "enquiry"
    return f"buttons.{room}_{asked.name}_{code}", {}


def _row(draft: Draft, field: Field) -> Button:
    name = name_of(field, draft.language)
    shown = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    if field in draft.facts:
        return button("referral_told", draft, f"e:{field}", name=shown)
    return button("enquiry_add", draft, f"o:{field}", name=shown)


def _choices(draft: Draft, asked: Question, now: datetime, page: int) -> tuple[Button, ...]:
    """Return one page of the choices, two on each; the last one has the way to the end."""
    codes = choices_of(asked, now)
    start = 2 * page if 2 * page < len(codes) else 0
    shown = tuple(_choice(draft, asked, code) for code in codes[start : start + 2])
    if start + 2 < len(codes):
        more = button("referral_more", draft, f"m:{asked.name}:{start // 2 + 1}")
        return (*shown, more, skip(draft, asked))
    return _with_cry((*shown, skip(draft, asked), enough(draft)))


def _choice(draft: Draft, asked: Question, code: str) -> Button:
    label, values = label_of(asked, code, draft.language)
    return Button(label, f"e:{draft.enquiry.code}:q:{asked.name}:{code}", values)


def _home_parts(draft: Draft) -> tuple[Button, ...]:
    found = which_part(ROOT, "0", draft.language)
    parts = _mine(draft, found)[:_A_PAGE] if found else ()
    return (*parts, button("referral_skip", draft, f"s:{Field.PLACE}"))


_FORMS_STEPS = {"f:p:": f"q:{Field.PLACE}:", "f:r:": "p:"}


def _mine(draft: Draft, reply: Reply) -> tuple[Button, ...]:
    """Return the buttons of places of "who helps near me" as ones of this form."""
    return tuple(Button(one.label, _my_data(draft, one.data), one.values) for one in reply.buttons)


def _my_data(draft: Draft, data: str) -> str:
    step = _FORMS_STEPS.get(data[:4])
    return data if step is None else f"e:{draft.enquiry.code}:{step}{data[4:]}"


def _with_cry(buttons: tuple[Button, ...]) -> tuple[Button, ...]:
    return buttons if len(buttons) >= MOST_BUTTONS else (*buttons, CRISIS)
