"""Before the yes: exactly what goes to exactly whom, each line may be struck out; then the yes, and what comes (R7)."""

from thangdee.casework.consent import GivenBy
from thangdee.casework.referrals import deeds, facts, field_words, proposals, steps
from thangdee.casework.referrals.deeds import NotAsShownError
from thangdee.casework.referrals.facts import Fact
from thangdee.casework.referrals.model import ENDED, SENSITIVE, Field, Matter, MatterState, Receiver
from thangdee.casework.referrals.shown import Shown, shown
from thangdee.casework.referrals.steps import StepRefusedError
from thangdee.core import audit
from thangdee.core.time_words import when
from thangdee.core.words import text
from thangdee.flows import referral_draft, referral_whom
from thangdee.flows.answers import MENU
from thangdee.flows.menu import CRISIS
from thangdee.flows.outward import Outward
from thangdee.flows.referral_draft import Draft
from thangdee.flows.referral_questions import OF_FIELD
from thangdee.flows.referral_screens import NEXT, button
from thangdee.flows.reply import MOST_BUTTONS, Button, Part, Reply

# What one message of Telegram holds, with room for the first lines.
_LONGEST = 3500
_HASH_LETTERS = 8
_A_PAGE = MOST_BUTTONS - 1
ASK_STAFF = "ask_staff"


async def receivers_of(outward: Outward, draft: Draft) -> tuple[Receiver, ...]:
    """Return whom the summary is about: those she chose, or those whom staff propose where she asked them to."""
    if draft.matter.state is MatterState.DRAFT:
        return referral_whom.receivers(outward, draft)
    if draft.matter.state in ENDED:
        return ()
    return await proposals.proposed(outward.connection, draft.matter.id)


async def show(outward: Outward, draft: Draft, receivers: tuple[Receiver, ...]) -> None:
    """Show what would go to whom, made from the very thing that would go."""
    if draft.matter.language != outward.language:
        draft = await referral_draft.change(outward, draft, language=outward.language)
    seen = await deeds.show(outward.connection, outward.vault, draft.matter.id, receivers)
    buttons = (
        button("yes", draft, f"y:{_short_hash(outward, seen)}"), button("strike", draft, "c:0"),
        button("not_now", draft, "z:"), CRISIS,
    )  # fmt: skip
    pages = in_pages(_summary(outward, draft, seen), outward.language)
    for page in pages[:-1]:
        await outward.say(Reply(page))
    await outward.say(Reply(pages[-1], buttons))
    outward.remember(asked="r_yes", about=_short_hash(outward, seen))


async def take_yes(outward: Outward, draft: Draft, hashed: str, given_by: GivenBy) -> Matter | None:
    """Take the yes to the screen with this hash; None where it must be shown again or is no longer open."""
    receivers = await receivers_of(outward, draft)
    told = await facts.facts_of(outward.connection, outward.vault, draft.matter.id)
    if _short_hash(outward, shown(told, receivers, draft.matter.language)) != hashed:
        return None
    try:
        return await deeds.say_yes(
            outward.connection, outward.vault, draft.matter.id, receivers, given_by=given_by, now=outward.now
        )
    except (NotAsShownError, StepRefusedError):
        return None


async def ask_staff(outward: Outward, draft: Draft) -> Matter:
    """Give the matter to a person of ours, who looks for somebody; nothing goes outside."""
    return await deeds.take_step(
        outward.connection, outward.vault, draft.matter.id, lambda one: steps.submit(one, (), outward.now),
        name=ASK_STAFF, actor=audit.PERSON, now=outward.now,
    )  # fmt: skip


async def received(outward: Outward, after: Matter) -> None:
    """Say whom we asked, until when they answer, what else we do, how to see it and how to take it back."""
    current = after.current
    if current is None:
        key = "referral.received.two_look" if after.why_staff == "best_interest" else "referral.received.staff"
        parts: tuple[Part, ...] = (Part(key),)
    else:
        values = {
            "name": referral_whom.name_of(outward, current.receiver),
            "until": when(current.answer_by, outward.now, outward.language),
            "code": current.code,
        }
        has_others = any(one.receiver != current.receiver and one.is_live(outward.now) for one in after.consents)
        parts = (
            Part("referral.received.asked", values),
            Part(f"referral.received.{'then_others' if has_others else 'then_staff'}"),
        )
    status = Button("buttons.referral_status", f"u:s:{after.id}")
    ways_on = (status, Button("buttons.referral_take_back", "u:w"), MENU, CRISIS)
    await outward.say(Reply((Part("referral.received"), *parts, Part("referral.received.free")), ways_on))


def changes(draft: Draft, page: int) -> Reply:
    """List the answers, to strike one out or to say it anew."""
    fields = _listed(draft)
    shown = fields[_A_PAGE * page : _A_PAGE * (page + 1)] or fields[:_A_PAGE]
    is_last = fields.index(shown[-1]) == len(fields) - 1 if shown else True
    rows = tuple(_row(draft, one) for one in shown)
    following = button("summary", draft, "v:") if is_last else button("more", draft, f"c:{page + 1}")
    return Reply((Part(NEXT), Part("referral.changes")), (*rows, following))


def field_screen(draft: Draft, fact: Fact) -> Reply:
    """Show one answer: strike it out or put it back, say it anew, or go back."""
    language, field = draft.matter.language, fact.field
    is_told = not fact.is_struck and (field not in SENSITIVE or fact.own_yes_at is not None)
    toggle = button("strike_out", draft, f"u:{field}") if is_told else button("put_back", draft, f"u:{field}")
    said = Part(f"referral.line.{field}", {"said": field_words.words_of(field, fact.value, language)})
    state = Part("referral.is_told" if is_told else "referral.is_not_told")
    anew = (button("anew", draft, f"o:{OF_FIELD[field].name}"),) if draft.matter.state is MatterState.DRAFT else ()
    return Reply((Part(NEXT), said, state), (toggle, *anew, button("summary", draft, "v:"), CRISIS))


async def toggle(outward: Outward, draft: Draft, field: Field) -> Draft:
    """Strike an answer out, or put it back; something personal is put back by a yes of its own (R42)."""
    fact = draft.facts[field]
    if field in SENSITIVE and fact.own_yes_at is None:
        await facts.agree(outward.connection, draft.matter.id, field, outward.now)
    else:
        await facts.strike(outward.connection, draft.matter.id, field, is_struck=not fact.is_struck)
    return await referral_draft.of(outward, draft.matter)


def _summary(outward: Outward, draft: Draft, seen: Shown) -> tuple[Part, ...]:
    names = [referral_whom.name_of(outward, one) for one in seen.receivers]
    others = (Part("referral.summary.others", {"others": ", ".join(names[1:])}),) if names[1:] else ()
    told = tuple(_line(field, value, seen.language) for field, value in seen.fields.items())
    quiet = [one for one in _listed(draft) if one not in seen.fields]
    not_told = ", ".join(text(f"referral.field.{one}", seen.language) for one in quiet)
    rest = (Part("referral.line.not_told", {"said": not_told}),) if quiet else ()
    minor = (Part("referral.summary.two_look"),) if draft.matter.may_be_minor else ()
    first = Part("referral.summary.to", {"name": names[0]})
    outline = (Part("referral.summary.first"),)
    return (Part("referral.summary"), first, *others, *told, *rest, *outline, *minor, Part("referral.summary.ask"))


def _line(field: Field, value: dict[str, object], language: str) -> Part:
    said = field_words.words_of(field, value, language)
    if value.get("tell_no_family"):
        said = f"{said} ({text('referral.tell_no_family', language)})"
    return Part(f"referral.line.{field}", {"said": said})


def _listed(draft: Draft) -> list[Field]:
    return [one for one in Field if one in draft.facts]


def _row(draft: Draft, field: Field) -> Button:
    is_told = not draft.facts[field].is_struck and (field not in SENSITIVE or draft.facts[field].own_yes_at is not None)
    name = text(f"referral.field.{field}", draft.matter.language)
    return button("told" if is_told else "not_told", draft, f"e:{field}", name=name)


def _short_hash(outward: Outward, seen: Shown) -> str:
    return seen.hash(outward.vault.keyring)[:_HASH_LETTERS]


def in_pages(parts: tuple[Part, ...], language: str) -> list[tuple[Part, ...]]:
    """Return the parts in as many messages as they need: what does not fit must not be cut off unseen."""
    pages: list[list[Part]] = [[]]
    room = _LONGEST
    for part in parts:
        needed = len(text(part.key, language, **part.values)) + 2
        if needed > room and pages[-1]:
            pages.append([Part(NEXT)])
            room = _LONGEST
        pages[-1].append(part)
        room -= needed
    return [tuple(page) for page in pages]
