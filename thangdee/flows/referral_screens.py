"""The screens of the form: each question with its choices, at most four, as pictures and words (R59)."""

from dataclasses import replace

from thangdee.casework.referrals import field_words
from thangdee.casework.referrals.model import SENSITIVE, Field, Matter
from thangdee.flows.help_screens import which_need, which_of, which_part, which_place
from thangdee.flows.menu import CRISIS
from thangdee.flows.referral_draft import Draft
from thangdee.flows.referral_questions import FOR_WHOM, NEED, OFFERS, PERSONAL, PLACE, Question
from thangdee.flows.reply import MOST_BUTTONS, Button, Part, Reply
from thangdee.referral_directory.places import Place

NEXT, BEGIN, GO_ON, AGAIN = "referral.next", "referral.begin", "referral.go_on", "referral.again"
# Somebody wrote for her, and gave her the code of it (matter_codes.py).
HAVE_CODE = Button("buttons.referral_have_code", "u:hc")
_WITHOUT_PICTURE = frozenset({Field.LANGUAGE})
# The last screen of needs has room for "I cannot say".
_LAST_NEEDS = "rest"


def button(label: str, draft: Draft | Matter, step: str, **values: str) -> Button:
    """Return a button of this draft; it tells by itself to which it belongs, however old it is."""
    matter = draft.matter if isinstance(draft, Draft) else draft
    return Button(f"buttons.referral_{label}", f"r:{matter.code}:{step}", values)


def question(draft: Draft, asked: Question, lead: Reply, page: int = 0) -> Reply:
    """Return the screen of a question below `lead`."""
    text = (*lead.parts, Part(_text_of(draft, asked)))
    if asked.name == NEED:
        return replace(needs(draft, "root"), parts=text)
    if asked.name == PLACE:
        return Reply(text, (*_mine(draft, which_place(draft.matter.need or "shelter", draft.matter.language))[:2],
                            skip(draft, asked), CRISIS))  # fmt: skip
    if asked.name == FOR_WHOM:
        choices = tuple(_choice(draft, asked, code) for code in asked.choices)
        return Reply(text, (*choices, HAVE_CODE, CRISIS))
    return Reply(text, with_cry(_choices(draft, asked, page)))


def skip(draft: Draft, asked: Question) -> Button:
    """Return the button that leaves a question out."""
    return button("skip", draft, f"s:{asked.name}")


def needs(draft: Draft, node: str) -> Reply:
    """Return one screen of the kinds of help."""
    found = which_need(node)
    buttons = _mine(draft, found)
    if node == _LAST_NEEDS:
        buttons = (*buttons[: MOST_BUTTONS - 1], button("skip", draft, f"s:{NEED}"))
    return replace(found, buttons=buttons)


def places(draft: Draft, node: str, page: str) -> Reply | None:
    """Return one screen of places, None for one that is not there."""
    found = which_part(node, page, draft.matter.language)
    return replace(found, buttons=_mine(draft, found)) if found else None


def places_like(draft: Draft, found: tuple[Place, ...]) -> Reply:
    """Ask which of some places was meant."""
    reply = which_of(found, draft.matter.language)
    return replace(reply, buttons=_mine(draft, reply))


def known(draft: Draft, lead: str) -> Reply:
    """Return a first paragraph, with what is known already below it."""
    told = lines(draft, tuple(one for one in draft.facts if one not in SENSITIVE))
    return Reply((Part(lead), *((Part("referral.known"), *told) if told else ())))


def lines(draft: Draft, fields: tuple[Field, ...]) -> tuple[Part, ...]:
    """Return a line for each answer."""
    said = {one: field_words.words_of(one, draft.facts[one].value, draft.matter.language) for one in fields}
    return tuple(Part(f"referral.line.{one}", {"said": words}) for one, words in said.items())


def more(draft: Draft, lead: Reply, topic: str | None) -> Reply:
    """Ask whether there is anything more to tell, in own words or something personal; all of it may stay untold."""
    offer = OFFERS.get(topic or "")
    offered = offer if offer and Field(offer[0]) not in draft.facts else None
    choices = [button("own_words", draft, "o:own_words")] if Field.OWN_WORDS not in draft.facts else []
    if offered:
        choices.append(button(f"{offered[0]}_{offered[1]}", draft, f"q:{offered[0]}:{offered[1]}"))
    choices += [button("personal", draft, "t:"), button("enough", draft, "s:more")]
    return Reply((*lead.parts, Part("referral.ask.more")), with_cry(tuple(choices)))


def personal(draft: Draft, page: int) -> Reply:
    """Offer what is told only with a yes of its own (R42)."""
    names = PERSONAL[2 * page : 2 * page + 2] or PERSONAL[:2]
    shown = tuple(button(f"about_{name}", draft, f"o:{name}") for name in names)
    other = button("more", draft, f"t:{1 - page}")
    return Reply((Part(NEXT), Part("referral.ask.personal")), (*shown, other, button("enough", draft, "s:more")))


def own_yes(draft: Draft, asked: Question) -> Reply:
    """Ask for the yes of its own to something personal (R42)."""
    field = Field(asked.name)
    yes, no = button("tell", draft, f"a:{asked.name}"), button("keep_quiet", draft, f"d:{asked.name}")
    said = (Part("referral.own_yes"), *lines(draft, (field,)), Part("referral.own_yes.promise"))
    return Reply((Part(NEXT), *said), (yes, no, CRISIS))


def with_cry(buttons: tuple[Button, ...]) -> tuple[Button, ...]:
    """Add the cry for help where there is room."""
    return buttons if len(buttons) >= MOST_BUTTONS else (*buttons, CRISIS)


def _text_of(draft: Draft, asked: Question) -> str:
    is_other = draft.matter.is_for_other and asked.of_helper and asked.name not in (NEED, "for_whom")
    return f"referral.ask_other.{asked.name}" if is_other else f"referral.ask.{asked.name}"


def _choices(draft: Draft, asked: Question, page: int) -> tuple[Button, ...]:
    """Return one page of the choices: what does not fit stands behind "more"; the last is to skip."""
    left, room = asked.choices, MOST_BUTTONS - 1
    for _ in range(page):
        left = left[room - 1 :] if len(left) > room else ()
    left = left or asked.choices
    has_more = len(left) > room
    shown = left[: room - 1] if has_more else left
    rest = (button("more", draft, f"m:{asked.name}:{page + 1}"),) if has_more else ()
    return (*(_choice(draft, asked, code) for code in shown), *rest, skip(draft, asked))


def _choice(draft: Draft, asked: Question, code: str) -> Button:
    step = f"q:{asked.name}:{code}"
    if asked.field in _WITHOUT_PICTURE:
        return button("choice", draft, step, name=field_words.code_words(asked.field, code, draft.matter.language))
    return button(f"{asked.name}_{code}", draft, step)


_FORMS_STEPS = {"f:n:": "n:", "f:c:": f"q:{NEED}:", "f:p:": f"q:{PLACE}:", "f:r:": "p:", "f:w:": f"o:{PLACE}"}


def _mine(draft: Draft, reply: Reply) -> tuple[Button, ...]:
    """Return the buttons of "who helps near me" as ones of this form."""
    return tuple(replace(one, data=_my_data(draft, one.data)) for one in reply.buttons)


def _my_data(draft: Draft, data: str) -> str:
    step = _FORMS_STEPS.get(data[:4])
    return data if step is None else f"r:{draft.matter.code}:{step}{data[4:]}"
